//! What steps changed on purpose is taken over, and is then as good as written.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;

use super::{Bench, listing, sh};
use crate::git::Side;
use crate::path::{Mode, RepoPath};
use crate::workspace::{Spec, Workspace};

struct Case {
    bench: Bench,
    old: crate::digest::ObjectId,
    new: crate::digest::ObjectId,
    workspace: Workspace,
}

impl Case {
    fn new(attributes: &str) -> Self {
        let bench = Bench::new();
        bench.write(".gitattributes", attributes);
        for (path, text) in [("a.txt", "bad\n"), ("d/b.txt", "bad\n"), ("d/c.txt", "c\n")] {
            bench.write(path, text);
        }
        let old = bench.commit();
        bench.write("a.txt", "new\n");
        bench.write("d/b.txt", "new\n");
        let new = bench.tree();
        let workspace = bench.at(old);
        Self { bench, old, new, workspace }
    }

    /// Runs a line in the checkout, and has it taken over.
    fn adopt(&mut self, line: &str) -> bool {
        sh(self.workspace.dir(), line);
        let repo = self.bench.repo();
        let touched = self.workspace.verify(&repo, &Spec::default()).unwrap();
        let side = |path: &str| repo.leaf(self.new, &RepoPath::from(path)).unwrap().unwrap();
        let files: BTreeMap<RepoPath, Side> =
            ["a.txt", "d/b.txt"].map(|path| (RepoPath::from(path), side(path))).into_iter().collect();
        assert!(files.values().all(|side| side.mode == Mode::File));
        self.workspace.adopt(self.new, &files, &touched).unwrap()
    }

    fn updated(&mut self, tree: crate::digest::ObjectId) -> usize {
        let written = self.workspace.update(&self.bench.repo(), tree, &Spec::default()).unwrap().written;
        assert_eq!(listing(self.workspace.dir()), self.bench.fresh(tree));
        assert_eq!(self.workspace.verify(&self.bench.repo(), &Spec::default()).unwrap(), []);
        written
    }
}

const MEND: &str = "sed -i s/bad/new/ a.txt d/b.txt d/c.txt; touch left";

#[test]
fn nothing_is_written_anew() {
    let mut case = Case::new("");
    let time = |case: &Case| fs_err::metadata(case.workspace.dir().join("a.txt")).unwrap().mtime();
    let before = time(&case);
    assert!(case.adopt(MEND));
    assert!(time(&case) > before, "tools that go by whole seconds must see that it changed");
    let (old, new) = (case.old, case.new);
    assert_eq!((case.updated(new), case.updated(old), case.updated(new)), (0, 2, 2));
}

#[test]
fn filtered_files_are_what_they_are() {
    let mut case = Case::new("*.txt eol=crlf\n");
    assert!(case.adopt(MEND));
    let (old, new) = (case.old, case.new);
    assert_eq!((case.updated(new), case.updated(old)), (0, 2));
}

#[test]
fn what_is_not_as_it_would_be_written_is_written() {
    let lines = [
        "chmod 600 a.txt",
        "ln a.txt other",
        "rm d/c.txt",
        "echo more >>d/c.txt",
        "chmod +x d/b.txt",
        "git mv a.txt x.txt",
    ];
    for line in lines {
        let mut case = Case::new("");
        assert!(!case.adopt(&format!("{MEND}; {line}")), "{line}");
        let (old, new) = (case.old, case.new);
        case.updated(new);
        case.updated(old);
    }
}

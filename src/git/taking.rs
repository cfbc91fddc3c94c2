//! What git would take in of files as they lie: through their filters, with their line endings.

use std::collections::BTreeMap;
use std::path::Path;

use bstr::ByteSlice;

use super::snapshot::PrivateIndex;
use super::{Error, GitProgram, Repo, Side, Writing};
use crate::digest::ObjectId;
use crate::path::{Mode, RepoPath};

impl Repo {
    /// What `git add` would make of these paths of a folder, whatever its index says of them. A path that is no file, link or
    /// submodule there any more is `None`. `tree` has something at each path. New objects go to gate's store. Three git
    /// processes.
    ///
    /// # Errors
    /// When git can't read a file, or a filter fails.
    pub fn taken_in(
        &self,
        work_dir: &Path,
        paths: &[&RepoPath],
        tree: ObjectId,
    ) -> Result<BTreeMap<RepoPath, Option<Side>>, Error> {
        let mut found = BTreeMap::new();
        let Some(store) = self.store().filter(|_| !paths.is_empty()) else { return Ok(found) };
        // The user's own may tell git not to look at a file, or hold what was staged since.
        let index = PrivateIndex::empty(store)?;
        let git = |command: &str, args: &[&str]| {
            let program = index.git(self, command).dir(work_dir).env("GIT_WORK_TREE", work_dir);
            args.iter().fold(program, GitProgram::arg)
        };
        let (tree_name, names) = (tree.to_string(), super::lines(paths.iter().copied()));
        git("read-tree", &[&tree_name]).run()?;
        git("update-index", &["--add", "--remove", "-z", "--stdin"]).input(names).run_telling_all()?;
        let listed =
            git("diff-index", &["--cached", "--raw", "-z", "--no-renames", "--no-abbrev", &tree_name]).run()?;
        let before = self.leaves(tree, paths.iter().copied())?;
        found.extend(paths.iter().map(|path| ((*path).clone(), before.get(*path).copied())));
        // Each is `:MODE MODE ID ID STATUS NUL PATH NUL`.
        let mut fields = listed.stdout.split_str(b"\0");
        while let (Some(told), Some(path)) = (fields.next(), fields.next()) {
            if let Some(side) = found.get_mut(&RepoPath::new(path)) {
                *side = new_side(told);
            }
        }
        Ok(found)
    }
}

impl Repo {
    /// Writes files of a tree into an empty folder, as `git checkout` would: through their filters and with their line
    /// endings.
    ///
    /// # Errors
    /// When git can't be started, or a filter fails.
    pub fn write_tree_files<'a>(
        &self,
        tree: ObjectId,
        paths: impl Iterator<Item = &'a RepoPath>,
        folder: &Path,
    ) -> Result<(), Error> {
        let Some(store) = self.store() else { return Ok(()) };
        let index = PrivateIndex::empty(store)?;
        index.git(self, "read-tree").arg(tree.to_string()).run()?;
        self.write_filtered(&Writing { work_dir: folder, index: &index.path }, paths)
    }
}

fn new_side(told: &[u8]) -> Option<Side> {
    let mut words = told.fields();
    let mode = match words.nth(1)? {
        b"100644" => Mode::File,
        b"100755" => Mode::Executable,
        b"120000" => Mode::Link,
        b"160000" => Mode::Submodule,
        _ => return None,
    };
    let id = words.nth(1)?.to_str().ok()?.parse().ok()?;
    Some(Side { mode, id })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::TestRepo;

    #[test]
    fn files_are_taken_in_as_git_adds_them() {
        let test = TestRepo::new();
        test.write(".gitattributes", "crlf eol=crlf\nauto text=auto\n");
        for name in ["crlf", "auto", "new\nline", "gone", "same", "x"] {
            test.write(name, "1\n2\n");
        }
        test.commit("more");
        let tree = test.id("HEAD^{tree}");
        test.write("crlf", "1\r\n2\r\n");
        test.write("auto", "1\r\n3\r\n");
        test.write("new\nline", "other\n");
        test.chmod("x", 0o755);
        test.remove("gone");
        let repo = test.open().with_store(&test.store()).unwrap();
        let paths = ["crlf", "auto", "new\nline", "gone", "same", "x"].map(RepoPath::from);
        // Git would take the index's word for it.
        test.git(&["update-index", "--assume-unchanged", "x", "auto"]);
        let found = test.untouched(|| repo.taken_in(test.root(), &paths.iter().collect::<Vec<_>>(), tree).unwrap());
        test.git(&["update-index", "--no-assume-unchanged", "x", "auto"]);
        test.git(&["add", "--all"]);
        let expected = test.git(&["write-tree"]).parse().unwrap();
        for path in &paths {
            assert_eq!(found[path], repo.leaf(expected, path).unwrap(), "{path}");
        }
        let blob = |path: &str| repo.blob(found[&RepoPath::from(path)].unwrap().id).unwrap();
        assert_eq!((blob("crlf"), blob("auto")), (b"1\n2\n".to_vec(), b"1\n3\n".to_vec()));
        assert_eq!(found[&RepoPath::from("gone")], None);
    }
}

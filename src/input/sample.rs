//! Trees made for tests by git itself, in a repository that has nothing else.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::digest::ObjectId;
use crate::git::Repo;
use crate::path::{Mode, Pattern, RepoPath, Selection};

/// What a tree is made of: at each path, what it is and its content; of a submodule, a digit for its commit.
pub(super) type Model = BTreeMap<RepoPath, (Mode, String)>;

/// A repository for trees.
pub(super) struct Sample {
    pub(super) dir: tempfile::TempDir,
    pub(super) repo: Repo,
}

impl Sample {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        git(dir.path(), &["init", "-q"], b"");
        let repo = Repo::discover(dir.path()).unwrap();
        Self { dir, repo }
    }

    /// Writes trees; git makes them.
    pub(super) fn trees(&self, models: &[&Model]) -> Vec<ObjectId> {
        let mut stream = Vec::new();
        for model in models {
            stream.extend(b"commit refs/heads/main\ncommitter A <a@example.org> 0 +0000\ndata 0\ndeleteall\n");
            model.iter().for_each(|(path, (mode, content))| stream.extend(file(path, *mode, content)));
        }
        git(self.dir.path(), &["fast-import", "--quiet", "--force"], &stream);
        let newest = format!("-{}", models.len());
        let ids = git(self.dir.path(), &["log", "--reverse", "--format=%T", &newest, "main"], b"");
        ids.lines().map(|id| id.parse().unwrap()).collect()
    }

    /// Writes one tree.
    pub(super) fn tree(&self, entries: &[(&str, Mode, &str)]) -> ObjectId {
        self.trees(&[&model(entries)])[0]
    }
}

/// A path's entry as git's fast-import takes it: <https://git-scm.com/docs/git-fast-import#_filemodify>.
fn file(path: &RepoPath, mode: Mode, content: &str) -> Vec<u8> {
    let bytes: Vec<_> = path.as_bstr().iter().map(|byte| format!("\\{byte:03o}")).collect();
    let (path, octal) = (bytes.concat(), mode.octal());
    let text = match mode {
        Mode::Submodule => format!("M {octal} {} \"{path}\"\n", content.repeat(40)),
        _ => format!("M {octal} inline \"{path}\"\ndata {}\n{content}\n", content.len()),
    };
    text.into_bytes()
}

/// A model of some entries.
pub(super) fn model(entries: &[(&str, Mode, &str)]) -> Model {
    entries.iter().map(|(path, mode, content)| (RepoPath::from(*path), (*mode, (*content).to_owned()))).collect()
}

/// Puts an entry into a model, in the place of whatever can't be there beside it.
pub(super) fn put(model: &mut Model, path: &RepoPath, entry: (Mode, String)) {
    model.retain(|other, _| !other.is_within(path) && !path.is_within(other));
    model.insert(path.clone(), entry);
}

/// A selection by the texts of its patterns.
pub(super) fn selection(include: &[&str], exclude: &[&str]) -> Selection {
    let patterns = |texts: &[&str]| texts.iter().map(|text| Pattern::parse(text).unwrap()).collect::<Vec<_>>();
    Selection::new(&patterns(include), &patterns(exclude))
}

fn git(dir: &Path, args: &[&str], input: &[u8]) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "git makes the trees, so that nothing of ours can be wrong about them"
    )]
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).args(args);
    for inherited in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"] {
        command.env_remove(inherited);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("LC_ALL", "C");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git {args:?}");
    String::from_utf8(output.stdout).unwrap()
}

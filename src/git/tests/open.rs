//! Opening repositories, and refusing what can't be read.

use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::git::testing::{TestRepo, environment};
use crate::git::{Error, GitProgram, Repo};

#[track_caller]
fn refused(found: Result<Repo, Error>, code: &str) -> Error {
    let error = found.err().expect("it is refused");
    assert_eq!(Diagnostic::from(&error).code, code, "{error}");
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    error
}

#[test]
fn no_repository() {
    let repo = TestRepo::empty();
    let error = refused(Repo::discover(&repo.top()), "git/no-repository");
    assert_eq!(error.to_string(), format!("'{}' is not in a git repository", repo.top().display()));
    let missing = environment(&[("GIT_DIR", Path::new("missing"))]);
    refused(Repo::open(repo.root(), &missing), "git/no-repository");
    let folder = environment(&[("GIT_DIR", Path::new(".git/refs"))]);
    refused(Repo::open(repo.root(), &folder), "git/no-repository");
}

#[test]
fn formats_that_libgit2_does_not_know() {
    let repo = TestRepo::empty();
    repo.git_in(&repo.top(), &["init", "-q", "--object-format=sha256", "long"]);
    let error = refused(Repo::discover(&repo.top().join("long")), "git/format");
    assert!(error.to_string().contains("sha256"), "{error}");
    repo.git_in(&repo.top(), &["init", "-q", "--ref-format=reftable", "table"]);
    refused(Repo::discover(&repo.top().join("table")), "git/format");
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.partialClone", "origin"]);
    let error = refused(Repo::discover(repo.root()), "git/format");
    assert!(Diagnostic::from(&error).hint.unwrap().ends_with("git config --unset extensions.partialClone"));
    repo.git(&["config", "core.repositoryFormatVersion", "9"]);
    refused(Repo::discover(repo.root()), "git/format");
}

#[test]
fn damaged_configuration() {
    let repo = TestRepo::empty();
    repo.write(".git/config", "[core\n");
    refused(Repo::discover(repo.root()), "git/open");
}

#[test]
fn another_users_repository() {
    let repo = TestRepo::new();
    let others = |path: &Path| std::os::unix::fs::chown(path, Some(12345), Some(12345));
    // Only root can give a folder away.
    if others(repo.root()).is_ok() {
        others(&repo.root().join(".git")).unwrap();
        let error = refused(Repo::discover(repo.root()), "git/owner");
        let root = repo.root().display();
        assert!(Diagnostic::from(&error).hint.unwrap().contains(&format!("safe.directory '{root}'")), "{error}");
    }
}

#[test]
fn the_variables_name_repository_and_working_tree() {
    let repo = TestRepo::new();
    let open = |dir: &Path, pairs: &[(&str, &Path)]| Repo::open(dir, &environment(pairs)).unwrap();
    let below = repo.root().join("d");
    let elsewhere = repo.top();
    let git_dir = repo.root().join(".git");
    assert_eq!(open(&below, &[("GIT_DIR", &git_dir)]).work_dir(), Some(repo.root()));
    assert_eq!(open(repo.root(), &[("GIT_DIR", Path::new(".git"))]).work_dir(), Some(repo.root()));
    let named = open(&elsewhere, &[("GIT_DIR", Path::new("r/.git")), ("GIT_WORK_TREE", Path::new("r/d"))]);
    assert_eq!(named.work_dir(), Some(below.as_path()));
    // A repository apart from its files.
    fs_err::rename(&git_dir, repo.top().join("apart")).unwrap();
    let apart = open(repo.root(), &[("GIT_DIR", Path::new("../apart"))]);
    assert_eq!(apart.work_dir(), Some(repo.root()));
    let tree = apart.work_tree(&repo.store()).unwrap();
    assert_eq!(Some(tree), apart.head().unwrap().commit().map(|head| apart.commit(head).unwrap().tree));
}

#[test]
fn the_git_program_gets_none_of_the_callers_variables() {
    let repo = TestRepo::new();
    let program = format!("{:?}", GitProgram::new(&repo.open(), "write-tree"));
    let local = repo.git(&["rev-parse", "--local-env-vars"]);
    assert!(local.lines().count() > 10);
    for name in local.lines().chain(["GIT_QUARANTINE_PATH", "GIT_NAMESPACE"]) {
        assert!(program.contains(&format!("(\"{name}\", ")), "{name}");
    }
    assert!(program.contains("(\"GIT_CONFIG_PARAMETERS\", None)"));
}

#[test]
fn opened_once_more_it_reads_the_same() {
    let repo = TestRepo::new();
    repo.write("a", "only in gate's store\n");
    let first = repo.open();
    let tree = first.work_tree(&repo.store()).unwrap();
    let again = first.reopen().unwrap();
    let read = std::thread::spawn(move || again.tree(tree).unwrap().entries().count());
    assert_eq!(read.join().unwrap(), 2);
}

#[test]
fn damaged_and_missing_objects_are_errors() {
    let repo = TestRepo::new();
    let blob = repo.id("HEAD:a");
    let text = blob.to_string();
    let path = repo.root().join(".git/objects").join(&text[..2]).join(&text[2..]);
    repo.chmod(&format!(".git/objects/{}/{}", &text[..2], &text[2..]), 0o644);
    // Well-formed, and not what its name says.
    let other = repo.id("HEAD:d/b").to_string();
    fs_err::copy(repo.root().join(".git/objects").join(&other[..2]).join(&other[2..]), &path).unwrap();
    assert!(matches!(repo.open().blob(blob), Err(Error::Object(id, _)) if id == blob));
    fs_err::write(&path, "garbage").unwrap();
    assert!(matches!(repo.open().blob(blob), Err(Error::Object(..))));
    fs_err::remove_file(&path).unwrap();
    assert!(matches!(repo.open().blob(blob), Err(Error::Object(..))));
    assert!(matches!(repo.open().blob_size(blob), Err(Error::Object(..))));
    assert!(matches!(repo.open().blob_size(repo.id("HEAD")), Err(Error::Object(..))), "a commit is no blob");
    assert!(matches!(repo.open().tree(repo.id("HEAD")), Err(Error::Object(..))), "a commit is no tree");
}

//! Repositories of other shapes: bare, shared, with a working tree elsewhere, with replaced or grafted commits.

use super::Watched;
use crate::repo::assert_untouched;

#[test]
fn a_bare_repository() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write("a", "second BAD\n");
    repo.commit("second");
    repo.git(&["clone", "-q", "--bare", ".", "../bare.git"]);
    let bare = repo.root().join("bare.git");
    let tree = |rev: &str| repo.git(&["rev-parse", &format!("{rev}^{{tree}}")]);
    for (args, rev, verdict) in [
        (&["--commit", "HEAD~"][..], "HEAD~", "deployable"),
        (&["--commit", "main"], "HEAD", "rejected"),
        (&["--from", "HEAD", "--to", "HEAD~"], "HEAD~", "deployable"),
        (&["--from", "HEAD~", "--to", "HEAD"], "HEAD", "rejected"),
    ] {
        let seen = watched.check_in(&bare, args);
        assert_eq!(seen.verdict(), verdict, "{args:?} {seen:?}");
        seen.is_exactly_as_in(&watched, &bare, &tree(rev));
    }
    for args in [&[][..], &["--staged"], &["--all"]] {
        let seen = watched.check_in(&bare, args);
        assert_eq!((seen.code, seen.document.is_null()), (2, true), "{args:?} {seen:?}");
    }
}

#[test]
fn a_working_tree_elsewhere() {
    let watched = Watched::new();
    let repo = &watched.repo;
    let elsewhere = repo.root().join("elsewhere");
    fs_err::create_dir_all(elsewhere.join("d/e")).unwrap();
    repo.git(&["config", "core.worktree", "../../elsewhere"]);
    repo.git(&["checkout", "-q", "--force", "main"]);
    fs_err::write(elsewhere.join("a"), "elsewhere\n").unwrap();
    repo.write("a", "BAD, and not in the working tree\n");
    let git_dir = repo.path().join(".git");
    let seen = watched.check_in(&git_dir.parent().unwrap().join(".git"), &["--commit", "HEAD"]);
    assert_eq!(seen.verdict(), "deployable");
    repo.set_env("GIT_DIR", &git_dir);
    for folder in [elsewhere.clone(), elsewhere.join("d/e")] {
        let seen = watched.check_in(&folder, &[]);
        assert_eq!((seen.verdict(), seen.file("a")), ("deployable", "644 elsewhere\n"), "{seen:?}");
    }
    fs_err::write(elsewhere.join("a"), "BAD\n").unwrap();
    assert_eq!(watched.check_in(&elsewhere, &[]).verdict(), "rejected");
}

#[test]
fn objects_in_another_repository() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.git(&["clone", "-q", "--shared", ".", "../shared"]);
    repo.git(&["clone", "-q", "--shared", "../shared", "../shared-twice"]);
    repo.git(&["clone", "-q", "--reference", ".", ".", "../reference"]);
    for name in ["shared", "shared-twice", "reference"] {
        let clone = repo.root().join(name);
        fs_err::write(clone.join("d/e/b"), format!("{name}\n")).unwrap();
        watched.git_in(&clone, &["add", "--all"]);
        let tree = watched.git_in(&clone, &["write-tree"]);
        for args in [&["--staged"][..], &[]] {
            watched.check_in(&clone, args).is_exactly_as_in(&watched, &clone, &tree);
        }
        watched.check_in(&clone, &["--commit", "HEAD"]).is_exactly(&watched, &repo.git(&["rev-parse", "HEAD^{tree}"]));
    }
}

/// What lands is what the commit says, whatever stands in for it here.
#[test]
fn replaced_objects_are_read_as_they_are() {
    let watched = Watched::new();
    let repo = &watched.repo;
    let (good, tree) = (repo.git(&["rev-parse", "HEAD"]), repo.git(&["rev-parse", "HEAD^{tree}"]));
    let (a, trusted) = (repo.git(&["rev-parse", "HEAD:a"]), repo.git(&["rev-parse", "HEAD:d/e/b"]));
    repo.write("a", "BAD\n");
    let bad = repo.commit("bad");
    repo.git(&["replace", &bad, &good]);
    let seen = watched.check(&["--commit", &bad]);
    assert_eq!((seen.verdict(), seen.file("a")), ("rejected", "644 BAD\n"), "{seen:?}");
    let seen = watched.check(&["--staged"]);
    assert_eq!((seen.verdict(), seen.file("a")), ("rejected", "644 BAD\n"), "{seen:?}");
    repo.git(&["replace", "--delete", &bad]);
    // A blob and a tree, also where git writes the files.
    let blob = repo.git(&["--no-replace-objects", "rev-parse", "HEAD:a"]);
    repo.write(".gitattributes", "a eol=crlf\n");
    repo.commit("attributes");
    repo.git(&["replace", &blob, &a]);
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_eq!((seen.verdict(), seen.file("a")), ("rejected", "644 BAD\r\n"), "{seen:?}");
    assert_eq!(trusted, a);
    let now = repo.git(&["--no-replace-objects", "rev-parse", "HEAD^{tree}"]);
    repo.git(&["replace", &now, &tree]);
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_eq!((seen.verdict(), seen.tree()), ("rejected", &*now), "{seen:?}");
}

/// A graft can make any commit the base, so that nothing seems to have changed.
#[test]
fn grafts_are_not_believed() {
    let watched = Watched::new();
    let repo = &watched.repo;
    let first = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["branch", "release/1"]);
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("a", "BAD\n");
    let bad = repo.commit("bad");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("d/e/b", "main's\n");
    let main = repo.commit("main");
    repo.git(&["checkout", "-q", "side"]);
    repo.write(".git/info/grafts", format!("{main} {bad}\n"));
    let before = repo.snapshot();
    let (code, document) = repo.check(&[]);
    assert_untouched(&before, &repo.snapshot(), "grafts");
    assert_eq!((code, document["verdict"].as_str()), (1, Some("rejected")), "{document:#}");
    let base = document["base"]["commit"].as_str();
    assert!(base.is_none() || base == Some(&first), "{document:#}");
    // And a parent that is none.
    repo.write(".git/info/grafts", format!("{bad} {main}\n"));
    let (_, document) = repo.check(&["--commit", &bad]);
    let base = document["base"]["commit"].as_str();
    assert!(base.is_none() || base == Some(&first), "{document:#}");
}

/// As in a server's hook, where what is pushed lies in quarantine: git names further places of objects.
#[test]
fn objects_that_only_the_environment_names() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.git(&["clone", "-q", ".", "../pushed"]);
    let pushed = repo.root().join("pushed");
    fs_err::write(pushed.join("a"), "pushed BAD\n").unwrap();
    fs_err::write(pushed.join(".gitattributes"), "a eol=crlf\n").unwrap();
    watched.git_in(&pushed, &["add", "--all"]);
    watched.git_in(&pushed, &["commit", "-q", "-m", "pushed"]);
    let commit = watched.git_in(&pushed, &["rev-parse", "HEAD"]);
    assert_eq!(watched.check(&["--commit", &commit]).code, 2, "it is not in the repository itself");
    let tree = watched.git_in(&pushed, &["rev-parse", "HEAD^{tree}"]);
    repo.set_env("GIT_ALTERNATE_OBJECT_DIRECTORIES", pushed.join(".git/objects"));
    let seen = watched.check(&["--commit", &commit]);
    assert_eq!((seen.verdict(), seen.file("a")), ("rejected", "644 pushed BAD\r\n"), "{seen:?}");
    seen.is_exactly_as_in(&watched, &pushed, &tree);
}

//! Clones that lack files or objects: sparse checkouts, partial clones, and both.

use std::path::{Path, PathBuf};

use super::Watched;

fn url(watched: &Watched) -> String {
    format!("file://{}", watched.repo.path().display())
}

/// A remote with some more files, and what a clone of it needs.
fn remote() -> Watched {
    let watched = Watched::new();
    let repo = &watched.repo;
    for path in ["in/one", "in/deep/two", "out/three", "out/deep/four", "win.bat", "out/win.bat"] {
        repo.write(path, format!("{path}\n"));
    }
    repo.write(".gitattributes", "*.bat text eol=crlf\n");
    repo.commit("more");
    for name in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
        repo.git(&["config", name, "true"]);
    }
    watched
}

fn clone(watched: &Watched, args: &[&str]) -> PathBuf {
    let url = url(watched);
    watched.repo.git(&[&["clone", "-q"][..], args, &[&url, "../clone"]].concat());
    watched.repo.root().join("clone")
}

fn write(folder: &Path, path: &str, content: &str) {
    fs_err::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
    fs_err::write(folder.join(path), content).unwrap();
}

#[test]
fn a_sparse_checkout_is_judged_whole() {
    for args in [
        &["sparse-checkout", "set", "--cone", "in"][..],
        &["sparse-checkout", "set", "--cone", "--sparse-index", "in"],
        &["sparse-checkout", "set", "--no-cone", "/gate.toml", "/in/", "!/in/deep/"],
    ] {
        let watched = remote();
        let repo = &watched.repo;
        repo.git(args);
        assert!(!repo.path().join("out/three").exists());
        let head = repo.git(&["rev-parse", "HEAD^{tree}"]);
        for args in [&["--commit", "HEAD"][..], &["--staged"], &[]] {
            watched.check(args).is_exactly(&watched, &head);
        }
        repo.write("in/one", "edited\n");
        repo.git(&["add", "in/one"]);
        watched.check(&["--staged"]).is_exactly(&watched, &watched.tree_of_index());
        // A file outside of the pattern that is there all the same.
        repo.write("out/new", "new\n");
        repo.write("in/new", "new\n");
        let seen = watched.check(&[]);
        assert_eq!((seen.file("out/three"), seen.file("out/new")), ("644 out/three\n", "644 new\n"));
        seen.is_exactly(&watched, &watched.tree_of_everything());
        watched.install(&repo.path().join(".git/hooks"), &["pre-commit"]);
        let (ran, seen) = watched.hooked(&repo.path(), &["commit", "-q", "-m", "x"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        seen.is_exactly(&watched, &repo.git(&["rev-parse", "HEAD^{tree}"]));
    }
}

#[test]
fn a_partial_clone_gets_what_it_lacks() {
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        for sparse in [&[][..], &["--sparse"], &["--no-checkout"]] {
            let watched = remote();
            let clone = clone(&watched, &[&[filter][..], sparse].concat());
            let head = watched.git_in(&clone, &["rev-parse", "HEAD"]);
            let before = super::list(&clone.join(".git/objects"));
            let seen = watched.check_in(&clone, &["--commit", "HEAD"]);
            assert_eq!(super::list(&clone.join(".git/objects")), before, "nothing is fetched into the user's objects");
            assert_eq!(seen.file("out/win.bat"), "644 out/win.bat\r\n", "{filter} {sparse:?} {seen:?}");
            let tree = watched.repo.git(&["rev-parse", &format!("{head}^{{tree}}")]);
            seen.is_exactly(&watched, &tree);
            let seen = watched.check_in(&clone, &["--from", "HEAD~", "--to", "HEAD"]);
            seen.is_exactly(&watched, &tree);
        }
    }
}

#[test]
fn edits_in_a_partial_clone() {
    let watched = remote();
    let clone = clone(&watched, &["--filter=blob:none", "--sparse"]);
    write(&clone, "a", "edited\n");
    write(&clone, "out/new.bat", "new\r\n");
    let seen = watched.check_in(&clone, &[]);
    assert_eq!((seen.file("a"), seen.file("out/three")), ("644 edited\n", "644 out/three\n"), "{seen:?}");
    assert_eq!(seen.file("out/new.bat"), "644 new\r\n");
    watched.install(&clone.join(".git/hooks"), &["pre-commit"]);
    watched.git_in(&clone, &["add", "a"]);
    let (ran, seen) = watched.hooked(&clone, &["commit", "-q", "-m", "x"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    seen.is_exactly_as_in(&watched, &clone, &watched.git_in(&clone, &["rev-parse", "HEAD^{tree}"]));
}

#[test]
fn a_partial_clone_whose_remote_is_gone_is_no_pass() {
    let watched = remote();
    let clone = clone(&watched, &["--filter=blob:none", "--no-checkout"]);
    fs_err::rename(watched.repo.path(), watched.repo.root().join("moved")).unwrap();
    let ran = watched.repo.run(&clone, env!("CARGO_BIN_EXE_gate"), &["check", "--commit", "HEAD", "--format", "json"]);
    assert!(ran.code != 0 && ran.stdout.is_empty(), "{ran:?}");
    assert_eq!(ran.stderr.matches("error").count(), 1, "{ran:?}");
    fs_err::rename(watched.repo.root().join("moved"), watched.repo.path()).unwrap();
    assert_eq!(watched.check_in(&clone, &["--commit", "HEAD"]).verdict(), "deployable");
}

//! Settings of a repository that change how git reads the working tree.

use std::os::unix::fs::symlink;

use super::Watched;

#[test]
fn modes_that_are_not_trusted() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write_program("program", "x\n");
    repo.commit("program");
    repo.git(&["config", "core.fileMode", "false"]);
    repo.write_program("a", "good\n");
    repo.remove("program");
    repo.write("program", "x\n");
    repo.write_program("new", "x\n");
    let seen = watched.check(&[]);
    assert_eq!((seen.file("a"), seen.file("program")), ("644 good\n", "755 x\n"), "as the index has them");
    seen.is_exactly(&watched, &watched.tree_of_everything());
    repo.git(&["update-index", "--add", "--chmod=+x", "a"]);
    let seen = watched.check(&["--staged"]);
    assert_eq!(seen.file("a"), "755 good\n");
    seen.is_exactly(&watched, &watched.tree_of_index());
}

/// Where links are kept as files, a link in the candidate is one all the same, as it is on the machine it is deployed to.
#[test]
fn links_that_are_kept_as_files() {
    let watched = Watched::new();
    let repo = &watched.repo;
    symlink("a", repo.path().join("link")).unwrap();
    repo.commit("link");
    repo.git(&["config", "core.symlinks", "false"]);
    repo.remove("link");
    repo.git(&["checkout", "-q", "link"]);
    assert!(!repo.path().join("link").is_symlink());
    let head = repo.git(&["rev-parse", "HEAD^{tree}"]);
    for args in [&[][..], &["--staged"], &["--commit", "HEAD"]] {
        let seen = watched.check(args);
        assert_eq!(seen.file("link"), "-> a");
        seen.is_exactly(&watched, &head);
    }
    repo.write("link", "d/e/b");
    let seen = watched.check(&[]);
    assert_eq!(seen.file("link"), "-> d/e/b");
    seen.is_exactly(&watched, &watched.tree_of_everything());
}

#[test]
fn names_that_differ_in_case_only() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write("Case", "upper\n");
    repo.write("case", "lower\n");
    repo.write("D/x", "upper folder\n");
    repo.commit("case");
    repo.git(&["config", "core.ignoreCase", "true"]);
    let head = repo.git(&["rev-parse", "HEAD^{tree}"]);
    for args in [&[][..], &["--staged"], &["--commit", "HEAD"]] {
        watched.check(args).is_exactly(&watched, &head);
    }
    repo.remove("Case");
    repo.write("case", "edited\n");
    watched.check(&[]).is_exactly(&watched, &watched.tree_of_everything());
}

#[test]
fn the_users_own_hooks_do_not_run() {
    let watched = Watched::new();
    let repo = &watched.repo;
    for hook in ["post-index-change", "post-checkout", "reference-transaction", "pre-commit", "fsmonitor-watchman"] {
        repo.write_program(format!(".git/hooks/{hook}"), "#!/bin/sh\necho ran >>\"$0.log\"\n");
    }
    repo.write(".gitattributes", "a eol=crlf\n");
    repo.write("d/e/b", "edited\n");
    for args in [&[][..], &["--staged"], &["--commit", "HEAD"]] {
        watched.check(args);
    }
}

/// Variables that would lead git astray, wherever they come from.
#[test]
fn variables_of_gits_own() {
    for (name, value) in [
        ("GIT_CONFIG_PARAMETERS", "'core.worktree=/nowhere'"),
        ("GIT_NAMESPACE", "x"),
        ("GIT_LITERAL_PATHSPECS", "1"),
        ("GIT_OPTIONAL_LOCKS", "1"),
        ("GIT_PREFIX", "d/"),
        ("GIT_GRAFT_FILE", "/nowhere"),
        ("GIT_SHALLOW_FILE", "/nowhere"),
        ("GIT_ATTR_SOURCE", "HEAD~9"),
        ("GIT_EXTERNAL_DIFF", "false"),
        ("GIT_TRACE", "1"),
        ("GIT_DEFAULT_HASH", "sha256"),
    ] {
        let one = Watched::new();
        one.repo.set_env(name, value);
        let seen = one.check(&[]);
        assert_eq!((seen.verdict(), seen.file("a")), ("deployable", "644 good\n"), "{name} {seen:?}");
        assert!(seen.document["candidate"]["tree"].is_string());
    }
}

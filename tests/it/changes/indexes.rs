//! Whatever shape the index has, it is read and never written.

use super::Watched;

#[track_caller]
fn staged(watched: &Watched) {
    let (index, everything) = (watched.tree_of_index(), watched.tree_of_everything());
    watched.check(&["--staged"]).is_exactly(watched, &index);
    watched.check(&[]).is_exactly(watched, &everything);
}

#[test]
fn entries_that_are_only_intended() {
    let watched = Watched::new();
    watched.repo.write("intended", "BAD\n");
    watched.repo.git(&["add", "--intent-to-add", "intended"]);
    staged(&watched);
    assert_eq!(watched.check(&["--staged"]).file("intended"), "nothing");
    assert_eq!(watched.check(&[]).verdict(), "rejected");
    watched.repo.write("a", "staged beside it\n");
    watched.repo.git(&["add", "a"]);
    staged(&watched);
}

#[test]
fn an_unmerged_index_has_no_tree() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("a", "side\n");
    repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a", "main\n");
    repo.commit("main");
    assert_eq!(repo.run(&repo.path(), "git", &["merge", "side"]).code, 1);
    let seen = watched.check(&["--staged"]);
    assert_eq!((seen.code, seen.document.is_null()), (3, true), "{seen:?}");
    assert!(seen.stderr.contains("'a'"), "{seen:?}");
    let seen = watched.check(&[]);
    assert!(seen.file("a").contains("<<<<<<<"), "the working tree is judged as it lies: {seen:?}");
    seen.is_exactly(&watched, &watched.tree_of_everything());
}

#[test]
fn a_locked_index() {
    let watched = Watched::new();
    watched.repo.write("a", "staged\n");
    watched.repo.git(&["add", "a"]);
    watched.repo.write("a", "not staged\n");
    watched.repo.write(".git/index.lock", "");
    staged(&watched);
}

#[test]
fn every_version_and_extension() {
    for setup in [
        &["update-index", "--index-version", "4"][..],
        &["update-index", "--index-version", "3"],
        &["update-index", "--split-index"],
        &["update-index", "--untracked-cache"],
        &["config", "index.skipHash", "true"],
        &["config", "feature.manyFiles", "true"],
        &["update-index", "--assume-unchanged", "d/e/b"],
        &["update-index", "--skip-worktree", "d/e/b"],
    ] {
        let watched = Watched::new();
        let repo = &watched.repo;
        repo.git(setup);
        repo.write("a", format!("{setup:?}\n"));
        repo.git(&["add", "a"]);
        staged(&watched);
        repo.write("a", "not staged\n");
        repo.write("new", "new\n");
        staged(&watched);
        repo.git(&["update-index", "--force-remove", "d/e/b"]);
        staged(&watched);
    }
}

/// A monitor that says that nothing changed is not asked.
#[test]
fn a_file_system_monitor_is_not_asked() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write_program("../monitor", "#!/bin/sh\necho asked >>\"$0.log\"\nprintf 'token\\0'\n");
    repo.git(&["config", "core.fsmonitor", repo.root().join("monitor").to_str().unwrap()]);
    repo.git(&["update-index", "--fsmonitor"]);
    repo.git(&["status"]);
    drop(fs_err::remove_file(repo.root().join("monitor.log")));
    repo.write("a", "edited\n");
    let seen = watched.check(&[]);
    assert_eq!(seen.file("a"), "644 edited\n");
    assert!(!repo.root().join("monitor.log").exists());
}

#[test]
fn nothing_was_ever_added() {
    let watched = Watched::unborn("");
    let seen = watched.check(&["--staged"]);
    assert_eq!((seen.code, seen.document.is_null()), (4, true), "no gate.toml is staged: {seen:?}");
    let seen = watched.check(&[]);
    assert_eq!((seen.paths(), seen.document["no_base"]["kind"].as_str()), (vec!["gate.toml"], Some("unborn")));
    seen.is_exactly(&watched, &watched.tree_of_everything());
}

#[test]
fn what_is_ignored_is_no_part_of_it() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write(".gitignore", "*.log\n!kept.log\nbuild/\n/only-here\n");
    repo.write("tracked.log", "tracked though it is ignored\n");
    repo.git(&["add", "--force", "tracked.log", ".gitignore"]);
    repo.write(".git/info/exclude", "local\n");
    for path in ["x.log", "kept.log", "build/x", "only-here", "d/only-here", "local", "d/.gitignore"] {
        repo.write(path, "x\n");
    }
    staged(&watched);
    assert_eq!(watched.check(&[]).file("d/only-here"), "644 x\n");
}

//! Git LFS: files arrive as files, not as pointers.

use super::Watched;

fn with_lfs() -> Watched {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.git(&["lfs", "install", "--local", "--skip-repo"]);
    repo.write(".gitattributes", "*.big filter=lfs diff=lfs merge=lfs -text\n");
    repo.write("one.big", "committed content\n");
    repo.commit("lfs");
    assert!(repo.git(&["cat-file", "blob", "HEAD:one.big"]).starts_with("version https://git-lfs"));
    watched
}

#[test]
fn files_arrive_whole_wherever_they_are() {
    let watched = with_lfs();
    let repo = &watched.repo;
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_eq!(seen.file("one.big"), "644 committed content\n");
    repo.write("one.big", "staged content\n");
    repo.write("d/two.big", "staged too\n");
    repo.git(&["add", "--all"]);
    repo.write("one.big", "unsaved content\n");
    repo.write("three.big", "untracked content\n");
    let seen = watched.check(&["--staged"]);
    assert_eq!((seen.file("one.big"), seen.file("d/two.big")), ("644 staged content\n", "644 staged too\n"));
    seen.is_exactly(&watched, &watched.tree_of_index());
    let seen = watched.check(&[]);
    assert_eq!((seen.file("one.big"), seen.file("three.big")), ("644 unsaved content\n", "644 untracked content\n"));
    assert_eq!(seen.tree(), watched.tree_of_everything());
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_eq!(seen.file("one.big"), "644 committed content\n", "and back");
    seen.is_exactly(&watched, &repo.git(&["rev-parse", "HEAD^{tree}"]));
}

#[test]
fn as_a_hook_in_a_linked_worktree() {
    let watched = with_lfs();
    let repo = &watched.repo;
    watched.install(&repo.path().join(".git/hooks"), &["pre-commit"]);
    repo.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = repo.root().join("linked");
    fs_err::write(linked.join("one.big"), "linked content\n").unwrap();
    let (ran, seen) = watched.hooked(&linked, &["commit", "-q", "-a", "-m", "x"]);
    assert_eq!((ran.code, seen.file("one.big")), (0, "644 linked content\n"), "{ran:?} {seen:?}");
    fs_err::write(linked.join("one.big"), "BAD content\n").unwrap();
    let (ran, seen) = watched.hooked(&linked, &["commit", "-q", "-m", "x", "one.big"]);
    assert_eq!((ran.code, seen.verdict()), (1, "rejected"), "{ran:?} {seen:?}");
}

/// The user keeps them elsewhere, or has them through another repository's objects.
#[test]
fn storage_elsewhere() {
    let watched = with_lfs();
    let repo = &watched.repo;
    repo.git(&["config", "lfs.storage", repo.root().join("elsewhere").to_str().unwrap()]);
    repo.write("one.big", "content elsewhere\n");
    repo.commit("elsewhere");
    assert!(repo.root().join("elsewhere/objects").exists());
    assert_eq!(watched.check(&["--commit", "HEAD"]).file("one.big"), "644 content elsewhere\n");
    repo.git(&["config", "lfs.storage", "below"]);
    repo.write("one.big", "content below\n");
    repo.commit("below");
    assert!(repo.path().join(".git/below/objects").exists());
    assert_eq!(watched.check(&["--commit", "HEAD"]).file("one.big"), "644 content below\n");
    repo.git(&["config", "--unset", "lfs.storage"]);
    repo.write("one.big", "content\n");
    repo.commit("here");
    repo.git(&["clone", "-q", "--shared", ".", "../shared"]);
    let shared = repo.root().join("shared");
    watched.git_in(&shared, &["lfs", "install", "--local", "--skip-repo"]);
    assert_eq!(watched.check_in(&shared, &["--commit", "HEAD"]).file("one.big"), "644 content\n");
}

#[test]
fn a_missing_file_is_an_error_that_says_so_and_no_pass() {
    let watched = with_lfs();
    let repo = &watched.repo;
    fs_err::remove_dir_all(repo.path().join(".git/lfs")).unwrap();
    let seen = watched.check(&["--commit", "HEAD"]);
    assert!(seen.document.is_null() && seen.code != 0, "{seen:?}");
    assert!(seen.stderr.contains("one.big") && seen.stderr.contains("git lfs"), "{seen:?}");
    let again = watched.check(&["--commit", "HEAD"]);
    assert_eq!((again.code, again.document.is_null()), (seen.code, true), "also the second time");
    // It is fetched from where the user would have it from.
    repo.git(&["config", "--unset", "filter.lfs.required"]);
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_ne!(seen.code, 0, "a pointer in place of a file: {seen:?}");
}

/// What the error says to do helps.
#[test]
fn a_missing_file_that_was_fetched() {
    let watched = with_lfs();
    let repo = &watched.repo;
    repo.git(&["clone", "-q", "--bare", ".", "../remote.git"]);
    let url = format!("file://{}", repo.root().join("remote.git").display());
    repo.git(&["remote", "add", "origin", &url]);
    repo.git(&["lfs", "push", "--all", "origin"]);
    fs_err::remove_dir_all(repo.path().join(".git/lfs")).unwrap();
    let seen = watched.check(&["--commit", "HEAD"]);
    assert!(seen.document.is_null() && seen.stderr.contains("git lfs fetch"), "{seen:?}");
    repo.git(&["lfs", "fetch", "origin", "main"]);
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_eq!(seen.file("one.big"), "644 committed content\n", "{seen:?}");
}

/// Somebody who never installed LFS, or skips it, has pointers in every checkout. A check that wants the file must not
/// be told that this is one.
#[test]
fn pointers_never_stand_in_for_files() {
    let watched = with_lfs();
    let repo = &watched.repo;
    let whole = |why: &str| {
        let seen = watched.check(&["--commit", "HEAD"]);
        assert_eq!(seen.file("one.big"), "644 committed content\n", "{why}: {seen:?}");
        repo.git(&["checkout", "-q", "HEAD"]);
        watched.repo.gate(&["clean"]);
    };
    repo.set_env("GIT_LFS_SKIP_SMUDGE", "1");
    whole("a variable for git is none for gate");
    for (name, value) in [("smudge", "git-lfs smudge --skip -- %f"), ("process", "git-lfs filter-process --skip")] {
        repo.git(&["config", &format!("filter.lfs.{name}"), value]);
    }
    whole("the user skips it");
    repo.git(&["config", "--remove-section", "filter.lfs"]);
    whole("it was never installed");
    // What the project itself leaves out stays out.
    repo.write(".lfsconfig", "[lfs]\n\tfetchexclude = *\n");
    // Without the filter, git could take the other files' content for theirs.
    repo.git(&["add", ".lfsconfig"]);
    repo.git(&["commit", "--quiet", "--message", "left out"]);
    fs_err::remove_dir_all(repo.path().join(".git/lfs")).unwrap();
    let seen = watched.check(&["--commit", "HEAD"]);
    assert!(seen.file("one.big").contains("version https://git-lfs"), "{seen:?}");
}

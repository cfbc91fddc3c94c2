//! The tree of the working tree.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, SystemTime};

use bstr::{BStr, ByteSlice};

use crate::git::testing::{TestRepo, environment, hermetic};
use crate::git::{Error, Repo};

/// The tree that gate finds is git's, and nothing of the user's changes.
#[track_caller]
fn check(repo: &TestRepo) -> Repo {
    let expected = repo.expected_work_tree();
    let open = repo.open();
    let tree = repo.untouched(|| open.work_tree(&repo.store()).unwrap());
    assert_eq!(tree, expected);
    let left = fs_err::read_dir(repo.store()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        left.into_iter().all(|name| name.as_bytes().len() == 2 || name == "pack" || name == "info"),
        "copies remain"
    );
    open
}

#[test]
fn nothing_changed_is_heads_tree() {
    let repo = TestRepo::new();
    assert_eq!(check(&repo).work_tree(&repo.store()).unwrap(), repo.id("HEAD^{tree}"));
}

#[test]
fn every_kind_of_change_at_once() {
    let repo = TestRepo::new();
    for name in ["gone", "renamed", "mode", "linked", "file", "folder/x", "staged", "half", "-dash", "assumed"] {
        repo.write(name, format!("{name}\n"));
    }
    repo.write(".gitignore", "ignored\n/build/\n");
    repo.write("ignored", "tracked all the same\n");
    repo.git(&["add", "-f", "ignored"]);
    repo.commit("second");
    repo.git(&["update-index", "--assume-unchanged", "assumed"]);
    repo.write("assumed", "not looked at\n");
    repo.remove("gone");
    fs_err::rename(repo.root().join("renamed"), repo.root().join("new name")).unwrap();
    repo.chmod("mode", 0o755);
    repo.remove("linked");
    repo.link("linked", "a");
    repo.remove("file");
    repo.write("file/inside", "1\n");
    repo.remove("folder");
    repo.write("folder", "2\n");
    repo.write("staged", "3\n");
    repo.write("half", "4\n");
    repo.git(&["add", "staged", "half"]);
    repo.write("half", "5\n");
    repo.write("-dash", "6\n");
    repo.write("ignored", "7\n");
    repo.write("build/out", "ignored\n");
    repo.write("intended", "8\n");
    repo.git(&["add", "-N", "intended"]);
    for name in [&b"caf\xe9"[..], b"new\nline", b"tab\tquote\"back\\slash", b" space ", b"-n", b":(top)x", b"*"] {
        repo.write(OsStr::from_bytes(name), "x");
    }
    let open = check(&repo);
    let tree = open.tree(open.work_tree(&repo.store()).unwrap()).unwrap();
    for name in [&b"caf\xe9"[..], b"new\nline", b"-n", b"intended", b"new name"] {
        assert!(tree.get(name.as_bstr()).is_some(), "{:?}", name.as_bstr());
    }
    assert!(tree.get(BStr::new("build")).is_none());
}

#[test]
fn an_edit_of_the_same_size_within_the_indexs_own_tick_is_seen() {
    let repo = TestRepo::new();
    // As if all of it happened within one tick of the file system's clock; nobody can set a file's ctime.
    repo.git(&["config", "core.trustctime", "false"]);
    let tick = |path: &str| {
        let file = fs_err::OpenOptions::new().write(true).open(repo.root().join(path)).unwrap();
        file.file().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000)).unwrap();
    };
    repo.write("a", "1\n");
    tick("a");
    repo.git(&["add", "a"]);
    tick(".git/index");
    repo.write("a", "2\n");
    tick("a");
    let open = check(&repo);
    let tree = open.tree(open.work_tree(&repo.store()).unwrap()).unwrap();
    assert_eq!(open.blob(tree.get(BStr::new("a")).unwrap().id).unwrap(), b"2\n");
}

#[test]
fn an_unborn_branch_and_no_index() {
    let repo = TestRepo::empty();
    check(&repo);
    repo.write("x/y", "z\n");
    check(&repo);
}

#[test]
fn filters_and_line_endings_are_gits() {
    let repo = TestRepo::new();
    repo.git(&["config", "filter.upper.clean", "tr a-z A-Z"]);
    repo.write(".gitattributes", "*.up filter=upper\n*.txt text\n");
    repo.write("x.up", "shout\n");
    repo.write("x.txt", "one\r\ntwo\r\n");
    repo.git(&["config", "core.safecrlf", "true"]);
    let open = repo.open();
    let tree = repo.untouched(|| open.work_tree(&repo.store()).unwrap());
    let tree = open.tree(tree).unwrap();
    let blob = |name: &str| open.blob(tree.get(BStr::new(name)).unwrap().id).unwrap();
    assert_eq!((blob("x.up"), blob("x.txt")), (b"SHOUT\n".to_vec(), b"one\ntwo\n".to_vec()));

    repo.git(&["config", "filter.upper.clean", "false"]);
    repo.git(&["config", "filter.upper.required", "true"]);
    repo.write("x.up", "what can't be cleaned is no candidate\n");
    let error = repo.untouched(|| repo.open().work_tree(&repo.store()).unwrap_err());
    assert!(error.to_string().contains("x.up"), "{error}");
}

#[test]
fn many_new_files_go_into_one_pack() {
    let repo = TestRepo::new();
    repo.git(&["config", "filter.upper.clean", "tr a-z A-Z"]);
    repo.write(".gitattributes", "*.up filter=upper\n*.txt text\n");
    repo.write("x.up", "shout\n");
    repo.write("x.txt", "one\r\ntwo\r\n");
    repo.write("empty", "");
    for number in 0..50 {
        repo.write(format!("many/{number}"), format!("{number}\n"));
    }
    let expected = repo.expected_work_tree();
    let open = repo.open();
    open.expect_many();
    assert_eq!(repo.untouched(|| open.work_tree(&repo.store()).unwrap()), expected);
    assert_eq!(open.blob(open.leaf(expected, &"many/7".into()).unwrap().unwrap().id).unwrap(), b"7\n");
    let in_store = |name: &str| fs_err::read_dir(repo.store().join(name)).unwrap().count();
    let loose: usize = (0..256)
        .map(|byte| format!("{byte:02x}"))
        .filter(|name| repo.store().join(name).is_dir())
        .map(|name| in_store(&name))
        .sum();
    assert!(in_store("pack") >= 2 && loose < 10, "{loose} objects lie by themselves");
}

#[test]
fn lfs_content_goes_beside_the_store() {
    let repo = TestRepo::new();
    if !hermetic("git").args(["lfs", "version"]).run().unwrap().status.success() {
        return;
    }
    repo.git(&["lfs", "install", "--local", "--skip-repo"]);
    repo.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    repo.commit("lfs");
    repo.write("big.bin", "content\n");
    let open = repo.open();
    let tree = repo.untouched(|| open.work_tree(&repo.store()).unwrap());
    let pointer = open.blob(open.tree(tree).unwrap().get(BStr::new("big.bin")).unwrap().id).unwrap();
    assert!(pointer.starts_with(b"version https://git-lfs"));
    assert!(repo.top().join("gate/lfs/objects").is_dir());

    // A repository on both stores finds it there.
    let other = TestRepo::empty();
    other.git(&["lfs", "install", "--local", "--skip-repo"]);
    let alternates = format!("{}\n{}\n", repo.root().join(".git/objects").display(), repo.store().display());
    other.write(".git/objects/info/alternates", alternates);
    other.git(&["read-tree", &tree.to_string()]);
    other.git(&["checkout-index", "--all"]);
    assert_eq!(fs_err::read(other.root().join("big.bin")).unwrap(), b"content\n");
}

#[test]
fn the_users_hooks_and_monitors_do_not_run() {
    let repo = TestRepo::new();
    let ran = repo.top().join("ran");
    repo.write(".git/hooks/post-index-change", format!("#!/bin/sh\ntouch '{}'\n", ran.display()));
    repo.chmod(".git/hooks/post-index-change", 0o755);
    repo.write("monitor", format!("#!/bin/sh\ntouch '{}'\n", ran.display()));
    repo.chmod("monitor", 0o755);
    repo.git(&["config", "core.fsmonitor", "./monitor"]);
    repo.git(&["config", "core.untrackedCache", "true"]);
    repo.git(&["config", "core.splitIndex", "true"]);
    repo.write("a", "changed\n");
    let open = repo.open();
    drop(fs_err::remove_file(&ran));
    repo.untouched(|| open.work_tree(&repo.store()).unwrap());
    assert!(!ran.exists());
}

#[test]
fn submodules_follow_their_head_and_embedded_repositories_are_pointers() {
    let repo = TestRepo::new();
    let other = TestRepo::new();
    repo.git(&["submodule", "add", "-q", other.root().to_str().unwrap(), "sub"]);
    repo.commit("submodule");
    check(&repo);
    repo.write("sub/new", "x\n");
    check(&repo);
    repo.git_in(&repo.root().join("sub"), &["commit", "-q", "--allow-empty", "-m", "moved"]);
    check(&repo);
    repo.git_in(repo.root(), &["clone", "-q", other.root().to_str().unwrap(), "embedded"]);
    check(&repo);
}

#[test]
fn a_sparse_checkout_keeps_what_is_not_there() {
    for kind in ["--no-sparse-index", "--sparse-index"] {
        let repo = TestRepo::new();
        repo.git(&["sparse-checkout", "set", "--cone", kind, "other"]);
        assert!(!repo.root().join("d").exists());
        let open = check(&repo);
        assert_eq!(open.work_tree(&repo.store()).unwrap(), repo.id("HEAD^{tree}"));
        repo.write("d/e/new", "outside of the definition, and there\n");
        repo.write("a", "changed\n");
        let open = check(&repo);
        let tree = open.tree(open.work_tree(&repo.store()).unwrap()).unwrap();
        let d = open.tree(tree.get(BStr::new("d")).unwrap().id).unwrap();
        assert!(d.get(BStr::new("b")).is_some());
        let e = open.tree(d.get(BStr::new("e")).unwrap().id).unwrap();
        assert!(e.get(BStr::new("new")).is_some() && e.get(BStr::new("c")).is_some());
    }
}

#[test]
fn a_split_index_is_read_and_not_written() {
    let repo = TestRepo::new();
    repo.git(&["update-index", "--split-index"]);
    repo.write("new", "x\n");
    repo.git(&["add", "new"]);
    repo.write("a", "changed\n");
    check(&repo);
}

#[test]
fn from_a_subfolder_and_from_a_linked_worktree() {
    let repo = TestRepo::new();
    repo.write("d/new", "x\n");
    let expected = repo.expected_work_tree();
    let below = Repo::discover(&repo.root().join("d/e")).unwrap();
    assert_eq!(below.work_tree(&repo.store()).unwrap(), expected);

    let linked = repo.top().join("linked");
    repo.git(&["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
    fs_err::write(linked.join("only here"), "y\n").unwrap();
    let by_place = Repo::discover(&linked).unwrap();
    let git_dir = repo.root().join(".git/worktrees/linked");
    let index = git_dir.join("index");
    let by_name = environment(&[("GIT_DIR", &git_dir), ("GIT_INDEX_FILE", &index)]);
    let by_name = Repo::open(&linked, &by_name).unwrap();
    let trees = [by_place, by_name].map(|open| repo.untouched(|| open.work_tree(&repo.store()).unwrap()));
    repo.git_in(&linked, &["add", "-A"]);
    let expected = repo.git_in(&linked, &["write-tree"]);
    assert_eq!(trees.map(|tree| tree.to_string()), [expected.clone(), expected]);
}

#[test]
fn gates_own_folder_is_no_part_of_the_tree() {
    let repo = TestRepo::new();
    let open = repo.open();
    let tree = open.work_tree(&repo.root().join(".cache/gate/objects")).unwrap();
    assert_eq!(tree, repo.id("HEAD^{tree}"));
}

#[test]
fn a_merge_is_taken_as_it_lies_in_the_working_tree() {
    let repo = TestRepo::new();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("a", "side\n");
    repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a", "main\n");
    repo.commit("main");
    assert!(!repo.try_git(&["merge", "side"]));
    repo.write("a", "resolved, not added\n");
    check(&repo);
}

#[test]
fn a_bare_repository_has_none() {
    let repo = TestRepo::new();
    repo.git(&["clone", "-q", "--bare", ".", "../bare"]);
    let bare = Repo::discover(&repo.top().join("bare")).unwrap();
    assert!(matches!(bare.work_tree(&repo.store()), Err(Error::Bare(_))));
    assert!(matches!(bare.index_tree(&repo.store()), Err(Error::Bare(_))));
}

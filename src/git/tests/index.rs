//! The tree of an index.

use std::path::Path;

use bstr::ByteSlice;
use proptest::prelude::*;

use crate::digest::ObjectId;
use crate::git::index::{Cached, cached_tree};
use crate::git::testing::TestRepo;
use crate::git::{Error, stale};
use crate::process::Program;

fn cached(repo: &TestRepo) -> Cached {
    cached_tree(&repo.root().join(".git/index")).unwrap()
}

/// Whether the index file itself has the answer, which must then be git's; and the answer that gate gives.
#[track_caller]
fn check(repo: &TestRepo, held: bool) -> ObjectId {
    let expected = repo.expected_index_tree();
    assert_eq!(cached(repo), if held { Cached::Tree(expected) } else { Cached::Stale });
    let tree = repo.untouched(|| repo.open().index_tree(&repo.store()).unwrap());
    assert_eq!(tree, expected);
    tree
}

#[test]
fn a_valid_cache_is_the_answer() {
    let repo = TestRepo::new();
    assert_eq!(check(&repo, true), repo.id("HEAD^{tree}"));
    assert!(!repo.store().exists(), "nothing had to be made");
}

#[test]
fn a_stale_cache_is_not() {
    let repo = TestRepo::new();
    repo.write("d/e/c", "changed\n");
    repo.git(&["add", "d/e/c"]);
    let tree = check(&repo, false);
    let read = repo.open().with_store(&repo.store()).unwrap();
    assert_eq!(read.tree(tree).unwrap().entries().count(), 2);
    assert!(matches!(repo.open().tree(tree), Err(Error::Object(..))), "it is in gate's store only");
}

#[test]
fn a_tree_that_is_missing_is_made_again() {
    let repo = TestRepo::new();
    repo.write("a", "other\n");
    repo.git(&["add", "a"]);
    let tree = repo.git(&["write-tree"]);
    fs_err::remove_file(repo.root().join(".git/objects").join(&tree[..2]).join(&tree[2..])).unwrap();
    assert_eq!(cached(&repo), Cached::Tree(tree.parse().unwrap()));
    let read = repo.open().with_store(&repo.store()).unwrap();
    assert_eq!(read.index_tree(&repo.store()).unwrap().to_string(), tree);
    assert!(read.contains(tree.parse().unwrap()));
}

/// Entries straight into the index.
fn fill(repo: &TestRepo, paths: impl Iterator<Item = Vec<u8>>) {
    let blob = repo.git_input(&["hash-object", "-w", "--stdin"], "x");
    let mut list = Vec::new();
    for path in paths {
        list.extend_from_slice(format!("100644 {blob}\t").as_bytes());
        list.extend_from_slice(&path);
        list.push(0);
    }
    repo.git_input(&["update-index", "-z", "--index-info"], list);
    repo.git(&["write-tree"]);
}

#[test]
fn entries_of_every_length_are_walked_over() {
    let repo = TestRepo::empty();
    let long = [4000, 4094, 4095, 4096, 9000].map(|length| format!("long/{}", "n".repeat(length)).into_bytes());
    fill(&repo, (1..40).map(|length| vec![b'a'; length]).chain(long));
    check(&repo, true);
}

#[test]
fn many_entries_with_and_without_a_recorded_end() {
    let repo = TestRepo::empty();
    let paths = || (0..6000).map(|n| format!("d{}/file-{n}", n % 7).into_bytes());
    fill(&repo, paths());
    check(&repo, true);
    repo.git(&["config", "index.recordEndOfIndexEntries", "true"]);
    fill(&repo, paths().skip(1).chain([b"one more".to_vec()]));
    let index = fs_err::read(repo.root().join(".git/index")).unwrap();
    assert_eq!(&index[index.len() - 52..][..4], b"EOIE");
    check(&repo, true);
}

#[test]
fn flags_of_version_3_are_walked_over() {
    let repo = TestRepo::new();
    repo.git(&["update-index", "--skip-worktree", "a"]);
    repo.git(&["write-tree"]);
    let index = fs_err::read(repo.root().join(".git/index")).unwrap();
    assert_eq!(index[7], 3);
    check(&repo, true);
}

#[test]
fn what_the_entries_say_goes_before_what_the_cache_says() {
    let repo = TestRepo::new();
    repo.git(&["update-index", "--skip-worktree", "a"]);
    repo.git(&["write-tree"]);
    let path = repo.root().join(".git/index");
    let whole = fs_err::read(&path).unwrap();
    let tree = whole.windows(4).position(|name| name == b"TREE").unwrap();
    // The first entry's stage, its flag for intent-to-add, and the number of entries that the root covers.
    for (at, flip) in [(12 + 60, 0x10), (12 + 62, 0x20), (tree + 9, 0x01)] {
        let mut bytes = whole.clone();
        bytes[at] ^= flip;
        fs_err::write(&path, &bytes).unwrap();
        assert_eq!(cached(&repo), Cached::Stale, "byte {at}");
    }
}

#[test]
fn names_of_version_4_are_walked_over() {
    let repo = TestRepo::new();
    repo.git(&["update-index", "--index-version", "4"]);
    fill(&repo, (1..200).map(|length| vec![b'a'; length]).chain([vec![b'b'; 5000]]));
    check(&repo, true);
}

#[test]
fn what_is_not_plain_is_left_to_git() {
    let repo = TestRepo::new();
    repo.write("intended", "not yet\n");
    repo.git(&["add", "-N", "intended"]);
    assert_eq!(check(&repo, false), repo.id("HEAD^{tree}"), "an intention is not content");

    let repo = TestRepo::new();
    repo.git(&["update-index", "--split-index"]);
    repo.write("new", "in the split part\n");
    repo.git(&["add", "new"]);
    check(&repo, false);

    let repo = TestRepo::new();
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "other"]);
    let index = fs_err::read(repo.root().join(".git/index")).unwrap();
    assert!(index.windows(4).any(|name| name == b"sdir"));
    check(&repo, false);
}

#[test]
fn a_lock_is_not_in_the_way_and_stays() {
    let repo = TestRepo::new();
    repo.write("a", "staged\n");
    repo.git(&["add", "a"]);
    repo.write(".git/index.lock", "");
    check(&repo, false);
    let expected = repo.expected_work_tree();
    assert_eq!(repo.untouched(|| repo.open().work_tree(&repo.store()).unwrap()), expected);
}

#[test]
fn unmerged_paths_are_named() {
    let repo = TestRepo::new();
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("a", "side\n");
    repo.write("d/b", "side\n");
    repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a", "main\n");
    repo.write("d/b", "main\n");
    repo.commit("main");
    assert!(!repo.try_git(&["merge", "side"]));
    let error = repo.untouched(|| repo.open().index_tree(&repo.store()).unwrap_err());
    assert_eq!(error.to_string(), "unmerged: 'a', 'd/b'");
}

#[test]
fn no_index_is_an_empty_tree_unless_one_was_named() {
    let repo = TestRepo::empty();
    assert_eq!(repo.open().index_tree(&repo.store()).unwrap(), ObjectId::EMPTY_TREE);
    let named = |name: &str| {
        let environment = crate::git::testing::environment(&[("GIT_INDEX_FILE", Path::new(name))]);
        crate::git::Repo::open(repo.root(), &environment).unwrap().index_tree(&repo.store())
    };
    assert_eq!(named(".git/index").unwrap(), ObjectId::EMPTY_TREE);
    assert!(matches!(named("elsewhere"), Err(Error::NoIndex(_))));
}

#[test]
fn a_damaged_index_is_an_error_and_never_another_tree() {
    let repo = TestRepo::new();
    let path = repo.root().join(".git/index");
    let whole = fs_err::read(&path).unwrap();
    let tree = cached(&repo);
    for cut in 0..whole.len() {
        fs_err::write(&path, &whole[..cut]).unwrap();
        // Cut off between entries and extensions, it still holds every entry.
        if cached(&repo) == Cached::Stale {
            assert_eq!(repo.open().index_tree(&repo.store()).unwrap(), repo.id("HEAD^{tree}"));
        } else {
            assert_eq!(cached(&repo), Cached::Damaged, "cut at {cut}");
        }
    }
    for asked in [repo.open().index_tree(&repo.store()), repo.open().work_tree(&repo.store())] {
        let error = asked.unwrap_err();
        assert!(matches!(&error, Error::Index { path: named, .. } if *named == path), "{error:?}");
    }
    for at in 0..whole.len() - 20 {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        fs_err::write(&path, &bytes).unwrap();
        // Only the id itself can be changed without a trace, and then the object is missing.
        match cached(&repo) {
            Cached::Tree(read) if Cached::Tree(read) != tree => {
                assert!(!repo.open().contains(read), "byte {at}: {read}");
            }
            _ => {}
        }
    }
}

/// What is put together without git: it must be what git would write, and its objects must be sound.
#[track_caller]
fn check_without_git(repo: &TestRepo) {
    let open = repo.open().with_store(&repo.store()).unwrap();
    let bytes = fs_err::read(repo.root().join(".git/index")).unwrap();
    let tree = repo.untouched(|| stale::tree(&bytes, &open, &repo.store()).unwrap());
    assert_eq!(tree, Some(repo.expected_index_tree()));
    let objects = format!("GIT_ALTERNATE_OBJECT_DIRECTORIES={}", repo.store().display());
    let fsck = Program::new("env").arg(objects).args(["git", "fsck", "--strict", "--connectivity-only"]);
    let ran = fsck.arg(tree.unwrap().to_string()).dir(repo.root()).run().unwrap();
    assert!(ran.status.success(), "{}", ran.stderr.as_bstr());
}

#[test]
fn stale_trees_are_put_together_as_git_does() {
    let repo = TestRepo::empty();
    for path in ["a", "a-b/x", "a.c", "a0", "d/b", "d/e/c", "d/e/f/g", "only/here/z", "k/l/m"] {
        repo.write(path, path);
    }
    repo.commit("first");
    let blob = repo.git_input(&["hash-object", "-w", "--stdin"], "x");
    let cacheinfo = |info: String| repo.git(&["update-index", "--add", "--cacheinfo", &info]);
    let changes: [&dyn Fn(); 10] = [
        &|| drop(cacheinfo(format!("100644,{blob},d/e/f/g"))),
        &|| drop(cacheinfo(format!("100755,{blob},new/deep/er/file"))),
        &|| drop(cacheinfo(format!("120000,{blob},d/link"))),
        &|| drop(cacheinfo(format!("160000,{},d/module", repo.id("HEAD")))),
        &|| drop(repo.git(&["rm", "-q", "only/here/z"])),
        &|| drop(repo.git(&["rm", "-q", "-r", "k"])),
        &|| drop(cacheinfo(format!("100644,{blob},k"))),
        &|| drop(repo.git(&["rm", "-q", "a"])),
        &|| drop(cacheinfo(format!("100644,{blob},a/b/c"))),
        &|| drop(repo.git(&["update-index", "--chmod=+x", "a0"])),
    ];
    for change in changes {
        change();
        check_without_git(&repo);
    }
    let known = repo.git(&["write-tree"]);
    assert_eq!(check(&repo, true).to_string(), known);
}

#[test]
fn stale_trees_of_random_indexes() {
    const NAMES: &[&str] = &["a", "a-", "a.b", "a0", "b", "\u{fc}", "x y", "-f", ".GITx"];
    let path = proptest::collection::vec(proptest::sample::select(NAMES), 1..4).prop_map(|names| names.join("/"));
    let lists = proptest::collection::vec(proptest::collection::vec((path, any::<bool>()), 0..12), 1..4);
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(lists in lists)| {
        let repo = TestRepo::new();
        let blob = repo.git_input(&["hash-object", "-w", "--stdin"], "x");
        for list in lists {
            // What clashes with a file or folder replaces it, as `git add` does.
            for (path, added) in list {
                let info = format!("100644,{blob},{path}");
                if added { repo.git(&["update-index", "--add", "--replace", "--cacheinfo", &info]); }
                else { repo.git(&["rm", "-q", "-r", "-f", "--cached", "--ignore-unmatch", "--", &path]); }
            }
            check_without_git(&repo);
            repo.git(&["write-tree"]);
        }
    });
}

#[test]
fn an_object_that_is_missing_is_left_to_git() {
    let repo = TestRepo::new();
    let missing = "1234567890123456789012345678901234567890";
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{missing},gone")]);
    let open = repo.open().with_store(&repo.store()).unwrap();
    let bytes = fs_err::read(repo.root().join(".git/index")).unwrap();
    assert_eq!(stale::tree(&bytes, &open, &repo.store()).unwrap(), None);
    let error = open.index_tree(&repo.store()).unwrap_err();
    assert!(error.to_string().contains(missing), "{error}");
}

#[test]
fn a_part_of_an_index_gives_no_other_tree() {
    let repo = TestRepo::new();
    repo.write("a", "other\n");
    repo.git(&["add", "a"]);
    let open = repo.open().with_store(&repo.store()).unwrap();
    let bytes = fs_err::read(repo.root().join(".git/index")).unwrap();
    let whole = stale::tree(&bytes, &open, &repo.store()).unwrap();
    for length in 0..bytes.len() {
        let found = stale::tree(&bytes[..length], &open, &repo.store()).unwrap();
        assert!(found.is_none() || found == whole, "{length}: {found:?}");
    }
}

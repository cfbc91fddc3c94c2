//! What differs between trees, against `git diff --raw`.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::digest::ObjectId;
use crate::git::testing::TestRepo;
use crate::git::{Delta, Edit, Repo};
use crate::path::RepoPath;

type Sides = BTreeMap<Vec<u8>, [Option<(String, String)>; 2]>;

/// `git diff --raw -z` without renames: per path, mode and object on both sides.
fn by_git(repo: &TestRepo, old: &str, new: &str) -> Sides {
    let program = crate::git::testing::hermetic("git").dir(repo.root());
    let ran = program.args(["diff", "--raw", "-z", "--no-renames", "--no-abbrev", old, new]).run().unwrap();
    assert!(ran.status.success());
    let fields: Vec<&[u8]> = ran.stdout.split(|byte| *byte == 0).collect();
    let pairs = fields.chunks_exact(2).map(|pair| {
        let words: Vec<String> = String::from_utf8_lossy(&pair[0][1..]).split(' ').map(str::to_owned).collect();
        let side = |mode: &String, id: &String| (mode != "000000").then(|| (mode.clone(), id.clone()));
        (pair[1].to_vec(), [side(&words[0], &words[2]), side(&words[1], &words[3])])
    });
    pairs.collect()
}

fn by_us(deltas: &[Delta]) -> Sides {
    let side = |side: Option<super::super::Side>| side.map(|side| (side.mode.octal().to_owned(), side.id.to_string()));
    let pairs = deltas.iter().map(|delta| (delta.path.as_bstr().to_vec(), [side(delta.old), side(delta.new)]));
    let sides: Sides = pairs.collect();
    assert_eq!(sides.len(), deltas.len(), "a path comes once");
    sides
}

/// A path to what it is: one of a few modes and objects.
type Content = BTreeMap<Vec<u8>, (usize, usize)>;

/// Names that sort and quote badly, few enough that two trees meet.
fn name() -> impl Strategy<Value = &'static [u8]> {
    let names: [&[u8]; 12] =
        [b"a", b"a.b", b"a-", b"a0", b"ab", b"-x", b"\xe9", b"n\nl", b"\"q\\", b" s", b"A", b"\xc3\xa9"];
    prop::sample::select(names.to_vec())
}

fn content() -> impl Strategy<Value = Content> {
    let path = prop::collection::vec(name(), 1..4).prop_map(|names| names.join(&b'/'));
    prop::collection::btree_map(path, (0..4usize, 0..3usize), 0..12).prop_map(without_clashes)
}

/// A path can't be a file and a folder at once.
fn without_clashes(content: Content) -> Content {
    let paths: Vec<Vec<u8>> = content.keys().cloned().collect();
    let below = |path: &[u8], other: &[u8]| path.strip_prefix(other).is_some_and(|rest| rest.starts_with(b"/"));
    content.into_iter().filter(|(path, _)| !paths.iter().any(|other| below(path, other))).collect()
}

fn write_tree(repo: &TestRepo, blobs: &[String], content: &Content) -> String {
    let mut list = Vec::new();
    for (path, (mode, blob)) in content {
        let mode = ["100644", "100755", "120000", "160000"][*mode];
        list.extend_from_slice(format!("{mode} {}\t", blobs[*blob]).as_bytes());
        list.extend_from_slice(path);
        list.push(0);
    }
    repo.git(&["read-tree", "--empty"]);
    if !list.is_empty() {
        repo.git_input(&["update-index", "-z", "--index-info"], list);
    }
    repo.git(&["write-tree"])
}

#[test]
fn is_gits_own_on_hostile_trees() {
    let repo = TestRepo::empty();
    let blobs = ["x", "y", "z"].map(|text| repo.git_input(&["hash-object", "-w", "--stdin"], text));
    let open: Repo = repo.open();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let property = |(old, new): (Content, Content)| {
        let [old, new] = [old, new].map(|content| write_tree(&repo, &blobs, &content));
        let (from, to): (ObjectId, ObjectId) = (old.parse().unwrap(), new.parse().unwrap());
        prop_assert_eq!(by_us(&open.diff(Some(from), Some(to)).unwrap()), by_git(&repo, &old, &new));
        let whole = ObjectId::EMPTY_TREE.to_string();
        prop_assert_eq!(by_us(&open.diff(None, Some(to)).unwrap()), by_git(&repo, &whole, &new));
        prop_assert_eq!(by_us(&open.diff(Some(from), None).unwrap()), by_git(&repo, &old, &whole));
        Ok(())
    };
    runner.run(&(content(), content()), property).unwrap();
}

#[test]
fn an_edit_in_one_word() {
    let repo = TestRepo::new();
    repo.write("gone", "x\n");
    repo.commit("before");
    repo.remove("gone");
    repo.write("new", "x\n");
    repo.write("a", "other\n");
    repo.chmod("d/b", 0o755);
    repo.commit("after");
    let trees = ["HEAD~^{tree}", "HEAD^{tree}"].map(|tree| Some(repo.id(tree)));
    let deltas = repo.open().diff(trees[0], trees[1]).unwrap();
    let edits: Vec<_> = deltas.iter().map(|delta| (delta.path.clone(), delta.edit())).collect();
    let expected = [("a", Edit::Modified), ("d/b", Edit::ModeChanged), ("gone", Edit::Deleted), ("new", Edit::Added)];
    assert_eq!(edits, expected.map(|(path, edit)| (RepoPath::from(path), edit)));
}

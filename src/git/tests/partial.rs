//! Partial clones: objects that are missing are fetched when they are needed.

use bstr::BStr;

use crate::git::Repo;
use crate::git::testing::{TestRepo, hermetic, run};

/// A clone without the objects that `filter` leaves out, and without a checkout.
fn partial(filter: &str) -> (TestRepo, TestRepo) {
    let origin = TestRepo::new();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = TestRepo::empty();
    clone.remove("");
    let url = format!("file://{}", origin.root().display());
    run(&hermetic("git")
        .args(["clone", "-q", "--no-checkout", &format!("--filter={filter}"), &url, "r"])
        .dir(clone.top()));
    (origin, clone)
}

#[test]
fn what_is_missing_is_fetched_into_gates_store() {
    for filter in ["blob:none", "tree:0"] {
        let (origin, clone) = partial(filter);
        let open = clone.open().with_store(&clone.store()).unwrap();
        assert!(open.is_partial());
        let (tree, blob) = (origin.id("HEAD^{tree}"), origin.id("HEAD:d/e/c"));
        assert!(!open.contains(blob));
        clone.untouched(|| {
            assert_eq!(open.tree(tree).unwrap().entries().count(), 2);
            assert_eq!(open.blob_size(blob).unwrap(), 2);
            assert_eq!(open.blob(blob).unwrap(), b"c\n");
            assert_eq!(open.diff(None, Some(tree)).unwrap().len(), 3);
        });
        assert!(open.contains(blob), "and is then there");
    }
}

#[test]
fn without_a_store_git_puts_it_where_it_always_does() {
    let (origin, clone) = partial("blob:none");
    let blob = origin.id("HEAD:a");
    assert_eq!(clone.open().blob(blob).unwrap(), b"a\n");
    assert!(clone.open().contains(blob));
}

#[test]
fn many_are_fetched_at_once() {
    let (origin, clone) = partial("blob:none");
    let blobs = ["HEAD:a", "HEAD:d/b", "HEAD:d/e/c"].map(|name| origin.id(name));
    let open = clone.open().with_store(&clone.store()).unwrap();
    clone.untouched(|| open.fetch_missing(&blobs).unwrap());
    assert!(blobs.iter().all(|blob| open.contains(*blob)));
}

#[test]
fn a_remote_that_is_gone_is_an_error() {
    let (origin, clone) = partial("blob:none");
    let blob = origin.id("HEAD:a");
    fs_err::remove_dir_all(origin.root()).unwrap();
    let open = clone.open().with_store(&clone.store()).unwrap();
    assert!(open.blob(blob).unwrap_err().to_string().starts_with("'git cat-file' failed: "));
    assert!(open.fetch_missing(&[blob]).is_err());
}

#[test]
fn the_trees_of_index_and_working_tree() {
    let (_origin, clone) = partial("blob:none");
    clone.git(&["sparse-checkout", "set", "--cone", "other"]);
    clone.git(&["checkout", "-q", "main"]);
    clone.write("a", "changed\n");
    let expected = clone.expected_work_tree();
    let open: Repo = clone.open();
    clone.untouched(|| assert_eq!(open.work_tree(&clone.store()).unwrap(), expected));
    clone.git(&["add", "a"]);
    clone.untouched(|| assert_eq!(open.index_tree(&clone.store()).unwrap(), expected));
    assert!(open.tree(expected).unwrap().get(BStr::new("d")).is_some());
}

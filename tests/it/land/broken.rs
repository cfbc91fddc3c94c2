//! A target that is broken already.

use super::{branch, fate, fates, land, repository};
use crate::repo::TestRepo;

fn broken() -> TestRepo {
    let repo = repository();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("words/first", "bad\n");
    repo.commit("broken");
    repo.git(&["checkout", "--quiet", "elsewhere"]);
    repo
}

#[test]
fn what_does_not_mend_it_waits_and_is_not_blamed() {
    let repo = broken();
    branch(&repo, "docs", "docs/1", "1\n");
    branch(&repo, "words", "words/1", "1\n");
    let (code, document) = land(&repo, &["docs", "words"]);
    let (docs, words) = (fates(&document)[0].1.clone(), fates(&document)[1].1.clone());
    assert_eq!((code, docs.as_str()), (1, "target-broken"), "{document:#}");
    assert_ne!(words, "landed", "{document:#}");
}

#[test]
fn what_mends_it_lands_and_then_the_others_do() {
    let repo = broken();
    branch(&repo, "docs", "docs/1", "1\n");
    branch(&repo, "mends", "words/first", "good\n");
    let (code, document) = land(&repo, &["--batch", "1", "docs", "mends"]);
    assert_eq!((code, fates(&document)), (0, vec![fate("docs", "landed"), fate("mends", "landed")]), "{document:#}");
}

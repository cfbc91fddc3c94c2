//! Merge-bases, and what a shallow clone can say of them.

use crate::git::testing::TestRepo;
use crate::git::{MergeBase, Repo};

/// main: A, B, C, D, and E, which merges S; S on A; the topic T on B. The merge-base of T and main is B.
fn trap() -> TestRepo {
    let repo = TestRepo::empty();
    let commit = |name: &str| {
        repo.write(name, name);
        repo.commit(name);
        repo.git(&["tag", name]);
    };
    commit("A");
    commit("B");
    repo.git(&["checkout", "-q", "-b", "side", "A"]);
    commit("S");
    repo.git(&["checkout", "-q", "-b", "topic", "B"]);
    commit("T");
    repo.git(&["checkout", "-q", "main"]);
    commit("C");
    commit("D");
    repo.git(&["merge", "-q", "--no-ff", "-m", "E", "side"]);
    repo.git(&["tag", "E"]);
    repo
}

fn shallow(repo: &TestRepo, depth: &str) -> Repo {
    let url = format!("file://{}", repo.root().display());
    repo.git_in(&repo.top(), &["clone", "-q", "--depth", depth, "--branch", "main", "--no-tags", &url, "shallow"]);
    Repo::discover(&repo.top().join("shallow")).unwrap()
}

#[test]
fn is_gits_own() {
    let repo = trap();
    let open = repo.open();
    for (one, other) in [("T", "E"), ("E", "T"), ("S", "T"), ("D", "E"), ("A", "A"), ("S", "D")] {
        let base = repo.git(&["merge-base", one, other]).parse().unwrap();
        assert_eq!(open.merge_base(repo.id(one), repo.id(other)).unwrap(), MergeBase::Found(base), "{one} {other}");
        let counts = repo.git(&["rev-list", "--count", "--left-right", &format!("{one}...{other}")]);
        let (ahead, behind) = open.ahead_behind(repo.id(one), repo.id(other)).unwrap();
        assert_eq!(format!("{ahead}\t{behind}"), counts);
    }
    assert!(!open.is_shallow().unwrap());
}

#[test]
fn no_common_history() {
    let repo = trap();
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    let other = repo.commit("other");
    assert_eq!(repo.open().merge_base(other, repo.id("main")).unwrap(), MergeBase::Unrelated);
}

#[test]
fn an_older_base_in_a_shallow_clone_is_not_trusted() {
    let repo = trap();
    let open = shallow(&repo, "3");
    let clone = repo.top().join("shallow");
    repo.git_in(&clone, &["fetch", "-q", "--no-tags", "origin", "topic:topic"]);
    let (topic, main) = (repo.id("topic"), repo.id("main"));
    // Git is sure of itself, and wrong.
    let said = repo.git_in(&clone, &["merge-base", "topic", "main"]);
    assert_eq!(said, repo.id("A").to_string());
    assert_eq!(open.merge_base(topic, main).unwrap(), MergeBase::Uncertain);
    let linked = repo.top().join("linked");
    repo.git_in(&clone, &["worktree", "add", "-q", "--detach", linked.to_str().unwrap()]);
    let linked = Repo::discover(&linked).unwrap();
    assert!(linked.is_shallow().unwrap());
    assert_eq!(linked.merge_base(topic, main).unwrap(), MergeBase::Uncertain);

    repo.git_in(&clone, &["fetch", "-q", "--unshallow"]);
    let open = Repo::discover(&clone).unwrap();
    assert_eq!(open.merge_base(topic, main).unwrap(), MergeBase::Found(repo.id("B")));
}

#[test]
fn a_base_with_all_that_is_hidden_behind_it_is_trusted() {
    let repo = trap();
    for name in ["F", "G"] {
        repo.write(name, name);
        repo.commit(name);
    }
    repo.git(&["branch", "-q", "-f", "topic", "main~1"]);
    let open = shallow(&repo, "3");
    let clone = repo.top().join("shallow");
    repo.git_in(&clone, &["checkout", "-q", "-b", "topic", "main~1"]);
    repo.git_in(&clone, &["commit", "-q", "--allow-empty", "-m", "on topic"]);
    let topic = repo.git_in(&clone, &["rev-parse", "topic"]).parse().unwrap();
    assert!(open.is_shallow().unwrap());
    assert_eq!(open.merge_base(topic, repo.id("main")).unwrap(), MergeBase::Found(repo.id("main~1")));
}

#[test]
fn no_base_in_a_shallow_clone_is_uncertain_not_unrelated() {
    let repo = trap();
    let open = shallow(&repo, "1");
    let clone = repo.top().join("shallow");
    repo.git_in(&clone, &["fetch", "-q", "--no-tags", "--depth", "1", "origin", "topic:topic"]);
    assert_eq!(open.merge_base(repo.id("topic"), repo.id("main")).unwrap(), MergeBase::Uncertain);
    assert!(open.is_boundary(repo.id("main")).unwrap());
    assert_eq!(open.commit(repo.id("main")).unwrap().parents, []);
}

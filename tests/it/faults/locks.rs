//! What holds between steps and between runs: locks, slots, order.

use super::{Running, outcome};
use crate::repo::TestRepo;

/// Notes when it begins and ends, and fails if another one is between the two.
fn alone(file: &str) -> String {
    format!("mkdir $HOME/../{file} || exit 9; sleep 0.1; rmdir $HOME/../{file}")
}

#[test]
fn a_lock_holds_between_runs_of_different_repositories() {
    let rules = format!(
        "[check.a]\nrun = '''{0}'''\nlocks = [\"port\"]\n[check.b]\nrun = '''{0}'''\nlocks = [\"port\", \"other\"]\n",
        alone("held")
    );
    let first = TestRepo::with(&[("gate.toml", &rules)]);
    let others: Vec<TestRepo> = (0..3).map(|_| TestRepo::with(&[("gate.toml", &rules)])).collect();
    let together = |repo: &TestRepo| {
        repo.set_env("XDG_CACHE_HOME", first.cache());
        repo.set_env("HOME", first.home());
        Running::start(repo, &["check", "--all", "--jobs", "4"])
    };
    let runs: Vec<Running> = others.iter().chain([&first]).map(together).collect();
    for run in runs {
        let ran = run.end();
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

#[test]
fn slots_are_never_exceeded_and_order_is_kept() {
    let step = |name: &str, keys: &str| {
        format!("[check.{name}]\nrun = '''echo +{name} >>$HOME/log; sleep 0.05; echo -{name} >>$HOME/log'''\n{keys}\n")
    };
    let rules = [
        step("a", ""),
        step("b", ""),
        step("c", ""),
        step("wide", "slots = 2"),
        step("wider", "slots = 9"),
        step("last", "after = [\"a\", \"wide\"]"),
        "[check.bad]\nrun = \"exit 1\"\n[check.after-bad]\nrun = \"true\"\nafter = [\"bad\"]\n[check.needs-bad]\nrun = \"true\"\nneeds = [\"bad\"]\n".into(),
    ]
    .concat();
    let repo = TestRepo::with(&[("gate.toml", &rules)]);
    let (code, document) = repo.check(&["--all", "--jobs", "2"]);
    assert_eq!(code, 1, "{document:#}");
    assert_eq!((outcome(&document, "after-bad"), outcome(&document, "needs-bad")), ("passed", "not-started"));
    let log = fs_err::read_to_string(repo.home().join("log")).unwrap();
    let (mut used, mut ended) = (0, Vec::new());
    for line in log.lines() {
        let (sign, name) = line.split_at(1);
        let takes = if name.starts_with("wide") { 2 } else { 1 };
        if sign == "+" {
            used += takes;
            assert!(name != "last" || (ended.contains(&"a") && ended.contains(&"wide")), "{log}");
        } else {
            used -= takes;
            ended.push(name);
        }
        assert!(used <= 2, "{log}");
    }
    assert_eq!(ended.len(), 6, "{log}");
}

#[test]
fn the_first_failure_ends_what_runs_beside_it() {
    let rules = "[check.long]\nrun = \"echo up >$HOME/up; sleep 1000\"\n\
                 [check.fails]\nrun = \"while ! [ -e $HOME/up ]; do sleep 0.01; done; exit 1\"\n\
                 [check.later]\nrun = \"true\"\nafter = [\"long\"]\n\
                 [check.optional]\nrun = \"exit 1\"\nrequired = false\non = [\"merge\"]\n";
    let repo = TestRepo::with(&[("gate.toml", rules)]);
    let (code, document) = repo.check(&["--all", "--jobs", "3", "--fail-fast"]);
    assert_eq!(code, 1, "{document:#}");
    let outcomes = ["long", "fails", "later"].map(|step| outcome(&document, step));
    assert_eq!(outcomes, ["cancelled", "failed", "not-started"], "{document:#}");
}

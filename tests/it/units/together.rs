//! Steps that one command takes together.

use super::{judge, ran, repository};

const TOGETHER: &str = "[check.test]\nunits = \"declared\"\nrun = \"echo {units} >>$LOG; for u in {units}; do grep -q good $u/x || exit 1; done\"\npass-env = [\"LOG\"]\n";

/// What the commands were given, a line each.
fn given(repo: &crate::repo::TestRepo) -> Vec<String> {
    let log = repo.root().join("log");
    let text = fs_err::read_to_string(&log).unwrap_or_default();
    let _gone = fs_err::remove_file(&log);
    text.lines().map(str::to_owned).collect()
}

fn with_log(rules: &str) -> crate::repo::TestRepo {
    let repo = repository(rules);
    repo.set_env("LOG", repo.root().join("log"));
    repo
}

#[test]
fn one_command_takes_all_that_run_and_each_keeps_its_own_receipt() {
    let repo = with_log(TOGETHER);
    assert_eq!(ran(&judge(&repo)), "test:a passed, test:b passed, test:c passed");
    assert_eq!(given(&repo), ["a b c"]);
    repo.write("a/y", "1");
    assert_eq!(ran(&judge(&repo)), "test:a passed, test:b passed");
    assert_eq!(given(&repo), ["a b"]);
    repo.write("c/y", "1");
    assert_eq!(ran(&judge(&repo)), "test:c passed");
    assert_eq!(given(&repo), ["c"]);
}

#[test]
fn where_it_fails_each_runs_by_itself_and_only_the_guilty_one_has_failed() {
    let repo = with_log(TOGETHER);
    repo.write("b/x", "bad");
    assert_eq!(ran(&judge(&repo)), "test:a passed, test:b failed, test:c passed");
    assert_eq!(given(&repo).len(), 4);
    repo.write("b/x", "good");
    assert_eq!(ran(&judge(&repo)), "test:b passed", "the others have receipts");
}

#[test]
fn dependents_of_the_innocent_start_after_all() {
    let repo = with_log(&format!(
        "{TOGETHER}[check.after]\nunits = \"declared\"\nneeds = [\"test\"]\nrun = \"true {{unit}}\"\n"
    ));
    repo.write("c/x", "bad");
    let told = judge(&repo);
    assert_eq!(told["after:a"], "passed");
    assert_eq!(told["after:b"], "passed");
    assert_eq!(told["after:c"], "not-started");
}

#[test]
fn in_so_many_commands_as_is_asked_for() {
    let repo = with_log(&format!("{TOGETHER}groups = 2\n"));
    assert_eq!(ran(&judge(&repo)), "test:a passed, test:b passed, test:c passed");
    let given = given(&repo);
    assert_eq!(given.len(), 2, "{given:?}");
    let mut units: Vec<&str> = given.iter().flat_map(|line| line.split(' ')).collect();
    units.sort_unstable();
    assert_eq!(units, ["a", "b", "c"]);
}

#[test]
fn what_would_wait_for_itself_runs_one_by_one() {
    let rules = "[check.build]\nunits = \"declared\"\nrun = \"true {units}\"\nafter = [\"test\"]\n\
                 [unit.x]\nroot = \"x\"\n[check.test]\nunits = [\"a\"]\nrun = \"true {units}\"\n";
    let repo = repository(rules);
    repo.write("x/x", "1");
    let told = judge(&repo);
    assert!(told.values().all(|how| how == "passed"), "{told:?}");
}

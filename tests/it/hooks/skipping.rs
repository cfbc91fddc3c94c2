//! What is skipped is skipped only where it may be, said, recorded, and run by the merge stage.

use serde_json::Value;

use super::{Ground, step};
use crate::repo::Ran;

const FIRM: &str = "[check.firm]\nrun = '! grep -q BROKEN a'\non = [\"pre-commit\"]\nskippable = false\n";

/// Commits with these variables set.
#[track_caller]
fn with(ground: &Ground, variables: &[(&str, &str)], args: &[&str]) -> Ran {
    let mut command = ground.repo.command(&ground.repo.path(), "git");
    let output = command.args(args).envs(variables.iter().copied()).output().unwrap();
    ground.assert_untouched();
    Ran {
        code: crate::repo::exit_code(output.status),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

const COMMIT: [&str; 6] = ["commit", "-q", "-a", "--allow-empty", "-m", "x"];

/// Why a step was skipped, as the user said.
fn why<'a>(document: &'a Value, name: &str) -> &'a str {
    let step = step(document, name);
    assert_eq!((&step["decision"], &step["outcome"]), (&"skip".into(), &Value::Null), "{step:#}");
    step["reasons"][0]["why"].as_str().unwrap_or_else(|| panic!("not asked for: {step:#}"))
}

#[test]
fn one_is_owed_and_the_merge_stage_runs_it() {
    let ground = Ground::pushed("");
    ground.repo.git(&["checkout", "-q", "-b", "topic"]);
    ground.repo.write("a", "BAD\n");
    let ran = with(&ground, &[("GATE_SKIP", "grep"), ("GATE_REASON", "the build is on fire")], &COMMIT);
    assert_eq!((ran.code, ground.seen().len()), (0, 1), "{ran:?}");
    assert!(ran.both().contains("grep") && ran.both().contains("the build is on fire"), "{ran:?}");
    let document = ground.last("pre-commit");
    assert_eq!((why(&document, "grep"), &document["verdict"]), ("GATE_SKIP: the build is on fire", &"clear".into()));
    let shown = ground.repo.gate(&["show", document["id"].as_str().unwrap()]);
    assert!(shown.stdout.contains("the build is on fire"), "{shown:?}");
    assert!(ground.repo.gate(&["log"]).stdout.contains("the build is on fire"));
    // There is no receipt: the push runs it, and so does the merge stage.
    ground.git(&["push", "-q", "origin", "topic"]).fails("grep");
    assert_eq!(with(&ground, &[("GATE_SKIP", "grep")], &["push", "-q", "origin", "topic"]).code, 0);
    let (code, document) = ground.repo.check(&[]);
    assert_eq!((code, &step(&document, "grep")["outcome"]), (1, &"failed".into()));
    assert_eq!(&step(&document, "look")["decision"], "reuse");
}

#[test]
fn several_by_name_and_those_of_other_stages() {
    let ground = Ground::new("[check.later]\nrun = 'true'\n");
    ground.repo.write("a", "BAD\n");
    let ran = with(&ground, &[("GATE_SKIP", " grep,look, ,later,")], &COMMIT);
    assert_eq!((ran.code, ground.seen().len()), (0, 0), "{ran:?}");
    let document = ground.last("pre-commit");
    assert_eq!((why(&document, "grep"), why(&document, "look")), ("GATE_SKIP", "GATE_SKIP"));
}

#[test]
fn names_that_are_none_select_nothing_and_are_refused() {
    let ground = Ground::new(FIRM);
    for (list, words) in
        [("gerp", "did you mean 'grep'"), ("grep,gerp", "gerp"), ("a b", "GATE_SKIP"), ("firm", "firm")]
    {
        ground.repo.write("a", format!("{list}\n"));
        let ran = with(&ground, &[("GATE_SKIP", list)], &COMMIT);
        assert!(ran.code != 0 && ran.both().contains(words), "{list}: {ran:?}");
        assert!(ground.seen().is_empty() && ground.repo.git(&["rev-list", "--count", "HEAD"]) == "1");
    }
    let ran = with(&ground, &[("GATE_SKIP", "firm")], &COMMIT);
    assert!(ran.both().contains("skippable = false"), "{ran:?}");
}

#[test]
fn everything_that_may_be() {
    let ground = Ground::new(FIRM);
    ground.repo.write("a", "BAD\n");
    let ran = with(&ground, &[("GATE", "0"), ("GATE_REASON", "in a hurry")], &COMMIT);
    assert_eq!((ran.code, ground.seen().len()), (0, 0), "{ran:?}");
    let document = ground.last("pre-commit");
    assert_eq!((why(&document, "grep"), why(&document, "look")), ("GATE=0: in a hurry", "GATE=0: in a hurry"));
    assert_eq!(step(&document, "firm")["outcome"], "passed");
    ground.repo.write("a", "BROKEN\n");
    with(&ground, &[("GATE", "0")], &COMMIT).fails("firm");
    // Only 0 switches it off.
    for value in ["1", "", "no"] {
        ground.repo.write("a", format!("BAD {value}\n"));
        with(&ground, &[("GATE", value)], &COMMIT).fails("grep");
    }
}

#[test]
fn everything_whatever_state_the_rules_are_in() {
    let ground = Ground::pushed("");
    let off = [("GATE", "0")];
    ground.repo.git(&["checkout", "-q", "-b", "topic"]);
    ground.repo.write("gate.toml", "not toml");
    ground.repo.git(&["add", "--all"]);
    let ran = ground.git(&COMMIT);
    assert!(ran.code != 0 && ran.stderr.contains("gate.toml"), "{ran:?}");
    let ran = with(&ground, &off, &COMMIT);
    assert!(ran.code == 0 && ran.stderr.contains("not recorded"), "{ran:?}");
    assert_ne!(ground.git(&["push", "-q", "origin", "topic"]).code, 0);
    let ran = with(&ground, &off, &["push", "-q", "origin", "topic"]);
    assert!(ran.code == 0 && ran.stderr.contains("not recorded"), "{ran:?}");
    ground.repo.git(&["rm", "-q", "gate.toml"]);
    assert_ne!(ground.git(&COMMIT).code, 0);
    let ran = with(&ground, &off, &COMMIT);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = with(&ground, &off, &["push", "-q", "origin", "topic:gone"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

/// Where nothing is owed to a name or a reason, none is shown.
#[test]
fn an_empty_reason_is_none() {
    let ground = Ground::new("");
    ground.repo.write("a", "BAD\n");
    let ran = with(&ground, &[("GATE_SKIP", "grep"), ("GATE_REASON", " ")], &COMMIT);
    assert_eq!((ran.code, why(&ground.last("pre-commit"), "grep")), (0, "GATE_SKIP"), "{ran:?}");
}

#[test]
fn nothing_at_the_merge_stage_and_that_is_said() {
    let ground = Ground::new("");
    ground.repo.write("a", "BAD\n");
    let check = |variable: &str, value: &str, stage: &str| {
        ground.repo.set_env(variable, value);
        let ran = ground.repo.gate(&["check", "--stage", stage]);
        ground.repo.set_env(variable, "");
        let warns =
            ran.stderr.contains(&format!("{variable}{} has no effect here", if value == "0" { "=0" } else { "" }));
        (ran.code, ran.stdout.contains("failed grep"), warns)
    };
    assert_eq!(check("GATE_SKIP", "grep", "merge"), (1, true, true));
    assert_eq!(check("GATE_SKIP", "grep", "pre-push"), (0, false, false));
    assert_eq!(check("GATE", "0", "merge"), (1, true, true));
    assert_eq!(check("GATE", "0", "pre-push"), (1, true, true), "it is about hooks");
    assert_eq!(check("GATE", "1", "merge"), (1, true, false));
}

/// A repository in the middle of an operation, with a conflict that was resolved badly, and how to go on.
fn in_the_middle(ground: &Ground, doing: &str) -> Vec<&'static str> {
    ground.repo.git(&["checkout", "-q", "-B", "side", "main"]);
    ground.around("a", "side's\n");
    ground.around("a", "side's again\n");
    ground.repo.git(&["checkout", "-q", "-B", "other", "main"]);
    ground.around("a", "other's\n");
    ground.around("a", "other's again\n");
    let (begin, go_on): (&[&str], &[&str]) = match doing {
        "merge" => (&["merge", "side"], &["commit", "-q", "--no-edit"]),
        "rebase" => (&["rebase", "-q", "side"], &["commit", "-q", "-m", "picked"]),
        "cherry-pick" => (&["cherry-pick", "side"], &["commit", "-q", "--no-edit"]),
        _ => (&["revert", "--no-edit", "HEAD~"], &["commit", "-q", "--no-edit"]),
    };
    assert_eq!(ground.git(begin).code, 1, "{doing}: a conflict");
    ground.stage("a", "BAD resolution\n");
    go_on.to_vec()
}

#[test]
fn while_git_is_in_the_middle_of_something() {
    const ALL: [&str; 4] = ["merge", "rebase", "cherry-pick", "revert"];
    for doing in ALL {
        let others: Vec<String> =
            ALL.iter().filter(|other| **other != doing).map(|other| format!("'{other}'")).collect();
        for (skip, goes) in [(format!("'{doing}'"), true), (others.join(", "), false)] {
            let ground = Ground::new(&format!("[hook.pre-commit]\nskip-during = [{skip}]\n{FIRM}"));
            let args = in_the_middle(&ground, doing);
            if !goes {
                ground.git(&args).fails("grep");
                continue;
            }
            let ran = ground.git(&args);
            assert_eq!((ran.code, ground.seen().len()), (0, 0), "{doing}: {ran:?}");
            let document = ground.last("pre-commit");
            assert_eq!(why(&document, "grep"), format!("[hook.pre-commit] skip-during: a {doing} is in progress"));
            assert_eq!(step(&document, "firm")["outcome"], "passed", "not what can't be skipped");
        }
    }
}

/// Git calls the hook of a merge that goes through by itself before it notes that there is one.
#[test]
fn while_a_merge_goes_through_by_itself() {
    for (skip, code) in [("'merge'", 0), ("'rebase'", 1)] {
        let ground = Ground::new(&format!("[hook.pre-commit]\nskip-during = [{skip}]\n"));
        ground.repo.git(&["checkout", "-q", "-b", "side"]);
        ground.around("side", "BAD\n");
        ground.repo.git(&["checkout", "-q", "main"]);
        ground.around("a", "main's\n");
        let ran = ground.git(&["merge", "-q", "--no-edit", "side"]);
        assert_eq!(i32::from(ran.code != 0), code, "{skip}: {ran:?}");
    }
}

/// What the user's own file skips is skipped at early stages only, too.
#[test]
fn by_the_users_own_file() {
    let ground = Ground::pushed("");
    ground.repo.write(".git/info/exclude", "gate.local.toml\n");
    ground.repo.write("gate.local.toml", "[local]\nskip = [\"grep\"]\n");
    ground.stage("a", "BAD\n");
    let ran = ground.goes(&["commit", "-q", "-m", "x"], &["HEAD"]);
    assert!(ran.both().contains("gate.local.toml"), "{ran:?}");
    let (code, document) = ground.repo.check(&[]);
    assert_eq!((code, &step(&document, "grep")["outcome"]), (1, &"failed".into()));
}

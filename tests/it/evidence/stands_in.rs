//! What stands in for a run, and for how long.

use super::{Project, RULES, assert_ran, assert_reused, decision, fetch, merge_check, proved};

#[test]
fn what_another_clone_has_judged_need_not_run() {
    let project = proved();
    let clone = project.clone();
    fetch(&clone);
    let (code, document) = merge_check(&clone, &[]);
    assert_eq!((code, &document["verdict"], &document["proof"]), (0, &"deployable".into(), &"proved".into()));
    assert_reused(&document, "words");
    assert_eq!(document["steps"][0]["reasons"][0]["by"], "ci");
    assert_eq!(project.ran(), Vec::<String>::new());
    let again = merge_check(&clone, &[]).1;
    assert_reused(&again, "words");
}

#[test]
fn nothing_stands_in_for_a_run_that_is_asked_for() {
    let project = proved();
    let (code, document) = project.judged(&["--fresh"]);
    assert_eq!(code, 0);
    assert_ran(&document, "words");
    assert_eq!(project.ran(), ["words"]);
}

#[test]
fn evidence_that_was_not_fetched_is_not_there() {
    let project = proved();
    assert_ran(&merge_check(&project.clone(), &[]).1, "words");
}

#[test]
fn a_pass_of_one_tree_counts_for_another_one_that_the_step_sees_as_the_same() {
    let project = proved();
    project.origin.write("beside", "not an input\n");
    project.origin.commit("third");
    let (code, document) = project.judged(&[]);
    assert_eq!(code, 0);
    assert_reused(&document, "words");
}

#[test]
fn another_input_runs_again() {
    let project = proved();
    project.origin.write("words", "good\nbest\n");
    project.origin.commit("third");
    assert_ran(&project.judged(&[]).1, "words");
}

#[test]
fn another_definition_runs_again() {
    let project = proved();
    project.push_rules("topic", &RULES.replace("! grep bad", "! grep worse"));
    let (_, document) = project.judged(&[]);
    assert_ran(&document, "words");
    assert_reused(&document, "words.before");
}

const WITH_NEED: &str = r#"
[check.tool]
inputs = ["tool"]
run = "echo tool >> @RAN@; cp tool made"

[check.uses]
inputs = ["words"]
needs = ["tool"]
run = "echo uses >> @RAN@; test -e made"
"#;

#[test]
fn a_step_that_needs_another_product_runs_again() {
    let project = Project::new(&format!("{RULES}{WITH_NEED}"));
    project.origin.write("tool", "one\n");
    project.origin.write(".gitignore", "made\n");
    project.origin.commit("tool");
    project.prove();
    let (_, document) = project.judged(&[]);
    for name in ["words", "tool", "uses"] {
        assert_reused(&document, name);
    }
    project.origin.write("tool", "two\n");
    project.origin.commit("another tool");
    let (code, document) = project.judged(&[]);
    assert_eq!(code, 0, "{document}");
    assert_reused(&document, "words");
    assert_eq!(project.ran(), ["tool", "uses"]);
}

#[test]
fn a_check_that_is_never_reused_always_runs() {
    let project = Project::new(&RULES.replace("inputs =", "reuse = false\ninputs ="));
    project.prove();
    assert_eq!(decision(&project.judged(&[]).1, "words"), ("run".into(), "never-reused".into()));
}

#[test]
fn a_pass_counts_for_as_long_as_the_check_says() {
    let project = Project::new(&RULES.replace("inputs =", "reuse = \"1h\"\ninputs ="));
    let verdict = project.verdict();
    let text = fs_err::read_to_string(&verdict).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let started: jiff::Timestamp = document["steps"][0]["started"].as_str().unwrap().parse().unwrap();
    for (hours, counts) in [(-2_i64, false), (2, false), (0, true)] {
        let moved = started.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
        let mut document = document.clone();
        document["steps"][0]["started"] = moved.to_string().into();
        fs_err::write(&verdict, document.to_string()).unwrap();
        assert_eq!(project.sign(&verdict, "ci").code, 0);
        let (_, judged) = project.judged(&[]);
        assert_eq!(decision(&judged, "words").0 == "reuse", counts, "{hours}: {judged}");
        project.origin.git(&["update-ref", "-d", &only_ref(&project)]);
    }
}

fn only_ref(project: &Project) -> String {
    project.origin.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence"])
}

/// The same with a check for each file.
fn per_file() -> String {
    let (settings, _) = RULES.split_once("[check.").unwrap();
    format!("{settings}[check.each]\nfiles = [\"w*\"]\nrun = \"echo {{files}} >> @RAN@; ! grep bad {{files}}\"\n")
}

#[test]
fn a_check_that_takes_files_is_proved_as_a_whole() {
    let project = Project::new(&per_file());
    project.origin.write("world", "good\n");
    project.origin.commit("third");
    project.prove();
    let (code, document) = project.judged(&[]);
    assert_eq!((code, &document["proof"]), (0, &"proved".into()));
    assert_reused(&document, "each");
    project.origin.write("world", "better\n");
    project.origin.commit("fourth");
    assert_ran(&project.judged(&[]).1, "each");
}

#[test]
fn a_check_that_was_given_some_of_its_files_proves_nothing() {
    let project = Project::new(&per_file().replace("\"run\"", "\"assume\""));
    let verdict = project.verdict();
    let ran = project.sign(&verdict, "ci");
    assert_eq!(ran.code, 2, "{} {}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("there is nothing to sign"), "{}", ran.stderr);
}

#[test]
fn a_failure_is_no_pass() {
    let project = Project::new(RULES);
    project.origin.write("words", "bad\n");
    project.origin.commit("third");
    project.prove();
    let (code, document) = project.judged(&[]);
    assert_eq!(code, 1);
    assert_ran(&document, "words");
}

#[test]
fn a_failure_takes_the_pass_of_the_same_second_back() {
    let project = Project::new(RULES);
    let verdict = project.verdict();
    let passed: serde_json::Value = serde_json::from_slice(&fs_err::read(&verdict).unwrap()).unwrap();
    // Which of the two is found first depends on what their digests are.
    for n in 0..4 {
        for outcome in ["passed", "failed"] {
            let mut document = passed.clone();
            document["steps"][0]["outcome"] = outcome.into();
            document["id"] = format!("run{n}").into();
            fs_err::write(&verdict, document.to_string()).unwrap();
            assert_eq!(project.sign(&verdict, "ci").code, 0);
        }
        assert_ran(&project.judged(&[]).1, "words");
        let name = only_ref(&project);
        project.origin.git(&["update-ref", "-d", &name]);
    }
}

#[test]
fn a_later_pass_counts_again() {
    let project = Project::new(RULES);
    let verdict = project.verdict();
    let mut failed: serde_json::Value = serde_json::from_slice(&fs_err::read(&verdict).unwrap()).unwrap();
    assert_eq!(project.sign(&verdict, "ci").code, 0);
    let started: jiff::Timestamp = failed["steps"][0]["started"].as_str().unwrap().parse().unwrap();
    for (minutes, counts) in [(1_i64, false), (-1, true)] {
        failed["steps"][0]["outcome"] = "failed".into();
        failed["steps"][0]["started"] =
            started.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap().to_string().into();
        let early = project.origin.root().join("failed.json");
        fs_err::write(&early, failed.to_string()).unwrap();
        let name = only_ref(&project);
        let before = project.origin.git(&["rev-parse", &name]);
        assert_eq!(project.sign(&early, "ci").code, 0);
        assert_eq!(decision(&project.judged(&[]).1, "words").0 == "reuse", counts);
        project.origin.git(&["update-ref", &name, &before]);
    }
}

const TWO: &str = r#"
[check.more]
inputs = ["more"]
run = "echo more >> @RAN@; ! grep bad more"
"#;

#[test]
fn a_base_that_is_signed_to_be_broken_takes_what_mends_it() {
    let project = Project::new(&format!("{RULES}{TWO}"));
    project.origin.write("words", "bad\n");
    project.origin.write("more", "bad\n");
    project.origin.commit("broken");
    project.origin.git(&["branch", "--force", "main"]);
    // What is signed is the broken tree itself, judged as a change to nothing.
    let clone = project.clone();
    let ran = clone.gate(&["check", "--all", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let verdict = project.origin.root().join("broken.json");
    fs_err::write(&verdict, ran.stdout).unwrap();
    assert_eq!(project.sign(&verdict, "ci").code, 0);
    project.ran();
    project.origin.write("more", "good\n");
    project.origin.commit("mends more");
    let (code, document) = project.judged(&[]);
    assert_eq!((code, &document["verdict"]), (0, &"mends".into()), "{document}");
    let mut ran = project.ran();
    ran.sort();
    assert_eq!(ran, ["more", "words"], "nothing ran on the base");
}

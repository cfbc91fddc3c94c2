//! `platforms`: a check that has to pass on several systems is proved on each by itself.

use super::{Project, RULES, assert_ran, assert_reused, causes, decision, merge_check};

const BOTH: &str = "platforms = [\"HERE\", \"plan9-mips\"]\ninputs =";

/// The platform of this machine, as a run's evidence has it.
fn here() -> String {
    let project = Project::new(RULES);
    let text = fs_err::read_to_string(project.verdict()).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let environments = document["environments"].as_object().unwrap();
    let platform = environments.values().next().unwrap()["platform"].as_str().unwrap();
    platform.split(' ').take(2).collect::<Vec<_>>().join("-")
}

fn rules(platforms: &str) -> String {
    RULES.replace("inputs =", platforms).replace("HERE", &here())
}

/// Signs a verdict as if another system had given it.
fn sign_elsewhere(project: &Project, outcome: &str) {
    let verdict = project.verdict_of(&project.clone(), &["--fresh"]);
    let mut document: serde_json::Value = serde_json::from_slice(&fs_err::read(&verdict).unwrap()).unwrap();
    for environment in document["environments"].as_object_mut().unwrap().values_mut() {
        environment["platform"] = "plan9 mips nothing else".into();
    }
    let step = &mut document["steps"][0];
    step["outcome"] = outcome.into();
    step["decision"] = "run".into();
    fs_err::write(&verdict, document.to_string()).unwrap();
    let ran = project.sign(&verdict, "ci");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    project.ran();
}

#[test]
fn it_is_undecided_until_every_platform_has_its_proof() {
    let project = Project::new(&rules(BOTH));
    let (code, document) = project.judged(&[]);
    assert_eq!((code, causes(&document)), (3, vec!["platform-unproved".to_owned()]), "{document}");
    assert_eq!(document["findings"][0]["cause"]["platform"], "plan9-mips");
    assert_ran(&document, "words");
    sign_elsewhere(&project, "passed");
    let (code, document) = project.judged(&[]);
    assert_eq!((code, causes(&document)), (0, Vec::new()), "{document}");
    assert_ran(&document, "words");
    assert_eq!(document["verdict"], "deployable");
}

#[test]
fn the_proof_of_every_platform_leaves_nothing_to_run() {
    let project = Project::new(&rules(BOTH));
    project.prove();
    sign_elsewhere(&project, "passed");
    let (code, document) = project.judged(&[]);
    assert_eq!(code, 0, "{document}");
    assert_reused(&document, "words");
    assert_eq!(project.ran(), Vec::<String>::new());
}

#[test]
fn a_failure_elsewhere_is_no_proof() {
    let project = Project::new(&rules(BOTH));
    sign_elsewhere(&project, "failed");
    assert_eq!(project.judged(&[]).0, 3);
}

#[test]
fn a_pass_elsewhere_does_not_stand_in_for_one_here() {
    let project = Project::new(&rules(BOTH));
    sign_elsewhere(&project, "passed");
    assert_ran(&project.judged(&[]).1, "words");
}

#[test]
fn a_machine_whose_platform_is_not_listed_does_not_run_it() {
    let project = Project::new(&rules("platforms = [\"plan9-mips\"]\ninputs ="));
    let (code, document) = project.judged(&[]);
    assert_eq!(code, 3, "{document}");
    assert_eq!(decision(&document, "words"), ("skip".into(), "other-platform".into()));
    assert_eq!(project.ran(), Vec::<String>::new());
}

#[test]
fn what_runs_on_another_platform_only_is_proved_by_evidence() {
    let project = Project::new(&rules("platforms = [\"plan9-mips\"]\ninputs ="));
    // Where a check has to pass is not what its result depends on.
    project.push_rules("topic", RULES);
    sign_elsewhere(&project, "passed");
    project.push_rules("topic", &rules("platforms = [\"plan9-mips\"]\ninputs ="));
    let (code, document) = project.judged(&[]);
    assert_eq!(
        (code, &document["verdict"], &document["proof"]),
        (0, &"deployable".into(), &"proved".into()),
        "{document}"
    );
    assert_eq!(project.ran(), Vec::<String>::new());
}

#[test]
fn platforms_have_no_say_at_early_stages() {
    let early = "on = [\"pre-commit\"]\nplatforms = [\"plan9-mips\"]\ninputs =";
    let project = Project::new(&rules(early));
    let clone = project.clone();
    clone.write("words", "good\nbest\n");
    let ran = clone.gate(&["check", "--stage", "pre-commit"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(project.ran(), ["words"]);
}

#[test]
fn what_needs_a_step_of_another_platform_has_it_run_and_proves_nothing_of_it() {
    let needing = "\n[check.uses]\ninputs = [\"words\"]\nneeds = [\"words\"]\nrun = \"echo uses >> @RAN@\"\n";
    let project = Project::new(&format!("{}{needing}", rules("platforms = [\"plan9-mips\"]\ninputs =")));
    let (code, document) = project.judged(&[]);
    assert_eq!((code, causes(&document)), (3, vec!["platform-unproved".to_owned()]), "{document}");
    assert_eq!(project.ran(), ["words", "uses"]);
}

#[test]
fn fewer_platforms_weaken_a_check() {
    let project = Project::new(&rules(BOTH));
    project.push_rules("topic", &rules("platforms = [\"HERE\"]\ninputs ="));
    let (code, document) = merge_check(&project.clone(), &[]);
    assert_eq!((code, causes(&document)), (1, vec!["weakened".to_owned()]), "{document}");
}

#[test]
fn a_check_that_may_match_nothing_needs_no_proof_of_it() {
    let empty = "allow-empty = true\nplatforms = [\"HERE\", \"plan9-mips\"]\ninputs =";
    let project = Project::new(&rules(empty).replace("[\"words\"]", "[\"nothing\"]"));
    let other = "\n[check.other]\nrun = \"true\"\n";
    project.push_rules("main", &format!("{}{other}", rules(empty).replace("[\"words\"]", "[\"nothing\"]")));
    project.origin.git(&["checkout", "--quiet", "-B", "topic", "main"]);
    project.origin.write("words", "good\nbest\n");
    project.origin.commit("third");
    let (code, document) = project.judged(&[]);
    assert_eq!((code, causes(&document)), (0, Vec::new()), "{document}");
}

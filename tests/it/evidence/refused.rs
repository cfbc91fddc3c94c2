//! Whose evidence does not count, and from where.

use super::{Project, RULES, assert_ran, assert_reused, proved};

#[test]
fn a_key_that_nobody_trusts_proves_nothing() {
    let project = Project::new(RULES);
    assert_eq!(project.sign(&project.verdict(), "other").code, 0);
    project.ran();
    let (code, document) = project.judged(&[]);
    assert_eq!(code, 0);
    assert_ran(&document, "words");
    assert_eq!(project.ran(), ["words"]);
}

#[test]
fn a_key_that_is_trusted_no_more_proves_nothing() {
    let project = proved();
    project.origin.git(&["checkout", "--quiet", "main"]);
    project.write_rules(&RULES.replace("@KEY@", "@OTHER@"));
    project.origin.commit("another key");
    project.origin.git(&["checkout", "--quiet", "topic"]);
    project.origin.git(&["rebase", "--quiet", "main"]);
    assert_ran(&project.judged(&[]).1, "words");
}

/// The rules with a condition for the environment.
fn only_where(condition: &str) -> String {
    RULES.replace("key = \"@KEY@\"", &format!("key = \"@KEY@\"\nenvironment = [\"{condition}\"]"))
}

#[test]
fn a_run_in_another_environment_proves_nothing() {
    for (condition, counts) in [
        ("platform=plan9 *", false),
        ("no-such-name=*", false),
        ("platform=*", true),
        ("program:sh=*", true),
        ("program:sh=0000*", false),
    ] {
        let project = Project::new(&only_where(condition));
        project.prove();
        let (code, document) = project.judged(&[]);
        assert_eq!(code, 0);
        assert_eq!(super::decision(&document, "words").0 == "reuse", counts, "{condition}: {document}");
    }
}

#[test]
fn one_key_may_be_trusted_in_several_environments() {
    let other = "[[policy.trust]]\nkey = \"@KEY@\"\nenvironment = [\"platform=linux*\"]\n\n[check.words]";
    let project = Project::new(&only_where("platform=plan9 *").replace("[check.words]", other));
    project.prove();
    assert_reused(&project.judged(&[]).1, "words");
}

/// Rules with a folder that is kept between runs.
fn keeping(warm: bool) -> String {
    let kept = format!("[policy]\nwarm = {warm}\n").replace("warm = false\n", "");
    RULES.replace("[policy]\n", &format!("[workspace]\nkeep = [\"kept\"]\n\n{kept}"))
}

/// A project whose CI has judged `topic` in a checkout that kept a folder from the run before.
fn judged_warm(warm: bool) -> (Project, crate::repo::TestRepo) {
    let project = Project::new(&keeping(warm));
    project.origin.write(".gitignore", "kept\n");
    project.origin.commit("third");
    let ci = project.clone();
    super::merge_check(&ci, &[]);
    ci.write("words", "good\nbetter\nbest\n");
    ci.commit("fourth");
    ci.git(&["push", "--quiet", "--force", "origin", "HEAD:refs/heads/next"]);
    project.origin.git(&["checkout", "--quiet", "-B", "topic", "next"]);
    (project, ci)
}

#[test]
fn a_run_with_kept_folders_proves_only_where_the_policy_takes_it() {
    for warm in [false, true] {
        let (project, ci) = judged_warm(warm);
        assert_eq!(project.sign(&project.verdict_of(&ci, &[]), "ci").code, 0);
        let (_, document) = project.judged(&[]);
        assert_eq!(super::decision(&document, "words").0 == "reuse", warm, "{document}");
    }
}

#[test]
fn only_the_merge_stage_leaves_evidence() {
    let project = Project::new(&RULES.replace("inputs =", "on = [\"pre-commit\"]\ninputs ="));
    let ci = project.clone();
    ci.write("words", "good\nbest\n");
    let ran = ci.gate(&["check", "--stage", "pre-commit", "--format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let verdict = project.origin.root().join("early.json");
    fs_err::write(&verdict, ran.stdout).unwrap();
    let signed = project.sign(&verdict, "ci");
    assert_eq!(signed.code, 2, "{}", signed.stdout);
    assert!(signed.stderr.contains("only the merge stage leaves evidence"), "{}", signed.stderr);
}

#[test]
fn a_pass_from_a_checkout_with_kept_folders_is_not_cleaned_by_being_reused() {
    let (project, ci) = judged_warm(false);
    super::merge_check(&ci, &[]);
    let again = project.verdict_of(&ci, &[]);
    let signed = project.sign(&again, "ci");
    assert_eq!(signed.code, 0, "{}", signed.stderr);
    assert_ran(&project.judged(&[]).1, "words");
}

#[test]
fn a_run_in_the_users_own_tree_proves_nothing() {
    let project = Project::new(RULES);
    let ci = project.clone();
    ci.write("words", "whatever\n");
    let ran = ci.gate(&["check", "--here", "--format", "json"]);
    assert_eq!(project.ran(), ["words"]);
    let verdict = project.origin.root().join("here.json");
    fs_err::write(&verdict, &ran.stdout).unwrap();
    let signed = project.sign(&verdict, "ci");
    assert_eq!(signed.code, 2, "{}{}", signed.stdout, ran.stdout);
}

#[test]
fn evidence_of_evidence_is_nobodys_own() {
    let both = "[[policy.trust]]\nkey = \"@OTHER@\"\n\n[check.words]";
    let project = Project::new(&RULES.replace("[check.words]", both));
    project.prove();
    let clone = project.clone();
    super::fetch(&clone);
    let second = project.verdict_of(&clone, &[]);
    assert_eq!(project.sign(&second, "other").code, 0);
    let refs = project.origin.git(&["for-each-ref", "--format=%(refname)", "refs/gate/evidence"]);
    let files = |name: &str| project.origin.git(&["ls-tree", "-r", "--name-only", name]);
    let restated: Vec<&str> = refs.lines().filter(|name| !files(name).contains("steps/")).collect();
    assert_eq!(restated.len(), 1, "{refs}");
    // Whoever puts the second statement where that of a run would lie gains nothing by it.
    let tree_of_both = project.origin.git(&["ls-tree", "-r", restated[0]]);
    let blob = tree_of_both.split_whitespace().nth(2).unwrap();
    let first = refs.lines().find(|name| *name != restated[0]).unwrap();
    let place = files(first).lines().find(|path| path.starts_with("steps/")).unwrap().to_owned();
    super::forged::put(&project.origin, restated[0], &[(&place, "100644", blob)]);
    project.origin.git(&["update-ref", "-d", first]);
    project.ran();
    assert_ran(&project.judged(&[]).1, "words");
}

#[test]
fn a_condition_for_machines_is_not_about_what_gate_looks_at_itself() {
    let builtin = "\n[check.ends]\nbuiltin = \"final-newline\"\n";
    for (condition, counts) in [("platform=plan9 *", true), ("gate=0.0.0", false), ("gate=*", true)] {
        let project = Project::new(&format!("{}{builtin}", only_where(condition)));
        project.prove();
        let (_, document) = project.judged(&[]);
        assert_eq!(super::decision(&document, "ends").0 == "reuse", counts, "{condition}: {document}");
        assert_ran(&document, "words");
    }
}

//! Which checks run: the same ones whoever asks, by what they depend on and by nothing else.

use super::{advance, branch, job_clone, merge_check, merge_group, merged, pull_request, push, steps};
use crate::repo::TestRepo;

const RULES: &str = r#"
[check.unit]
inputs = ["src/**"]
run = "! grep -r bad src"
on = ["pre-commit"]

[check.integration]
inputs = ["src/**", "deploy/**"]
run = "cat deploy/*"
on = ["pre-push"]

[check.pages]
inputs = ["docs/**"]
run = "! grep -r bad docs"
"#;

fn repository() -> TestRepo {
    TestRepo::with(&[("gate.toml", RULES), ("src/a", "1\n"), ("deploy/a", "1\n"), ("docs/a", "1\n"), ("NOTES", "1\n")])
}

#[test]
fn a_change_that_no_check_is_about_gets_a_verdict_that_says_why_nothing_ran() {
    let repo = repository();
    branch(&repo, "topic", "main", &[("NOTES", "2\n")]);
    let (code, document) = merge_check(&repo, "main", "topic");
    assert_eq!((code, &document["verdict"]), (0, &"deployable".into()));
    assert_eq!(steps(&document), ["integration skip", "pages skip", "unit skip"]);
    for step in document["steps"].as_array().unwrap() {
        assert!(step["reasons"].to_string().contains("unchanged"), "{step:#}");
    }
    let told = repo.gate(&["merge-check", "--into", "main", "--from", "topic", "--format", "github"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
}

#[test]
fn a_request_and_its_group_and_the_push_after_it_run_the_same_checks() {
    let repo = repository();
    let base = repo.git(&["rev-parse", "main"]);
    let head = branch(&repo, "topic", "main", &[("deploy/a", "2\n")]);
    let group = merged(&repo, "main", "topic");
    let job = |name: &str| job_clone(&repo, &group, name);
    let (_, asked) = pull_request(&repo, &job("request"), ("main", &base), &head, &group);
    let (_, queued) = merge_group(&repo, &job("queue"), &base, &group);
    let (_, landed) = push(&repo, &job("push"), &base, &group);
    assert_eq!(steps(&asked), ["integration run passed", "pages skip", "unit skip"]);
    assert_eq!((steps(&queued), steps(&landed)), (steps(&asked), steps(&asked)));
    assert_eq!(queued["candidate"]["tree"], asked["candidate"]["tree"]);
}

#[test]
fn every_event_asks_for_every_required_check_whatever_stages_it_names() {
    let repo = repository();
    let base = repo.git(&["rev-parse", "main"]);
    let files = [("src/a", "bad\n"), ("docs/a", "bad\n")];
    let head = branch(&repo, "topic", "main", &files);
    let group = merged(&repo, "main", "topic");
    let job = |name: &str| job_clone(&repo, &group, name);
    let judged = [
        pull_request(&repo, &job("request"), ("main", &base), &head, &group),
        merge_group(&repo, &job("queue"), &base, &group),
        push(&repo, &job("push"), &base, &group),
    ];
    for (code, document) in judged {
        assert_eq!(code, 1, "{document:#}");
        assert_eq!(steps(&document), ["integration run passed", "pages run failed", "unit run failed"]);
    }
}

#[test]
fn a_change_is_not_held_up_by_a_check_that_it_can_not_affect() {
    // As unsteady as can be: it never passes.
    let rules = format!("{RULES}\n[check.unsteady]\ninputs = [\"src/**\"]\nrun = \"false\"\n");
    let repo = TestRepo::with(&[("gate.toml", &rules), ("src/a", "1\n"), ("deploy/a", "1\n"), ("docs/a", "1\n")]);
    let base = repo.git(&["rev-parse", "main"]);
    let head = branch(&repo, "topic", "main", &[("docs/a", "2\n")]);
    let group = merged(&repo, "main", "topic");
    let (asked, _) = pull_request(&repo, &job_clone(&repo, &group, "request"), ("main", &base), &head, &group);
    let (queued, document) = merge_group(&repo, &job_clone(&repo, &group, "queue"), &base, &group);
    assert_eq!((asked, queued), (0, 0), "{document:#}");
}

#[test]
fn what_a_batch_proved_counts_for_it_without_a_member_outside_that_members_closure() {
    let repo = repository();
    branch(&repo, "stays", "main", &[("docs/a", "2\n")]);
    branch(&repo, "leaves", "main", &[("deploy/a", "2\n")]);
    merged(&repo, "stays", "leaves");
    repo.git(&["branch", "batch"]);
    let (code, document) = merge_check(&repo, "main", "batch");
    assert_eq!(
        (code, steps(&document)),
        (0, ["integration run passed", "pages run passed", "unit skip"].map(str::to_owned).to_vec())
    );
    let (code, document) = merge_check(&repo, "main", "stays");
    assert_eq!(
        (code, steps(&document)),
        (0, ["integration skip", "pages reuse", "unit skip"].map(str::to_owned).to_vec())
    );
    // And with another one in its place only what that one is about runs.
    branch(&repo, "comes", "main", &[("src/a", "2\n")]);
    merged(&repo, "stays", "comes");
    let (code, document) = merge_check(&repo, "main", "HEAD");
    let said = ["integration run passed", "pages reuse", "unit run passed"].map(str::to_owned);
    assert_eq!((code, steps(&document)), (0, said.to_vec()));
}

#[test]
fn a_target_that_moved_reruns_what_both_sides_are_about_and_nothing_else() {
    let repo = repository();
    branch(&repo, "topic", "main", &[("src/a", "2\n"), ("docs/a", "2\n")]);
    merge_check(&repo, "main", "topic");
    advance(&repo, "main", &[("deploy/a", "2\n")]);
    let (code, document) = merge_check(&repo, "main", "topic");
    let said = ["integration run passed", "pages reuse", "unit reuse"].map(str::to_owned);
    assert_eq!((code, steps(&document)), (0, said.to_vec()));
}

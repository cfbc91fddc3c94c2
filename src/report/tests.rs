//! Every format, on runs with hostile content.

use std::collections::{BTreeMap, BTreeSet};

use super::{Account, FileFormat, Output, file, github, markdown};
use crate::check::{Ended, Outcome, Stage};
use crate::output::{Problem, Region, Severity};
use crate::path::RepoPath;
use crate::plan::{Plan, Step};
use crate::record::Entry;
use crate::record::sample::{at, ended, entry, name, plan, step, verdict};
use crate::verdict::{Cause, Finding, Kind};

fn problem(path: &[u8], line: u32, severity: Severity, message: &str) -> Problem {
    let region = Some(Region::at(line, Some(2)));
    Problem { path: RepoPath::new(path), region, severity, message: message.to_owned(), rule: None }
}

/// The run of these steps.
fn run(steps: Vec<Step>, done: &[Ended], kind: Kind) -> Entry {
    let causes = done.iter().filter(|ended| ended.outcome != Outcome::Passed).map(|ended| Finding {
        cause: Cause::Step { step: ended.step.clone(), outcome: ended.outcome },
        leads_to: Some(Kind::Rejected),
    });
    entry("0k1aaa", 0, &plan(steps), done, &verdict(kind, causes.collect()))
}

fn account<'a>(entry: &'a Entry, problems: &[Problem]) -> Account<'a> {
    let tail = vec!["]]> </x> \u{fffd} 100%".to_owned(), "::error::faked".to_owned(), "a ```` b ##[error]c".to_owned()];
    let outputs = entry.steps.iter().filter(|step| step.outcome == Some(Outcome::Failed));
    let outputs: BTreeMap<_, _> =
        outputs.map(|step| (step.name.clone(), Output { problems: problems.to_vec(), tail: tail.clone() })).collect();
    let changed = BTreeSet::from([RepoPath::from("src/new.rs")]);
    Account { entry, now: at(300), recorded: true, changed, outputs }
}

fn failed() -> Entry {
    run(vec![step("lint", "a", "b")], &[ended("lint", Outcome::Failed)], Kind::Rejected)
}

#[test]
fn errors_in_changed_files_come_first_and_the_rest_in_one_line() {
    let mut problems: Vec<Problem> =
        (1..=30).map(|line| problem(b"src/old.rs", line, Severity::Error, &format!("old {line}"))).collect();
    problems.push(problem(b"src/new.rs", 7, Severity::Error, "new"));
    problems.extend((1..=10).map(|line| problem(b"src/old.rs", line, Severity::Warning, &format!("warned {line}"))));
    let entry = failed();
    let text = github::render(&account(&entry, &problems));
    let of = |command: &str| text.lines().filter(|line| line.starts_with(&format!("::{command} "))).count();
    assert_eq!((of("error"), of("warning"), of("notice"), text.lines().count()), (10, 10, 0, 20));
    assert_eq!(text.lines().next(), Some("::error file=src/new.rs,line=7,col=2,title=lint::new"));
    assert_eq!(text.lines().nth(9), Some("::error title=gate::22 more errors: 22 of lint"));
}

#[test]
fn commands_hold_no_other_commands() {
    let hostile = problem(b"a,b:\n::x%caf\xe9", 1, Severity::Error, "100%\n::error::faked\r, a:b");
    let rule = Some("x\n::y".to_owned());
    let entry = failed();
    let text = github::render(&account(&entry, &[Problem { rule, ..hostile }]));
    assert_eq!(
        text,
        "::error file=a%2Cb%3A%0A%3A%3Ax%25caf\u{fffd},line=1,col=2,title=lint/x\\n%3A%3Ay::100%25\\n::error::faked\\r, a:b\n"
    );
}

#[test]
fn a_failure_without_a_place_is_an_error_all_the_same() {
    let entry = failed();
    for problems in [Vec::new(), vec![problem(b"a.c", 1, Severity::Warning, "only a warning")]] {
        let account = account(&entry, &problems);
        assert!(
            github::render(&account).starts_with("::error file=gate.toml,title=lint::lint failed (exit 1, 1.5s)\n")
        );
        for format in [FileFormat::Gitlab, FileFormat::Sarif, FileFormat::Checkstyle, FileFormat::Markdown] {
            let text = file::render(format, &account).unwrap();
            assert!(text.contains("lint failed (exit 1, 1.5s)"), "{format:?}: {text}");
        }
    }
}

#[test]
fn what_is_not_required_is_no_error() {
    let mut entry = failed();
    entry.steps[0].required = false;
    entry.verdict = Kind::Deployable;
    entry.findings.clear();
    let account = account(&entry, &[problem(b"a.c", 1, Severity::Error, "x")]);
    let text = github::render(&account);
    assert!(
        text.starts_with("::warning file=a.c,line=1,col=2,title=lint::x\n::notice title=gate::deployable"),
        "{text}"
    );
    assert!(file::render(FileFormat::Tap, &account).unwrap().contains("not ok 1 - lint # todo not required\n"));
}

/// Verdicts that no step's outcome explains.
#[test]
fn a_list_without_failures_is_never_given_for_a_rejection() {
    for (kind, mark) in [(Kind::Rejected, "<failure "), (Kind::Undecided, "<error ")] {
        let finding = Finding { cause: Cause::RulesRemoved, leads_to: Some(kind) };
        let done = [ended("test", Outcome::Passed)];
        let plan = Plan { stage: Stage::Merge, ..plan(vec![step("test", "a", "b")]) };
        let entry = entry("0k1aaa", 0, &plan, &done, &verdict(kind, vec![finding]));
        let account = account(&entry, &[]);
        let junit = file::render(FileFormat::Junit, &account).unwrap();
        assert!(junit.contains("<testcase name=\"verdict\"") && junit.contains(mark), "{junit}");
        assert!(file::render(FileFormat::Tap, &account).unwrap().contains("\nnot ok 2 - verdict\n"));
        assert!(github::render(&account).starts_with("::error file=gate.toml,title=gate::gate.toml is taken away\n"));
    }
}

#[test]
fn equal_problems_have_fingerprints_of_their_own() {
    let problems: Vec<Problem> = (1..=3).map(|line| problem(b"a.c", line, Severity::Error, "same")).collect();
    let entry = failed();
    let text = file::render(FileFormat::Gitlab, &account(&entry, &problems)).unwrap();
    let prints = |text: &str| {
        let found: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        found.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = prints(&text);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 3);
    let moved: Vec<Problem> =
        problems.into_iter().map(|problem| Problem { region: Some(Region::at(99, None)), ..problem }).collect();
    assert_eq!(prints(&file::render(FileFormat::Gitlab, &account(&entry, &moved)).unwrap()), before, "lines move");
}

#[test]
fn no_format_hands_on_what_is_hostile() {
    let hostile =
        problem(b"caf\xe9/]]>&%\n.py", 3, Severity::Error, "]]></x> \"'& 100% \u{202e}\u{1b}[2J\u{0}\n<b>@all|`x`");
    let entry = failed();
    let account = account(&entry, &[hostile]);
    for format in FileFormat::ALL {
        let text = file::render(format, &account).unwrap();
        let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(bad), "{format:?}: {text:?}");
        assert!(text.ends_with('\n') && !text.contains("\n\n\n"), "{format:?}");
        if format != FileFormat::Github {
            let commands = text.lines().filter(|line| line.trim_start().starts_with("::") || line.contains("##["));
            assert_eq!(commands.count(), 0, "{format:?}: {text}");
        }
        if matches!(format, FileFormat::Junit | FileFormat::Checkstyle) {
            assert!(!text.contains("]]>"), "{text}");
        }
    }
    let page = markdown::render(&account, usize::MAX);
    assert!(page.contains("\n`````text\n"), "a fence longer than any in what it holds: {page}");
    assert!(page.contains("&#60;b&#62;&#64;all\\|\\`x\\`"), "{page}");
}

#[test]
fn a_conflict_stands_at_its_file() {
    let conflict = Cause::Conflict { path: "src/new.rs".into(), conflict: "contents".into() };
    let finding = Finding { cause: conflict, leads_to: Some(Kind::Rejected) };
    let entry = entry("0k1aaa", 0, &plan(Vec::new()), &[], &verdict(Kind::Rejected, vec![finding]));
    let text = github::render(&account(&entry, &[]));
    assert!(text.starts_with("::error file=src/new.rs,title=gate::"), "{text}");
}

#[test]
fn a_page_tells_what_no_step_says() {
    let weakened = Cause::Weakened { check: "lint".into(), how: "its timeout is longer".into() };
    let mut entry = failed();
    entry.findings.push(Finding { cause: weakened, leads_to: Some(Kind::Rejected) });
    entry.notes.push("TOKEN is <b>passed</b>".to_owned());
    let page = markdown::render(&account(&entry, &[]), usize::MAX);
    let told = "- against it: the check lint is weakened: its timeout is longer\n- note: TOKEN is &#60;b&#62;passed&#60;/b&#62;\n";
    assert!(page.contains(told), "{page}");
}

#[test]
fn a_page_keeps_to_its_length() {
    let entry = failed();
    let problems: Vec<Problem> =
        (1..=100).map(|line| problem(b"a.c", line, Severity::Error, &"x".repeat(900))).collect();
    let account = account(&entry, &problems);
    let whole = markdown::render(&account, usize::MAX);
    assert!(whole.contains("\n- and 50 others\n"), "{whole}");
    let cut = markdown::render(&account, 4000);
    assert!(cut.len() <= 4000 && cut.contains("1 part left out"), "{cut}");
}

#[test]
fn tap_14_by_the_line() {
    let mut skipped = step("slow", "a", "a");
    skipped.reasons = vec![crate::plan::Reason::Asked { why: "# not \\ today\n".into() }];
    let steps = vec![step("fmt", "a", "b"), step("test", "a", "b"), skipped, step("e2e", "a", "b")];
    let done = [ended("fmt", Outcome::Passed), ended("test", Outcome::Failed)];
    let entry = run(steps, &done, Kind::Rejected);
    assert!(entry.step(&name("e2e")).is_some());
    insta::assert_snapshot!(file::render(FileFormat::Tap, &account(&entry, &[])).unwrap(), @r#"
    TAP version 14
    1..4
    ok 1 - fmt
    not ok 2 - test
      ---
      message: "test failed (exit 1, 1.5s)"
      severity: fail
      duration_ms: 1500
      output:
        - "]]> </x> � 100%"
        - "::error::faked"
        - "a ```` b #\u0023[error]c"
      ...
    ok 3 - slow # SKIP on request: \# not \\ today\\n
    not ok 4 - e2e
      ---
      message: "e2e was not started"
      severity: error
      duration_ms: 0
      ...
    "#);
    let nothing = run(Vec::new(), &[], Kind::Deployable);
    let text = file::render(FileFormat::Tap, &account(&nothing, &[])).unwrap();
    assert_eq!(text, "TAP version 14\n1..0 # SKIP there is nothing to check\n");
}

#[test]
fn outputs_are_a_line_each() {
    let mut entry = failed();
    entry.id = "a\nverdict=deployable".to_owned();
    let text = github::outputs(&account(&entry, &[]));
    assert!(text.starts_with("verdict=rejected\ndeployable=false\nrun=a\\nverdict=deployable\ntree=0101"), "{text}");
    assert_eq!(text.lines().count(), 4);
}

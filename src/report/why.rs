//! Why a check runs, and which checks a path concerns, as text.

use super::clean::clean;
use super::page::Page;
use super::plan::label;
use super::style::Label;
use super::text::View;
use super::words::{self, ago, count};
use crate::check::StepName;
use crate::path::RepoPath;
use crate::plan::{Decision, Difference, Step};
use crate::record::LastStep;

/// What is known of a step's decision.
#[derive(Clone, Debug)]
pub struct StepWhy<'a> {
    /// The step as it is planned.
    pub step: &'a Step,
    /// The last time that it ran.
    pub last: Option<&'a LastStep>,
    /// What differs first from that time; `None` if nothing does, or it never ran.
    pub difference: Option<Difference>,
    /// The first path that differs from that time, with how, where inputs differ.
    pub path: Option<(RepoPath, String)>,
}

/// What is known of a path.
#[derive(Clone, Debug)]
pub struct PathWhy {
    /// The path.
    pub path: RepoPath,
    /// How it differs from the base: `added`, `deleted`, `modified` or `mode-changed`; `None` if it does not.
    pub edit: Option<String>,
    /// Whether the candidate has it.
    pub is_there: bool,
    /// The steps that it concerns, with what was decided about each.
    pub steps: Vec<(StepName, Decision)>,
    /// How many steps there are.
    pub total: usize,
}

/// Why a step runs, is reused or is skipped, with a newline at the end.
#[must_use]
pub fn step(why: &StepWhy<'_>, view: &View<'_>) -> String {
    let mut page = Page::new(view.style, view.width);
    let decision = why.step.decision;
    page.line(words::decision(decision), label(decision), why.step.name.as_str());
    for reason in &why.step.reasons {
        page.line("because", Label::Faint, &words::reason(reason, view.now));
    }
    match why.last {
        Some(last) => {
            let when = ago(last.started.as_second(), view.now);
            let text = format!("{} in run {}, {when}", words::ended(last.outcome), last.run);
            page.line("last time", Label::Faint, &text);
        }
        None => page.line("last time", Label::Faint, "no recorded run has run it"),
    }
    if why.last.is_some() {
        let text = match (&why.path, &why.difference) {
            (Some((path, edit)), _) => format!("{path} is {edit}"),
            (None, Some(found)) => difference(found),
            (None, None) => "nothing that it depends on has changed".to_owned(),
        };
        page.line("since then", Label::Faint, &text);
    }
    page.line("fingerprint", Label::Faint, &why.step.fingerprint.digest().short());
    page.finish()
}

/// Which steps a path concerns, with a newline at the end.
#[must_use]
pub fn path(why: &PathWhy, view: &View<'_>) -> String {
    let mut page = Page::new(view.style, view.width);
    for (step, decision) in &why.steps {
        page.line(words::decision(*decision), label(*decision), step.as_str());
    }
    let concerns = match (&why.edit, why.is_there) {
        (Some(edit), _) => format!("is {edit}: it concerns"),
        (None, true) => "has not changed; it would concern".to_owned(),
        (None, false) => "is not there; it would concern".to_owned(),
    };
    let steps = count(why.total as u64, "step");
    let path = why.path.to_string();
    page.sentence(&path, Label::Strong, &format!("{path} {concerns} {} of {steps}.", why.steps.len()));
    page.finish()
}

/// A difference as a clause: what it is about, and from what to what.
fn difference(difference: &Difference) -> String {
    let about = about(&difference.name);
    match (&difference.old, &difference.new) {
        (Some(old), Some(new)) => format!("{about} went from {} to {}", value(old), value(new)),
        (None, Some(new)) => format!("{about} is new: {}", value(new)),
        (Some(old), None) => format!("{about} is gone: {}", value(old)),
        (None, None) => about,
    }
}

/// What a field of a fingerprint is about.
fn about(name: &str) -> String {
    let name = clean(name);
    match name.split_once(':') {
        Some(("env", variable)) => format!("the variable {variable}"),
        Some(("need", step)) => format!("what it needs, {step},"),
        Some(("program", program)) => format!("the program {program}"),
        Some(("pins", path)) => format!("what {path} pins"),
        Some(("toolchain", tool)) => format!("the toolchain {tool}"),
        Some((kind, what)) => format!("{kind} {what}"),
        None => name.strip_prefix("definition.").map(|key| format!("its '{key}'")).unwrap_or(name),
    }
}

/// A field's value: digests by their first digits, texts in quotes and cut where they are long.
fn value(text: &str) -> String {
    let is_digest = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_digest { text[..12].to_owned() } else { format!("'{}'", super::clean::fit(text, 60)) }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::check::Outcome;
    use crate::plan::first_difference;
    use crate::record::sample::{NOW, at, fingerprint, name, step as sample_step, tree};
    use crate::report::{Detail, Style};

    fn view() -> View<'static> {
        View { style: Style::plain(), width: 80, now: at(300), logs: None, detail: Detail::Notable, recorded: true }
    }

    fn last(inputs: &str) -> LastStep {
        LastStep {
            run: "0k0".into(),
            tree: tree(3),
            started: Timestamp::from_second(i64::try_from(NOW).unwrap()).unwrap(),
            outcome: Outcome::Passed,
            fields: fingerprint(inputs).fields().to_vec(),
        }
    }

    #[test]
    fn a_rerun_names_the_first_difference() {
        let planned = sample_step("test", "old", "new");
        let last = last(&"ab".repeat(20));
        let difference = first_difference(&last.fields, planned.fingerprint.fields());
        let path = Some((RepoPath::from("src/a\nb.rs"), "modified".to_owned()));
        let why = StepWhy { step: &planned, last: Some(&last), difference, path };
        insta::assert_snapshot!(step(&why, &view()), @r#"
                run test
            because src/a.rs is modified
          last time passed in run 0k0, 5 minutes ago
         since then "src/a\nb.rs" is modified
        fingerprint 381fd4bebad6
        "#);
    }

    #[test]
    fn nothing_known_and_nothing_different_are_told() {
        let planned = sample_step("test", "same", "same");
        let never = StepWhy { step: &planned, last: None, difference: None, path: None };
        insta::assert_snapshot!(step(&never, &view()), @r"
               skip test
            because equals the base
          last time no recorded run has run it
        fingerprint 41f9b5ebb172
        ");
        let last = last("test:same");
        assert_eq!(first_difference(&last.fields, planned.fingerprint.fields()), None);
        assert!(
            step(&StepWhy { last: Some(&last), ..never }, &view())
                .contains("since then nothing that it depends on has changed")
        );
    }

    #[test]
    fn a_difference_is_told_in_words() {
        let told = |name: &str, old: Option<&str>, new: Option<&str>| {
            let (old, new) = (old.map(str::to_owned), new.map(str::to_owned));
            difference(&Difference { part: crate::plan::Part::Subject, name: name.into(), old, new })
        };
        let digest = "ab".repeat(20);
        for (name, old, new, expected) in [
            ("definition.run", Some("a"), Some("b"), "its 'run' went from 'a' to 'b'"),
            ("env:A\n", Some("unset"), Some(&*digest), "the variable A\\n went from 'unset' to abababababab"),
            ("program:cargo", None, Some("x"), "the program cargo is new: 'x'"),
            ("need:build", Some("x"), None, "what it needs, build, is gone: 'x'"),
            ("inputs", Some("x"), Some("y"), "inputs went from 'x' to 'y'"),
        ] {
            assert_eq!(told(name, old, new), expected);
        }
    }

    #[test]
    fn a_path_names_its_steps() {
        let why = PathWhy {
            path: RepoPath::from("src/a.rs"),
            edit: Some("modified".into()),
            is_there: true,
            steps: vec![(name("test"), Decision::Run), (name("fmt"), Decision::Reuse)],
            total: 5,
        };
        insta::assert_snapshot!(path(&why, &view()), @r"
                run test
              reuse fmt
        src/a.rs is modified: it concerns 2 of 5 steps.
        ");
        let none =
            PathWhy { path: RepoPath::from("a\u{1b}b"), edit: None, is_there: true, steps: Vec::new(), total: 1 };
        insta::assert_snapshot!(path(&none, &view()), @r#""a\033b" has not changed; it would concern 0 of 1 step."#);
        let absent = PathWhy { is_there: false, ..none };
        insta::assert_snapshot!(path(&absent, &view()), @r#""a\033b" is not there; it would concern 0 of 1 step."#);
    }
}

//! A plan as text: every step, what will be done about it, and why.

use super::page::Page;
use super::style::Label;
use super::text::View;
use super::words::{self, count};
use crate::plan::{Decision, Plan};
use crate::record::{Base, Change};

/// The text of a plan for a change, with a newline at the end.
#[must_use]
pub fn render(plan: &Plan, change: &Change, view: &View<'_>) -> String {
    let mut page = Page::new(view.style, view.width);
    for step in &plan.steps {
        let reasons: Vec<String> = step.reasons.iter().map(|reason| words::reason(reason, view.now)).collect();
        let files = match &step.files {
            Some(files) if step.decision == Decision::Run => {
                format!(" (given {} of {})", files.pending.len(), count(files.total, "file"))
            }
            _ => String::new(),
        };
        let text = format!("{}: {}{files}", step.name, reasons.join("; "));
        page.line(words::decision(step.decision), label(step.decision), &text);
    }
    let number = |decision| plan.steps.iter().filter(|step| step.decision == decision).count();
    let base = match &change.base {
        Base::Known { tree, commit, choice } => {
            let id = commit.unwrap_or(*tree).short();
            format!("against {} ({id})", words::base(choice))
        }
        Base::None(why) => format!("against nothing: {}", words::no_base(why)),
    };
    let (run, reuse, skip) = (number(Decision::Run), number(Decision::Reuse), number(Decision::Skip));
    let sentence = format!("{}: {run} to run, {reuse} reused, {skip} skipped, {base}", plan.stage);
    page.sentence(plan.stage.as_str(), Label::Strong, &sentence);
    page.finish()
}

/// The look of a decision.
pub(super) fn label(decision: Decision) -> Label {
    match decision {
        Decision::Run => Label::Running,
        Decision::Reuse => Label::Good,
        Decision::Skip => Label::Faint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Reason;
    use crate::record::NoBase;
    use crate::record::sample::{at, change, file, plan, step, with_files};
    use crate::report::{Detail, Style};

    fn view() -> View<'static> {
        View { style: Style::plain(), width: 80, now: at(300), logs: None, detail: Detail::Notable, recorded: true }
    }

    #[test]
    fn every_step_has_its_reasons() {
        let mut long = step("test", "a", "b");
        long.reasons = vec![
            Reason::InputsChanged {
                path: "crates/core/src/\u{1b}[2J/deep.rs".into(),
                edit: "mode-changed".into(),
                paths: 12,
            },
            Reason::SharedReceipt { run: "0k0".into() },
        ];
        let mut reused = step("lint", "a", "b");
        reused.decision = Decision::Reuse;
        reused.reasons = vec![Reason::FileReceipts { files: 3, oldest: 1_767_323_045 }];
        let formatted = with_files(step("fmt", "a", "b"), &[file("src/a.rs", 1)]);
        let mut change = change(1);
        insta::assert_snapshot!(render(&plan(vec![long, reused, formatted, step("e2e", "a", "a")]), &change, &view()), @r"
                run test: crates/core/src/\u{1b}[2J/deep.rs is of another mode, and 11
                    other paths; its only pass, in run 0k0, used folders of your own
                    checkout
              reuse lint: 3 files passed before, the first 5 minutes ago
                run fmt: src/a.rs is modified (given 1 of 10 files)
               skip e2e: equals the base
        merge: 2 to run, 1 reused, 1 skipped, against origin/main (aaaaaaaaaa)
        ");
        change.base = Base::None(NoBase::Unborn);
        insta::assert_snapshot!(render(&plan(Vec::new()), &change, &view()), @r"merge: 0 to run, 0 reused, 0 skipped, against nothing: HEAD has no commit yet");
    }
}

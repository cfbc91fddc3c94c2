//! The recorded runs as a table.

use std::time::{SystemTime, UNIX_EPOCH};

use super::clean::{clean, fit};
use super::style::Label;
use super::text::View;
use super::{push, words};
use crate::record::{Owed, Refused, RunLine};
use crate::verdict::{Overridden, Proof};

/// A line for each run, and one for what it skipped, who overrode it and which push it refused, as they come, with a newline
/// at the end of each; a line for each push that was refused without one; one sentence if there are none.
#[must_use]
pub fn render(runs: &[RunLine], refused: &[Refused], view: &View<'_>) -> String {
    if runs.is_empty() && refused.is_empty() {
        return "no run is recorded yet: `gate check` makes one\n".to_owned();
    }
    let mut text = String::new();
    let mut alone = refused.iter().filter(|refused| refused.run.is_none()).peekable();
    for run in runs {
        let started = run.started.as_second();
        while let Some(refused) = alone.next_if(|refused| seconds(refused.at) > started) {
            text += &(refusal(refused, view) + "\n");
        }
        text += &(line(run, view) + "\n");
        let of_run = refused.iter().filter(|refused| refused.run.as_ref() == Some(&run.id));
        let of_run = of_run.map(|refused| format!("refused the push of {}", who(refused)));
        let overridden = run.overridden.iter().map(push::overridden);
        for told in of_run.chain(overridden) {
            let indent = run.id.chars().count() + 2;
            text.extend([" ".repeat(indent), fit(&told, view.width.saturating_sub(indent)), "\n".to_owned()]);
        }
    }
    text.extend(alone.map(|refused| refusal(refused, view) + "\n"));
    text
}

/// What overrides left open, a line for each; one sentence if that is nothing.
#[must_use]
pub fn owed(owed: &[Owed], view: &View<'_>) -> String {
    if owed.is_empty() {
        return "nothing is owed: every check that was overridden has passed since\n".to_owned();
    }
    let line = |owed: &Owed| {
        let ago = words::ago(owed.since.as_second(), view.now);
        let branch = owed.branch.as_deref().map(|name| format!(" on {}", clean(name))).unwrap_or_default();
        let Overridden { by, reason, until, .. } = &owed.overridden;
        let until = until.as_ref().map(|until| format!(", until {}", clean(until))).unwrap_or_default();
        let text = format!("{}{branch}: {ago}, by {}{until}: {}", clean(&owed.check), clean(by), clean(reason));
        let used = owed.run.chars().count() + 2;
        format!("{}  {}\n", view.style.paint(Label::Strong, &owed.run), fit(&text, view.width.saturating_sub(used)))
    };
    owed.iter().map(line).collect()
}

/// A push that was refused without a run.
fn refusal(refused: &Refused, view: &View<'_>) -> String {
    let verdict = format!("{:10}", "refused");
    let ago = words::ago(seconds(refused.at), view.now);
    let rest = format!("{:10} {:>7}  {ago:14}  {}: {}", "push", "", who(refused), clean(&refused.why));
    format!("{:14}  {}  {}", "-", view.style.paint(Label::Bad, &verdict), fit(&rest, view.width.saturating_sub(28)))
}

/// Which ref was to be at what, and who wanted that.
fn who(refused: &Refused) -> String {
    let to = refused.new.map_or_else(|| "nothing".to_owned(), |new| new.short());
    let by = refused.by.as_ref().map(|by| format!(" by {}", clean(by))).unwrap_or_default();
    format!("{} to {to}{by}", clean(&refused.name))
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    i64::try_from(since).unwrap_or(i64::MAX)
}

fn line(run: &RunLine, view: &View<'_>) -> String {
    let note = match (run.proof, run.narrowed) {
        (Some(Proof::Relative), _) => "relative",
        (_, true) => "narrowed",
        _ => "",
    };
    let skipped = run.skipped.as_ref().map_or_else(String::new, |skipped| {
        let indent = run.id.chars().count() + 2;
        format!("\n{:indent$}{}", "", fit(&format!("skipped {}", clean(skipped)), view.width.saturating_sub(indent)))
    });
    let candidate = run.commit.unwrap_or(run.tree).to_string();
    let verdict = format!("{:10}", run.verdict);
    let rest = format!(
        "{:10} {:>7}  {:14}  {} {note}",
        run.stage,
        words::duration(run.duration),
        words::ago(run.started.as_second(), view.now),
        &candidate[..7],
    );
    let used = run.id.chars().count() + verdict.len() + 4;
    let id = view.style.paint(Label::Strong, &run.id);
    let label = if words::is_good(run.verdict) { Label::Good } else { Label::Bad };
    let verdict = view.style.paint(label, &verdict);
    format!("{id}  {verdict}  {}{skipped}", fit(rest.trim_end(), view.width.saturating_sub(used)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;
    use crate::check::Stage;
    use crate::record::sample::{NOW, at, tree};
    use crate::report::{Detail, Style};
    use crate::verdict::Kind;

    #[test]
    fn runs_are_lines() {
        let view = View {
            style: Style::plain(),
            width: 80,
            now: at(300),
            logs: None,
            detail: Detail::Notable,
            recorded: true,
        };
        let first = RunLine {
            id: "1k0abcdefghjkm".into(),
            stage: Stage::Merge,
            verdict: Kind::Deployable,
            proof: Some(Proof::Relative),
            commit: Some(tree(0xab)),
            tree: tree(1),
            started: Timestamp::from_second(i64::try_from(NOW).unwrap()).unwrap(),
            duration: Duration::from_secs(125),
            narrowed: false,
            skipped: None,
            overridden: None,
        };
        let third =
            RunLine { stage: Stage::PrePush, skipped: Some("a, b (GATE_SKIP: x\u{1b})".into()), ..first.clone() };
        let second = RunLine {
            stage: Stage::PreCommit,
            verdict: Kind::Rejected,
            proof: None,
            commit: None,
            narrowed: true,
            ..first.clone()
        };
        insta::assert_snapshot!(render(&[first.clone(), second, third], &[], &view), @r"
        1k0abcdefghjkm  deployable  merge       2m 05s  5 minutes ago   abababa relative
        1k0abcdefghjkm  rejected    pre-commit  2m 05s  5 minutes ago   0101010 narrowed
        1k0abcdefghjkm  deployable  pre-push    2m 05s  5 minutes ago   abababa relative
                        skipped a, b (GATE_SKIP: x\u{1b})
        ");
        assert!(render(&[first], &[], &View { width: 40, ..view }).lines().all(|line| line.chars().count() <= 40));
        assert_eq!(render(&[], &[], &view), "no run is recorded yet: `gate check` makes one\n");
    }
}

//! The recorded runs as a table.

use super::clean::{clean, fit};
use super::style::Label;
use super::text::View;
use super::words;
use crate::record::RunLine;
use crate::verdict::Proof;

/// A line for each run, and one for what it skipped, as they come, with a newline at the end of each; one sentence if there are none.
#[must_use]
pub fn render(runs: &[RunLine], view: &View<'_>) -> String {
    if runs.is_empty() {
        return "no run is recorded yet: `gate check` makes one\n".to_owned();
    }
    runs.iter().map(|run| line(run, view) + "\n").collect()
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
        insta::assert_snapshot!(render(&[first.clone(), second, third], &view), @r"
        1k0abcdefghjkm  deployable  merge       2m 05s  5 minutes ago   abababa relative
        1k0abcdefghjkm  rejected    pre-commit  2m 05s  5 minutes ago   0101010 narrowed
        1k0abcdefghjkm  deployable  pre-push    2m 05s  5 minutes ago   abababa relative
                        skipped a, b (GATE_SKIP: x\u{1b})
        ");
        assert!(render(&[first], &View { width: 40, ..view }).lines().all(|line| line.chars().count() <= 40));
        assert_eq!(render(&[], &view), "no run is recorded yet: `gate check` makes one\n");
    }
}

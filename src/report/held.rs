//! Of a change that is to land: which steps ran, and why, and by what the others still hold.

use std::time::SystemTime;

use super::words::{self, listed};
use crate::plan::Decision;
use crate::record::{BaseChoice, Entry, StepEntry};

/// How many lines there are at most of each kind.
const MOST: usize = 5;

/// A line.
pub(super) struct Line {
    /// Its first word.
    pub(super) word: &'static str,
    /// The rest.
    pub(super) text: String,
}

/// Steps that ran or hold for the same reason are told together. Nothing where the change is not to land, or nothing of
/// what was known before counts.
pub(super) fn lines(entry: &Entry, now: SystemTime) -> Vec<Line> {
    let lands = entry.base.as_ref().is_some_and(|base| matches!(base.choice, BaseChoice::Target { .. }));
    let of = |decision| entry.steps.iter().filter(move |step| step.decision == decision);
    if !lands || of(Decision::Reuse).next().is_none() {
        return Vec::new();
    }
    let mut lines = told(entry, "ran", of(Decision::Run).filter(|step| step.attempts > 0), now);
    lines.extend(told(entry, "reused", of(Decision::Reuse), now));
    lines
}

fn told<'a>(
    entry: &Entry,
    word: &'static str,
    steps: impl Iterator<Item = &'a StepEntry>,
    now: SystemTime,
) -> Vec<Line> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for step in steps {
        let why = step.reasons.iter().map(|reason| words::reason(reason, now)).collect::<Vec<_>>().join("; ");
        match groups.iter_mut().find(|(other, _)| *other == why) {
            Some((_, names)) => names.push(step.name.to_string()),
            None => groups.push((why, vec![step.name.to_string()])),
        }
    }
    let rest: usize = groups.iter().skip(MOST).map(|(_, names)| names.len()).sum();
    let lines = groups.iter().take(MOST).map(|(why, names)| format!("{}: {why}", listed(names)));
    let more = (rest > 0).then(|| format!("{rest} more; gate show {} lists them", entry.id));
    lines.chain(more).map(|text| Line { word, text }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Outcome;
    use crate::plan::{Reason, Step};
    use crate::record::sample::{at, ended, entry, plan, step, verdict};
    use crate::verdict::Kind;

    fn reused(name: &str, run: &str) -> Step {
        let mut step = step(name, "old", "new");
        step.decision = Decision::Reuse;
        step.reasons = vec![Reason::Receipt { run: run.into(), finished: 0 }];
        step
    }

    fn told(steps: Vec<Step>, lands: bool) -> Vec<String> {
        let plan = plan(steps);
        let mut entry = entry("r", 0, &plan, &[ended("a", Outcome::Passed)], &verdict(Kind::Deployable, Vec::new()));
        if lands {
            entry.base.as_mut().unwrap().choice = BaseChoice::Target { revision: "main".into() };
        }
        lines(&entry, at(0)).into_iter().map(|line| format!("{} {}", line.word, line.text)).collect()
    }

    #[test]
    fn steps_of_one_reason_are_told_together() {
        let steps = || vec![step("a", "old", "new"), reused("b", "1"), reused("c", "2"), reused("d", "1")];
        let lines = told(steps(), true);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(
            lines[0].starts_with("ran a: ") && lines[1].starts_with("reused b and d: passed in run 1"),
            "{lines:?}"
        );
        assert_eq!(told(steps(), false), [""; 0], "it lands nowhere");
        assert_eq!(told(vec![step("a", "old", "new")], true), [""; 0], "nothing holds");
    }

    #[test]
    fn there_are_not_too_many_lines() {
        let steps = (0..9).map(|number| reused(&format!("s{number}"), &number.to_string())).collect();
        let lines = told(steps, true);
        assert_eq!((lines.len(), lines[MOST].as_str()), (MOST + 1, "reused 4 more; gate show r lists them"));
    }
}

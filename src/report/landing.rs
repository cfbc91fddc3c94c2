//! What came of landing, for people.

use super::style::Label;
use super::text::View;
use super::words::{self, listed};
use crate::land::{BranchEntry, Fate, Hold, Landing};
use crate::verdict::{Cause, Kind, Overridden, Proof};

/// How wide the first column is.
const WIDTH: usize = 8;

/// A line for each branch, the target last, with a newline at the end of each.
#[must_use]
pub fn render(landing: &Landing, view: &View<'_>) -> String {
    let name_width = landing.branches.iter().map(|branch| branch.name.chars().count()).max().unwrap_or(0);
    let mut text: String = landing.branches.iter().map(|branch| line(branch, landing, name_width, view)).collect();
    text.push_str(&closing(landing));
    text
}

fn line(branch: &BranchEntry, landing: &Landing, name_width: usize, view: &View<'_>) -> String {
    let (label, word) = word(&branch.fate);
    let name = format!("{:name_width$}", super::clean::clean(&branch.name));
    let (word, name) = (view.style.paint(label, &format!("{word:WIDTH$}")), view.style.paint(Label::Strong, &name));
    format!("{word}  {name}  {}\n", super::clean::clean(&told(branch, landing)))
}

fn word(fate: &Fate) -> (Label, &'static str) {
    match fate {
        Fate::Landed { overridden: Some(_), .. } => (Label::Warning, "landed"),
        Fate::Ready { overridden: Some(_), .. } => (Label::Warning, "ready"),
        Fate::Landed { .. } => (Label::Good, "landed"),
        Fate::Ready { .. } => (Label::Good, "ready"),
        Fate::Contained => (Label::Faint, "nothing"),
        Fate::Rejected { .. } => (Label::Bad, "rejected"),
        Fate::Conflict { .. } => (Label::Bad, "conflict"),
        Fate::Held { .. } => (Label::Warning, "held"),
    }
}

fn told(branch: &BranchEntry, landing: &Landing) -> String {
    let target = &landing.target.branch;
    match &branch.fate {
        Fate::Landed { commit, run, verdict, proof, overridden } => {
            let by = by_whom(overridden.as_ref());
            format!("as {}, {} by run {run}{by}", commit.short(), basis(*verdict, *proof))
        }
        Fate::Ready { run, verdict, proof, overridden } => {
            format!("would land: {} by run {run}{}", basis(*verdict, *proof), by_whom(overridden.as_ref()))
        }
        Fate::Contained => format!("{target} has all of it"),
        Fate::Rejected { run, causes, problems, with } => {
            let among = if with.is_empty() { String::new() } else { format!(" (on top of {})", listed(with)) };
            format!("{}{among}{}", found(causes, problems), shown(run.as_deref()))
        }
        Fate::Conflict { causes } => format!("with {target}: {}", found(causes, &[])),
        Fate::Held { why } => held(why, target),
    }
}

fn held(why: &Hold, target: &str) -> String {
    match why {
        Hold::Undecided { run, causes, problems } => {
            format!("undecided: {}{}", found(causes, problems), shown(run.as_deref()))
        }
        Hold::TargetBroken { run, causes } => {
            format!(
                "{target} itself is broken, and this does not mend it: {}{}",
                found(causes, &[]),
                shown(run.as_deref())
            )
        }
        Hold::NotItsDoing { run, causes } => {
            format!("{}, which nothing of this can have caused{}", found(causes, &[]), shown(run.as_deref()))
        }
        Hold::BranchMoved { to: Some(to) } => format!("the branch moved to {} meanwhile: land it again", to.short()),
        Hold::BranchMoved { to: None } => "the branch is gone".to_owned(),
        Hold::TargetMoved { times } => {
            format!("{target} moved each of {} times before this could land: land it again", times + 1)
        }
        Hold::Blocked { message, hint } => {
            let hint = hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
            format!("may land, but: {}{hint}", message.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        Hold::Interrupted => "its turn did not come".to_owned(),
    }
}

/// Who lets it land all the same, where somebody does.
fn by_whom(overridden: Option<&Overridden>) -> String {
    overridden.map(|told| format!(", {}", super::push::overridden(told))).unwrap_or_default()
}

fn basis(verdict: Kind, proof: Option<Proof>) -> String {
    match proof {
        Some(proof) => format!("{verdict} ({})", proof.as_str()),
        None => verdict.to_string(),
    }
}

fn found(causes: &[Cause], problems: &[String]) -> String {
    let found: Vec<String> = causes.iter().map(words::cause).chain(problems.iter().cloned()).collect();
    if found.is_empty() { "nothing could be found out".to_owned() } else { listed(&found) }
}

fn shown(run: Option<&str>) -> String {
    run.map(|run| format!("; see: gate show {run}")).unwrap_or_default()
}

/// What it came to, on one line.
fn closing(landing: &Landing) -> String {
    let target = &landing.target;
    let place = target.remote.as_ref().map(|remote| format!("{remote}/")).unwrap_or_default();
    let place = super::clean::clean(&format!("{place}{}", target.branch));
    let (before, after) = (target.before.short(), target.after.short());
    let moved = match (before == after, landing.dry_run) {
        (true, _) => format!("{place} stays at {before}"),
        (false, true) => format!("{place} would go from {before} to {after}"),
        (false, false) => format!("{place} went from {before} to {after}"),
    };
    let count = |number: usize, noun: &str| words::count(number as u64, noun);
    let restarts = match landing.restarts.len() {
        0 => String::new(),
        number => format!(", {}", count(number, "restart")),
    };
    format!("{moved}: {}{restarts}.\n", count(landing.checks.len(), "check"))
}

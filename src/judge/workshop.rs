//! Private checkouts as a plan needs them: what `[workspace]` says, in the words of `workspace`.

use std::collections::VecDeque;
use std::ffi::OsString;

use super::planned::Planned;
use super::site::config_home;
use crate::config::{CommandLine, GitView, Prepare};
use crate::digest::{Digest, Hasher};
use crate::plan::Field;
use crate::process::{Control, is_local_to_git};
use crate::workspace::{Head, Preparation, Spec};

/// What commands get of the user's environment.
pub struct Env<'a> {
    /// What every one gets, with what points into the user's checkout pointing into the private one.
    pub private: &'a [(OsString, OsString)],
    /// Everything, of which each gets what it names.
    pub user: &'a [(OsString, OsString)],
}

/// What a checkout is asked to be for the steps with one view of git.
#[must_use]
pub fn spec(control: &Control, planned: &Planned, view: GitView, env: &Env<'_>) -> Spec {
    let rules = &planned.rules.workspace;
    Spec {
        head: head(planned, view),
        keep: rules.keep.clone(),
        share: rules.share.clone(),
        prepare: rules.prepare.iter().map(|prepare| preparation(prepare, &planned.shared, env)).collect(),
        config_home: config_home(env.user),
        control: control.clone(),
    }
}

fn head(planned: &Planned, view: GitView) -> Head {
    match (view, planned.change.candidate.commit) {
        (GitView::Snapshot, _) => Head::Snapshot,
        (GitView::History, Some(commit)) => Head::Commit(commit),
        (GitView::History, None) => planned.under.map_or(Head::Snapshot, Head::On),
    }
}

fn preparation(prepare: &Prepare, shared: &[Field], env: &Env<'_>) -> Preparation {
    let mut words: VecDeque<OsString> = match &prepare.run {
        CommandLine::Shell(line) => ["sh".into(), "-c".into(), line.into()].into(),
        CommandLine::Words(words) => words.iter().map(Into::into).collect(),
    };
    let program = words.pop_front().unwrap_or_default();
    let named = |name: &OsString| prepare.env.iter().any(|wanted| name == wanted.as_str());
    let given = env.user.iter().filter(|(name, _)| named(name) && !is_local_to_git(name));
    Preparation {
        name: prepare.run.text(),
        key: key(prepare, shared),
        program,
        args: words.into(),
        env: env.private.iter().chain(given).cloned().collect(),
        dir: prepare.dir.clone(),
    }
}

/// Everything that holds for every step: it has the definition, the inputs and the tools of every command in it.
fn key(prepare: &Prepare, shared: &[Field]) -> Digest {
    let mut hasher = Hasher::new("prepare", 1);
    hasher.field("run", prepare.run.text());
    for field in shared {
        hasher.field(&field.name, &field.value);
    }
    hasher.finish()
}

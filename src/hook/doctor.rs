//! What is wrong with an installation, and how to mend it.

use std::collections::BTreeSet;

use super::ground::Ground;
use super::health::{Examination, Health, Needs};
use super::survey::present;
use super::{Error, symptoms, way};
use crate::check::Hook;
use crate::diagnostic::Diagnostic;
use crate::git::{self, Repo};

/// Examines an installation. Writes nothing.
///
/// # Errors
/// When the repository can't be read.
pub fn examine(examination: &Examination<'_>) -> Result<Health, Error> {
    let mut health = Health::default();
    let version = match git::git_version() {
        Ok(version) => version,
        // Without git there is nothing more to find out.
        Err(error) => {
            health.problems.push((&error).into());
            return Ok(health);
        }
    };
    let ground = Ground::of(examination.repo)?;
    let present: BTreeSet<Hook> = present(&ground)?.into_iter().collect();
    health.problems.extend(reach(&ground, &present, version)?);
    let (troubled, problems): (BTreeSet<Hook>, Vec<Diagnostic>) =
        symptoms::in_place_of_shims(&ground, &present)?.into_iter().unzip();
    health.problems.extend(problems);
    if let Some(needs) = examination.needs.filter(|_| !present.is_empty() && !ground.bare) {
        // What is not answered because something else is in the way was told of already.
        let answered = present.union(&troubled).copied().collect();
        health.problems.extend(stages(&answered, needs));
    }
    symptoms::of_shims(examination, &ground, &mut health)?;
    health.problems.extend(of_repository(examination.repo)?);
    Ok(health)
}

/// Whether git comes to the shims at all.
fn reach(ground: &Ground, present: &BTreeSet<Hook>, version: (u32, u32)) -> Result<Vec<Diagnostic>, Error> {
    let mut found = Vec::new();
    if present.is_empty() {
        found.push(Diagnostic::error("hook/none", "gate answers no hook of this repository").hint("gate install"));
        return Ok(found);
    }
    let place = symptoms::place(ground)?;
    let unreached = match place {
        symptoms::Place::Configured if !way::knows_configured(version) => {
            let (major, minor) = version;
            let message = format!("git {major}.{minor} does not read hooks from its configuration, where gate's are");
            found.push(Diagnostic::error("hook/shadowed", message).hint("gate install, with this git first in PATH"));
            false
        }
        symptoms::Place::Configured => false,
        symptoms::Place::Own => !ground.looks_in_own(),
        symptoms::Place::Usual => !ground.looks_in_usual(),
    };
    if unreached {
        let by = ground.paths.last().map(|path| format!(", as core.hooksPath says ({})", path.scope));
        let message = format!(
            "git looks for hooks in '{}'{}, and gate's are elsewhere",
            ground.effective().display(),
            by.unwrap_or_default()
        );
        found.push(Diagnostic::error("hook/shadowed", message).hint("gate install brings git to them"));
    }
    if place == symptoms::Place::Own && !unreached {
        found.extend(symptoms::not_handed_over(ground)?);
    }
    Ok(found)
}

/// Whether the hooks that are installed are those that checks call for.
fn stages(answered: &BTreeSet<Hook>, needs: &Needs) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for hook in needs.hooks.difference(answered) {
        let message = format!("checks run at {hook}, and gate does not answer it");
        found.push(Diagnostic::error("hook/missing", message).hint("gate install"));
    }
    // A server's hook, and those that run no checks, are there because somebody asked for them.
    let of_checks = |hook: &&Hook| hook.stage().is_some() && **hook != Hook::PreReceive;
    for hook in answered.difference(&needs.hooks).filter(of_checks) {
        let message = format!("gate answers {hook}, and no check runs there");
        let hint = "give a check that stage in 'on', or leave the hook out: gate uninstall, then gate install";
        found.push(Diagnostic::warning("hook/unused", message).hint(hint));
    }
    found
}

/// What of the repository itself stands in gate's way.
fn of_repository(repo: &Repo) -> Result<Vec<Diagnostic>, Error> {
    let mut found = Vec::new();
    if repo.is_shallow()? {
        let message = "the clone is shallow: what a change is compared with may be missing, and then everything runs";
        found.push(Diagnostic::warning("git/shallow", message).hint("git fetch --unshallow"));
    }
    let there = repo.work_dir().is_some_and(|dir| dir.join("gate.toml").exists());
    let committed = match repo.head()?.commit() {
        Some(commit) => repo.tree(repo.commit(commit)?.tree)?.get("gate.toml".into()).is_some(),
        None => false,
    };
    if there && !committed {
        let message = "gate.toml is in no commit: nobody else is held to it";
        found.push(Diagnostic::error("hook/uncommitted", message).hint("git add gate.toml, then commit it"));
    }
    Ok(found)
}

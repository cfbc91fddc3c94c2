//! What gate.local.toml may say: early-stage checks of one's own, slots and skips.

use super::Rules;
use super::check_draft::CheckDraft;
use super::draft::Draft;
use super::fields::Reported;
use super::problems::Problems;
use crate::check::Stage;
use crate::diagnostic::Diagnostic;

/// Reports what gate.local.toml says that it may not say beside gate.toml.
pub(super) fn check(own: &Draft, shared: &Draft, problems: &mut Problems<'_>) {
    for check in &own.checks {
        if shared.checks.iter().any(|other| other.name() == check.name()) {
            let problem = Diagnostic::error("config/redefined", format!("gate.toml has a check '{}'", check.name()))
                .hint("gate.local.toml adds checks and changes none: give it another name");
            problems.add(problem, check.name.span(), "");
        }
        if let Some(required) = check.required.given() {
            let problem = Diagnostic::error("config/local-required", "a check of your own can't say 'required'")
                .hint("leave it out: nobody else waits for it, and it never runs at the merge stage");
            problems.add(problem, required.span(), "");
        }
        stages(check, problems);
    }
    skips(own, shared, problems);
}

fn stages(check: &CheckDraft, problems: &mut Problems<'_>) {
    for stage in check.on.items().iter().filter(|stage| *stage.get_ref() == Stage::Merge) {
        let problem = Diagnostic::error("config/local-merge", "a check of your own can't run at the merge stage")
            .hint("put it into gate.toml, or name early stages only: pre-commit, commit-msg, pre-push");
        problems.add(problem, stage.span(), "");
    }
    if !check.on.is_bad() && check.on.items().is_empty() {
        let problem = Diagnostic::error("config/never-runs", format!("{} would never run", check.title))
            .hint("say where it runs, as in on = [\"pre-commit\"]");
        problems.add(problem, check.name.span(), "without 'on'");
    }
}

fn skips(own: &Draft, shared: &Draft, problems: &mut Problems<'_>) {
    for skip in own.local.skip.items() {
        let name = skip.get_ref();
        let check = own.checks.iter().chain(&shared.checks).find(|check| check.name() == name);
        let problem = match check {
            // Branches have different checks, and this file belongs to none of them.
            None => Diagnostic::warning("config/unknown-check", format!("there is no check '{name}' to skip")),
            Some(check) if check.skippable.given().is_some_and(|skippable| !skippable.get_ref()) => {
                Diagnostic::error("config/not-skippable", format!("'{name}' can't be skipped"))
                    .hint("its definition says 'skippable = false'")
            }
            Some(_) => continue,
        };
        problems.add(problem, skip.span(), "");
    }
}

impl Draft {
    /// Adds what a valid gate.local.toml says to the rules of gate.toml.
    pub(super) fn finish_onto(self, mut rules: Rules) -> Result<Rules, Reported> {
        for check in self.checks {
            let check = check.finish()?;
            rules.checks.insert(check.name.clone(), check);
        }
        self.local.finish(&mut rules)?;
        Ok(rules)
    }
}

//! Which hooks the rules call for.

use std::collections::BTreeSet;

use crate::check::{Hook, Stage};
use crate::config::Rules;

/// The hooks that the checks' stages call for. The merge stage has none where people work: a server's pre-receive hook,
/// or a check on the host's side, is its place.
#[must_use]
pub fn wanted(rules: &Rules) -> BTreeSet<Hook> {
    let mut stages: BTreeSet<Stage> = rules.checks.values().flat_map(|check| check.on.iter().copied()).collect();
    if rules.checks.values().any(crate::config::Check::is_about_message) {
        stages.insert(Stage::CommitMsg);
    }
    stages.into_iter().flat_map(of_stage).copied().collect()
}

/// The hooks through which a stage is reached where people work.
pub(super) fn of_stage(stage: Stage) -> &'static [Hook] {
    match stage {
        // A merge that goes through by itself asks pre-merge-commit, and not pre-commit.
        Stage::PreCommit => &[Hook::PreCommit, Hook::PreMergeCommit],
        Stage::CommitMsg => &[Hook::CommitMsg],
        Stage::PrePush => &[Hook::PrePush],
        Stage::Merge => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Source, load};

    fn check(checks: &str, expected: &[Hook]) {
        let source = Source { name: "gate.toml".into(), text: checks.into() };
        let rules = load(&source, None).unwrap().rules;
        assert_eq!(wanted(&rules).into_iter().collect::<Vec<_>>(), expected, "{checks}");
    }

    #[test]
    fn stages_call_for_hooks() {
        check("[check.a]\nrun = 'true'\n", &[]);
        check("[check.a]\nrun = 'true'\non = ['pre-commit']\n", &[Hook::PreCommit, Hook::PreMergeCommit]);
        check("[check.a]\nrun = 'true'\non = ['pre-push']\nrequired = false\n", &[Hook::PrePush]);
        check("[check.a]\nbuiltin = 'commit-message'\n", &[Hook::CommitMsg]);
        check("[check.a]\nrun = 'grep x {message_file}'\n", &[Hook::CommitMsg]);
    }
}

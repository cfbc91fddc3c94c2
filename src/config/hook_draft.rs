//! A `[hook.NAME]` as it was read.

use super::document::Section;
use super::fields::{Field, Items, Reported};
use super::problems::Problems;
use super::{Doing, HookRules, read, text};
use crate::check::Hook;
use crate::diagnostic::Diagnostic;

/// The hooks that something can be set of.
pub(super) const HOOKS: [Hook; 3] = [Hook::PreCommit, Hook::CommitMsg, Hook::PrePush];

/// A `[hook.NAME]` as it was read.
pub(super) struct HookDraft {
    hook: Option<Hook>,
    fix: Field<bool>,
    each_commit: Field<bool>,
    skip_during: Items<Doing>,
}

impl HookDraft {
    /// Reads a hook and reports what is wrong with it.
    pub(super) fn read(section: &Section<'_>, problems: &mut Problems<'_>) -> Self {
        let fields = &section.fields;
        let hook = HOOKS.into_iter().find(|hook| hook.as_str() == section.name);
        if hook.is_none() {
            let problem = Diagnostic::error("config/unknown-hook", format!("nothing can be set of '{}'", section.name))
                .hint(text::one_of(section.name, HOOKS.map(Hook::as_str)));
            problems.add(problem, section.span.clone(), "");
        }
        for (key, owner) in [("fix", Hook::PreCommit), ("each-commit", Hook::PrePush)] {
            if let Some(span) = fields.span(key).filter(|_| hook.is_some_and(|hook| hook != owner)) {
                let problem = Diagnostic::error("config/not-its-key", format!("'{key}' belongs to [hook.{owner}]"));
                problems.add(problem.hint("leave it out"), span, "");
            }
        }
        Self {
            hook,
            fix: fields.take("fix", problems, read::boolean),
            each_commit: fields.take("each-commit", problems, read::boolean),
            skip_during: fields.take("skip-during", problems, read::doings),
        }
    }

    /// The hook and its rules, with every default filled in.
    pub(super) fn finish(self) -> Result<(Hook, HookRules), Reported> {
        let rules = HookRules {
            fix: self.fix.or(false)?,
            each_commit: self.each_commit.or(false)?,
            skip_during: self.skip_during.values()?,
        };
        Ok((self.hook.ok_or(Reported)?, rules))
    }
}

//! `[server]` as it was read, and as it is shown.

use std::time::Duration;

use toml::Value;

use super::fields::{Field, Fields, Reported};
use super::problems::Problems;
use super::{ServerRules, duration, read};

impl ServerRules {
    /// Values by key.
    pub(super) fn values(&self) -> Vec<(&'static str, Option<Value>)> {
        let Self { run, budget, force_push, delete, create } = self;
        let word = |allowed: bool, word: &'static str| Some(if allowed { word } else { "refuse" }.into());
        vec![
            ("run", Some((*run).into())),
            ("budget", Some(duration::show(*budget).into())),
            ("force-push", word(*force_push, "allow")),
            ("delete", word(*delete, "allow")),
            ("create", word(*create, "check")),
        ]
    }
}

/// `[server]` as it was read.
pub(super) struct ServerDraft {
    run: Field<bool>,
    budget: Field<Duration>,
    force_push: Field<bool>,
    delete: Field<bool>,
    create: Field<bool>,
}

impl ServerDraft {
    /// Reads it and reports what is wrong with each value by itself.
    pub(super) fn read(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Self {
        Self {
            run: fields.take("run", problems, read::boolean),
            budget: fields.take("budget", problems, read::duration),
            force_push: fields.take("force-push", problems, read::refused_or_not),
            delete: fields.take("delete", problems, read::refused_or_not),
            create: fields.take("create", problems, read::refused_or_not),
        }
    }

    /// The rules, with every default filled in.
    pub(super) fn finish(self) -> Result<ServerRules, Reported> {
        let usual = ServerRules::default();
        Ok(ServerRules {
            run: self.run.or(usual.run)?,
            budget: self.budget.or(usual.budget)?,
            force_push: self.force_push.or(usual.force_push)?,
            delete: self.delete.or(usual.delete)?,
            create: self.create.or(usual.create)?,
        })
    }
}

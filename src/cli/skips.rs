//! What the environment asks to be skipped: `GATE`, `GATE_SKIP` and `GATE_REASON`.

use std::collections::BTreeMap;

use super::{Context, Exit, Failure};
use crate::check::{CheckName, Stage};
use crate::config::Rules;
use crate::diagnostic::Diagnostic;

/// What the environment asks to be skipped.
pub(super) struct Skips {
    /// Everything that may be skipped, and why.
    everything: Option<String>,
    /// These checks, and why.
    named: BTreeMap<CheckName, String>,
}

impl Skips {
    /// Reads the variables.
    ///
    /// # Errors
    /// When a name can't be that of a check.
    pub(super) fn read(context: &Context) -> Result<Self, Failure> {
        let reason = context.variable("GATE_REASON").unwrap_or_default().to_string_lossy();
        let reason = reason.trim();
        let why = |what: &str| if reason.is_empty() { what.to_owned() } else { format!("{what}: {reason}") };
        let everything = context.variable("GATE").filter(|value| *value == "0").map(|_| why("GATE=0"));
        let list = context.variable("GATE_SKIP").map(|list| list.to_string_lossy().into_owned()).unwrap_or_default();
        let listed = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        let named = listed.map(|name| Ok((name.parse()?, why("GATE_SKIP")))).collect::<Result<_, _>>();
        let named = named.map_err(|error: crate::check::NameError| {
            Failure::new(Exit::Usage, Diagnostic::error("plan/bad-skip", format!("in GATE_SKIP, {error}")))
        })?;
        Ok(Self { everything, named })
    }

    /// Whether everything is to be skipped.
    pub(super) fn is_everything(&self) -> bool {
        self.everything.is_some()
    }

    /// What of it has no effect on a check of a stage that was asked for by hand.
    pub(super) fn in_vain(&self, stage: Stage) -> Vec<Diagnostic> {
        let told = |message: &str| Diagnostic::warning("plan/skip-in-vain", message);
        let named = (stage == Stage::Merge && !self.named.is_empty())
            .then(|| told("GATE_SKIP has no effect here: the merge stage skips nothing"));
        let everything = self.everything.as_ref().map(|_| told("GATE=0 has no effect here: it is about hooks"));
        named.into_iter().chain(everything).collect()
    }

    /// Everything is to be skipped for another reason too.
    pub(super) fn all_for(mut self, why: Option<String>) -> Self {
        self.everything = self.everything.or(why);
        self
    }

    /// The checks that a stage skips, and why.
    pub(super) fn of(self, rules: Option<&Rules>, stage: Stage) -> BTreeMap<CheckName, String> {
        let mut skips = self.named;
        if let (Some(why), Some(rules)) = (self.everything, rules) {
            let checks = rules.checks.values().filter(|check| check.skippable && check.on.contains(&stage));
            skips.extend(checks.map(|check| (check.name.clone(), why.clone())));
        }
        skips
    }
}

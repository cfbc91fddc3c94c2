//! `[server]`: what holds where a repository is pushed to.

use std::time::Duration;

/// `[server]`: what holds where a repository is pushed to. Only the base's counts, never the pushed commit's own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of gate.toml, and none depends on another")]
pub struct ServerRules {
    /// Whether steps that nothing proves are run there, by a user of their own.
    pub run: bool,
    /// The longest that may take, all of them together.
    pub budget: Duration,
    /// Whether a protected branch may be set to what does not descend from it, if that is deployable.
    pub force_push: bool,
    /// Whether a protected branch may be deleted.
    pub delete: bool,
    /// Whether a protected branch may be made, if it is deployable.
    pub create: bool,
}

impl Default for ServerRules {
    fn default() -> Self {
        Self { run: false, budget: Self::BUDGET, force_push: false, delete: false, create: true }
    }
}

impl ServerRules {
    /// `budget` where gate.toml does not say it: two minutes.
    pub const BUDGET: Duration = Duration::from_mins(2);
}

//! What is known while a script is gone through.

use std::collections::{BTreeMap, HashSet};

use super::constants::Constants;
use super::mention::Place;
use crate::unit::gradle::model::{Mentions, Setting};
use crate::unit::gradle::token::Language;

/// What a script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::unit::gradle) enum Role {
    /// Settings.
    Settings,
    /// To be applied, to settings or projects.
    Applied,
    /// Projects, or a source file of a plugin.
    Build,
}

/// Whose project code speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Scope {
    /// The one that the script is of.
    #[default]
    Own,
    /// Others, which ones is not told.
    Each,
    /// The one of a path.
    Of(String),
}

/// What code stands in.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame<'t> {
    pub(super) scope: Scope,
    pub(super) place: Place<'t>,
    /// Whether it is the block of `apply`.
    pub(super) is_apply: bool,
    /// Whether it is about plugins only.
    pub(super) is_for_plugins: bool,
    /// The text or name that the block before this one belongs to.
    pub(super) owner: Option<String>,
}

/// What is found so far.
pub(super) struct Walker {
    pub(super) language: Language,
    pub(super) role: Role,
    pub(super) constants: Constants,
    pub(super) own: Mentions,
    pub(super) each: Mentions,
    pub(super) of: BTreeMap<String, Mentions>,
    pub(super) settings: Vec<Setting>,
    /// Tokens that say nothing to other projects.
    pub(super) passed: HashSet<usize>,
    pub(super) budget: usize,
}

impl Walker {
    /// What is said in a scope.
    pub(super) fn mentions(&mut self, scope: &Scope) -> &mut Mentions {
        match scope {
            Scope::Own => &mut self.own,
            Scope::Each => &mut self.each,
            Scope::Of(path) => self.of.entry(path.clone()).or_default(),
        }
    }
}

//! What one update of a checkout is about.

use super::root::Root;
use super::settings::Settings;
use super::spec::Spec;
use crate::digest::ObjectId;
use crate::git::Repo;

/// What one update is about.
pub(super) struct Session<'a> {
    pub(super) repo: &'a Repo,
    pub(super) root: &'a Root,
    pub(super) tree: ObjectId,
    pub(super) spec: &'a Spec,
    pub(super) settings: &'a Settings,
    /// Is told each `prepare` command when it begins.
    pub(super) told: &'a dyn Fn(&str),
}

/// How far what is known of a checkout goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is at the recorded tree.
    Recorded,
    /// Every file has to be compared.
    Nothing,
}

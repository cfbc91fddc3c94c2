//! What gate.toml says of units: which there are beside those that manifests declare, and what files of no unit affect.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use super::CommandLine;
use crate::check::{CheckName, UnitKind};
use crate::path::{Pattern, RepoPath};

/// `[unit.NAME]` and `[[units.rule]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitRules {
    /// `[unit.NAME]`, by name.
    pub declared: BTreeMap<String, DeclaredUnit>,
    /// `[[units.rule]]`; the first that matches a file decides.
    pub rules: Vec<UnitRule>,
}

/// `[unit.NAME]`: a unit that no manifest declares, or more that one depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredUnit {
    /// Its folder; `None` where a manifest declares it and this only adds to it.
    pub root: Option<RepoPath>,
    /// Units that it depends on, by name.
    pub depends: BTreeSet<String>,
}

/// `[[units.rule]]`: what files that belong to no unit affect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitRule {
    /// The files.
    pub paths: Vec<Pattern>,
    /// Which units.
    pub affects: Affects,
}

/// Which units a file of no unit affects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affects {
    /// All.
    Everything,
    /// None.
    Nothing,
    /// Those of these kinds, and of these names.
    Some(BTreeSet<UnitKind>, BTreeSet<String>),
}

/// `units`: which units a check has a step for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Units {
    /// Every member of this kind.
    Kind(UnitKind),
    /// Those of these names.
    Named(BTreeSet<String>),
}

/// How a check goes over units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PerUnit {
    /// Which.
    pub units: Units,
    /// Whether there is a step for each test file of a unit instead of one for the unit.
    pub by_test_file: bool,
    /// In how many commands steps run that are run together.
    pub groups: NonZeroUsize,
}

/// What a step of a check that goes over units is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The check as gate.toml has it.
    pub check: CheckName,
    /// The unit's name, as its own tool knows it.
    pub unit: String,
    /// Its kind.
    pub kind: UnitKind,
    /// Its folder; `.` for the root.
    pub root: String,
    /// The file that declares it.
    pub manifest: String,
    /// The folder of the workspace that it is a member of.
    pub workspace: String,
    /// The test file, where it is about one.
    pub file: Option<String>,
    /// The command that takes several such steps at once, as gate.toml has it; `None` where each is run by itself.
    pub together: Option<CommandLine>,
    /// In how many such commands they run.
    pub groups: NonZeroUsize,
}

impl PerUnit {
    /// The words as gate.toml writes them.
    #[must_use]
    pub fn text(&self) -> String {
        let by = if self.by_test_file { "test files of " } else { "" };
        format!("{by}{}", self.units.text())
    }
}

impl Subject {
    /// What it is about, for fingerprints.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { kind, unit, root, file, .. } = self;
        format!("{kind} {unit:?} {root:?} {file:?}")
    }
}

impl Units {
    /// The words as gate.toml writes them.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Kind(kind) => kind.to_string(),
            Self::Named(names) => names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(" "),
        }
    }
}

impl Affects {
    /// The words as gate.toml writes them.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Everything => vec!["everything".to_owned()],
            Self::Nothing => vec!["nothing".to_owned()],
            Self::Some(kinds, names) => kinds.iter().map(ToString::to_string).chain(names.iter().cloned()).collect(),
        }
    }
}

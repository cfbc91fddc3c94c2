//! What a plan is made from: every fact gathered beforehand, so that planning does no I/O.

use std::collections::{BTreeMap, BTreeSet};

use super::Field;
use crate::change::Change;
use crate::check::{CheckName, Stage};
use crate::config::{Check, GitView, Rules};
use crate::digest::ObjectId;
use crate::input::{Fold, Input};

/// What is to be planned.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The stage.
    pub stage: Stage,
    /// What changed.
    pub change: &'a Change,
    /// The candidate.
    pub candidate: Side<'a>,
    /// The base, if there is one and it has a gate.toml.
    pub base: Option<Side<'a>>,
    /// The only checks that are asked for; all of the stage if empty.
    pub only: &'a BTreeSet<CheckName>,
    /// Checks that the user asked to skip, with why.
    pub skips: &'a BTreeMap<CheckName, String>,
    /// Whether receipts and bases count for nothing.
    pub fresh: bool,
    /// The files of each check whose command takes files: those that differ from the base where
    /// [`Side::assumes_files`] holds, and every one otherwise.
    pub files: &'a BTreeMap<CheckName, Vec<Input>>,
}

/// One of the two trees: its rules, and what its checks come to on this machine.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The rules that hold for the tree.
    pub rules: &'a Rules,
    /// Facts of every check of the stage.
    pub facts: &'a BTreeMap<CheckName, Facts>,
    /// What holds for every step: toolchains, platform, `[workspace]`.
    pub shared: &'a [Field],
    /// The commit, for checks that see history.
    pub commit: Option<ObjectId>,
    /// The commit that it lies on top of, where it is none itself.
    pub under: Option<ObjectId>,
}

/// What one check comes to over one tree on this machine.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Everything its result depends on in the tree.
    pub inputs: Fold,
    /// How many of the files it is about there are; of its inputs, if it names no files.
    pub selected: u64,
    /// What every file's result depends on, where its command takes files and it has `inputs`.
    pub common: Option<Fold>,
    /// Its programs and the values of its variables.
    pub environment: Vec<Field>,
    /// The files that are given through links, where the check takes files.
    pub behind: Vec<Input>,
    /// What of the change touches it, where it is about a unit.
    pub touched: Option<Touched>,
}

/// What of a change touches a step that is about a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The path that tells most.
    pub path: String,
    /// How it differs: `modified`, `added`, …
    pub edit: String,
    /// How many paths there are.
    pub paths: usize,
}

impl<'a> Side<'a> {
    /// A check of this side, with its facts.
    #[must_use]
    pub fn check(&self, name: &CheckName) -> Option<(&'a Check, &'a Facts)> {
        Some((self.rules.checks.get(name)?, self.facts.get(name)?))
    }

    /// What a check's result depends on beside its inputs and its needs.
    #[must_use]
    pub fn conditions(&self, check: &Check, facts: &Facts) -> Vec<Field> {
        let mut fields: Vec<Field> = check
            .definition()
            .into_iter()
            .map(|(name, value)| Field::subject(format!("definition.{name}"), value))
            .collect();
        if check.git == GitView::History {
            let commit = match (self.commit, self.under) {
                (Some(commit), _) => commit.to_string(),
                (None, Some(under)) => format!("on {under}"),
                (None, None) => "none".to_owned(),
            };
            fields.push(Field::subject("commit", commit));
        }
        fields.extend(facts.environment.iter().cloned());
        if check.builtin().is_none() {
            // No checkout is made for what gate looks at itself.
            fields.extend(self.shared.iter().cloned());
        }
        fields
    }
}

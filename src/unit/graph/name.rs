//! What units are called.

use std::collections::BTreeSet;

use super::Graph;
use crate::config::nearest;
use crate::unit::{Kind, Unit};

/// A name that means no unit, or more than one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NameError {
    /// There is none.
    #[error("there is no unit '{0}'")]
    Unknown(String, Option<String>),
    /// There are several.
    #[error("'{0}' names several units: {all}", all = .1.join(", "))]
    Several(String, Vec<String>),
}

impl Graph {
    /// The unit of a name, as [`Self::full_name`] gives it, or as `KIND:NAME`.
    ///
    /// # Errors
    /// When there is none or more than one.
    pub fn find(&self, name: &str) -> Result<usize, NameError> {
        let plain = self.by_name.get(name).cloned().unwrap_or_default();
        if let [one] = plain[..] {
            return Ok(one);
        }
        let by_kind = name.split_once(':').and_then(|(kind, name)| Some(self.named(Kind::named(kind)?, name)));
        let meant = || [plain, by_kind.unwrap_or_default()].concat();
        let called = self.full_names.iter().position(|full| full == name);
        match called.map_or_else(meant, |one| vec![one]).as_slice() {
            [one] => Ok(*one),
            [] => {
                let near = nearest(name, self.full_names.iter().map(String::as_str));
                Err(NameError::Unknown(name.to_owned(), near.map(str::to_owned)))
            }
            several => {
                let several = several.iter().map(|at| self.full_name(*at)).collect();
                Err(NameError::Several(name.to_owned(), several))
            }
        }
    }

    /// What a unit is called, which no other is: its name, with its kind where others share it, and with its folder where
    /// others of its kind do.
    #[must_use]
    pub fn full_name(&self, unit: usize) -> String {
        self.full_names[unit].clone()
    }

    /// Every unit of a kind that has the name: one, unless an ecosystem names two alike.
    pub(super) fn named(&self, kind: Kind, name: &str) -> Vec<usize> {
        let all = self.by_name.get(name).into_iter().flatten().copied();
        all.filter(|unit| self.units[*unit].kind == kind).collect()
    }

    /// Calls every unit by another name. Two that were called alike would be one step.
    pub(super) fn call(&mut self) {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for Unit { kind, name, root, .. } in &self.units {
            let is_alone = self.by_name.get(name).is_none_or(|all| all.len() == 1);
            let of_kind = self.named(*kind, name).len();
            let is_free = |full: &String| !taken.contains(full) && !self.by_name.contains_key(full);
            let by_kind = (of_kind == 1).then(|| format!("{kind}:{name}"));
            let by_root = format!("{kind}:{name}@{root}");
            let numbered = (2..).map(|number: usize| format!("{by_root}#{number}"));
            let full = by_kind.into_iter().chain([by_root.clone()]).chain(numbered).find(is_free);
            let full = if is_alone { name.clone() } else { full.unwrap_or(by_root) };
            taken.insert(full.clone());
            self.full_names.push(full);
        }
    }
}

//! Names of checks and steps.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The name of a check, as it stands in `[check.NAME]`: letters, digits, `.`, `_` and `-`, not beginning with `.` or `-`.
/// One step of a check that goes over units has the unit's name behind a colon: `test:core`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct CheckName(String);

/// Why a text can't name a check.
#[derive(Debug, thiserror::Error)]
pub enum NameError {
    /// The text is empty.
    #[error("a check needs a name")]
    Empty,
    /// A character that a name can't hold, or can't begin with.
    #[error(
        "'{0}' can't name a check: a name is made of letters, digits, '.', '_' and '-', and begins with a letter or digit"
    )]
    Character(String),
}

impl CheckName {
    /// The name of one step of this check, which goes over units or their test files: `test:core`.
    #[must_use]
    pub fn over(&self, unit: &str) -> Self {
        Self(format!("{}:{unit}", self.0))
    }

    /// Whether it is a check's own name, not that of one of its steps.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.0.contains(':')
    }

    /// The name of the check as it stands in `[check.NAME]`.
    #[must_use]
    pub fn whole(&self) -> &str {
        self.0.split_once(':').map_or(&self.0, |(whole, _)| whole)
    }

    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CheckName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, unit) = text.split_once(':').map_or((text, None), |(name, unit)| (name, Some(unit)));
        let first = name.chars().next().ok_or(NameError::Empty)?;
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let is_unit = |unit: &str| !unit.is_empty() && !unit.contains(char::is_control);
        if first.is_ascii_alphanumeric() && name.chars().all(inside) && unit.is_none_or(is_unit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::Character(text.to_owned()))
        }
    }
}

impl<'de> Deserialize<'de> for CheckName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The name of a step: a check's own name where the check is one step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct StepName(String);

impl StepName {
    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&CheckName> for StepName {
    fn from(check: &CheckName) -> Self {
        Self(check.0.clone())
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for good in ["fmt", "a.b_c-1", "1", "a:b", "a:@s/b", "a::b:c"] {
            assert!(good.parse::<CheckName>().is_ok(), "{good}");
        }
        for bad in ["", "-x", ".x", "a b", "a/b", "\u{e4}", ":a", "a:", "a:\n", "a/b:c"] {
            assert!(bad.parse::<CheckName>().is_err(), "{bad}");
        }
    }
}

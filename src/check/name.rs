//! Names of checks and steps.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

/// The name of a check, as it stands in `[check.NAME]`: letters, digits, `.`, `_` and `-`, not beginning with `.` or `-`.
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
    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CheckName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first = text.chars().next().ok_or(NameError::Empty)?;
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if first.is_ascii_alphanumeric() && text.chars().all(inside) {
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
        for good in ["fmt", "a.b_c-1", "1"] {
            assert!(good.parse::<CheckName>().is_ok(), "{good}");
        }
        for bad in ["", "-x", ".x", "a b", "a/b", "\u{e4}"] {
            assert!(bad.parse::<CheckName>().is_err(), "{bad}");
        }
    }
}

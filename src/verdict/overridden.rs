//! That somebody lets a change land all the same.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// That somebody whom the base's policy lists lets a change land though the verdict does not. The verdict stays what it is,
/// and the checks stay owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Overridden {
    /// Who, by the name that the policy lists.
    pub by: String,
    /// How that is known: `signature`, or the variable by which the server names who pushes.
    pub how: String,
    /// Why.
    pub reason: String,
    /// The checks that did not pass, and are owed.
    pub checks: Vec<String>,
    /// The last day on which it holds (UTC); null where no day was given.
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub until: Option<String>,
}

//! What one file says.

use serde::{Deserialize, Serialize};

/// What one file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::unit) struct Fact {}

//! Exit codes.

use crate::record::Entry;
use crate::verdict::Kind;

/// What the process exits with. `128 + n` after signal n comes on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Deployable, mends or clear; or what was asked is done.
    Success,
    /// Rejected.
    Rejected,
    /// The command line can't be understood, or the repository can't be worked with.
    Usage,
    /// Undecided.
    Undecided,
    /// gate.toml is missing or wrong.
    Configuration,
    /// gate itself, or the machine, failed.
    Internal,
    /// A signal ended it.
    Signal(i32),
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Rejected => 1,
            Self::Usage => 2,
            Self::Undecided => 3,
            Self::Configuration => 4,
            Self::Internal => 70,
            Self::Signal(number) => u8::try_from(128 + number).unwrap_or(u8::MAX),
        }
    }
}

impl From<&Entry> for Exit {
    fn from(entry: &Entry) -> Self {
        if entry.passes() { Self::Success } else { entry.verdict.into() }
    }
}

impl From<Kind> for Exit {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Deployable | Kind::Mends | Kind::Clear => Self::Success,
            Kind::Rejected => Self::Rejected,
            Kind::Undecided => Self::Undecided,
        }
    }
}

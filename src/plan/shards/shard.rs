//! Which of several shards.

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

/// One of several shards, as in `2/3`: the second of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shard {
    index: usize,
    of: NonZeroUsize,
}

/// A text that names no shard.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseShardError {
    /// It has another form.
    #[error("a shard is named as in 2/3, the second of three")]
    Form,
    /// There is no such shard.
    #[error("there is no shard {0}: they are numbered from 1")]
    Number(String),
    /// There are more than there can be.
    #[error("there are at most {} shards", Shard::MOST)]
    TooMany,
}

impl Shard {
    /// The most shards that there can be: more jobs than any CI starts for one matrix.
    const MOST: usize = 1000;

    /// The shard of a number, from 1, of so many; `None` if there is none.
    #[must_use]
    pub fn new(index: usize, of: usize) -> Option<Self> {
        let of = NonZeroUsize::new(of).filter(|of| of.get() <= Self::MOST)?;
        (1..=of.get()).contains(&index).then_some(Self { index, of })
    }

    /// All shards of so many, in their order; none if there can't be so many.
    pub fn all(of: NonZeroUsize) -> impl Iterator<Item = Self> {
        (1..=of.get()).filter_map(move |index| Self::new(index, of.get()))
    }

    /// Its number, from 1.
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// How many there are.
    #[must_use]
    pub fn of(self) -> NonZeroUsize {
        self.of
    }
}

impl FromStr for Shard {
    type Err = ParseShardError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (index, of) = text.split_once('/').ok_or(ParseShardError::Form)?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<usize>().ok().filter(|_| digits).ok_or(ParseShardError::Form)
        };
        let (index, of) = (number(index)?, number(of)?);
        if of > Self::MOST {
            return Err(ParseShardError::TooMany);
        }
        Self::new(index, of).ok_or_else(|| ParseShardError::Number(text.to_owned()))
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

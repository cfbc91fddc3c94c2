//! What one file says.

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::lock::Lock;
use super::manifest::Manifest;
use super::source::Source;

/// What one file says, as far as linking needs it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fact(pub(super) Said);

/// What a file of each form says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// A `Cargo.toml`.
    Manifest(Box<Manifest>),
    /// A `Cargo.lock`.
    Lock(Lock),
    /// A `.cargo/config.toml`.
    Config(Config),
    /// A Rust file.
    Source(Source),
    /// A file of another form than Rust's that can't be read, with the reason.
    Broken(String),
}

//! The forms of files.

pub(super) const MANIFEST: &str = "Cargo.toml";
pub(super) const LOCK: &str = "Cargo.lock";
pub(super) const CONFIG: &str = ".cargo/config.toml";
pub(super) const SOURCE: &str = "rs";
/// Rust that is run in its package's folder: tests, benchmarks, examples and build scripts.
pub(super) const RUN: &str = "rs that is run";

//! What a `.cargo/config.toml` says of packages: <https://doc.rust-lang.org/cargo/reference/config.html>.

use serde::{Deserialize, Serialize};

use super::dependency::{Dependency, replacements};
use super::toml_value::{parse, texts};

/// What stands in for packages from elsewhere, by configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Config {
    /// The folders, from the one that holds `.cargo`.
    pub(super) folders: Vec<String>,
}

impl Config {
    /// Reads a file; what is wrong with it, for people, where it can't be read.
    pub(super) fn read(content: &[u8]) -> Result<Self, String> {
        let document = parse(content)?;
        let patched = replacements(&document).into_iter().filter_map(|Dependency { path, .. }| path);
        Ok(Self { folders: texts(&document, "paths").into_iter().chain(patched).collect() })
    }
}

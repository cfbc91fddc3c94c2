//! What was put into a checkout beside the candidate's files: by `prepare`, by `share`, and by steps that others need.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::path::RepoPath;

/// What was put into a checkout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Made {
    /// Steps whose products are there, by their fingerprints, and at which generation of the checkout they ran.
    pub(super) steps: Vec<(Digest, u64)>,
    /// The patterns of what was kept, as one text.
    pub(super) keep: String,
    /// What `prepare` made, in the order of its commands.
    pub(super) prepared: Vec<Product>,
    /// The digest of the file that says how that was.
    #[serde(default)]
    pub(super) recorded: Option<Digest>,
    /// What `share` brought.
    pub(super) shared: Vec<Product>,
}

/// Something that was made, and from what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Product {
    /// What it was made from.
    pub(super) key: Digest,
    /// The files and folders that appeared, as bytes.
    pub(super) paths: Vec<Vec<u8>>,
}

impl Made {
    /// Reads the file; nothing was made if there is none.
    pub(super) fn load(file: &Path) -> Self {
        fs_err::read(file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Writes the file.
    pub(super) fn save(&self, file: &Path) -> io::Result<()> {
        let beside = file.with_extension("new");
        fs_err::write(&beside, serde_json::to_vec(self)?)?;
        fs_err::rename(&beside, file)
    }

    /// All paths that are there because of `prepare` and `share`.
    pub(super) fn paths(&self) -> BTreeSet<RepoPath> {
        let products = self.prepared.iter().chain(&self.shared);
        products.flat_map(|product| product.paths.iter().map(|path| RepoPath::new(path.as_slice()))).collect()
    }
}

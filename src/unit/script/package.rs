//! The packages that files belong to, as far as imports need to know them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::unit::Folder;

/// What a `package.json` says, also one that declares no unit: those change how files in their folder are imported.
#[derive(Clone, Debug)]
pub(in crate::unit) struct Package {
    /// The name of its unit; `None` where it is none.
    pub unit: Option<String>,
    /// Its folder.
    pub root: Folder,
    /// What it says by the keys of [`Package::KEYS`], its name among them.
    pub manifest: Map<String, Value>,
    /// What it declares to depend on, of all kinds, by the names that imports use, each with the unit of this tree that
    /// it leads to; `None` where it comes from a registry.
    pub dependencies: BTreeMap<String, Option<String>>,
}

impl Package {
    /// The keys of a `package.json` that imports depend on.
    pub(in crate::unit) const KEYS: [&'static str; 16] = [
        "name", "main", "module", "browser", "source", "types", "typings", "style", "tsconfig", "svelte", "exports",
        "imports", "bin", "jest", "mocha", "ava",
    ];
}

//! The `[workspace]` table of a manifest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::dependency::{Dependency, TABLES};
use super::toml_value::{digest, digest_without, table, texts};
use crate::digest::{Digest, Hasher};

/// What a `[workspace]` table says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Workspace {
    /// Folders of packages, or globs of such.
    pub(super) members: Vec<String>,
    /// Folders whose packages it has not.
    pub(super) exclude: Vec<String>,
    /// What packages can inherit as keys of their `[package]`: a digest, and the text where it is one.
    pub(super) package: BTreeMap<String, (Digest, Option<String>)>,
    /// What packages can inherit as dependencies.
    pub(super) dependencies: BTreeMap<String, (Digest, Dependency)>,
    /// The digest of its lints.
    pub(super) lints: Option<Digest>,
    /// The digest of what holds for every member: profiles, patches, the resolver, metadata, and keys that are unknown.
    pub(super) general: Digest,
}

/// Keys of a manifest that are about the package that it declares itself.
const OF_THE_PACKAGE: [&str; 11] =
    ["package", "project", "lib", "bin", "test", "bench", "example", "features", "target", "lints", "badges"];

/// Keys of a `[workspace]` that don't hold for every member.
const OF_SOME_MEMBERS: [&str; 6] = ["members", "default-members", "exclude", "package", "dependencies", "lints"];

impl Workspace {
    /// Reads the table of a manifest; `None` where it has none.
    pub(super) fn read(document: &Table) -> Option<Self> {
        let of = document.get("workspace")?.as_table()?;
        let text = |value: &Value| (digest(value), value.as_str().map(str::to_owned));
        let dependency = |(key, value): (&String, &Value)| {
            (key.clone(), (digest(value), Dependency::read(key, value, "dependency")))
        };
        Some(Self {
            members: texts(of, "members"),
            exclude: texts(of, "exclude"),
            package: table(of, "package").map(|(key, value)| (key.clone(), text(value))).collect(),
            dependencies: table(of, "dependencies").map(dependency).collect(),
            lints: of.get("lints").map(digest),
            general: general(document, of),
        })
    }
}

fn general(document: &Table, of: &Table) -> Digest {
    let mut hasher = Hasher::new("unit-cargo-workspace", 1);
    hasher.field("workspace", digest_without(of, &OF_SOME_MEMBERS).as_bytes());
    let mut left: Vec<&str> = OF_THE_PACKAGE.into_iter().chain(TABLES.map(|(key, _)| key)).collect();
    left.push("workspace");
    hasher.field("manifest", digest_without(document, &left).as_bytes());
    // Which resolver is taken hangs on the edition of the root package where it is not named.
    let edition = document.get("package").and_then(|package| package.get("edition"));
    if let (None, Some(edition)) = (of.get("resolver"), edition) {
        hasher.field("edition", digest(edition).as_bytes());
    }
    hasher.finish()
}

//! What units take from the manifest of their workspace's root.

use std::collections::BTreeMap;

use super::manifests::{Manifests, Root};
use super::packages::{Packages, Unit};
use crate::digest::{Digest, Hasher};

/// A digest of what each unit takes from the root of its workspace, by the root's file, in the units' order; none for a
/// root itself, whose manifest is its own.
pub(super) fn of(packages: &Packages, manifests: &Manifests) -> Vec<Option<(String, Digest)>> {
    let of = |unit: &Unit| {
        let root = &manifests.roots()[unit.root?];
        (root.folder != unit.folder).then(|| (root.file.to_string(), taken(unit, root)))
    };
    packages.all.iter().map(of).collect()
}

fn taken(unit: &Unit, root: &Root) -> Digest {
    let workspace = root.workspace;
    let mut hasher = Hasher::new("unit-cargo-inherited", 1);
    hasher.field("general", workspace.general.as_bytes());
    for key in &unit.package.inherits {
        let value =
            if key == "lints" { workspace.lints.as_ref() } else { workspace.package.get(key).map(|(it, _)| it) };
        hasher.field(key, value.map_or(&[][..], |digest| digest.as_bytes()));
    }
    let dependencies: BTreeMap<&str, Option<&Digest>> = unit
        .manifest
        .dependencies
        .iter()
        .filter(|dependency| dependency.inherited)
        .map(|dependency| {
            (dependency.key.as_str(), workspace.dependencies.get(&dependency.key).map(|(digest, _)| digest))
        })
        .collect();
    for (key, digest) in dependencies {
        hasher.field("dependency", key).field("is", digest.map_or(&[][..], |digest| digest.as_bytes()));
    }
    hasher.finish()
}

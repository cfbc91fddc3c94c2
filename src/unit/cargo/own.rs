//! What of its folder is a unit's own, where others lie in there.

use std::collections::BTreeSet;

use super::manifests::Manifests;
use super::packages::{Packages, Unit};
use super::targets;
use crate::unit::{Folder, Listing, Own};

/// What Cargo looks for by itself.
const CONVENTIONAL: [&str; 6] = ["Cargo.toml", "build.rs", "src", "tests", "benches", "examples"];

/// What is a unit's own.
pub(super) fn of(packages: &Packages, at: usize, manifests: &Manifests, tree: &Listing) -> Own {
    let unit = &packages.all[at];
    if !unit.holds_others {
        return Own::Everything;
    }
    let mut own: BTreeSet<_> = CONVENTIONAL.iter().map(|name| unit.folder.file(name)).collect();
    own.extend(targets::named(unit).filter_map(|path| compiled(unit, &path)).filter_map(|place| place.to_path()));
    own.extend(unit.package.files_of("build").filter_map(|path| compiled(unit, path)?.to_path()));
    // The root of a workspace holds what is everybody's. Elsewhere, a folder without packages is its package's.
    if manifests.root_at(&unit.folder).is_none() && !unit.folder.is_root() {
        let is_free = |folder: &Folder| {
            let name = unit.folder.within(folder.as_bstr()).unwrap_or_default();
            !name.starts_with(b".") && packages.at(folder).is_none() && !packages.any_below(folder)
        };
        own.extend(tree.folders(&unit.folder).filter(is_free).filter_map(|folder| folder.to_path()));
    }
    Own::Only(own)
}

/// The folder of a target's first file, or that file where it lies in the package's folder itself.
fn compiled(unit: &Unit, path: &str) -> Option<Folder> {
    let file = unit.folder.resolve(path)?;
    let folder = file.parent()?;
    let is_inner = folder != unit.folder && folder.is_within(&unit.folder);
    if is_inner { Some(folder) } else { file.is_within(&unit.folder).then_some(file) }
}

//! Targets of packages: <https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery>.

use std::collections::BTreeSet;

use bstr::ByteSlice;

use super::manifest::{Target, TargetKind};
use super::packages::Unit;
use crate::path::RepoPath;
use crate::unit::Listing;

/// The paths of first files that a manifest names.
pub(super) fn named<'u>(unit: &'u Unit) -> impl Iterator<Item = String> + 'u {
    unit.manifest.targets.iter().filter_map(|target| target.path.clone())
}

/// The first files of a package's targets of a kind, as they are named and as they are found.
pub(super) fn files(unit: &Unit, kind: TargetKind, tree: &Listing) -> BTreeSet<RepoPath> {
    let mut files = BTreeSet::new();
    for target in unit.manifest.targets.iter().filter(|target| target.kind == kind) {
        let named = target.path.as_ref().and_then(|path| unit.folder.resolve(path)?.to_path());
        files.extend(named.or_else(|| looked_for(unit, target, tree)));
    }
    if !unit.package.not_found.contains(&kind) {
        files.extend(found(unit, kind, tree));
    }
    files
}

/// What keeps Cargo from taking a package's targets.
pub(super) fn fault(unit: &Unit, tree: &Listing) -> Option<String> {
    let is_lost = |target: &&Target| target.path.is_none() && looked_for(unit, target, tree).is_none();
    if let Some(lost) = unit.manifest.targets.iter().find(is_lost) {
        let name = lost.name.as_deref().unwrap_or(&unit.package.name);
        return Some(format!("{} has the {} {name} without a file", unit.name, lost.kind.key()));
    }
    let is_one = |kind: &TargetKind| matches!(kind, TargetKind::Lib | TargetKind::Bin);
    let is_named = unit.manifest.targets.iter().any(|target| is_one(&target.kind));
    let is_found =
        || TargetKind::ALL.iter().filter(|kind| is_one(kind)).any(|kind| !files(unit, *kind, tree).is_empty());
    let is_other = || {
        let rest = TargetKind::ALL.iter().filter(|kind| !is_one(kind));
        rest.into_iter().any(|kind| !files(unit, *kind, tree).is_empty())
    };
    (!is_named && !is_found() && !is_other()).then(|| format!("{} has no targets", unit.name))
}

/// The folder of a kind, and the file that it has besides.
fn places(kind: TargetKind) -> (Option<&'static str>, Option<&'static str>) {
    match kind {
        TargetKind::Lib => (None, Some("src/lib.rs")),
        TargetKind::Bin => (Some("src/bin"), Some("src/main.rs")),
        TargetKind::Example => (Some("examples"), None),
        TargetKind::Test => (Some("tests"), None),
        TargetKind::Bench => (Some("benches"), None),
    }
}

/// The file of a target that is named without its path.
fn looked_for(unit: &Unit, target: &Target, tree: &Listing) -> Option<RepoPath> {
    let (folder, file) = places(target.kind);
    let at = |path: &str| unit.folder.resolve(path)?.to_path().filter(|path| tree.has_file(path));
    let name = target.name.as_deref().unwrap_or(&unit.package.name);
    folder
        .and_then(|folder| at(&format!("{folder}/{name}.rs")).or_else(|| at(&format!("{folder}/{name}/main.rs"))))
        .or_else(|| file.filter(|_| target.kind == TargetKind::Lib || name == unit.package.name).and_then(at))
}

fn found(unit: &Unit, kind: TargetKind, tree: &Listing) -> Vec<RepoPath> {
    let (folder, file) = places(kind);
    let at = |path: &str| unit.folder.resolve(path);
    let mut found: Vec<RepoPath> =
        file.and_then(|file| at(file)?.to_path()).filter(|file| tree.has_file(file)).into_iter().collect();
    let Some(folder) = folder.and_then(at) else { return found };
    for entry in tree.below(&folder) {
        let inner = folder.within(entry.path.as_bstr()).unwrap_or_default();
        let is_target = match inner.find_byte(b'/') {
            None => inner.ends_with(b".rs"),
            Some(slash) => &inner[slash + 1..] == "main.rs",
        };
        if is_target && tree.has_file(&entry.path) {
            found.push(entry.path.clone());
        }
    }
    found
}

//! What keeps Cargo from loading a workspace, which fails every package that it has.

use std::collections::{BTreeMap, BTreeSet};

use super::manifests::{Manifests, Place};
use super::packages::{Packages, Unit};
use super::targets;
use crate::unit::Listing;

/// Adds the faults of packages to those of their workspaces.
pub(super) fn of(packages: &Packages, manifests: &Manifests, tree: &Listing) -> BTreeMap<usize, BTreeSet<String>> {
    let mut faults = packages.faults.clone();
    for unit in &packages.all {
        let Some(root) = unit.root else { continue };
        let mut add = |fault: String| faults.entry(root).or_default().extend([fault]);
        targets::fault(unit, tree).into_iter().for_each(&mut add);
        for feature in &unit.manifest.bad_features {
            add(format!("{} has a feature for {feature}, which it doesn't have", unit.name));
        }
        for key in unit.package.inherits.iter().filter(|key| *key != "lints") {
            if !manifests.roots()[root].workspace.package.contains_key(key) {
                add(format!("{} inherits {key}, which the workspace doesn't have", unit.name));
            }
        }
        if unit.package.inherits.contains("lints") && manifests.roots()[root].workspace.lints.is_none() {
            add(format!("{} inherits lints, which the workspace doesn't have", unit.name));
        }
        dependencies(packages, manifests, unit).into_iter().for_each(&mut add);
    }
    faults.retain(|_, faults| !faults.is_empty());
    faults
}

fn dependencies(packages: &Packages, manifests: &Manifests, unit: &Unit) -> Vec<String> {
    let mut faults = Vec::new();
    for dependency in &unit.manifest.dependencies {
        let lead = manifests.lead(dependency, &unit.folder, unit.root);
        let Place::Folder(folder) = lead.place else { continue };
        let name = &unit.name;
        let Some(to) = packages.at(&folder) else {
            faults.push(format!("{name} depends on {folder}, where there is no package"));
            continue;
        };
        let to = &packages.all[to];
        if to.package.name != lead.package {
            faults.push(format!("{name} depends on {} in {folder}, where there is {}", lead.package, to.package.name));
        }
        let passed = unit.manifest.passed_features.iter().filter(|(key, _)| *key == dependency.key);
        let told = lead.told.into_iter().flat_map(|told| &told.features);
        let asked = dependency.features.iter().chain(told).chain(passed.map(|(_, feature)| feature));
        for feature in asked.filter(|feature| *feature != "default" && !to.manifest.features.contains(*feature)) {
            faults.push(format!("{name} asks for the feature {feature} of {}, which it doesn't have", to.name));
        }
    }
    faults
}

//! Workspaces as units.

use std::collections::{BTreeMap, BTreeSet};

use crate::path::RepoPath;
use crate::unit::{Edge, Facts, Folder, Found, Kind, Own, Target, Unit, Why};

/// The outermost folders that hold a file of a form, each with the first of those files, and what is depended on out of
/// them. What lies in another workspace's folder is part of that.
pub(super) fn workspaces(kind: Kind, form: &str, facts: &Facts<Vec<String>>) -> Found {
    let mut manifests: BTreeMap<Folder, &RepoPath> = BTreeMap::new();
    for (path, _) in facts.of(form) {
        manifests.entry(Folder::of(path)).or_insert(path);
    }
    let is_outermost = |folder: &Folder| !folder.upwards().skip(1).any(|above| manifests.contains_key(&above));
    let mut found = Found::default();
    for (root, manifest) in manifests.iter().filter(|(folder, _)| is_outermost(folder)) {
        let edge = |to: Folder, file: &RepoPath, what: String| Edge {
            from: root.to_string(),
            to: Target::Path(to),
            why: Why { file: file.clone(), what },
        };
        found.edges.push(edge(root.clone(), manifest, "is the workspace of all in its folder".to_owned()));
        found.units.push(Unit {
            kind,
            name: root.to_string(),
            root: root.clone(),
            manifest: (*manifest).clone(),
            workspace: root.clone(),
            is_member: true,
            own: Own::Only(BTreeSet::new()),
            fields: BTreeMap::new(),
        });
    }
    let roots: BTreeMap<Folder, String> =
        found.units.iter().map(|unit| (unit.root.clone(), unit.name.clone())).collect();
    for (path, upward) in facts.all() {
        let Some((root, name)) = Folder::of(path).upwards().find_map(|at| roots.get_key_value(&at)) else { continue };
        // Relative to the workspace that the file is of, which may be one within.
        let own = Folder::of(path).upwards().find(|at| manifests.contains_key(at)).unwrap_or_else(|| root.clone());
        for text in upward {
            let Some(to) = own.resolve(text).filter(|to| !to.is_within(root)) else { continue };
            let why = Why { file: path.clone(), what: format!("names {text}") };
            found.edges.push(Edge { from: name.clone(), to: Target::Path(to), why });
        }
    }
    found
}

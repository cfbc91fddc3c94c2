//! Entry points: modules that are imported because a manifest names them.
//!
//! <https://packaging.python.org/en/latest/specifications/entry-points/>

use std::collections::BTreeMap;

use super::project::Project;
use super::resolve::Resolver;
use super::tree::FileId;

/// The modules of entry points.
pub(super) struct EntryPoints<'p> {
    /// By group, of all units.
    groups: BTreeMap<&'p str, Vec<FileId>>,
    /// What each unit's scripts start.
    scripts: Vec<Vec<FileId>>,
    /// The plugins of pytest that each unit brings.
    plugins: Vec<Vec<FileId>>,
}

impl<'p> EntryPoints<'p> {
    /// Finds the modules.
    pub(super) fn new(projects: &'p [Project], resolver: &Resolver<'_>) -> Self {
        let mut found = Self {
            groups: BTreeMap::new(),
            scripts: vec![Vec::new(); projects.len()],
            plugins: vec![Vec::new(); projects.len()],
        };
        for (unit, project) in projects.iter().enumerate() {
            found.add(unit, project, resolver);
        }
        found
    }

    fn add(&mut self, unit: usize, project: &'p Project, resolver: &Resolver<'_>) {
        let Some(folder) = resolver.tree.find(&project.folder) else { return };
        for (group, module) in &project.manifest.entry_points {
            let Some(target) = resolver.absolute(folder, module, true) else { continue };
            self.groups.entry(group).or_default().extend(&target.files);
            match group.as_str() {
                "console_scripts" | "gui_scripts" => self.scripts[unit].extend(&target.files),
                "pytest11" => self.plugins[unit].extend(&target.files),
                _ => {}
            }
        }
    }

    /// The modules of a group; of all with `*`.
    pub(super) fn group(&self, group: &str) -> Vec<FileId> {
        match group {
            "*" => self.groups.values().flatten().copied().collect(),
            _ => self.groups.get(group).cloned().unwrap_or_default(),
        }
    }

    /// The modules that a unit's scripts start.
    pub(super) fn scripts(&self, unit: usize) -> &[FileId] {
        &self.scripts[unit]
    }

    /// The plugins of pytest that a unit brings.
    pub(super) fn plugins(&self, unit: usize) -> &[FileId] {
        &self.plugins[unit]
    }
}

//! Members of workspaces, by uv's rules: <https://docs.astral.sh/uv/concepts/projects/workspaces/>.

use std::collections::BTreeMap;

use super::super::Folder;
use super::fact::{Manifest, Workspace};
use crate::path::{Mode, Pattern, Selection};

/// The workspace of each member.
#[derive(Debug, Default)]
pub(super) struct Members {
    by_folder: BTreeMap<Folder, (Folder, bool)>,
}

impl Members {
    /// Finds the members among projects.
    pub(super) fn of(projects: &[(&Folder, &Manifest)]) -> Self {
        let mut found = Self::default();
        for (root, manifest) in projects {
            let Some(workspace) = &manifest.workspace else { continue };
            let matcher = Matcher::new(root, workspace);
            let folders = projects.iter().filter(|(_, project)| project.is_project).map(|(folder, _)| *folder);
            for (folder, is_member) in folders.filter_map(|folder| Some((folder, matcher.takes(root, folder)?))) {
                found.by_folder.entry(folder.clone()).or_insert_with(|| ((*root).clone(), is_member));
            }
        }
        found
    }

    /// Every folder that a workspace names, as a member or as none.
    pub(super) fn all(&self) -> impl Iterator<Item = &Folder> {
        self.by_folder.keys()
    }

    /// The workspace of a folder, and whether it has it as a member.
    pub(super) fn workspace(&self, folder: &Folder) -> Option<(Folder, bool)> {
        self.by_folder
            .get(folder)
            .map(|(root, is_member)| if *is_member { (root.clone(), true) } else { (folder.clone(), false) })
    }
}

struct Matcher {
    members: Option<Selection>,
    exclude: Option<Selection>,
    /// Members outside the workspace's folder.
    outside: Vec<Folder>,
}

impl Matcher {
    fn new(root: &Folder, workspace: &Workspace) -> Self {
        let outside = workspace
            .members
            .iter()
            .filter(|member| member.starts_with(".."))
            .filter_map(|member| root.resolve(member));
        // An exclusion's star crosses folders, unlike a member's.
        let exclude: Vec<String> = workspace
            .exclude
            .iter()
            .map(|text| text.strip_suffix("/*").map_or(text.clone(), |above| format!("{above}/**")))
            .collect();
        Self { members: selection(&workspace.members), exclude: selection(&exclude), outside: outside.collect() }
    }

    /// Whether a folder is a member; `None` where the workspace says nothing of it. The root of one is always a member.
    fn takes(&self, root: &Folder, folder: &Folder) -> Option<bool> {
        if folder == root || self.outside.contains(folder) {
            return Some(true);
        }
        let below = Folder::from(crate::path::RepoPath::new(root.within(folder.as_bstr())?.to_owned())).to_path()?;
        let matches = |selection: &Option<Selection>| selection.as_ref().is_some_and(|s| s.matches(&below, Mode::File));
        matches(&self.members).then(|| !matches(&self.exclude))
    }
}

/// The folders that any of some patterns matches; `None` where there is no pattern.
fn selection(patterns: &[String]) -> Option<Selection> {
    let tidy = |pattern: &String| pattern.trim_start_matches("./").trim_end_matches('/').to_owned();
    let parsed: Vec<Pattern> = patterns.iter().filter_map(|pattern| Pattern::parse(&tidy(pattern)).ok()).collect();
    (!parsed.is_empty()).then(|| Selection::new(&parsed, &[]))
}

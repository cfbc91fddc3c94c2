//! Which packages a workspace has: <https://doc.rust-lang.org/cargo/reference/workspaces.html#the-members-and-exclude-fields>.

use std::collections::BTreeSet;

use bstr::ByteSlice;

use super::manifest::Manifest;
use super::manifests::{Manifests, Root};
use crate::path::{Mode, Pattern, RepoPath, Selection};
use crate::unit::{Folder, Listing};

/// What a workspace has.
#[derive(Default)]
pub(super) struct Members {
    /// The folders of its packages.
    pub(super) folders: BTreeSet<Folder>,
    /// Manifests that it has and that can't be read.
    pub(super) broken: BTreeSet<Folder>,
    /// What keeps Cargo from loading it.
    pub(super) faults: BTreeSet<String>,
    /// Why it may have more than that.
    pub(super) untold: Vec<String>,
}

impl Members {
    /// The members of a workspace, those that others of its packages depend on by path among them.
    pub(super) fn of(manifests: &Manifests, tree: &Listing, at: usize) -> Self {
        let root = &manifests.roots()[at];
        let mut members = Self::default();
        let mut open = vec![(root.folder.clone(), false)];
        open.extend(members.named(root, tree).into_iter().map(|folder| (folder, false)));
        while let Some((folder, is_dependency)) = open.pop() {
            let is_elsewhere =
                || is_dependency && !folder.is_within(&root.folder) && manifests.root_of(&folder) != Some(at);
            if members.folders.contains(&folder) || root.excludes(&folder) || is_elsewhere() {
                continue;
            }
            if let Some(manifest) = members.manifest(manifests, root, &folder, is_dependency) {
                open.extend(manifests.places(manifest, &folder, Some(at)).into_iter().map(|place| (place, true)));
                members.folders.insert(folder);
            }
        }
        members
    }

    /// The manifest of a member, if it is a package that Cargo can load.
    fn manifest<'f>(
        &mut self,
        manifests: &Manifests<'f>,
        root: &Root,
        folder: &Folder,
        is_dependency: bool,
    ) -> Option<&'f Manifest> {
        let fault = match manifests.get(folder).map(|held| held.said) {
            None if is_dependency => return None,
            None => "where there is no manifest",
            Some(Err(_)) => {
                self.broken.insert(folder.clone());
                return None;
            }
            Some(Ok(manifest)) if manifest.workspace.is_some() && *folder != root.folder => {
                "which is a workspace itself"
            }
            Some(Ok(manifest)) => return manifest.package.is_some().then_some(manifest),
        };
        self.faults.insert(format!("has the member {folder}, {fault}"));
        None
    }

    /// The folders that `members` names, with or without wildcards.
    fn named(&mut self, root: &Root, tree: &Listing) -> Vec<Folder> {
        let mut folders = Vec::new();
        let mut globs: Vec<(Folder, Pattern)> = Vec::new();
        for member in &root.workspace.members {
            let (fixed, glob) = split(member);
            match (root.folder.resolve(fixed), glob) {
                (Some(folder), None) => folders.push(folder),
                (Some(folder), Some(glob)) => match Pattern::parse(&glob) {
                    Ok(pattern) => globs.push((folder, pattern)),
                    Err(error) => self.untold.push(format!("has members that can't be told: {error}")),
                },
                (None, _) => drop(self.faults.insert(format!("has the member {member}, outside of the repository"))),
            }
        }
        globs.sort_by(|a, b| a.0.cmp(&b.0));
        for group in globs.chunk_by(|a, b| a.0 == b.0) {
            let patterns: Vec<Pattern> = group.iter().map(|(_, pattern)| pattern.clone()).collect();
            folders.extend(matching(tree, &group[0].0, &Selection::new(&patterns, &[])));
        }
        folders
    }
}

/// The part of a path before the first component with a wildcard, and the pattern from there on.
fn split(member: &str) -> (&str, Option<String>) {
    let Some(wildcard) = member.find(['*', '?', '[']) else { return (member, None) };
    let start = member[..wildcard].rfind('/').map_or(0, |slash| slash + 1);
    let rest: Vec<&str> = member[start..].split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    // Braces and backslashes are characters like others here.
    let pattern = rest.join("/").replace('\\', "\\\\").replace('{', "\\{").replace('}', "\\}");
    (&member[..start], Some(pattern))
}

/// The folders below a folder that a selection takes.
fn matching(tree: &Listing, below: &Folder, selection: &Selection) -> Vec<Folder> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    let mut last: &[u8] = b"";
    for entry in tree.below(below) {
        let Some(rest) = below.within(entry.path.as_bstr()) else { continue };
        let folder = &rest[..rest.rfind_byte(b'/').unwrap_or(0)];
        if folder == last {
            continue;
        }
        // Every folder above that the last file did not lie in.
        let ends = folder.find_iter(b"/").chain([folder.len()]);
        for end in ends.filter(|&end| end > 0 && !(last.starts_with(&folder[..end]) && is_cut(last, end))) {
            open.push(RepoPath::new(&folder[..end]));
        }
        last = folder;
    }
    open.retain(|path| selection.matches(path, Mode::File));
    found.extend(open.iter().filter_map(|path| below.resolve(path.as_bstr())));
    found
}

fn is_cut(path: &[u8], end: usize) -> bool {
    path.len() == end || path[end] == b'/'
}

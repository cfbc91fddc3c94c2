//! What is vendored: <https://go.dev/ref/mod#vendoring>. The sources of other repositories lie in the tree there, so that
//! what a package takes of them is told by package.

use std::collections::HashMap;

use bstr::BStr;

use super::layout::{Layout, above, parent};
use crate::digest::{Digest, Hasher};
use crate::path::Mode;
use crate::unit::{Entry, Folder, Listing};

/// The content of vendored packages, each with all that it imports.
pub(super) struct Vendored {
    digests: Vec<Option<Digest>>,
}

impl Vendored {
    /// Reads the vendored packages of a tree.
    pub(super) fn new(layout: &Layout, tree: &Listing, vendors: &[Folder]) -> Self {
        let mut content: Vec<Hasher> = layout.vendored.iter().map(|_| Hasher::new("unit-go-vendored", 1)).collect();
        for entry in vendors.iter().flat_map(|vendor| tree.below(vendor)) {
            if let Some(index) = holder(layout, parent(&entry.path)) {
                content[index].field("path", entry.path.as_bstr()).field("entry", entry_bytes(entry));
            }
        }
        let own: Vec<Digest> = content.iter().map(Hasher::finish).collect();
        let imports: Vec<Vec<usize>> =
            (0..layout.vendored.len()).map(|index| imports(layout, vendors, index)).collect();
        let mut digests: Vec<Option<Digest>> = vec![None; own.len()];
        for group in groups(&imports) {
            let mut parts: Vec<Digest> = group.iter().map(|&index| own[index]).collect();
            // Those of the group itself have none yet.
            parts.extend(group.iter().flat_map(|&index| &imports[index]).filter_map(|&to| digests[to]));
            let digest = sum(parts);
            for index in group {
                digests[index] = Some(digest);
            }
        }
        Self { digests }
    }

    /// The digest of some packages and all that they import; `None` of none.
    pub(super) fn digest<'v>(&self, packages: impl IntoIterator<Item = &'v usize>) -> Option<Digest> {
        let parts: Vec<Digest> = packages.into_iter().filter_map(|&index| self.digests[index]).collect();
        (!parts.is_empty()).then(|| sum(parts))
    }
}

/// What is hashed of an entry: what it is and holds.
pub(super) fn entry_bytes(entry: &Entry) -> Vec<u8> {
    let mode = match entry.mode {
        Mode::File | Mode::Executable => "file",
        Mode::Link => "link",
        Mode::Submodule => "submodule",
    };
    format!("{mode} {}", entry.id).into_bytes()
}

fn sum(mut parts: Vec<Digest>) -> Digest {
    parts.sort_unstable();
    parts.dedup();
    let mut hasher = Hasher::new("unit-go-vendored-closure", 1);
    for part in &parts {
        hasher.field("part", part.as_bytes());
    }
    hasher.finish()
}

/// The vendored package in whose folder a folder lies.
fn holder(layout: &Layout, folder: &BStr) -> Option<usize> {
    std::iter::successors(Some(folder), |folder| above(folder)).find_map(|at| layout.vendored_at.get(at).copied())
}

/// What a vendored package takes of what is vendored beside it.
fn imports(layout: &Layout, vendors: &[Folder], index: usize) -> Vec<usize> {
    let package = &layout.vendored[index];
    let folder = package.place();
    let Some(vendor) = vendors.iter().find(|vendor| folder.is_within(vendor)) else { return Vec::new() };
    let imports = package.files.iter().flat_map(|file| &file.source.imports);
    let imported = imports.filter_map(|path| layout.vendored_at.get(vendor.resolve(path)?.as_bstr()).copied());
    let natives = package.files.iter().filter_map(|file| file.source.native.as_ref());
    let natives = natives.chain(package.natives.iter().map(|(_, native)| *native));
    let included = natives.flat_map(|native| native.includes.iter().chain(&native.flags));
    let included = included.filter_map(|name| holder(layout, folder.resolve(name)?.as_bstr()));
    let mut to: Vec<usize> = imported.chain(included).collect();
    to.sort_unstable();
    to.dedup();
    to
}

/// The nodes of a graph in groups, each after those that it leads to: nodes that lead to each other are one group. Tarjan's
/// algorithm, without recursion.
fn groups(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search =
        Search { low: HashMap::new(), open: Vec::new(), is_open: vec![false; edges.len()], groups: Vec::new() };
    for start in 0..edges.len() {
        if !search.low.contains_key(&start) {
            search.run(edges, start);
        }
    }
    search.groups
}

struct Search {
    low: HashMap<usize, usize>,
    open: Vec<usize>,
    is_open: Vec<bool>,
    groups: Vec<Vec<usize>>,
}

impl Search {
    fn run(&mut self, edges: &[Vec<usize>], start: usize) {
        let mut path = vec![(start, self.enter(start), 0)];
        while let Some((node, number, next)) = path.last_mut() {
            let (node, number) = (*node, *number);
            let Some(&to) = edges[node].get(*next) else {
                path.pop();
                self.leave(node, number, path.last().map(|(above, _, _)| *above));
                continue;
            };
            *next += 1;
            match self.low.get(&to) {
                None => path.push((to, self.enter(to), 0)),
                Some(&low) if self.is_open[to] => self.lower(node, low),
                Some(_) => {}
            }
        }
    }

    fn leave(&mut self, node: usize, number: usize, above: Option<usize>) {
        let low = self.low[&node];
        if low == number {
            self.close(node);
        }
        if let Some(above) = above {
            self.lower(above, low);
        }
    }

    fn enter(&mut self, node: usize) -> usize {
        let number = self.low.len();
        self.low.insert(node, number);
        self.open.push(node);
        self.is_open[node] = true;
        number
    }

    fn lower(&mut self, node: usize, low: usize) {
        let its = self.low.entry(node).or_insert(low);
        *its = (*its).min(low);
    }

    fn close(&mut self, node: usize) {
        let from = self.open.iter().rposition(|&open| open == node).unwrap_or(0);
        let group = self.open.split_off(from);
        for &node in &group {
            self.is_open[node] = false;
        }
        self.groups.push(group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_come_after_what_they_lead_to() {
        let shown = |edges: &[&[usize]]| {
            let edges: Vec<Vec<usize>> = edges.iter().map(|to| to.to_vec()).collect();
            let mut groups = groups(&edges);
            for group in &mut groups {
                group.sort_unstable();
            }
            groups
        };
        assert_eq!(shown(&[&[1], &[2], &[1], &[0, 2]]), [vec![1, 2], vec![0], vec![3]]);
        assert_eq!(shown(&[&[1], &[2], &[0, 3], &[]]), [vec![3], vec![0, 1, 2]]);
        assert_eq!(shown(&[&[0], &[]]), [vec![0], vec![1]]);
        let long: Vec<Vec<usize>> = (0..100_000).map(|at| vec![(at + 1) % 100_000]).collect();
        assert_eq!(groups(&long).len(), 1);
    }
}

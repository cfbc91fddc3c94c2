//! Where an import leads: <https://go.dev/ref/mod#resolve-pkg-mod>.

use std::collections::HashMap;

use bstr::ByteSlice;

use super::layout::Layout;
use super::scopes::{Scopes, Table};
use crate::unit::Folder;

/// Where one import path leads.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Packages of the tree.
    pub(super) packages: Vec<usize>,
    /// Places in the tree where the package should lie, but where there is none.
    pub(super) missing: Vec<Folder>,
    /// Vendored packages.
    pub(super) vendored: Vec<usize>,
    /// Whether it may be a package of another repository.
    pub(super) is_external: bool,
    /// Whether it may lie in a folder outside of the tree.
    pub(super) is_outside: bool,
}

/// Looks import paths up, each once for a module.
pub(super) struct Resolver<'r, 'a> {
    layout: &'r Layout<'a>,
    scopes: &'r Scopes<'a>,
    /// By module.
    known: Vec<HashMap<&'a str, usize>>,
    found: Vec<Found>,
}

impl<'r, 'a> Resolver<'r, 'a> {
    /// Nothing is looked up yet.
    pub(super) fn new(layout: &'r Layout<'a>, scopes: &'r Scopes<'a>) -> Self {
        let known = layout.modules.iter().map(|_| HashMap::new()).collect();
        Self { layout, scopes, known, found: Vec::new() }
    }

    /// Where a path leads that is imported from a module.
    pub(super) fn find(&mut self, module: usize, path: &'a str) -> &Found {
        let (layout, table, found) = (self.layout, &self.scopes.tables[module], &mut self.found);
        let index = *self.known[module].entry(path).or_insert_with(|| {
            found.push(look_up(layout, table, module, path));
            found.len() - 1
        });
        &self.found[index]
    }
}

fn look_up(layout: &Layout, table: &Table, module: usize, path: &str) -> Found {
    let mut found = Found::default();
    for vendor in &table.vendors {
        let folder = [vendor.as_bstr().as_bytes(), b"/", path.as_bytes()].concat();
        found.vendored.extend(layout.vendored_at.get(folder.as_bstr()));
    }
    let mut is_sure = false;
    for prefix in prefixes(path) {
        let below = path[prefix.len()..].trim_start_matches('/');
        for place in table.places.get(prefix).into_iter().flatten() {
            let Some(root) = &place.folder else {
                found.is_outside = true;
                continue;
            };
            let Some(folder) = root.resolve(below).filter(|folder| !layout.is_cut(root.as_bstr(), folder.as_bstr()))
            else {
                continue;
            };
            match layout.package_at.get(folder.as_bstr()) {
                Some(&package) => {
                    found.packages.push(package);
                    is_sure |= place.is_sure;
                }
                None => found.missing.push(folder),
            }
        }
        if is_sure {
            break;
        }
    }
    if is_sure {
        found.missing.clear();
        found.is_outside = false;
    }
    found.is_external = !is_sure && is_external(layout, module, path);
    found
}

/// A path and those that it lies below, longest first.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rfind('/').map(|at| &path[..at]))
}

/// Whether a path that is none of the tree's may be another repository's: the first part of such a path has a dot, and
/// none of the standard library's has one, save that a replacement may have any name.
fn is_external(layout: &Layout, module: usize, path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    let requires = &layout.modules[module].file.requires;
    let is_required = |prefix: &str| {
        let at = requires.partition_point(|(path, _)| path.as_str() < prefix);
        requires.get(at).is_some_and(|(path, _)| path == prefix)
    };
    first.contains('.') || prefixes(path).any(is_required)
}

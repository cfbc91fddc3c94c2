//! Which package a file belongs to, and which packages there are by name.

use std::collections::HashMap;

use bstr::ByteSlice;

use super::Package;
use super::files::File;
use crate::unit::{Folder, Listing};

/// The number of a package.
pub(super) type Index = usize;

/// The packages of a tree by folder and by name.
pub(super) struct Scopes<'t> {
    packages: &'t [Package],
    /// The unit of each entry of the tree.
    owners: Vec<Option<Index>>,
    by_root: HashMap<&'t Folder, Index>,
    by_name: HashMap<&'t str, Index>,
    by_unit: HashMap<&'t str, Index>,
}

impl<'t> Scopes<'t> {
    /// Those of a tree.
    pub(super) fn new(tree: &'t Listing, packages: &'t [Package]) -> Self {
        let numbered = || packages.iter().enumerate();
        let by_root = numbered().map(|(index, package)| (&package.root, index)).collect();
        let units = || numbered().filter(|(_, package)| package.unit.is_some());
        let by_name = units().filter_map(|(index, package)| Some((package.name()?, index))).collect();
        let by_unit = units().filter_map(|(index, package)| Some((package.unit.as_deref()?, index))).collect();
        let mut scopes = Self { packages, owners: Vec::new(), by_root, by_name, by_unit };
        let mut by_folder: HashMap<&[u8], Option<Index>> = HashMap::new();
        let owners = tree.entries().iter().map(|entry| {
            let path = entry.path.as_bstr();
            let folder = path.rfind_byte(b'/').map_or(b"".as_slice(), |slash| &path[..slash]);
            *by_folder.entry(folder).or_insert_with(|| scopes.owner(&Folder::of(&entry.path)))
        });
        scopes.owners = owners.collect();
        scopes
    }

    /// The unit that a file belongs to.
    pub(super) fn owner_of(&self, file: File) -> Option<Index> {
        self.owners[file]
    }

    /// A package.
    pub(super) fn package(&self, index: Index) -> &'t Package {
        &self.packages[index]
    }

    /// The package of exactly this folder.
    pub(super) fn at(&self, folder: &Folder) -> Option<Index> {
        self.by_root.get(folder).copied()
    }

    /// The packages around a folder, innermost first, up to the first that is a unit and beyond it.
    pub(super) fn around(&self, folder: &Folder) -> Vec<Index> {
        folder.upwards().filter_map(|folder| self.at(&folder)).collect()
    }

    /// The unit that a folder belongs to: the innermost around it.
    pub(super) fn owner(&self, folder: &Folder) -> Option<Index> {
        folder.upwards().filter_map(|folder| self.at(&folder)).find(|index| self.package(*index).unit.is_some())
    }

    /// The unit that a manifest gives this name.
    pub(super) fn named(&self, name: &str) -> Option<Index> {
        self.by_name.get(name).copied()
    }

    /// The unit of this name.
    pub(super) fn unit(&self, name: &str) -> Option<Index> {
        self.by_unit.get(name).copied()
    }
}

//! What of a package's folder is its own, where other packages lie in it.
//!
//! Its own are the files directly in it, and the folders below it that hold no package: what it embeds, reads and
//! generates. Names that start with a dot belong to tools that look for them from below. In the folder of a module only
//! what Go builds, `testdata` and what is embedded is the package's own: the rest of it is the project's.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bstr::{BStr, ByteSlice};

use super::layout::{Layout, above, parent};
use super::links::Links;
use super::native::ENDS;
use crate::path::RepoPath;
use crate::unit::{Folder, Listing, Own};

/// What lies where among the packages that are units.
pub(super) struct Grounds<'a> {
    /// Units by folder.
    units: HashMap<&'a BStr, usize>,
    /// Folders that hold a unit below themselves.
    outer: HashSet<&'a BStr>,
    /// Folders of modules.
    roots: HashSet<&'a BStr>,
    own: HashMap<usize, BTreeSet<RepoPath>>,
}

impl<'a> Grounds<'a> {
    /// Shares the tree out among some packages.
    pub(super) fn new(layout: &'a Layout<'a>, units: impl Iterator<Item = usize>, tree: &'a Listing) -> Self {
        let units: HashMap<&BStr, usize> = units.map(|index| (layout.packages[index].folder, index)).collect();
        let mut outer = HashSet::new();
        for folder in units.keys() {
            let mut at = above(folder);
            while let Some(folder) = at.filter(|folder| outer.insert(*folder)) {
                at = above(folder);
            }
        }
        let roots = layout.modules.iter().map(|module| module.root.as_bstr()).collect();
        let mut grounds = Self { units, outer, roots, own: HashMap::new() };
        grounds.share(tree);
        grounds
    }

    /// The package whose folder is the innermost around one.
    pub(super) fn around(&self, folder: &'a BStr) -> Option<usize> {
        std::iter::successors(above(folder), |folder| above(folder)).find_map(|folder| self.units.get(folder).copied())
    }

    /// Whether another package lies below a folder.
    pub(super) fn is_outer(&self, folder: &BStr) -> bool {
        self.outer.contains(folder)
    }

    /// What a package owns, and what it embeds of what is nobody's; takes it out.
    pub(super) fn take(&mut self, index: usize, folder: &BStr, links: &mut Links) -> Own {
        if !self.is_outer(folder) {
            links.embedded.clear();
            return Own::Everything;
        }
        let mut own = self.own.remove(&index).unwrap_or_default();
        let is_free = |place: &Folder| !self.outer.contains(place.as_bstr()) && self.nearest(place) == Some(index);
        let embedded: BTreeMap<Folder, &RepoPath> = std::mem::take(&mut links.embedded);
        for (place, file) in embedded {
            match place.to_path().filter(|_| is_free(&place)) {
                Some(path) => drop(own.insert(path)),
                None => drop(links.embedded.insert(place, file)),
            }
        }
        Own::Only(own)
    }

    /// The package with the innermost folder around a place.
    fn nearest(&self, place: &Folder) -> Option<usize> {
        std::iter::successors(Some(place.as_bstr()), |at| above(at)).find_map(|at| self.units.get(at).copied())
    }

    fn share(&mut self, tree: &'a Listing) {
        let mut known: HashMap<&BStr, Ground> = HashMap::new();
        for entry in tree.below(&Folder::root()) {
            let folder = parent(&entry.path);
            let ground = match known.get(folder) {
                Some(ground) => *ground,
                None => *known.entry(folder).or_insert_with(|| self.ground(folder)),
            };
            let Some((index, unit)) = ground.unit.filter(|(_, unit)| self.outer.contains(unit)) else { continue };
            let whole = ground.free.unwrap_or(entry.path.as_bstr());
            if self.is_own(unit, whole, ground.free.is_some()) {
                self.own.entry(index).or_default().insert(RepoPath::new(whole));
            }
        }
    }

    /// What the files directly in a folder belong to.
    fn ground(&self, folder: &'a BStr) -> Ground<'a> {
        let mut free = None;
        let mut at = Some(folder);
        while let Some(folder) = at {
            if let Some(&index) = self.units.get(folder) {
                return Ground { unit: Some((index, folder)), free };
            }
            if self.outer.contains(folder) {
                break;
            }
            free = Some(folder);
            at = above(folder);
        }
        let unit = std::iter::successors(at, |folder| above(folder)).find_map(|at| Some((*self.units.get(at)?, at)));
        Ground { unit, free }
    }

    fn is_own(&self, unit: &BStr, whole: &BStr, is_folder: bool) -> bool {
        let below = whole[unit.len()..].trim_start_with(|c| c == '/').as_bstr();
        let name = below.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        if below.starts_with(b".") || matches!(name, b"go.mod" | b"go.sum" | b"go.work" | b"go.work.sum") {
            return false;
        }
        if !self.roots.contains(unit) {
            return true;
        }
        let end = name.rfind_byte(b'.').map(|at| &name[at + 1..]);
        let is_built = end.is_some_and(|end| end == b"go" || ENDS.iter().any(|its| its.as_bytes() == end));
        let is_data = below == "testdata" || below.starts_with(b"testdata/");
        is_data || (!is_folder && is_built && !below.contains(&b'/'))
    }
}

/// What the files of a folder belong to.
#[derive(Clone, Copy)]
struct Ground<'a> {
    /// The package with the innermost folder around them, with that folder.
    unit: Option<(usize, &'a BStr)>,
    /// The outermost folder below that which holds no package and holds them.
    free: Option<&'a BStr>,
}

//! Names of modules to the files that importing them runs.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use bstr::BStr;

use super::standard::is_standard;
use super::tree::{Entry, FileId, FolderId, Tree};

/// What a name leads to.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Files that importing it runs, packages above it first.
    pub(super) files: Vec<FileId>,
    /// Packages that it may be, whose modules an import can take.
    pub(super) packages: Vec<FolderId>,
    /// How many parts of the name were found.
    depth: usize,
    /// Whether a file or package with a file is at its end.
    is_solid: bool,
}

impl Found {
    /// Whether all of a name of so many parts was found.
    pub(super) fn is_whole(&self, parts: usize) -> bool {
        self.depth == parts
    }
}

/// What names lead to.
type Names = HashMap<String, Rc<Found>>;

/// A folder on `sys.path`: the package that it is, if it is one itself, and the folder.
pub(super) type Root<'t> = (Vec<&'t str>, FolderId);

/// What a folder's modules can see.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// The unit that the folder belongs to.
    pub(super) unit: Option<usize>,
    /// Whether its unit puts folders on `sys.path` that aren't known.
    pub(super) is_wide: bool,
}

/// Where modules are found.
pub(super) struct Resolver<'t> {
    pub(super) tree: &'t Tree<'t>,
    /// The roots of each unit: where its distribution's modules are.
    pub(super) units: Vec<Vec<Root<'t>>>,
    /// What each unit puts on `sys.path` besides.
    pub(super) extra: Vec<Vec<FolderId>>,
    /// What is on everyone's `sys.path`.
    pub(super) shared: Vec<FolderId>,
    /// What each folder can see.
    pub(super) views: Vec<View>,
    /// Which units have a root with something of this name.
    tops: HashMap<&'t BStr, BTreeSet<usize>>,
    /// Every folder with something of this name, where the name is anywhere.
    anywhere: HashMap<&'t BStr, Vec<FolderId>>,
    /// What was found, by the folder that asks and whether for a test.
    memo: RefCell<HashMap<(FolderId, bool), Names>>,
}

impl<'t> Resolver<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, units: Vec<Vec<Root<'t>>>, views: Vec<View>) -> Self {
        let mut tops: HashMap<&BStr, BTreeSet<usize>> = HashMap::new();
        let roots = units.iter().enumerate().flat_map(|(unit, roots)| roots.iter().map(move |root| (unit, root)));
        for (unit, (package, folder)) in roots {
            let own = package.first().map(|first| BStr::new(*first));
            for name in own.into_iter().chain(tree.names(*folder).filter(|_| own.is_none())) {
                tops.entry(name).or_default().insert(unit);
            }
        }
        let mut anywhere: HashMap<&BStr, Vec<FolderId>> = HashMap::new();
        for folder in (0..tree.len()).filter_map(|at| u32::try_from(at).ok()) {
            tree.names(folder).for_each(|name| anywhere.entry(name).or_default().push(folder));
        }
        let extra = vec![Vec::new(); units.len()];
        Self { tree, units, extra, shared: Vec::new(), views, tops, anywhere, memo: RefCell::default() }
    }

    /// Leaves out what is said twice.
    pub(super) fn tidy(&mut self) {
        for folders in self.extra.iter_mut().chain([&mut self.shared]) {
            folders.sort_unstable();
            folders.dedup();
        }
    }

    /// What `module` leads to, imported by a module of a folder. `is_test` where pytest puts folders on `sys.path` for it.
    pub(super) fn absolute(&self, from: FolderId, module: &str, is_test: bool) -> Option<Rc<Found>> {
        let top = module.split('.').next().unwrap_or_default();
        let is_root = || self.tops.contains_key(BStr::new(top));
        if !self.anywhere.contains_key(BStr::new(top)) && !is_root() {
            return None;
        }
        if let Some(found) = self.memo.borrow().get(&(from, is_test)).and_then(|memo| memo.get(module)) {
            return Some(Rc::clone(found));
        }
        let parts: Vec<&str> = module.split('.').collect();
        let found = Rc::new(self.search(from, &parts, is_test));
        self.memo.borrow_mut().entry((from, is_test)).or_default().insert(module.to_owned(), Rc::clone(&found));
        Some(found)
    }

    /// Every folder that holds something of a name.
    pub(super) fn folders_with(&self, name: &str) -> &[FolderId] {
        self.anywhere.get(BStr::new(name)).map_or(&[], Vec::as_slice)
    }

    /// What a relative import leads to; `None` where it leaves the repository.
    pub(super) fn relative(&self, from: FolderId, level: u8, module: &str) -> Option<Found> {
        let folder = self.tree.upwards(from).nth(usize::from(level).saturating_sub(1))?;
        let mut found =
            Found { files: self.tree.inits(folder).to_vec(), packages: vec![folder], depth: 0, is_solid: true };
        if !module.is_empty() {
            let parts: Vec<&str> = module.split('.').collect();
            let inner = self.down(folder, &parts);
            found.files.extend(inner.files);
            found.packages = inner.packages;
        }
        Some(found)
    }

    /// Looks where Python would, and then where it might.
    fn search(&self, from: FolderId, parts: &[&str], is_test: bool) -> Found {
        let view = &self.views[from as usize];
        let certain = self.certain(from, is_test);
        let mut best = Best::new(parts.len());
        let own = view.unit.map_or(&[][..], |unit| &self.units[unit]);
        for root in own {
            best.offer(self.within(root, parts));
        }
        if let Some(folder) = certain {
            best.offer(self.down(folder, parts));
        }
        if best.is_settled() {
            return best.take();
        }
        best.raise();
        for folder in self.uncertain(from, view) {
            best.offer(self.down(folder, parts));
        }
        let top = BStr::new(parts[0]);
        for unit in self.tops.get(top).into_iter().flatten().filter(|unit| Some(**unit) != view.unit) {
            self.units[*unit].iter().for_each(|root| best.offer(self.within(root, parts)));
        }
        if best.is_settled() || is_standard(parts[0]) {
            return best.take();
        }
        best.raise();
        // A folder that only the environment puts on the path.
        for folder in self.anywhere.get(top).into_iter().flatten() {
            let unit = self.views[*folder as usize].unit;
            if unit.is_none() || unit == view.unit || view.unit.is_none() || view.is_wide {
                best.offer(self.down(*folder, parts));
            }
        }
        best.take()
    }

    /// The folder that pytest puts first, or that a package lies in: the first one upwards that is no package.
    fn certain(&self, from: FolderId, is_test: bool) -> Option<FolderId> {
        let is_package = !self.tree.inits(from).is_empty();
        if !is_package && !is_test {
            return None;
        }
        self.tree.upwards(from).find(|folder| self.tree.inits(*folder).is_empty())
    }

    /// Folders that may be on `sys.path`.
    fn uncertain<'s>(&'s self, from: FolderId, view: &'s View) -> impl Iterator<Item = FolderId> + 's {
        let above = self.tree.upwards(from).filter(|folder| self.tree.inits(*folder).is_empty());
        let extra = view.unit.map_or(&[][..], |unit| &self.extra[unit]);
        above.chain(extra.iter().copied()).chain(self.shared.iter().copied())
    }

    /// Goes down from a root.
    fn within(&self, (package, folder): &Root<'t>, parts: &[&str]) -> Found {
        match parts.strip_prefix(package.as_slice()) {
            None => Found::default(),
            Some(rest) if package.is_empty() => self.down(*folder, rest),
            Some(rest) => {
                let files = self.tree.inits(*folder).to_vec();
                let mut found =
                    Found { is_solid: !files.is_empty(), files, packages: vec![*folder], depth: package.len() };
                if !rest.is_empty() {
                    let inner = self.down(*folder, rest);
                    found.files.extend(inner.files);
                    found.packages = inner.packages;
                    found.depth += inner.depth;
                    found.is_solid |= inner.is_solid;
                }
                found
            }
        }
    }

    /// Goes down from a folder, part by part, as far as there is something.
    fn down(&self, folder: FolderId, parts: &[&str]) -> Found {
        let mut found = Found::default();
        let mut at = Some(folder);
        for part in parts {
            let Some(entry) = at.and_then(|folder| self.tree.get(folder, part.as_bytes())) else { break };
            let files = self.files(entry);
            found.depth += 1;
            found.is_solid = !files.is_empty();
            found.files.extend(files);
            at = entry.folder;
            found.packages = entry.folder.into_iter().collect();
        }
        if found.depth < parts.len() {
            found.packages.clear();
        }
        found
    }

    /// What importing one part of a name runs: the package's `__init__`, and modules of that name.
    pub(super) fn files(&self, entry: &Entry) -> Vec<FileId> {
        let inits = entry.folder.map_or(&[][..], |folder| self.tree.inits(folder));
        inits.iter().chain(&entry.files).copied().collect()
    }
}

/// The best of what was found for a name.
struct Best {
    parts: usize,
    /// What begins the name no further than this is already found, and no better.
    floor: usize,
    all: Vec<Found>,
}

impl Best {
    fn new(parts: usize) -> Self {
        Self { parts, floor: 0, all: Vec::new() }
    }

    fn offer(&mut self, found: Found) {
        if found.depth > self.floor {
            self.all.push(found);
        }
    }

    /// From here on only what begins the name further counts.
    fn raise(&mut self) {
        let solid = self.all.iter().filter(|found| found.is_solid);
        self.floor = solid.map(|found| found.depth).max().unwrap_or(0);
    }

    /// Whether the whole name was found, and not only as folders.
    fn is_settled(&self) -> bool {
        self.all.iter().any(|found| found.depth == self.parts && found.is_solid)
    }

    /// All that is as good as the best: the whole name wherever it is, else whatever begins it furthest.
    fn take(self) -> Found {
        let deepest = self.all.iter().map(|found| found.depth).max().unwrap_or(0);
        let (mut seen, mut merged) = (HashSet::new(), Found { depth: deepest, ..Found::default() });
        for found in self.all.into_iter().filter(|found| found.depth == deepest) {
            merged.is_solid |= found.is_solid;
            merged.files.extend(found.files.into_iter().filter(|file| seen.insert(*file)));
            merged.packages.extend(found.packages);
        }
        merged.packages.sort_unstable();
        merged.packages.dedup();
        merged
    }
}

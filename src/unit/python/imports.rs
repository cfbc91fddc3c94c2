//! What each module imports: the files whose code runs for it, one step away.

use bstr::ByteSlice;

use super::entry::EntryPoints;
use super::fact::{Import, Source, Take};
use super::resolve::{Found, Resolver};
use super::settings::ByFolder;
use super::tree::{FileId, FolderId};

/// What imports are followed with.
pub(super) struct Imports<'c> {
    /// Names to files.
    pub(super) resolver: &'c Resolver<'c>,
    /// pytest's settings.
    pub(super) settings: &'c ByFolder<'c>,
    /// Entry points of all units.
    pub(super) entry_points: &'c EntryPoints<'c>,
    /// The units whose plugins of pytest are there when a unit is tested: itself and what it asks for.
    pub(super) reach: &'c [Vec<usize>],
    /// `__all__` of packages.
    pub(super) all: &'c dyn Fn(FileId) -> &'c [String],
}

/// A module that is looked at.
#[derive(Clone, Copy)]
struct At {
    file: FileId,
    folder: FolderId,
    is_test: bool,
}

impl Imports<'_> {
    /// The files that a module imports, sorted.
    pub(super) fn of(&self, file: FileId, source: &Source) -> Vec<FileId> {
        let tree = self.resolver.tree;
        let (folder, path) = (tree.home(file), tree.path(file));
        let is_conftest = path.file_name() == "conftest.py";
        let is_test = is_conftest || self.settings.is_named_as_test(folder, path);
        let at = At { file, folder, is_test };
        let mut files = Vec::new();
        for package in tree.upwards(folder).take_while(|package| !tree.inits(*package).is_empty()) {
            files.extend(tree.inits(package));
        }
        source.imports.iter().for_each(|import| self.import(at, import, &mut files));
        for script in &source.scripts {
            self.script(at, script, &mut files);
        }
        source.reads.iter().for_each(|place| self.place(at, place, &mut files));
        for group in &source.groups {
            files.extend(self.entry_points.group(group));
        }
        let unit = self.resolver.views[folder as usize].unit;
        if let (true, Some(unit)) = (source.runs, unit) {
            files.extend(self.entry_points.scripts(unit));
        }
        if is_test {
            self.around_test(at, unit, &mut files);
        }
        files.sort_unstable();
        files.dedup();
        files.retain(|other| *other != file);
        files
    }

    /// What pytest imports for a test: each `conftest.py` above it, plugins, and itself where the tree holds it.
    fn around_test(&self, at: At, unit: Option<usize>, files: &mut Vec<FileId>) {
        let tree = self.resolver.tree;
        for above in tree.upwards(at.folder) {
            if let Some(conftest) = tree.get(above, b"conftest") {
                files.extend(&conftest.files);
                files.extend(tree.inits(above));
            }
        }
        for unit in unit.into_iter().flat_map(|unit| &self.reach[unit]) {
            files.extend(self.entry_points.plugins(*unit));
        }
        let named = self.settings.of(at.folder).map_or(&[][..], |here| &here.settings.plugins);
        for plugin in named.iter().map(String::as_str).chain(["pytest"]) {
            self.module(at, plugin, &mut |found| files.extend(&found.files));
        }
    }

    fn module(&self, at: At, module: &str, take: &mut dyn FnMut(&Found)) {
        if let Some(found) = self.resolver.absolute(at.folder, module, at.is_test) {
            take(&found);
        }
    }

    fn import(&self, at: At, import: &Import, files: &mut Vec<FileId>) {
        let Import { level, module, take } = import;
        let mut found = |found: &Found| {
            files.extend(&found.files);
            match take {
                Take::Names(names) => names.iter().for_each(|name| self.name(found, name, files)),
                Take::Star => self.star(found, files),
                Take::Below => {
                    let below = found.packages.iter().flat_map(|package| self.resolver.tree.below(*package));
                    files.extend(below);
                }
                Take::Mention => {}
            }
        };
        if *level > 0 {
            if let Some(relative) = self.resolver.relative(at.folder, *level, module) {
                found(&relative);
            }
            return;
        }
        self.module(at, module, &mut found);
        if let Take::Names(names) = take {
            self.elsewhere(at, module, names, files);
        }
    }

    /// A name may be a module that another distribution puts into the same package, by `pkgutil.extend_path`.
    fn elsewhere(&self, at: At, module: &str, names: &[String], files: &mut Vec<FileId>) {
        let mut packages = Vec::new();
        self.module(at, module, &mut |found| packages.extend(&found.packages));
        let is_here =
            |name: &&String| packages.iter().any(|package| self.resolver.tree.get(*package, name.as_bytes()).is_some());
        if packages.is_empty() {
            return;
        }
        for name in names.iter().filter(|name| !is_here(name)) {
            let parts = module.split('.').count() + 1;
            let found = self.resolver.absolute(at.folder, &format!("{module}.{name}"), at.is_test);
            files.extend(found.iter().filter(|found| found.is_whole(parts)).flat_map(|found| &found.files));
        }
    }

    /// What a star imports: the package's modules that its `__all__` names.
    fn star(&self, found: &Found, files: &mut Vec<FileId>) {
        for init in &found.files {
            for name in (self.all)(*init) {
                self.name(found, name, files);
            }
        }
    }

    /// A name of a package may be a module in it.
    fn name(&self, found: &Found, name: &str, files: &mut Vec<FileId>) {
        for package in &found.packages {
            if let Some(entry) = self.resolver.tree.get(*package, name.as_bytes()) {
                files.extend(self.resolver.files(entry));
            }
        }
    }

    /// A Python file that a text names: from the module's folder, its unit's, or the root; and, for a test, wherever in its
    /// unit there is one of that name, since it may be named piece by piece.
    fn script(&self, at: At, text: &str, files: &mut Vec<FileId>) {
        let tree = self.resolver.tree;
        let text = text.rsplit(' ').next().unwrap_or(text);
        let mut starts = vec![at.folder, 0];
        starts.extend(tree.upwards(at.folder).skip(1));
        let before = files.len();
        for start in starts {
            let file = tree.path_of(start).resolve(text).and_then(|file| tree.file(&file.to_path()?));
            files.extend(file);
        }
        let name = text.trim_start_matches("./").trim_start_matches("../");
        let is_bare = matches!(name, "__init__.py" | "conftest.py");
        if at.is_test && files.len() == before && !is_bare {
            files.extend(self.named(at, name));
        }
    }

    fn named(&self, at: At, name: &str) -> Vec<FileId> {
        let tree = self.resolver.tree;
        let stem = name.rsplit('/').next().and_then(|last| last.strip_suffix(".py")).unwrap_or_default();
        let views = &self.resolver.views;
        let unit = views[at.folder as usize].unit;
        let folders = self.resolver.folders_with(stem).iter().filter(|folder| views[**folder as usize].unit == unit);
        let found = folders.filter_map(|folder| tree.get(*folder, stem.as_bytes())).flat_map(|entry| &entry.files);
        let ends = |file: &&FileId| tree.path(**file).as_bstr().ends_with_str(name);
        found.filter(ends).copied().collect()
    }

    /// A place beside the module that it names: a file, or a folder with all that is in it.
    fn place(&self, at: At, place: &str, files: &mut Vec<FileId>) {
        let tree = self.resolver.tree;
        let Some(place) = tree.path_of(at.folder).resolve(place) else { return };
        files.extend(place.to_path().and_then(|path| tree.file(&path)).filter(|file| *file != at.file));
        let is_below = |folder: &FolderId| !tree.upwards(at.folder).any(|above| above == *folder);
        files.extend(tree.find(&place).filter(is_below).into_iter().flat_map(|folder| tree.below(folder)));
    }
}

//! What one Rust file leads to, as part of a package.

use bstr::{BStr, ByteSlice};

use super::packages::{Packages, Unit};
use super::source::{Base, By, Read, Source, Submodule};
use crate::path::RepoPath;
use crate::unit::{Folder, Listing};

/// A place that a file leads to.
pub(super) struct Step {
    /// The place; `None` where it is outside of the repository.
    pub(super) place: Option<Folder>,
    /// What leads there, for people.
    pub(super) what: String,
    /// Whether what is there is compiled as part of the package.
    pub(super) is_code: bool,
    /// Whether it is sure that it leads there, instead of there being a text that could.
    pub(super) is_sure: bool,
}

/// Everything that a file leads to, as part of a package that may be another than it lies in.
pub(super) fn all(packages: &Packages, unit: usize, file: &RepoPath, source: &Source, tree: &Listing) -> Vec<Step> {
    let unit = &packages.all[unit];
    let at = Place { packages, unit, folder: Folder::of(file), stem: stem(file), tree };
    let modules = source.modules.iter().flat_map(|module| at.module(module));
    source.reads.iter().flat_map(|read| at.read(read)).chain(modules).collect()
}

/// Where a file lies.
struct Place<'p> {
    packages: &'p Packages<'p>,
    unit: &'p Unit<'p>,
    folder: Folder,
    /// Its name without the extension, which is a folder for its modules unless it is the first file of one.
    stem: &'p BStr,
    tree: &'p Listing,
}

impl Place<'_> {
    fn read(&self, Read(by, base, path): &Read) -> Vec<Step> {
        let is_code = *by == By::Include;
        let step = |place, is_sure| Step { place, what: shown(*by, path), is_code, is_sure };
        let there = |folder: &Folder| folder.resolve(path).filter(|place| self.is_there(place));
        let places: Vec<Folder> = match base {
            Base::File => return vec![step(self.folder.resolve(path), true)],
            Base::Package => there(&self.unit.folder).into_iter().collect(),
            Base::Either => {
                let both = [&self.unit.folder, &self.folder].into_iter().filter_map(there);
                both.filter(|place| !self.unit.folder.is_within(place)).collect()
            }
            Base::Below => {
                let above = [self.unit.workspace.clone(), Folder::root()];
                let above = above.iter().filter_map(|folder| self.of_another(folder, path));
                there(&self.unit.folder).filter(|_| self.unit.holds_others).into_iter().chain(above).collect()
            }
        };
        places.into_iter().map(|place| step(Some(place), false)).collect()
    }

    /// A module lies beside the first file of a module, and else in a folder of the file's name. Whatever of that is
    /// there is taken. <https://doc.rust-lang.org/reference/items/modules.html#module-source-filenames>
    fn module(&self, module: &Submodule) -> Vec<Step> {
        let beside = self.folder.resolve(&module.within);
        let below = self.folder.resolve(self.stem).and_then(|folder| folder.resolve(&module.within));
        let folders: Vec<Folder> = [beside, below].into_iter().flatten().collect();
        let step = |place: Folder, what: String| Step { place: Some(place), what, is_code: true, is_sure: true };
        let Some(path) = &module.path else {
            let name = &module.name;
            let names = [format!("{name}.rs"), format!("{name}/mod.rs")];
            let places = folders.iter().flat_map(|folder| names.iter().filter_map(|name| folder.resolve(name)));
            let there = places.filter(|place| self.is_file(place));
            return there.map(|place| step(place, format!("mod {name}"))).collect();
        };
        let what = format!("#[path = \"{path}\"]");
        let mut places = folders.iter().map(|folder| folder.resolve(path));
        let first = places.next().flatten();
        let Some(first) = first else { return vec![Step { place: None, what, is_code: true, is_sure: true }] };
        let others = places.flatten().filter(|place| *place != first && self.is_file(place)).collect::<Vec<_>>();
        std::iter::once(first).chain(others).map(|place| step(place, what.clone())).collect()
    }

    /// The place of a path from a folder, if that is in the folder of another unit, which has to lie below the folder.
    fn of_another(&self, folder: &Folder, path: &str) -> Option<Folder> {
        let place = folder.resolve(path)?;
        let holder = &self.packages.all[self.packages.holder(place.as_bstr())?];
        let is_other = holder.folder != self.unit.folder && holder.folder != *folder && holder.folder.is_within(folder);
        (is_other && self.is_there(&place)).then_some(place)
    }

    fn is_file(&self, place: &Folder) -> bool {
        place.to_path().is_some_and(|path| self.tree.has_file(&path))
    }

    fn is_there(&self, place: &Folder) -> bool {
        place.is_root()
            || self.tree.has_folder(place)
            || place.to_path().is_some_and(|path| self.tree.get(&path).is_some())
    }
}

/// What names a path, for people.
fn shown(by: By, path: &str) -> String {
    match by {
        By::Include => format!("include!(\"{path}\")"),
        By::IncludeStr => format!("include_str!(\"{path}\")"),
        By::IncludeBytes => format!("include_bytes!(\"{path}\")"),
        By::Joined => format!("CARGO_MANIFEST_DIR with \"{path}\""),
        By::Text => format!("\"{path}\""),
    }
}

fn stem(file: &RepoPath) -> &BStr {
    let name = file.file_name();
    name.strip_suffix(b".rs").map_or(name, |stem| stem.as_bstr())
}

/// Whether a path is that of a file that a package's tests run, or that is compiled into them, wherever it is named.
pub(super) fn is_compiled(unit: &Unit, file: &RepoPath) -> bool {
    let inner = unit.folder.within(file.as_bstr()).unwrap_or_default();
    let mut parts = inner.split(|byte| *byte == b'/');
    let (first, rest) = (parts.next().unwrap_or_default(), parts.collect::<Vec<_>>());
    let is_named = || {
        let mut paths = unit.manifest.targets.iter().filter_map(|target| target.path.as_deref());
        paths.any(|path| unit.folder.resolve(path).is_some_and(|place| place.as_bstr() == file.as_bstr()))
    };
    let is_conventional = match (first, rest.as_slice()) {
        (b"build.rs", []) | (b"src", [_, ..]) | (b"tests" | b"benches" | b"examples", [_]) => true,
        (b"tests" | b"benches" | b"examples", [_, name]) => *name == b"main.rs",
        _ => false,
    };
    is_conventional || is_named()
}

/// Whether a path, by its name alone, may be of a file that is run in its package's folder.
pub(super) fn is_run(file: &RepoPath) -> bool {
    file.file_name() == "build.rs"
        || file.components().any(|part| matches!(part.as_bytes(), b"tests" | b"benches" | b"examples"))
}

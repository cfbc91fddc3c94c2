//! Which folder is which package of which module.

use std::collections::{BTreeMap, HashMap};

use bstr::{BStr, ByteSlice};

use super::fact::Fact;
use super::modfile::ModFile;
use super::native::Native;
use super::source::Source;
use crate::path::RepoPath;
use crate::unit::{Facts, Folder};

/// A go.mod or a go.work, and its folder.
pub(super) struct Module<'a> {
    pub(super) root: Folder,
    pub(super) manifest: &'a RepoPath,
    pub(super) file: &'a ModFile,
}

/// A folder with Go files.
pub(super) struct Package<'a> {
    pub(super) folder: &'a BStr,
    pub(super) module: usize,
    /// Its import path.
    pub(super) path: String,
    pub(super) files: Vec<GoFile<'a>>,
    pub(super) natives: Vec<(&'a RepoPath, &'a Native)>,
    /// Whether `./...` finds it.
    pub(super) is_listed: bool,
}

impl Package<'_> {
    /// Its folder.
    pub(super) fn place(&self) -> Folder {
        Folder::from(RepoPath::new(self.folder))
    }
}

/// A Go file of a package.
pub(super) struct GoFile<'a> {
    pub(super) path: &'a RepoPath,
    pub(super) source: &'a Source,
    pub(super) is_test: bool,
}

/// All modules, workspaces and packages of a tree.
pub(super) struct Layout<'a> {
    pub(super) modules: Vec<Module<'a>>,
    pub(super) works: Vec<Module<'a>>,
    pub(super) packages: Vec<Package<'a>>,
    /// Packages below the `vendor` folder of a module or a workspace; their path is the one by which they are imported.
    pub(super) vendored: Vec<Package<'a>>,
    pub(super) package_at: HashMap<&'a BStr, usize>,
    pub(super) vendored_at: HashMap<&'a BStr, usize>,
    /// Those in test data among them, which are modules only if something uses them.
    module_at: HashMap<&'a BStr, Option<usize>>,
}

impl<'a> Layout<'a> {
    /// Reads what lies where.
    pub(super) fn new(facts: &'a Facts<Fact>) -> Self {
        let works: Vec<Module> = facts.of("go.work").filter_map(workspace).filter(|work| !is_data(work)).collect();
        let all: Vec<Module> = facts.of("go.mod").filter_map(module).collect();
        let used = used(&all, &works);
        let mut layout = Self {
            modules: Vec::new(),
            works,
            packages: Vec::new(),
            vendored: Vec::new(),
            package_at: HashMap::new(),
            vendored_at: HashMap::new(),
            module_at: HashMap::new(),
        };
        for (module, is_used) in all.into_iter().zip(used) {
            let index = is_used.then_some(layout.modules.len());
            layout.module_at.insert(parent(module.manifest), index);
            layout.modules.extend(is_used.then_some(module));
        }
        let vendors = layout.vendors();
        for (path, fact) in facts.all() {
            if let Fact::Source(source) = fact {
                layout.add_source(path, source, &vendors);
            }
        }
        for (path, fact) in facts.of("native") {
            let (Fact::Native(native), folder) = (fact, parent(path)) else { continue };
            if let Some(&index) = layout.package_at.get(folder) {
                layout.packages[index].natives.push((path, native));
            } else if let Some(&index) = layout.vendored_at.get(folder) {
                layout.vendored[index].natives.push((path, native));
            }
        }
        layout
    }

    /// The innermost module whose folder holds a folder, and that folder's path below it; `None` where there is no module,
    /// or one that is test data.
    pub(super) fn module_of(&self, folder: &'a BStr) -> Option<(usize, &'a BStr)> {
        let mut at = folder;
        loop {
            if let Some(module) = self.module_at.get(at) {
                let below = folder[at.len()..].as_bstr();
                return module.map(|module| (module, below.strip_prefix(b"/").unwrap_or(below).as_bstr()));
            }
            at = above(at)?;
        }
    }

    /// Whether another module begins on the way from one folder down to another.
    pub(super) fn is_cut(&self, outer: &BStr, inner: &BStr) -> bool {
        let mut at = inner;
        while at.len() > outer.len() {
            if self.module_at.contains_key(at) {
                return true;
            }
            let Some(next) = above(at) else { return false };
            at = next;
        }
        false
    }

    /// The folders of vendored packages, where there may be some.
    fn vendors(&self) -> Vec<Folder> {
        let mut vendors: Vec<Folder> =
            self.modules.iter().chain(&self.works).filter_map(|module| module.root.resolve("vendor")).collect();
        vendors.sort_unstable();
        vendors.dedup();
        vendors
    }

    fn add_source(&mut self, path: &'a RepoPath, source: &'a Source, vendors: &[Folder]) {
        let folder = parent(path);
        let file = GoFile { path, source, is_test: path.as_bstr().ends_with(b"_test.go") };
        if let Some(&index) = self.package_at.get(folder) {
            self.packages[index].files.push(file);
            return;
        }
        if let Some(&index) = self.vendored_at.get(folder) {
            self.vendored[index].files.push(file);
            return;
        }
        let new = |module, path: String, is_listed| Package {
            folder,
            module,
            path,
            files: vec![file],
            natives: Vec::new(),
            is_listed,
        };
        if let Some(below) = vendored_path(folder, vendors) {
            self.vendored_at.insert(folder, self.vendored.len());
            self.vendored.push(new(usize::MAX, below, false));
        } else if let Some((module, below)) = self.module_of(folder) {
            let file = self.modules[module].file;
            let is_listed = is_listed(below, &file.ignores);
            self.package_at.insert(folder, self.packages.len());
            self.packages.push(new(module, import_path(file.module.as_deref(), below), is_listed));
        }
    }
}

/// The folder that holds a path.
pub(super) fn parent(path: &RepoPath) -> &BStr {
    above(path.as_bstr()).unwrap_or_default()
}

/// The folder above; `None` of the root.
pub(super) fn above(folder: &BStr) -> Option<&BStr> {
    (!folder.is_empty()).then(|| folder[..folder.rfind_byte(b'/').unwrap_or(0)].as_bstr())
}

fn module<'a>((manifest, fact): (&'a RepoPath, &'a Fact)) -> Option<Module<'a>> {
    let Fact::Module(file) = fact else { return None };
    let module = Module { root: Folder::of(manifest), manifest, file };
    (!module.root.as_bstr().split(|byte| *byte == b'/').any(|part| part == b"vendor")).then_some(module)
}

fn workspace<'a>((manifest, fact): (&'a RepoPath, &'a Fact)) -> Option<Module<'a>> {
    let Fact::Workspace(file) = fact else { return None };
    Some(Module { root: Folder::of(manifest), manifest, file })
}

/// Whether it lies where Go's own patterns never look for sources of the project.
fn is_data(module: &Module) -> bool {
    module.root.as_bstr().split(|byte| *byte == b'/').any(|part| matches!(part, b"testdata" | b"vendor"))
}

/// Which modules are the project's: those that aren't test data, and those that such a one or a workspace takes in.
fn used(modules: &[Module], works: &[Module]) -> Vec<bool> {
    let at: BTreeMap<&Folder, usize> =
        modules.iter().enumerate().map(|(index, module)| (&module.root, index)).collect();
    let mut used: Vec<bool> = modules.iter().map(|module| !is_data(module)).collect();
    let named = |module: &Module| -> Vec<usize> {
        let folders = module.file.uses.iter().chain(module.file.replaces.iter().map(|(_, new)| new));
        folders.filter_map(|folder| at.get(&module.root.resolve(folder)?).copied()).collect()
    };
    let mut open: Vec<usize> = works.iter().flat_map(named).collect();
    open.extend((0..modules.len()).filter(|&index| used[index]).flat_map(|index| named(&modules[index])));
    while let Some(index) = open.pop() {
        if !std::mem::replace(&mut used[index], true) {
            open.extend(named(&modules[index]));
        }
    }
    used
}

/// The import path of a vendored folder.
fn vendored_path(folder: &BStr, vendors: &[Folder]) -> Option<String> {
    let mut at = Some(folder);
    while let Some(outer) = at {
        if outer.ends_with(b"vendor") && vendors.iter().any(|vendor| vendor.as_bstr() == outer) {
            return Some(folder[outer.len()..].trim_start_with(|c| c == '/').to_str_lossy().into_owned());
        }
        at = above(outer);
    }
    None
}

/// The import path of a folder below a module; of a module without a path, the folder as commands take it.
fn import_path(module: Option<&str>, below: &BStr) -> String {
    match (module.unwrap_or("."), below.to_str_lossy()) {
        (module, below) if below.is_empty() => module.to_owned(),
        (module, below) => format!("{module}/{below}"),
    }
}

/// Whether patterns find a folder of a module: <https://pkg.go.dev/cmd/go#hdr-Package_lists_and_patterns>,
/// <https://go.dev/ref/mod#go-mod-file-ignore>.
fn is_listed(below: &BStr, ignores: &[String]) -> bool {
    if below.is_empty() {
        return true;
    }
    let parts: Vec<&[u8]> = below.split(|byte| *byte == b'/').collect();
    let is_hidden = |part: &&[u8]| matches!(part, [b'.' | b'_', ..]) || *part == b"testdata";
    if parts.iter().any(is_hidden) || parts[..parts.len() - 1].contains(&&b"vendor"[..]) {
        return false;
    }
    let whole = [b"/", below.as_bytes(), b"/"].concat();
    !ignores.iter().any(|ignore| {
        let inner = |text: &str| format!("/{}/", text.trim_matches('/'));
        match ignore.strip_prefix("./") {
            Some(ignore) => whole.starts_with(inner(ignore).as_bytes()),
            None => whole.contains_str(inner(ignore)),
        }
    })
}

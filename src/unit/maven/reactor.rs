//! Which poms are modules, and of what.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use bstr::ByteSlice;

use super::context::{Context, Defined};
use super::model::{Fact, Parent, Pom};
use crate::path::RepoPath;
use crate::unit::place::{self, Place};
use crate::unit::{Facts, Folder, Listing};

/// How many parents above each other are looked at.
const PARENTS: usize = 64;

/// A pom that can be read.
pub(super) struct File<'f> {
    pub(super) path: &'f RepoPath,
    pub(super) folder: Folder,
    pub(super) pom: &'f Pom,
    pub(super) defined: Defined<'f>,
    /// The pom of the tree that it inherits from.
    pub(super) parent: Option<usize>,
}

/// All poms of a tree.
pub(super) struct Poms<'f> {
    pub(super) files: Vec<File<'f>>,
    by_path: HashMap<&'f RepoPath, usize>,
    /// Those that can't be read, with the reason.
    pub(super) broken: Vec<(&'f RepoPath, &'f str)>,
}

/// The poms that are modules.
#[derive(Default)]
pub(super) struct Modules {
    /// Each with the folder of its reactor's outermost pom.
    pub(super) of: Vec<(usize, Folder)>,
    /// Files that should be poms, with what is wrong.
    pub(super) unknown: Vec<(RepoPath, String)>,
    /// Modules that are not there, each with the pom that names it.
    pub(super) missing: Vec<(usize, Folder)>,
}

impl<'f> Poms<'f> {
    /// Takes what all files say.
    pub(super) fn new(facts: &'f Facts<Fact>) -> Self {
        let (mut files, mut broken) = (Vec::new(), Vec::new());
        for (path, fact) in facts.all() {
            match &fact.0 {
                Ok(pom) => {
                    let (folder, defined) = (Folder::of(path), Defined::of(pom));
                    files.push(File { path, folder, pom, defined, parent: None });
                }
                Err(why) => broken.push((path, why.as_str())),
            }
        }
        let by_path = files.iter().enumerate().map(|(at, file)| (file.path, at)).collect();
        let mut poms = Self { files, by_path, broken };
        poms.find_parents();
        poms
    }

    fn find_parents(&mut self) {
        let mut by_name: HashMap<(&str, &str), usize> = HashMap::new();
        for (at, file) in self.files.iter().enumerate() {
            if let Some(group) = group(file.pom) {
                by_name.entry((group, &file.pom.artifact)).or_insert(at);
            }
        }
        let parents: Vec<Option<usize>> = self.files.iter().map(|file| self.parent(file, &by_name)).collect();
        for (at, (file, parent)) in self.files.iter_mut().zip(parents).enumerate() {
            file.parent = parent.filter(|parent| *parent != at);
        }
    }

    /// The parent where the pom says that it is, if it is the one; else the one of that name.
    fn parent(&self, file: &File<'f>, by_name: &HashMap<(&str, &str), usize>) -> Option<usize> {
        let parent = file.pom.parent.as_ref()?;
        let near = self.at(&file.folder, &parent.path).filter(|_| !parent.path.is_empty());
        if let Some(near) = near.filter(|near| is_named(self.files[*near].pom, parent)) {
            return Some(near);
        }
        by_name.get(&(parent.group.as_deref()?, parent.artifact.as_deref()?)).copied()
    }

    /// The pom that a relative path names: a file, or the one of a folder.
    pub(super) fn at(&self, from: &Folder, relative: &str) -> Option<usize> {
        let place = from.resolve(relative)?;
        let file = place.to_path().and_then(|path| self.by_path.get(&path));
        file.or_else(|| self.by_path.get(&place.file("pom.xml"))).copied()
    }

    /// A pom and the parents that it inherits from, innermost first; with whether these are all.
    pub(super) fn chain(&self, at: usize) -> (Vec<usize>, bool) {
        let mut chain = vec![at];
        while let Some(parent) = chain.last().and_then(|last| self.files[*last].parent) {
            if chain.contains(&parent) || chain.len() >= PARENTS {
                return (chain, false);
            }
            chain.push(parent);
        }
        (chain, true)
    }

    /// What a pom sees, if Maven is started in some folder.
    pub(super) fn context(&self, at: usize, top: Folder) -> Context<'_, 'f> {
        let (chain, _) = self.chain(at);
        let file = |at: usize| (&self.files[at].folder, self.files[at].pom, &self.files[at].defined);
        Context::new(chain.into_iter().map(file).collect(), top)
    }

    /// The poms that are modules: those that an outermost pom leads to, where that lies in no other's folder.
    pub(super) fn modules(&self, tree: &Listing) -> Modules {
        let mut found = Modules::default();
        let named: Vec<Vec<usize>> = (0..self.files.len()).map(|at| self.named(at, tree, &mut found)).collect();
        let (missing, unknown) = (std::mem::take(&mut found.missing), std::mem::take(&mut found.unknown));
        let inner: HashSet<usize> = named.iter().flatten().copied().collect();
        let is_outermost = |at: &usize| self.files[*at].path.file_name() == "pom.xml" && !inner.contains(at);
        let mut outermost: Vec<usize> = (0..self.files.len()).filter(is_outermost).collect();
        outermost.sort_by_key(|at| self.files[*at].path.components().count());
        let (mut seen, mut folders) = (HashSet::new(), BTreeSet::new());
        for top in outermost {
            if self.files[top].folder.upwards().any(|folder| folders.contains(&folder)) {
                continue;
            }
            for at in led_to(top, &named, &mut seen) {
                folders.insert(self.files[at].folder.clone());
                found.of.push((at, self.files[top].folder.clone()));
            }
        }
        found.missing = missing.into_iter().filter(|(by, _)| seen.contains(by)).collect();
        let is_of_module = |path: &RepoPath| folders.contains(&Folder::of(path));
        found.unknown = unknown.into_iter().filter(|(path, _)| is_of_module(path)).collect();
        found.of.sort_by_key(|(at, _)| *at);
        self.add_broken(&folders, &seen, &mut found);
        found
    }

    /// Poms that can't be read, where one that can would be a module.
    fn add_broken(&self, folders: &BTreeSet<Folder>, seen: &HashSet<usize>, found: &mut Modules) {
        let wanted: HashSet<RepoPath> = seen
            .iter()
            .flat_map(|at| {
                let file = &self.files[*at];
                let parent = file.pom.parent.as_ref().map(|parent| parent.path.as_str());
                let names = file.pom.modules.iter().map(String::as_str).chain(parent);
                names.filter_map(|name| file.folder.resolve(name)).flat_map(|f| [f.to_path(), Some(f.file("pom.xml"))])
            })
            .flatten()
            .collect();
        for (path, why) in &self.broken {
            let is_inside = Folder::of(path).upwards().any(|folder| folders.contains(&folder));
            let is_outermost = path.file_name() == "pom.xml" && !is_inside;
            if is_outermost || wanted.contains(*path) {
                found.unknown.push(((*path).clone(), (*why).to_owned()));
            }
        }
    }

    /// The poms that an aggregator names.
    fn named(&self, at: usize, tree: &Listing, found: &mut Modules) -> Vec<usize> {
        let file = &self.files[at];
        if file.pom.finds_modules && file.pom.packaging.as_deref() == Some("pom") {
            return tree.folders(&file.folder).filter_map(|folder| self.at(&folder, "")).collect();
        }
        if file.pom.modules.is_empty() {
            return Vec::new();
        }
        let context = self.context(at, file.folder.clone());
        let mut named = Vec::new();
        for module in &file.pom.modules {
            for value in context.values(module) {
                match place::path(&value, &file.folder) {
                    Some(Place::At(place)) if !value.contains(place::UNKNOWN) => match self.at(&place, "") {
                        Some(pom) => named.push(pom),
                        None => self.absent(at, &place, tree, found),
                    },
                    _ => found.unknown.push((file.path.clone(), format!("can't tell which module '{module}' is"))),
                }
            }
        }
        named.retain(|pom| *pom != at);
        named
    }

    fn absent(&self, at: usize, place: &Folder, tree: &Listing, found: &mut Modules) {
        let is_broken = |path: &RepoPath| self.broken.binary_search_by(|(broken, _)| (*broken).cmp(path)).is_ok();
        if place.to_path().is_some_and(|path| is_broken(&path)) || is_broken(&place.file("pom.xml")) {
            return;
        }
        if tree.has_folder(place) || place.to_path().is_some_and(|path| tree.has_file(&path)) {
            let why = format!("its module '{place}' has no pom.xml that can be read");
            found.unknown.push((self.files[at].path.clone(), why));
        } else {
            found.missing.push((at, place.clone()));
        }
    }
}

/// What a pom leads to that wasn't seen yet, itself among it.
fn led_to(top: usize, named: &[Vec<usize>], seen: &mut HashSet<usize>) -> Vec<usize> {
    let (mut found, mut open) = (Vec::new(), VecDeque::from([top]));
    while let Some(at) = open.pop_front() {
        if seen.insert(at) {
            found.push(at);
            open.extend(&named[at]);
        }
    }
    found
}

/// The group of a pom, its own or that of the parent it names.
pub(super) fn group(pom: &Pom) -> Option<&str> {
    pom.group.as_deref().or_else(|| pom.parent.as_ref()?.group.as_deref())
}

/// Whether a pom may be the parent that is named: what holds a property may be any.
fn is_named(pom: &Pom, parent: &Parent) -> bool {
    let may_be = |is: Option<&str>, named: Option<&str>| match (is, named) {
        (Some(is), Some(named)) => is == named || is.contains("${") || named.contains("${"),
        _ => true,
    };
    may_be(group(pom), parent.group.as_deref()) && may_be(Some(&pom.artifact), parent.artifact.as_deref())
}

/// Whether a file is read as a pom.
pub(super) fn is_pom(path: &RepoPath) -> bool {
    let name = path.file_name();
    name.ends_with_str("pom.xml")
        || name.ends_with_str(".pom")
        || name.starts_with_str("pom") && name.ends_with_str(".xml")
}

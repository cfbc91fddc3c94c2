//! Units and edges.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::context::Context;
use super::inherit::{Live, Meant, Names, Places};
use super::model::{Fact, Reference};
use super::pom;
use super::reactor::{self, Modules, Poms};
use crate::digest::Digest;
use crate::path::RepoPath;
use crate::unit::{Ecosystem, Edge, Facts, Folder, Found, Kind, Listing, Own, Target, Unit, Why, Widening};

/// The form of a pom.
const POM: &str = "pom.xml";

/// How many poms one module may import.
const IMPORTS: usize = 256;

/// Maven.
#[derive(Clone, Copy, Debug, Default)]
pub struct Maven;

impl Ecosystem for Maven {
    type Fact = Fact;

    fn kind(&self) -> Kind {
        Kind::Maven
    }

    fn format(&self) -> u32 {
        1
    }

    fn form(&self, path: &RepoPath) -> Option<&'static str> {
        reactor::is_pom(path).then_some(POM)
    }

    fn read(&self, _: &'static str, content: &[u8]) -> Fact {
        pom::read(content)
    }

    fn link(&self, tree: &Listing, facts: &Facts<Fact>) -> Found {
        let poms = Poms::new(facts);
        let names = Names::new(&poms);
        let modules = poms.modules(tree);
        let mut link = Link::new(&poms, &names, &modules, tree);
        for (at, top) in &modules.of {
            link.module(*at, top);
        }
        link.unknown(&modules);
        let mut found = link.found;
        found.edges.sort();
        found.edges.dedup();
        found.widened.sort();
        found.widened.dedup();
        found
    }
}

struct Link<'l> {
    poms: &'l Poms<'l>,
    names: &'l Names<'l>,
    live: Vec<Live<'l>>,
    tree: &'l Listing,
    /// Names of units by pom; none for a pom that is no unit.
    units: Vec<Option<String>>,
    /// Folders of units, with the number of units there.
    folders: BTreeMap<&'l Folder, usize>,
    searches: usize,
    found: Found,
}

impl<'l> Link<'l> {
    fn new(poms: &'l Poms<'l>, names: &'l Names<'l>, modules: &Modules, tree: &'l Listing) -> Self {
        let mut units = vec![None; poms.files.len()];
        let (mut taken, mut folders) = (HashSet::new(), BTreeMap::new());
        for (at, _) in &modules.of {
            let Some((group, artifact)) = &names.of[*at] else { continue };
            // Maven takes the path of a module too.
            let name = format!("{group}:{artifact}");
            let name = if taken.contains(&name) { poms.files[*at].path.to_string() } else { name };
            taken.insert(name.clone());
            units[*at] = Some(name);
            *folders.entry(&poms.files[*at].folder).or_default() += 1;
        }
        Self { poms, names, live: names.live(), tree, units, folders, searches: 0, found: Found::default() }
    }

    /// Whether other units lie in a folder.
    fn holds_units(&self, folder: &Folder) -> bool {
        let first = Folder::from(folder.file(""));
        let mut later = self.folders.range::<Folder, _>(first..).map(|(other, _)| *other);
        later.find(|other| *other != folder).is_some_and(|other| other.is_within(folder))
    }

    /// Whether a place within a unit's folder is that of another one, or leads to it.
    fn is_of_other(&self, place: &Folder, own: &Folder) -> bool {
        let inner = place.upwards().take_while(|folder| folder != own).any(|folder| self.folders.contains_key(&folder));
        inner || self.holds_units(place)
    }

    fn module(&mut self, at: usize, top: &Folder) {
        let file = &self.poms.files[at];
        let Some(name) = self.units[at].clone() else {
            return self.widen(None, file.path, "can't tell its groupId and artifactId".to_owned());
        };
        let (chain, is_whole) = self.poms.chain(at);
        if !is_whole {
            self.widen(Some(&name), file.path, "its parents are too many, or lead in a circle".to_owned());
        }
        let context = self.poms.context(at, self.top(top));
        for &from in &chain {
            self.references(&name, from, &context);
        }
        let places = Places::of(&chain, self.poms, &self.live, &context);
        self.places(&name, &file.folder, &places);
        let fields = self.fields(&name, at);
        if self.folders.get(&file.folder).is_some_and(|units| *units > 1) {
            self.edge(&name, Target::Path(file.folder.clone()), file.path, "shares its folder".to_owned());
        }
        self.found.units.push(Unit {
            kind: Kind::Maven,
            name,
            root: file.folder.clone(),
            manifest: file.path.clone(),
            workspace: top.clone(),
            is_member: true,
            own: self.own(at, &places),
            fields,
        });
    }

    /// Where Maven says that the whole project begins: the nearest folder with `.mvn`.
    fn top(&self, started: &Folder) -> Folder {
        let is_top = |folder: &Folder| folder.resolve(".mvn").is_some_and(|mvn| self.tree.has_folder(&mvn));
        started.upwards().find(is_top).unwrap_or_else(|| started.clone())
    }

    fn own(&self, at: usize, places: &Places) -> Own {
        let file = &self.poms.files[at];
        if !self.holds_units(&file.folder) {
            return Own::Everything;
        }
        let own = places.own.iter().filter(|place| !self.is_of_other(place, &file.folder));
        let mut only: BTreeSet<RepoPath> = own.filter_map(Folder::to_path).collect();
        only.extend([file.path.clone(), file.folder.file("src")]);
        Own::Only(only)
    }

    fn references(&mut self, unit: &str, from: usize, context: &Context<'_, '_>) {
        let path = self.poms.files[from].path;
        for at in 0..self.live[from].references.len() {
            let reference = self.live[from].references[at];
            let what = format!("{} {}:{}", reference.role, reference.group, reference.artifact);
            if reference.is_import {
                continue;
            }
            let Meant::Poms(poms) = self.names.meant(reference, context, &mut self.searches) else {
                self.widen(Some(unit), path, format!("can't tell what artifact the {what} is"));
                continue;
            };
            let named: Vec<String> = poms.into_iter().filter_map(|pom| self.units[pom].clone()).collect();
            for to in named.into_iter().filter(|to| to != unit) {
                self.edge(unit, Target::Unit(to), path, what.clone());
            }
        }
    }

    fn places(&mut self, unit: &str, own: &Folder, places: &Places) {
        for (by, text, place) in &places.at {
            if !place.is_within(own) || self.is_of_other(place, own) {
                self.edge(unit, Target::Path(place.clone()), self.poms.files[*by].path, format!("names '{text}'"));
            }
        }
        for (by, text) in &places.anywhere {
            self.widen(Some(unit), self.poms.files[*by].path, format!("can't tell which place '{text}' is"));
        }
    }

    /// What the poms give that are inherited and imported.
    fn fields(&mut self, unit: &str, at: usize) -> BTreeMap<String, Digest> {
        let (parents, _) = self.poms.chain(at);
        let mut taken: Vec<(&str, usize)> = parents[1..].iter().map(|parent| ("parent", *parent)).collect();
        let (mut seen, mut open) = (HashSet::new(), self.imports(unit, at));
        while let Some(import) = open.pop() {
            if seen.len() > IMPORTS {
                self.widen(Some(unit), self.poms.files[at].path, "imports too many poms".to_owned());
                break;
            }
            if seen.insert(import) {
                taken.extend(self.poms.chain(import).0.into_iter().map(|pom| ("imported", pom)));
                open.extend(self.imports(unit, import));
            }
        }
        let mut fields = BTreeMap::new();
        for (role, pom) in taken.into_iter().filter(|(_, pom)| *pom != at) {
            let file = &self.poms.files[pom];
            fields.extend(file.pom.digest.map(|digest| (format!("{role} {}", file.path), digest)));
            if self.units[pom].is_none() {
                self.found.explained.insert(file.path.clone());
            }
        }
        fields
    }

    /// The poms of the tree whose managed dependencies a pom and its parents take over.
    fn imports(&mut self, unit: &str, at: usize) -> Vec<usize> {
        let (chain, _) = self.poms.chain(at);
        let imports = chain.iter().flat_map(|from| self.live[*from].references.iter().copied().map(|r| (*from, r)));
        let imports: Vec<(usize, &Reference)> = imports.filter(|(_, reference)| reference.is_import).collect();
        if imports.is_empty() {
            return Vec::new();
        }
        let context = self.poms.context(at, self.poms.files[at].folder.clone());
        let mut found = Vec::new();
        for (from, reference) in imports {
            match self.names.meant(reference, &context, &mut self.searches) {
                Meant::Poms(poms) => found.extend(poms),
                Meant::Any => {
                    let what =
                        format!("can't tell what {}:{} is, which is imported", reference.group, reference.artifact);
                    self.widen(Some(unit), self.poms.files[from].path, what);
                }
            }
        }
        found
    }

    fn unknown(&mut self, modules: &Modules) {
        for (path, why) in &modules.unknown {
            self.widen(None, path, why.clone());
        }
        for (by, place) in &modules.missing {
            if let Some(name) = self.units[*by].clone() {
                let why = format!("names the module '{place}', which is not there");
                self.edge(&name, Target::Path(place.clone()), self.poms.files[*by].path, why);
            }
        }
    }

    fn edge(&mut self, from: &str, to: Target, file: &RepoPath, what: String) {
        let why = Why { file: file.clone(), what };
        self.found.edges.push(Edge { from: from.to_owned(), to, why });
    }

    fn widen(&mut self, unit: Option<&str>, file: &RepoPath, why: String) {
        self.found.widened.push(Widening { unit: unit.map(str::to_owned), file: file.clone(), why });
    }
}

//! Builds a graph from what all ecosystems found.

use std::collections::{BTreeMap, BTreeSet};

use super::owner::{Innermost, Owner};
use super::place::{Links, places, target};
use super::{Graph, NameError};
use crate::config::{Affects, DeclaredUnit, UnitRules};
use crate::digest::ObjectId;
use crate::path::{Mode, RepoPath};
use crate::unit::rules::RuleBook;
use crate::unit::{Edge, Folder, Found, Kind, Listing, Own, Target, Unit, Why, Widening};

/// The file that declares units.
const RULES: &str = "gate.toml";

/// What was found in a tree, beside its units and modules.
#[derive(Default)]
struct Loose {
    edges: Vec<(Kind, Edge)>,
    widened: Vec<(Kind, Widening)>,
}

impl Graph {
    /// Puts together what was found in a tree, what its links lead to, and what its gate.toml declares.
    pub(in crate::unit) fn new(
        tree: ObjectId,
        listing: Listing,
        found: Vec<(Kind, Found)>,
        links: &Links,
        rules: &UnitRules,
    ) -> Self {
        let mut graph = Self {
            listing,
            units: Vec::new(),
            by_name: BTreeMap::new(),
            by_root: BTreeMap::new(),
            holding: BTreeSet::new(),
            edges: Vec::new(),
            reads: Vec::new(),
            wide: Vec::new(),
            widened: Vec::new(),
            explained: BTreeMap::new(),
            book: RuleBook::new(rules),
            modules: BTreeMap::new(),
            tests: BTreeSet::new(),
            inputs: Vec::new(),
        };
        let loose = graph.take(found, rules);
        graph.index();
        graph.connect(loose, links);
        graph.declare(rules);
        graph.follow(links);
        graph.enclose();
        graph.inputs = graph.sum(tree);
        graph
    }

    fn take(&mut self, found: Vec<(Kind, Found)>, rules: &UnitRules) -> Loose {
        let mut loose = Loose::default();
        for (kind, found) in found {
            self.units.extend(found.units);
            self.explained.insert(kind, found.explained);
            self.modules.extend(found.modules);
            self.tests.extend(found.tests);
            loose.edges.extend(found.edges.into_iter().map(|edge| (kind, edge)));
            loose.widened.extend(found.widened.into_iter().map(|widening| (kind, widening)));
        }
        let declared = rules.declared.iter().filter_map(|(name, unit)| Some((name, unit.root.as_ref()?)));
        self.units.extend(declared.map(|(name, root)| Unit {
            kind: Kind::Declared,
            name: name.clone(),
            root: Folder::from(root.clone()),
            manifest: RepoPath::from(RULES),
            workspace: Folder::root(),
            is_member: true,
            own: Own::Everything,
            fields: BTreeMap::new(),
        }));
        self.units.sort_by(|a, b| (a.kind, &a.name, &a.root).cmp(&(b.kind, &b.name, &b.root)));
        loose
    }

    fn index(&mut self) {
        for (at, unit) in self.units.iter().enumerate() {
            self.by_name.entry(unit.name.clone()).or_default().push(at);
            self.by_root.entry(unit.root.clone()).or_default().push(at);
        }
        for unit in &self.units {
            let above = unit.root.upwards().skip(1).filter_map(|folder| self.by_root.get(&folder));
            self.holding.extend(above.flatten().copied());
        }
        self.edges = vec![BTreeMap::new(); self.units.len()];
        self.reads = vec![BTreeSet::new(); self.units.len()];
        self.wide = vec![None; self.units.len()];
    }

    /// Every unit of a kind that has the name: one, unless an ecosystem names two alike.
    fn named(&self, kind: Kind, name: &str) -> Vec<usize> {
        let all = self.by_name.get(name).into_iter().flatten().copied();
        all.filter(|unit| self.units[*unit].kind == kind).collect()
    }

    fn connect(&mut self, loose: Loose, links: &Links) {
        for (kind, widening) in loose.widened {
            self.widen(|graph| graph.of(kind, widening.unit.as_deref()), &widening);
        }
        for (kind, edge) in loose.edges {
            let from = self.named(kind, &edge.from);
            let to = match &edge.to {
                Target::Path(to) => {
                    from.iter().for_each(|from| self.lead(*from, to, &edge.why, links));
                    continue;
                }
                Target::Unit(name) => self.named(kind, name),
            };
            if to.is_empty() {
                let why = format!("{}: there is no such unit", edge.why.what);
                let widening = Widening { unit: Some(edge.from.clone()), file: edge.why.file.clone(), why };
                self.widen(|_| from.clone(), &widening);
            }
            for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to))) {
                self.join(from, to, &edge.why);
            }
        }
    }

    /// The units that are meant by a widening.
    fn of(&self, kind: Kind, name: Option<&str>) -> Vec<usize> {
        match name {
            Some(name) => self.named(kind, name),
            None => (0..self.units.len()).filter(|unit| self.units[*unit].kind == kind).collect(),
        }
    }

    fn widen(&mut self, units: impl FnOnce(&Self) -> Vec<usize>, widening: &Widening) {
        for unit in units(self) {
            self.wide[unit].get_or_insert_with(|| widening.clone());
        }
        self.widened.push(widening.clone());
    }

    fn join(&mut self, from: usize, to: usize, why: &Why) {
        if from != to {
            self.edges[from].entry(to).or_insert_with(|| why.clone());
        }
    }

    /// Makes a unit depend on whatever is at a place, and on whose it is.
    fn lead(&mut self, from: usize, to: &Folder, why: &Why, links: &Links) {
        for place in places(links, to) {
            let file = place.to_path().and_then(|path| Some((self.listing.get(&path)?.mode, path)));
            let units = match &file {
                Some((mode, path)) => match self.owner(path, *mode) {
                    Owner::Units(units) => units,
                    Owner::Nobody(_) => Vec::new(),
                },
                None => self.in_and_around(&place),
            };
            if file.is_none() || units.is_empty() {
                self.reads[from].insert(place);
            }
            units.into_iter().for_each(|unit| self.join(from, unit, why));
        }
    }

    /// The units that lie in a folder, and the innermost in which it lies.
    fn in_and_around(&self, folder: &Folder) -> Vec<usize> {
        let around = folder.upwards().find_map(|at| self.by_root.get(&at)).into_iter().flatten().copied();
        let start = self.by_root.range(folder.clone()..);
        let inside = start.take_while(|(root, _)| root.as_bstr().starts_with(folder.as_bstr()));
        let inside = inside.filter(|(root, _)| root.is_within(folder)).flat_map(|(_, units)| units).copied();
        around.chain(inside).collect()
    }

    /// What gate.toml says beside.
    fn declare(&mut self, rules: &UnitRules) {
        for (name, DeclaredUnit { root, depends }) in &rules.declared {
            let from = match root {
                Some(_) => self.named(Kind::Declared, name).first().copied().ok_or(None),
                None => self.find(name).map_err(Some),
            };
            let from = match from {
                Ok(from) => from,
                // What it would add to can't be told.
                Err(error) => {
                    let error = error.as_ref().map(NameError::to_string).unwrap_or_default();
                    self.widen_declared(None, name, &error);
                    continue;
                }
            };
            for needed in depends {
                let what = format!("[unit.{name}] depends on {needed}");
                match self.find(needed) {
                    Ok(to) => self.join(from, to, &Why { file: RepoPath::from(RULES), what }),
                    Err(error) => self.widen_declared(Some(from), name, &error.to_string()),
                }
            }
        }
    }

    /// Widens for a name in gate.toml that means nothing: one unit, or all.
    fn widen_declared(&mut self, unit: Option<usize>, name: &str, error: &str) {
        let why = format!("[unit.{name}]: {error}");
        let named = unit.map(|unit| self.full_name(unit));
        let widening = Widening { unit: named, file: RepoPath::from(RULES), why };
        self.widen(|graph| unit.map_or_else(|| (0..graph.units.len()).collect(), |unit| vec![unit]), &widening);
    }

    /// Whoever has a link depends on what it leads to.
    fn follow(&mut self, links: &Links) {
        for (link, text) in links {
            let Some(to) = target(link, text) else { continue };
            let having = match self.owner(link, Mode::Link) {
                Owner::Units(units) => units,
                Owner::Nobody(Affects::Nothing) => continue,
                Owner::Nobody(affects) => {
                    (0..self.units.len()).filter(|unit| self.is_affected(*unit, &affects)).collect()
                }
            };
            let why = Why { file: link.clone(), what: format!("is a link to {to}") };
            having.into_iter().for_each(|unit| self.lead(unit, &to, &why, links));
        }
    }

    /// A unit in whose folder one of another kind lies is taken to use it: a package with a native part, a server with
    /// its pages.
    fn enclose(&mut self) {
        for inner in 0..self.units.len() {
            let (kind, root) = (self.units[inner].kind, self.units[inner].root.clone());
            let outer: Vec<usize> =
                root.upwards().skip(1).filter_map(|at| self.by_root.get(&at)).flatten().copied().collect();
            let manifest = self.units[inner].manifest.clone();
            let why = Why { file: manifest.clone(), what: "lies in its folder".to_owned() };
            let holds = |outer: &usize| self.units[*outer].kind != kind && self.owns(*outer, &manifest);
            let outer: Vec<usize> = outer.into_iter().filter(holds).collect();
            outer.into_iter().for_each(|outer| self.join(outer, inner, &why));
        }
    }

    /// Whose every entry is, by the position of the entry.
    pub(super) fn owners(&self) -> Vec<Owner> {
        let mut known = Innermost::new();
        self.listing.entries().iter().map(|entry| self.owner_with(&mut known, &entry.path, entry.mode)).collect()
    }
}

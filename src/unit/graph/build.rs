//! Builds a graph from what all ecosystems found.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bstr::BString;

use super::owner::{Innermost, Owner};
use super::place::{Links, places};
use super::{Graph, NameError, Widened};
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
            full_names: Vec::new(),
            by_root: BTreeMap::new(),
            holding: BTreeSet::new(),
            edges: Vec::new(),
            reads: Vec::new(),
            wide: Vec::new(),
            widened: Vec::new(),
            links: links.clone(),
            explained: BTreeMap::new(),
            book: RuleBook::new(rules),
            modules: Arc::default(),
            tests: BTreeSet::new(),
            inputs: Vec::new(),
        };
        let loose = graph.take(found, rules);
        graph.index();
        graph.connect(loose);
        graph.declare(rules);
        graph.follow();
        graph.enclose();
        graph.import();
        graph.inputs = graph.sum(tree);
        graph
    }

    /// The graph of a tree that has the same paths, whose files say the same of units and imports.
    pub(in crate::unit) fn with_contents(&self, tree: ObjectId, listing: Listing) -> Self {
        let mut graph = Self { listing, inputs: Vec::new(), ..self.clone() };
        graph.inputs = graph.sum(tree);
        graph
    }

    fn take(&mut self, found: Vec<(Kind, Found)>, rules: &UnitRules) -> Loose {
        let mut loose = Loose::default();
        for (kind, found) in found {
            self.units.extend(found.units);
            self.explained.insert(kind, found.explained);
            let modules = Arc::make_mut(&mut self.modules);
            for (path, module) in found.modules {
                let known = modules.entry(path).or_default();
                known.imports.extend(module.imports);
                known.units.extend(module.units);
                known.open = known.open.take().or(module.open);
            }
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
        self.units.dedup_by(|a, b| (a.kind, &a.name, &a.root) == (b.kind, &b.name, &b.root));
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
        self.call();
        self.edges = vec![BTreeMap::new(); self.units.len()];
        self.reads = vec![BTreeMap::new(); self.units.len()];
        self.wide = vec![None; self.units.len()];
    }

    fn connect(&mut self, loose: Loose) {
        for (kind, Widening { unit, file, why }) in loose.widened {
            self.widen(&self.of(kind, unit.as_deref()), Some(kind), &file, &why);
        }
        for (kind, edge) in loose.edges {
            // Whose dependency it is can't be told where there is no such unit, so that it may be anybody's.
            let from = self.of(kind, Some(&edge.from));
            let to = match &edge.to {
                Target::Path(to) => {
                    self.lead_all(&from, to, &edge.why);
                    continue;
                }
                Target::Unit(name) => self.named(kind, name),
            };
            if to.is_empty() {
                let why = format!("{}: there is no such unit", edge.why.what);
                self.widen(&from, Some(kind), &edge.why.file, &why);
            }
            for (from, to) in from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to))) {
                self.join(from, to, &edge.why);
            }
        }
    }

    /// The units of a kind that a name means: all where it means none, or where there is no name.
    fn of(&self, kind: Kind, name: Option<&str>) -> Vec<usize> {
        let named = name.map(|name| self.named(kind, name)).unwrap_or_default();
        if !named.is_empty() {
            return named;
        }
        (0..self.units.len()).filter(|unit| self.units[*unit].kind == kind).collect()
    }

    /// Takes units to depend on everything: one, or all of a kind, or all.
    pub(super) fn widen(&mut self, units: &[usize], kind: Option<Kind>, file: &RepoPath, why: &str) {
        for unit in units {
            let widening =
                Widening { unit: Some(self.units[*unit].name.clone()), file: file.clone(), why: why.to_owned() };
            self.wide[*unit].get_or_insert(widening);
        }
        let unit = if let [one] = units { Some(*one) } else { None };
        self.widened.push(Widened { unit, kind, file: file.clone(), why: why.to_owned() });
    }

    pub(super) fn join(&mut self, from: usize, to: usize, why: &Why) {
        if from != to {
            self.edges[from].entry(to).or_insert_with(|| why.clone());
        }
    }

    fn lead_all(&mut self, units: &[usize], to: &Folder, why: &Why) {
        for from in units {
            self.lead(*from, to, why);
        }
    }

    /// Makes a unit depend on whatever is at a place, and on whose it is.
    pub(super) fn lead(&mut self, from: usize, to: &Folder, why: &Why) {
        for place in places(&self.links, to) {
            // What lies below something that is no folder is its own.
            let entry = place.upwards().find_map(|at| self.listing.get(&at.to_path()?));
            let (units, place) = match entry.map(|entry| (self.owner(&entry.path, entry.mode).units, &entry.path)) {
                Some((units, path)) => (units, Folder::from(path.clone())),
                None => (self.in_and_around(&place), place),
            };
            for unit in units {
                self.join(from, unit, why);
            }
            if self.reads[from].contains_key(&place) {
                continue;
            }
            self.reads[from].insert(place.clone(), why.clone());
            for link in self.loose_links(&place) {
                let why = Why { file: link.clone(), what: format!("is a link, and {}", why.what) };
                self.lead(from, &Folder::from(link), &why);
            }
        }
    }

    /// The links in a folder that are no unit's own, so that no unit in it follows them.
    fn loose_links(&self, folder: &Folder) -> Vec<RepoPath> {
        let start = folder.to_path().unwrap_or_else(|| RepoPath::new(""));
        let below = self.links.range(start..).map(|(link, _)| link);
        let below = below.take_while(|link| folder.is_root() || link.as_bstr().starts_with(folder.as_bstr()));
        let loose = |link: &&RepoPath| folder.holds(link) && self.owner(link, Mode::Link).units.is_empty();
        below.filter(loose).cloned().collect()
    }

    /// The units that lie in a folder, and the innermost in which it lies if any of the folder is their own.
    fn in_and_around(&self, folder: &Folder) -> Vec<usize> {
        let around = folder.upwards().find_map(|at| self.by_root.get(&at)).into_iter().flatten().copied();
        around.filter(|unit| self.owns_some(*unit, folder)).chain(self.below(folder)).collect()
    }

    /// The units that lie below a folder.
    pub(super) fn below(&self, folder: &Folder) -> Vec<usize> {
        let start = self.by_root.range(folder.clone()..);
        let inside = start.take_while(|(root, _)| root.as_bstr().starts_with(folder.as_bstr()));
        let inside = inside.filter(|(root, _)| *root != folder && root.is_within(folder));
        inside.flat_map(|(_, units)| units).copied().collect()
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
        let units = unit.map_or_else(|| (0..self.units.len()).collect(), |unit| vec![unit]);
        self.widen(&units, unit.map(|unit| self.units[unit].kind), &RepoPath::from(RULES), &why);
    }

    /// Whoever has a link, or is affected by it, depends on what it leads to.
    fn follow(&mut self) {
        let links: Vec<(RepoPath, BString)> =
            self.links.iter().map(|(link, text)| (link.clone(), BString::from(text.clone()))).collect();
        for (link, text) in links {
            let having = self.concerned(&link);
            let why = Why { file: link.clone(), what: format!("is a link to {}", RepoPath::new(text)) };
            self.lead_all(&having, &Folder::from(link), &why);
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
            for outer in outer {
                self.join(outer, inner, &why);
            }
        }
    }

    /// The units that a file concerns: whose own it is, and whom it affects beside.
    pub(super) fn concerned(&self, path: &RepoPath) -> Vec<usize> {
        let mode = self.listing.get(path).map_or(Mode::File, |entry| entry.mode);
        let Owner { mut units, affects, .. } = self.owner(path, mode);
        if affects != Affects::Nothing {
            units.extend((0..self.units.len()).filter(|unit| self.is_affected(*unit, &affects)));
        }
        units
    }

    /// Whose every entry is, by the position of the entry.
    pub(super) fn owners(&self) -> Vec<Owner> {
        let mut known = Innermost::new();
        self.listing.entries().iter().map(|entry| self.owner_with(&mut known, &entry.path, entry.mode)).collect()
    }
}

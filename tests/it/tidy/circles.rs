//! Circles of imports among files.
//!
//! Between modules the table of layers leaves no room for one; this is about the files inside a module, whose names reach
//! each other through the re-exports of `mod.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::layers::uses;
use super::source::Source;

type Module = Vec<String>;

/// The circles, each as the files on it.
pub(super) fn circles(files: &[Source]) -> Vec<String> {
    let graph = Graph::new(files);
    let below: BTreeMap<&Module, BTreeSet<Module>> =
        graph.imports.keys().map(|module| (module, graph.reachable(module))).collect();
    let leads = |from: &Module, to: &Module| below.get(from).is_some_and(|found| found.contains(to));
    let mut circles = BTreeSet::new();
    for (start, found) in below.iter().filter(|(start, found)| found.contains(**start)) {
        circles.insert(found.iter().filter(|module| leads(module, start)).collect::<Vec<_>>());
    }
    let shown = |circle: &Vec<&Module>| circle.iter().map(|module| module.join("::")).collect::<Vec<_>>().join(", ");
    circles.iter().map(|circle| format!("these files import each other: {}", shown(circle))).collect()
}

struct Graph {
    imports: BTreeMap<Module, BTreeSet<Module>>,
}

impl Graph {
    fn new(files: &[Source]) -> Self {
        let names = Names::new(files);
        let mut imports = BTreeMap::new();
        for file in files {
            let own = file.module();
            let used = uses(file).into_iter().filter(|used| !used.in_test && !used.is_export);
            let targets = used.filter_map(|used| names.home(&used.names)).filter(|target| *target != own);
            imports.insert(own.clone(), targets.collect());
        }
        Self { imports }
    }

    fn reachable(&self, start: &Module) -> BTreeSet<Module> {
        let mut found = BTreeSet::new();
        let mut open = vec![start];
        while let Some(module) = open.pop() {
            let new = self.imports.get(module).into_iter().flatten().filter(|target| found.insert((*target).clone()));
            open.extend(new);
        }
        found
    }
}

/// Which file a name leads to.
struct Names {
    modules: BTreeSet<Module>,
    /// What a module shows under a name: the name that it leads to.
    exports: BTreeMap<Module, Module>,
}

impl Names {
    fn new(files: &[Source]) -> Self {
        let modules: BTreeSet<Module> = files.iter().map(Source::module).filter(|module| !module.is_empty()).collect();
        let exports = files.iter().flat_map(|file| {
            let shown = uses(file).into_iter().filter(|used| used.is_export);
            shown.filter_map(|used| export(&file.module(), &used.names)).collect::<Vec<_>>()
        });
        let exports = exports.collect();
        Self { modules, exports }
    }

    fn home(&self, names: &[String]) -> Option<Module> {
        let [root, names @ ..] = names else { return None };
        if root != "crate" {
            return None;
        }
        let mut name = names.to_vec();
        for _ in 0..8 {
            let Some(end) = (1..=name.len()).rev().find(|end| self.exports.contains_key(&name[..*end])) else { break };
            name = [self.exports[&name[..end]].clone(), name[end..].to_vec()].concat();
        }
        (1..=name.len()).rev().map(|end| name[..end].to_vec()).find(|module| self.modules.contains(module))
    }
}

/// The name that a `pub use` of the module `own` makes, and the name that it leads to.
fn export(own: &[String], names: &[String]) -> Option<(Module, Module)> {
    let (root, below) = names.split_first()?;
    // `pub use delta::Delta` in a `mod.rs` is relative to it.
    let target = if root == "crate" { below.to_vec() } else { [own, names].concat() };
    Some(([own, &[names.last()?.clone()]].concat(), target))
}

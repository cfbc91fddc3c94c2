//! What Rust sources read of other units.

use std::collections::HashSet;

use super::edges::Edges;
use super::fact::{Fact, Said};
use super::form;
use super::packages::Packages;
use super::source::Source;
use super::step;
use crate::path::RepoPath;
use crate::unit::{Facts, Folder, Listing, Why};

/// The Rust files of a tree that say anything, with what they say.
pub(super) fn sources(facts: &Facts<Fact>) -> impl Iterator<Item = (&RepoPath, &Source)> {
    let all = facts.of(form::SOURCE).chain(facts.of(form::RUN));
    all.filter_map(|(path, Fact(said))| match said {
        Said::Source(source) => Some((path, source)),
        _ => None,
    })
}

/// What a Rust file says; `None` where it is none.
pub(super) fn source<'f>(facts: &'f Facts<Fact>, file: &RepoPath) -> Option<&'f Source> {
    match facts.get(file) {
        Some(Fact(Said::Source(source))) => Some(source),
        _ => None,
    }
}

/// Adds the edges that sources say.
pub(super) fn of(packages: &Packages, facts: &Facts<Fact>, tree: &Listing, edges: &mut Edges) {
    let mut walk = Walk { packages, facts, tree, edges, seen: HashSet::new(), open: Vec::new() };
    let is_telling = |source: &Source| source.is_unread || !source.reads.is_empty() || !source.modules.is_empty();
    for (file, source) in sources(facts).filter(|(_, source)| is_telling(source)) {
        if let Some(unit) = packages.holder(Folder::of(file).as_bstr()) {
            walk.file(unit, file, source);
        }
    }
    for (unit, of) in packages.all.iter().enumerate() {
        let targets = of.manifest.targets.iter().filter_map(|target| target.path.as_deref());
        for path in targets.chain(of.package.files_of("build")) {
            walk.open.extend(of.folder.resolve(path).and_then(|place| Some((unit, place.to_path()?))));
        }
    }
    walk.follow();
}

struct Walk<'w> {
    packages: &'w Packages<'w>,
    facts: &'w Facts<Fact>,
    tree: &'w Listing,
    edges: &'w mut Edges,
    seen: HashSet<(usize, RepoPath)>,
    /// Files outside of a unit's folder that are compiled as part of it.
    open: Vec<(usize, RepoPath)>,
}

impl Walk<'_> {
    fn follow(&mut self) {
        while let Some((unit, file)) = self.open.pop() {
            let is_own = self.packages.holder(Folder::of(&file).as_bstr()) == Some(unit);
            if is_own || !self.seen.insert((unit, file.clone())) {
                continue;
            }
            if let Some(source) = source(self.facts, &file) {
                self.file(unit, &file, source);
            }
        }
    }

    fn file(&mut self, at: usize, file: &RepoPath, source: &Source) {
        let unit = &self.packages.all[at];
        let is_compiled = step::is_compiled(unit, file) || !unit.folder.holds(file);
        if source.is_unread && is_compiled {
            let why = "is no Rust that can be read".to_owned();
            self.edges.widened.push(self.packages.widening(at, file, why));
        }
        for step in step::all(self.packages, at, file, source, self.tree) {
            let Some(place) = step.place else {
                let why =
                    (step.is_sure && is_compiled).then(|| format!("has {}, outside of the repository", step.what));
                self.edges.widened.extend(why.map(|why| self.packages.widening(at, file, why)));
                continue;
            };
            if let Some(path) = place.to_path().filter(|_| step.is_code) {
                self.open.push((at, path));
            }
            self.edges.add_place(self.packages, at, place, Why { file: file.clone(), what: step.what });
        }
    }
}

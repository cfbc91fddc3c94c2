//! The resolved packages that a project's dependencies lead to.

use std::collections::{BTreeSet, HashMap};

use super::super::fact::{Lock, Need};
use crate::digest::{Digest, Hasher};

/// A lock, by names.
pub(in super::super) struct Index<'l> {
    lock: &'l Lock,
    by_name: HashMap<&'l str, Vec<usize>>,
}

/// The packages of a lock that some needs lead to.
pub(in super::super) struct Closure<'i, 'l> {
    index: &'i Index<'l>,
    /// Which packages are the tree's own, and so tell nothing here.
    is_own: &'i [bool],
    seen: BTreeSet<(usize, Option<&'l str>)>,
    open: Vec<(usize, Option<&'l str>)>,
}

impl<'l> Index<'l> {
    pub(in super::super) fn new(lock: &'l Lock) -> Self {
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, package) in lock.packages.iter().enumerate() {
            by_name.entry(&package.name).or_default().push(at);
        }
        Self { lock, by_name }
    }

    /// The packages of a name.
    pub(in super::super) fn named(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

impl<'i, 'l> Closure<'i, 'l> {
    pub(in super::super) fn new(index: &'i Index<'l>, is_own: &'i [bool]) -> Self {
        Self { index, is_own, seen: BTreeSet::new(), open: Vec::new() }
    }

    /// Adds whatever a package of the tree needs, with all its extras and groups.
    pub(in super::super) fn add_project(&mut self, at: usize) {
        let package = &self.index.lock.packages[at];
        let extras = package.extras.iter().flat_map(|(_, needs)| needs);
        for need in package.needs.iter().chain(extras).chain(&package.groups) {
            self.add(need);
        }
    }

    /// Adds the development groups of a package of the tree.
    pub(in super::super) fn add_groups(&mut self, at: usize) {
        self.index.lock.packages[at].groups.iter().for_each(|need| self.add(need));
    }

    /// Adds packages by their name, with all their extras. Whether the lock has any.
    pub(in super::super) fn add_name(&mut self, name: &str) -> bool {
        let named = self.index.named(name);
        for &at in named {
            self.push(at, None);
            let extras = self.index.lock.packages[at].extras.iter();
            extras.for_each(|(extra, _)| self.push(at, Some(extra)));
        }
        !named.is_empty()
    }

    /// The digest of all that was reached; with the whole lock's where something is missing in it.
    pub(in super::super) fn finish(mut self, is_whole: bool) -> Digest {
        while let Some((at, extra)) = self.open.pop() {
            let package = &self.index.lock.packages[at];
            let needs = match extra {
                None => Some(&package.needs),
                Some(extra) => package.extras.iter().find(|(name, _)| name == extra).map(|(_, needs)| needs),
            };
            needs.into_iter().flatten().for_each(|need| self.add(need));
        }
        let mut hasher = Hasher::new("unit-python-lock", 1);
        let packages: BTreeSet<usize> = self.seen.iter().map(|(at, _)| *at).collect();
        let mut digests: Vec<&Digest> =
            packages.iter().filter_map(|at| self.index.lock.packages[*at].digest.as_ref()).collect();
        digests.sort();
        for digest in digests {
            hasher.field("package", digest.as_bytes());
        }
        if is_whole {
            hasher.field("whole", self.index.lock.whole.as_bytes());
        }
        hasher.finish()
    }

    /// What isn't locked is for another system or an extra that nobody takes: Poetry lists what could be needed, too.
    fn add(&mut self, need: &'l Need) {
        let packages = &self.index.lock.packages;
        let named = self.index.named(&need.name);
        let is_meant = |at: usize| need.version.as_ref().is_none_or(|version| packages[at].version == *version);
        let is_any_meant = named.iter().any(|at| is_meant(*at));
        for &at in named.iter().filter(|at| !is_any_meant || is_meant(**at)) {
            self.push(at, None);
            need.extras.iter().for_each(|extra| self.push(at, Some(extra)));
        }
    }

    fn push(&mut self, at: usize, extra: Option<&'l str>) {
        if !self.is_own[at] && self.seen.insert((at, extra)) {
            self.open.push((at, extra));
        }
    }
}

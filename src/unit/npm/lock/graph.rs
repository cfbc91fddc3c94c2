//! What each package of a lock file brings with it.

use std::collections::{BTreeMap, BTreeSet};

use super::Reach;
use crate::digest::{Digest, Hasher};

/// How many places of the tree the packages of one lock file may lead to.
const MOST_REACHES: usize = 4096;

/// A resolved package.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// What it is: its name, version, source, checksum.
    pub(super) own: Digest,
    /// The packages that it depends on.
    pub(super) to: Vec<usize>,
    /// Where else it leads, itself.
    pub(super) reaches: Vec<Reach>,
}

impl Node {
    /// Whether it lies in the tree itself.
    pub(super) fn is_place(&self) -> bool {
        self.reaches.iter().any(|reach| matches!(reach, Reach::Folder(_)))
    }
}

/// A package with all that it brings.
#[derive(Clone, Debug)]
pub(super) struct Closure {
    /// Equal only where it and everything it depends on, transitively, are the same, and depend on each other alike.
    pub(super) digest: Digest,
    /// Where they lead, apart from other packages.
    reaches: Option<Box<[u64]>>,
}

/// The closures of packages.
#[derive(Debug)]
pub(super) struct Closures {
    of: Vec<Closure>,
    reaches: Vec<Reach>,
}

impl Closures {
    /// Takes time in proportion to packages and dependencies, whatever circles they make: strongly connected packages are
    /// taken as one (Tarjan, "Depth-first search and linear graph algorithms", 1972), and what a package brings is its own
    /// digest with those of the packages that it depends on.
    pub(super) fn new(nodes: &[Node]) -> Result<Self, String> {
        let reaches: BTreeSet<&Reach> = nodes.iter().flat_map(|node| &node.reaches).collect();
        if reaches.len() > MOST_REACHES {
            return Err("too much of what it needs is not in it".to_owned());
        }
        let reaches: Vec<Reach> = reaches.into_iter().cloned().collect();
        let mut of: Vec<Option<Closure>> = vec![None; nodes.len()];
        for component in components(nodes) {
            close(nodes, &reaches, &component, &mut of);
        }
        Ok(Self { of: of.into_iter().flatten().collect(), reaches })
    }

    /// The digest of some packages together, and where they lead.
    pub(super) fn of(&self, packages: &[usize]) -> (Digest, Vec<Reach>) {
        let closures = || packages.iter().filter_map(|at| self.of.get(*at));
        let digests: BTreeSet<Digest> = closures().map(|closure| closure.digest).collect();
        let digest = match digests.first() {
            Some(only) if digests.len() == 1 => *only,
            _ => together(&digests).finish(),
        };
        let mut reaches = None;
        closures().for_each(|closure| unite(&mut reaches, closure.reaches.as_deref()));
        (digest, self.places(reaches.as_deref()))
    }

    fn places(&self, set: Option<&[u64]>) -> Vec<Reach> {
        let Some(set) = set else { return Vec::new() };
        let holds = |at: usize| set.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1);
        self.reaches.iter().enumerate().filter(|(at, _)| holds(*at)).map(|(_, reach)| reach.clone()).collect()
    }
}

/// Closes the packages of one component, of which everything that it depends on is closed.
fn close(nodes: &[Node], all: &[Reach], component: &[usize], of: &mut [Option<Closure>]) {
    let mut reaches: Option<Box<[u64]>> = None;
    let mut parts = BTreeSet::new();
    for node in component.iter().map(|at| &nodes[*at]) {
        for reach in &node.reaches {
            if let Ok(at) = all.binary_search(reach) {
                reaches.get_or_insert_with(|| vec![0; all.len().div_ceil(64)].into())[at / 64] |= 1 << (at % 64);
            }
        }
        let mut digests = BTreeSet::new();
        for to in &node.to {
            match &of[*to] {
                Some(closure) => {
                    digests.insert(closure.digest);
                    unite(&mut reaches, closure.reaches.as_deref());
                }
                // Another of the component, or itself.
                None => {
                    digests.insert(nodes[*to].own);
                }
            }
        }
        parts.insert(together(&digests).field("own", node.own.as_bytes()).finish());
    }
    let whole = together(&parts).finish();
    for at in component {
        let digest = match component {
            [_] => whole,
            _ => Hasher::new("unit-npm-package", 1)
                .field("in", whole.as_bytes())
                .field("own", nodes[*at].own.as_bytes())
                .finish(),
        };
        of[*at] = Some(Closure { digest, reaches: reaches.clone() });
    }
}

fn together(digests: &BTreeSet<Digest>) -> Hasher {
    let mut hasher = Hasher::new("unit-npm-packages", 1);
    for digest in digests {
        hasher.field("", digest.as_bytes());
    }
    hasher
}

fn unite(into: &mut Option<Box<[u64]>>, other: Option<&[u64]>) {
    match (into, other) {
        (_, None) => {}
        (Some(into), Some(other)) => into.iter_mut().zip(other).for_each(|(into, other)| *into |= other),
        (into, Some(other)) => *into = Some(other.into()),
    }
}

/// Strongly connected components, each after all that it depends on.
fn components(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut search = Search {
        order: vec![usize::MAX; nodes.len()],
        lowest: vec![0; nodes.len()],
        waits: vec![false; nodes.len()],
        ..Search::default()
    };
    for start in 0..nodes.len() {
        search.from(nodes, start);
    }
    search.components
}

#[derive(Default)]
struct Search {
    order: Vec<usize>,
    lowest: Vec<usize>,
    waits: Vec<bool>,
    waiting: Vec<usize>,
    seen: usize,
    components: Vec<Vec<usize>>,
}

impl Search {
    /// Without recursion, since nothing bounds how long a chain of dependencies is.
    fn from(&mut self, nodes: &[Node], start: usize) {
        if self.order[start] != usize::MAX {
            return;
        }
        let mut path = vec![(start, 0)];
        self.meet(start);
        while let Some((at, next)) = path.last_mut() {
            let (at, child) = (*at, nodes[*at].to.get(*next).copied());
            *next += 1;
            match child {
                Some(child) if self.order[child] == usize::MAX => {
                    self.meet(child);
                    path.push((child, 0));
                }
                Some(child) if self.waits[child] => self.lowest[at] = self.lowest[at].min(self.order[child]),
                Some(_) => {}
                None => {
                    path.pop();
                    self.leave(at, path.last().map(|(above, _)| *above));
                }
            }
        }
    }

    fn meet(&mut self, at: usize) {
        self.order[at] = self.seen;
        self.lowest[at] = self.seen;
        self.seen += 1;
        self.waits[at] = true;
        self.waiting.push(at);
    }

    fn leave(&mut self, at: usize, above: Option<usize>) {
        if let Some(above) = above {
            self.lowest[above] = self.lowest[above].min(self.lowest[at]);
        }
        if self.lowest[at] != self.order[at] {
            return;
        }
        let from = self.waiting.iter().rposition(|waiting| *waiting == at).unwrap_or(0);
        let component = self.waiting.split_off(from);
        for at in &component {
            self.waits[*at] = false;
        }
        self.components.push(component);
    }
}

/// A graph that is being read: packages under the keys of a lock file.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The packages.
    pub(super) nodes: Vec<Node>,
    /// Which packages have a name.
    pub(super) by_name: BTreeMap<String, Vec<usize>>,
}

impl Draft {
    /// Adds a package, whose dependencies are told later.
    pub(super) fn add(&mut self, name: &str, own: Digest) -> usize {
        self.nodes.push(Node { own, to: Vec::new(), reaches: Vec::new() });
        let at = self.nodes.len() - 1;
        if !name.is_empty() {
            self.by_name.entry(name.to_owned()).or_default().push(at);
        }
        at
    }

    /// A package that is only a place in the tree.
    pub(super) fn place(&mut self, reach: Reach) -> usize {
        let own = Hasher::new("unit-npm-place", 1).field("", format!("{reach:?}")).finish();
        self.nodes.push(Node { own, to: Vec::new(), reaches: vec![reach] });
        self.nodes.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(edges: &[&[usize]]) -> Vec<Node> {
        let node = |(at, to): (usize, &&[usize])| Node {
            own: Digest::of(at.to_string().as_bytes()),
            to: to.to_vec(),
            reaches: Vec::new(),
        };
        edges.iter().enumerate().map(node).collect()
    }

    #[test]
    fn a_closure_changes_with_what_it_holds_and_with_nothing_else() {
        // 0 -> 1 <-> 2 -> 3, and 4 -> 5.
        let before = nodes(&[&[1], &[2], &[1, 3], &[], &[5], &[]]);
        let closed = Closures::new(&before).unwrap();
        for (changed, affected) in [(3, [0, 1, 2, 3].as_slice()), (1, &[0, 1, 2]), (5, &[4, 5]), (0, &[0])] {
            let mut after = before.clone();
            after[changed].own = Digest::of(b"other");
            let after = Closures::new(&after).unwrap();
            let differ: Vec<usize> = (0..6).filter(|at| closed.of[*at].digest != after.of[*at].digest).collect();
            assert_eq!(differ, affected);
        }
        assert_ne!(closed.of[1].digest, closed.of[2].digest);
    }

    #[test]
    fn what_a_package_leads_to_is_told_of_all_that_depend_on_it() {
        let mut graph = nodes(&[&[1], &[2], &[1, 3], &[], &[]]);
        graph[3].reaches = vec![Reach::Folder("a".to_owned())];
        graph[4].reaches = vec![Reach::Name("b".to_owned())];
        let closed = Closures::new(&graph).unwrap();
        assert_eq!(closed.of(&[0]).1, [Reach::Folder("a".to_owned())]);
        assert_eq!(closed.of(&[4]).1, [Reach::Name("b".to_owned())]);
        assert_eq!(closed.of(&[0, 4]).1.len(), 2);
    }

    #[test]
    fn long_chains_and_large_circles_are_closed() {
        let mut chain: Vec<Vec<usize>> = (1..100_000).map(|next| vec![next]).collect();
        chain.push(Vec::new());
        let slices = |chain: &[Vec<usize>]| nodes(&chain.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert_eq!(Closures::new(&slices(&chain)).unwrap().of.len(), 100_000);
        chain[99_999].push(0);
        assert_eq!(Closures::new(&slices(&chain)).unwrap().of.len(), 100_000);
    }
}

//! What is known of one tree, and of others by what differs from it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::link::{Links, Resolver, Target};
use super::sum::{Element, Sum, follow};
use super::walk::{Input, Scope, walk};
use crate::digest::ObjectId;
use crate::git::{Delta, Error, Repo, Side};
use crate::path::{Mode, RepoPath, Selection};

/// Sums over one tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Snapshot {
    /// The tree.
    pub(super) tree: ObjectId,
    /// Every link of the tree.
    pub(super) links: Arc<Links>,
    /// What those links lead to that were followed.
    pub(super) targets: BTreeMap<RepoPath, Target>,
    /// Sums, by the canonical texts of their selections.
    pub(super) sums: BTreeMap<String, Kept>,
}

/// A sum that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// The sum.
    pub(super) sum: Sum,
    /// How many times it was written without having been asked for.
    pub(super) idle: u8,
}

/// Another tree, as seen from a snapshot.
pub(super) struct View {
    /// The tree.
    pub(super) tree: ObjectId,
    /// What differs from the snapshot's tree.
    pub(super) deltas: Vec<Delta>,
    links: Arc<Links>,
    targets: BTreeMap<RepoPath, Target>,
}

impl Snapshot {
    /// Walks a tree for selections and for its links.
    pub(super) fn new(repo: &Repo, tree: ObjectId, selections: &[&Selection]) -> Result<Self, Error> {
        let mut new = Self { tree, links: Arc::default(), targets: BTreeMap::new(), sums: BTreeMap::new() };
        new.sum(repo, Scope { selections, links: true })?;
        Ok(new)
    }

    /// Walks the tree for more selections.
    pub(super) fn extend(&mut self, repo: &Repo, selections: &[&Selection]) -> Result<(), Error> {
        self.sum(repo, Scope { selections, links: false })
    }

    fn sum(&mut self, repo: &Repo, scope: Scope<'_>) -> Result<(), Error> {
        let mut sums = vec![Sum::default(); scope.selections.len()];
        let links = Arc::make_mut(&mut self.links);
        walk(repo, self.tree, scope, |Input { path, mode, id, .. }, takers| {
            if scope.links && *mode == Mode::Link {
                links.insert(path.clone(), *id);
            }
            let element = (!takers.is_empty()).then(|| Element::new(path, Side { mode: *mode, id: *id }));
            takers.iter().zip(element.iter().cycle()).for_each(|(taker, element)| sums[*taker].add(element));
        })?;
        let kept = sums.into_iter().map(|sum| Kept { sum, idle: 0 });
        self.sums.extend(scope.selections.iter().map(|selection| selection.canonical().to_owned()).zip(kept));
        Ok(())
    }

    /// Looks at a tree.
    pub(super) fn view(&self, repo: &Repo, tree: ObjectId) -> Result<View, Error> {
        let deltas = repo.diff(Some(self.tree), Some(tree))?;
        let mut links = Arc::clone(&self.links);
        for delta in &deltas {
            let is_link = |side: Option<Side>| side.is_some_and(|side| side.mode == Mode::Link);
            match delta.new {
                Some(Side { mode: Mode::Link, id }) => {
                    Arc::make_mut(&mut links).insert(delta.path.clone(), id);
                }
                _ if is_link(delta.old) => {
                    Arc::make_mut(&mut links).remove(&delta.path);
                }
                _ => {}
            }
        }
        Ok(View { tree, deltas, links, targets: BTreeMap::new() })
    }

    /// The sums of selections over a viewed tree, in their order; `None` if the snapshot lacks one.
    pub(super) fn sums<'a>(&'a self, view: &View, selections: &[&'a Selection]) -> Option<Vec<Cow<'a, Sum>>> {
        let kept =
            |selection: &&'a Selection| Some((*selection, Cow::Borrowed(&self.sums.get(selection.canonical())?.sum)));
        let mut sums: Vec<_> = selections.iter().map(kept).collect::<Option<_>>()?;
        follow(&view.deltas, &mut sums);
        Some(sums.into_iter().map(|(_, sum)| sum).collect())
    }

    /// Takes over what a view of another tree found out about links and the difference between the trees can't change.
    pub(super) fn learn(&mut self, view: &View) {
        let same = view.targets.iter().filter(|(_, target)| view.keeps(target));
        self.targets.extend(same.map(|(link, target)| (link.clone(), target.clone())));
    }

    /// The snapshot as it would have been taken of a viewed tree.
    pub(super) fn moved_to(&self, view: &View) -> Self {
        let kept: Vec<(Selection, &Kept)> =
            self.sums.iter().filter_map(|(text, kept)| Some((Selection::from_canonical(text)?, kept))).collect();
        let mut sums: Vec<_> = kept.iter().map(|(selection, kept)| (selection, Cow::Borrowed(&kept.sum))).collect();
        follow(&view.deltas, &mut sums);
        let moved = sums.into_iter().zip(&kept).map(|((selection, sum), (_, kept))| {
            (selection.canonical().to_owned(), Kept { sum: sum.into_owned(), idle: kept.idle })
        });
        let sums = moved.collect();
        let same = self.targets.iter().filter(|(_, target)| view.keeps(target));
        let targets = same.chain(&view.targets).map(|(link, target)| (link.clone(), target.clone())).collect();
        Self { tree: view.tree, links: Arc::clone(&view.links), targets, sums }
    }
}

impl View {
    /// Finds out what links of the tree lead to. Returns whether there is something in it for the snapshot to learn.
    pub(super) fn resolve<'a>(
        &mut self,
        repo: &Repo,
        snapshot: &Snapshot,
        links: impl IntoIterator<Item = &'a RepoPath>,
    ) -> Result<bool, Error> {
        let links_of_tree = Arc::clone(&self.links);
        let mut resolver = Resolver::new(repo, self.tree, &links_of_tree);
        let mut news = false;
        for link in links {
            if self.targets.contains_key(link) {
                continue;
            }
            let known = snapshot.targets.get(link).filter(|target| self.keeps(target));
            let target = known.map_or_else(|| resolver.target(link), |target| Ok(target.clone()))?;
            news |= known.is_none() && self.keeps(&target);
            self.targets.insert(link.clone(), target);
        }
        Ok(news)
    }

    /// What a link leads to that was resolved.
    pub(super) fn target(&self, link: &RepoPath) -> Option<&Target> {
        self.targets.get(link)
    }

    /// Whether a link with this target leads to the same in the viewed tree and in the snapshot's.
    fn keeps(&self, target: &Target) -> bool {
        !self.deltas.iter().any(|delta| target.depends_on(delta))
    }
}

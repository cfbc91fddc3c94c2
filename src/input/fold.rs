//! Folds of selections over trees.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::memo;
use super::snapshot::{Snapshot, View};
use super::sum::{FORMAT, Sum};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher, ObjectId};
use crate::git::{Error, Repo};
use crate::path::Selection;

/// From so many differences on, following them every time costs more than writing a new memo once.
const FAR: usize = 64;

/// After being written so many times without having been asked for, a sum is dropped.
const MAX_IDLE: u8 = 16;

/// What a selection comes to over a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Equal only where every selected path, mode and object is equal, and what selected links lead to.
    pub digest: Digest,
    /// How many paths are selected. For a selection of everything, which is never walked, 1 for a tree that holds
    /// anything. Zero exactly where nothing is selected.
    pub count: u64,
}

/// Takes folds, and remembers them on disk between runs.
pub struct Folds {
    path: PathBuf,
    snapshot: Option<Snapshot>,
    views: HashMap<ObjectId, View>,
    /// The selections that were asked for.
    used: BTreeSet<String>,
    /// The tree that was asked for last.
    latest: Option<ObjectId>,
    /// Whether the snapshot holds what the memo does not.
    changed: bool,
}

impl Folds {
    /// Starts with what the memo at `path` holds; a memo that is missing, damaged or of another format is none.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        let snapshot = memo::read(path);
        Self {
            path: path.to_owned(),
            snapshot,
            views: HashMap::new(),
            used: BTreeSet::new(),
            latest: None,
            changed: false,
        }
    }

    /// The folds of selections over a tree, in the order of the selections.
    ///
    /// # Errors
    /// When an object can't be read.
    pub fn take(&mut self, repo: &Repo, tree: ObjectId, selections: &[&Selection]) -> Result<Vec<Fold>, Error> {
        let narrow = selections.iter().filter(|selection| !selection.is_everything());
        let wanted: BTreeMap<&str, &Selection> = narrow.map(|selection| (selection.canonical(), *selection)).collect();
        let folds = self.narrow(repo, tree, &wanted.values().copied().collect::<Vec<_>>())?;
        let folds: HashMap<&str, Fold> = wanted.keys().copied().zip(folds).collect();
        let fold = |selection: &&Selection| match folds.get(selection.canonical()) {
            Some(fold) => Ok(*fold),
            None => everything(repo, tree),
        };
        selections.iter().map(fold).collect()
    }

    /// Writes the memo if it is worth it; replaced in one step, so that a reader sees the old one or the new one.
    ///
    /// # Errors
    /// A warning: folds will be taken again the next time.
    pub fn save(&self) -> Result<(), Diagnostic> {
        let Some(snapshot) = &self.snapshot else { return Ok(()) };
        let far = self.latest.and_then(|tree| self.views.get(&tree)).filter(|view| view.deltas.len() > FAR);
        if far.is_none() && !self.changed {
            return Ok(());
        }
        let mut new = far.map_or_else(|| snapshot.clone(), |view| snapshot.moved_to(view));
        if far.is_none() {
            self.views.values().for_each(|view| new.learn(view));
        }
        for (text, kept) in &mut new.sums {
            kept.idle = if self.used.contains(text) { 0 } else { kept.idle.saturating_add(1) };
        }
        new.sums.retain(|_, kept| kept.idle <= MAX_IDLE);
        new.targets.retain(|link, _| new.sums.values().any(|kept| kept.sum.links.contains(link)));
        memo::write(&self.path, &new).map_err(|error| {
            Diagnostic::warning("input/memo", format!("can't write '{}': {error}", self.path.display()))
                .hint("the next run looks at every file again; make the folder writable")
        })
    }

    /// The folds of different selections none of which is of everything.
    fn narrow(&mut self, repo: &Repo, tree: ObjectId, selections: &[&Selection]) -> Result<Vec<Fold>, Error> {
        if selections.is_empty() {
            return Ok(Vec::new());
        }
        self.used.extend(selections.iter().map(|selection| selection.canonical().to_owned()));
        self.latest = Some(tree);
        let known = self.snapshot.take();
        // What can't be read of the remembered tree (it may be pruned) is no reason not to look at this one.
        let known = known.and_then(|known| self.complete(repo, tree, known, selections).ok());
        let snapshot = match known {
            Some(snapshot) => snapshot,
            None => self.start(repo, tree, selections)?,
        };
        let folds = self.finish(repo, tree, &snapshot, selections);
        self.snapshot = Some(snapshot);
        folds
    }

    /// Makes sure that the snapshot has the selections, and that there is a view of the tree.
    fn complete(
        &mut self,
        repo: &Repo,
        tree: ObjectId,
        mut snapshot: Snapshot,
        selections: &[&Selection],
    ) -> Result<Snapshot, Error> {
        if let Entry::Vacant(new) = self.views.entry(tree) {
            new.insert(snapshot.view(repo, tree)?);
        }
        let is_new = |selection: &&Selection| !snapshot.sums.contains_key(selection.canonical());
        let missing: Vec<_> = selections.iter().copied().filter(is_new).collect();
        if !missing.is_empty() {
            snapshot.extend(repo, &missing)?;
            self.changed = true;
        }
        Ok(snapshot)
    }

    fn start(&mut self, repo: &Repo, tree: ObjectId, selections: &[&Selection]) -> Result<Snapshot, Error> {
        let snapshot = Snapshot::new(repo, tree, selections)?;
        self.views.clear();
        self.views.insert(tree, snapshot.view(repo, tree)?);
        self.changed = true;
        Ok(snapshot)
    }

    fn finish(
        &mut self,
        repo: &Repo,
        tree: ObjectId,
        snapshot: &Snapshot,
        selections: &[&Selection],
    ) -> Result<Vec<Fold>, Error> {
        let view = self.views.get_mut(&tree).ok_or(Error::Object(tree, None))?;
        let sums = snapshot.sums(view, selections).ok_or(Error::Object(tree, None))?;
        self.changed |= view.resolve(repo, snapshot, sums.iter().flat_map(|sum| &sum.links))?;
        sums.iter().map(|sum| fold(sum, view).ok_or(Error::Object(tree, None))).collect()
    }
}

fn fold(sum: &Sum, view: &View) -> Option<Fold> {
    let mut hasher = Hasher::new("fold", FORMAT);
    hasher.field("entries", sum.set.digest().as_bytes()).field("count", sum.count.to_le_bytes());
    for link in &sum.links {
        hasher.field("link", link.as_bstr()).field("target", view.target(link)?.digest.as_bytes());
    }
    Some(Fold { digest: hasher.finish(), count: sum.count })
}

fn everything(repo: &Repo, tree: ObjectId) -> Result<Fold, Error> {
    let count = u64::from(repo.tree(tree)?.entries().next().is_some());
    Ok(Fold { digest: Hasher::new("fold", FORMAT).field("tree", tree.as_bytes()).finish(), count })
}

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
use crate::path::{RepoPath, Selection};

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
    /// How many of them are links; none for a selection of everything.
    pub links: u64,
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

    /// The links among what a selection takes from a tree of which its fold was taken; none for a selection of everything.
    #[must_use]
    pub fn links(&self, tree: ObjectId, selection: &Selection) -> Vec<RepoPath> {
        let known = self.snapshot.as_ref().zip(self.views.get(&tree));
        let sums = known.and_then(|(snapshot, view)| snapshot.sums(view, &[selection]));
        sums.into_iter().flatten().flat_map(|sum| sum.links.iter().cloned().collect::<Vec<_>>()).collect()
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
    Some(Fold { digest: hasher.finish(), count: sum.count, links: sum.links.len() as u64 })
}

fn everything(repo: &Repo, tree: ObjectId) -> Result<Fold, Error> {
    let count = u64::from(repo.tree(tree)?.entries().next().is_some());
    Ok(Fold { digest: Hasher::new("fold", FORMAT).field("tree", tree.as_bytes()).finish(), count, links: 0 })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, model, selection};
    use super::*;
    use crate::path::Mode::{Executable, File, Link, Submodule};
    use crate::path::{Mode, RepoPath};

    type Entries<'a> = &'a [(&'a str, Mode, &'a str)];

    /// The folds of one selection over some trees, each in a run of its own.
    fn folds(patterns: &[&str], trees: &[Entries<'_>]) -> Vec<Fold> {
        let (sample, selection) = (Sample::new(), selection(patterns, &[]));
        let take = |entries: &Entries<'_>| {
            let tree = sample.tree(entries);
            let mut folds = Folds::open(&sample.dir.path().join("folds"));
            let taken = folds.take(&sample.repo, tree, &[&selection]).unwrap()[0];
            folds.save().unwrap();
            taken
        };
        trees.iter().map(take).collect()
    }

    /// Checks that the fold differs between two trees, or that it doesn't.
    fn check(patterns: &[&str], old: Entries<'_>, new: Entries<'_>, differs: bool) {
        let folds = folds(patterns, &[old, new]);
        assert_eq!(folds[0].digest != folds[1].digest, differs, "{patterns:?}");
    }

    #[test]
    fn content_mode_and_name_count_and_the_rest_does_not() {
        let old: Entries<'_> = &[("a/x", File, "1"), ("b", File, "1")];
        check(&["a/**"], old, &[("a/x", File, "2"), ("b", File, "1")], true);
        check(&["a/**"], old, &[("a/x", Executable, "1"), ("b", File, "1")], true);
        check(&["a/**"], old, &[("a/y", File, "1"), ("b", File, "1")], true);
        check(&["a/**"], old, &[("b", File, "1")], true);
        check(&["a/**"], old, &[("a/x", File, "1"), ("b", File, "2"), ("c", File, "1")], false);
        check(&["c"], old, &[("a/x", File, "1"), ("b", File, "1"), ("c", File, "1")], true);
    }

    #[test]
    fn a_file_turned_folder_counts() {
        check(&["a"], &[("a", File, "1")], &[("a/x", File, "1")], true);
        check(&["a/**"], &[("a", File, "1")], &[("a/x", File, "1")], true);
        check(&["a/**"], &[("a/x", File, "1")], &[("a", Link, "b")], true);
    }

    #[test]
    fn a_submodule_under_a_pattern_counts() {
        check(&["sub/src/*.c"], &[("sub", Submodule, "1")], &[("sub", Submodule, "2")], true);
        check(&["*"], &[("sub", Submodule, "1")], &[("sub", Submodule, "2")], true);
        check(&["subs/**"], &[("sub", Submodule, "1")], &[("sub", Submodule, "2")], false);
        check(
            &["l"],
            &[("l", Link, "sub/x"), ("sub", Submodule, "1")],
            &[("l", Link, "sub/x"), ("sub", Submodule, "2")],
            true,
        );
    }

    /// Checks that a link's target counts: a link at `l`, which alone is selected, and one other entry that changes.
    fn check_target(text: &str, old: (&str, Mode, &str), new: (&str, Mode, &str), differs: bool) {
        check(&["l"], &[("l", Link, text), old], &[("l", Link, text), new], differs);
    }

    #[test]
    fn what_a_link_leads_to_counts() {
        check_target("x/a", ("x/a", File, "1"), ("x/a", File, "2"), true);
        check_target("./x/../x//a", ("x/a", File, "1"), ("x/a", File, "2"), true);
        check_target("x/a", ("x/a", File, "1"), ("x/a", Executable, "1"), true);
        check_target("x/a", ("x/b", File, "1"), ("x/a", File, "1"), true);
        check_target("x/a", ("x/b", File, "1"), ("x/b", File, "2"), false);
        check_target("x", ("x/y/a", File, "1"), ("x/y/a", File, "2"), true);
        check_target(".", ("x/y/a", File, "1"), ("x/y/a", File, "2"), true);
        check_target("x/a/", ("x/a", File, "1"), ("x/a", File, "2"), false);
        check_target("../x", ("x", File, "1"), ("x", File, "2"), false);
        check_target("/etc/passwd", ("etc/passwd", File, "1"), ("etc/passwd", File, "2"), false);
        check_target("l", ("x", File, "1"), ("x", File, "2"), false);
    }

    #[test]
    fn the_way_to_what_a_link_leads_to_counts() {
        let old: Entries<'_> = &[("l", Link, "a/c"), ("a/x", File, "1"), ("d/c", File, "1")];
        check(&["l"], old, &[("l", Link, "a/c"), ("a", Link, "d"), ("d/c", File, "1")], true);
        let old: Entries<'_> = &[("l", Link, "a/../c"), ("a/x", File, "1"), ("c", File, "1")];
        check(&["l"], old, &[("l", Link, "a/../c"), ("c", File, "1")], true);
        check(&["l"], old, &[("l", Link, "a/../c"), ("a", Link, "d/e"), ("c", File, "1"), ("d/e/x", File, "1")], true);
    }

    #[test]
    fn links_lead_on() {
        let tree = |content: &'static str| {
            [("l", Link, "m"), ("m", Link, "d"), ("d/n", Link, "../e"), ("e/o", Link, "../f/z"), ("f/z", File, content)]
        };
        check(&["l"], &tree("1"), &tree("2"), true);
        check(&["l/some/file"], &tree("1"), &tree("2"), true);
        check(&["e/*"], &tree("1"), &tree("2"), true);
        let through = |content| [("l", Link, "m/a"), ("m", Link, "d"), ("d/a", File, content), ("d/b", File, content)];
        check(&["l"], &through("1"), &through("2"), true);
    }

    #[test]
    fn counts_what_is_selected() {
        let entries: Entries<'_> = &[("a", File, "1"), ("b/c", Link, "../a"), ("b/d", File, "1")];
        for (patterns, expected) in [(&["b/*"][..], 2), (&["x"], 0), (&["*", "**/c"], 2), (&[], 1)] {
            let counts = folds(patterns, &[entries, &[]]).into_iter().map(|fold| fold.count).collect::<Vec<_>>();
            assert_eq!(counts, [expected, 0], "{patterns:?}");
        }
    }

    /// A repository, two trees with a hundred differences, and a memo of the first.
    fn remembered() -> (Sample, [ObjectId; 2], PathBuf) {
        let sample = Sample::new();
        let mut files = model(&[("a/l", Link, "../b/1"), ("a/x", File, "1")]);
        let mut trees = Vec::new();
        for content in ["1", "2"] {
            files.extend((0..100).map(|n| (RepoPath::new(format!("b/{n}")), (File, content.to_owned()))));
            trees.extend(sample.trees(&[&files]));
        }
        let memo = sample.dir.path().join("state/folds");
        let mut folds = Folds::open(&memo);
        folds.take(&sample.repo, trees[0], &[&selection(&["a/**"], &[]), &selection(&["b/1?"], &[])]).unwrap();
        folds.save().unwrap();
        (sample, [trees[0], trees[1]], memo)
    }

    #[test]
    fn a_memo_moves_when_it_is_far_away() {
        let (sample, trees, memo) = remembered();
        let a = selection(&["a/**"], &[]);
        let mut folds = Folds::open(&memo);
        let expected = folds.take(&sample.repo, trees[1], &[&a]).unwrap();
        folds.save().unwrap();
        let moved = memo::read(&memo).unwrap();
        assert_eq!(moved.tree, trees[1]);
        assert_eq!(moved.sums.len(), 2, "what was not asked for is kept");
        assert_eq!(Folds::open(&memo).take(&sample.repo, trees[1], &[&a]).unwrap(), expected);
        assert_ne!(Folds::open(&memo).take(&sample.repo, trees[0], &[&a]).unwrap(), expected);
    }

    #[test]
    fn nothing_is_written_without_need() {
        let (sample, trees, memo) = remembered();
        fs_err::set_permissions(memo.parent().unwrap(), std::os::unix::fs::PermissionsExt::from_mode(0o500)).unwrap();
        let written = fs_err::metadata(&memo).unwrap().modified().unwrap();
        let mut folds = Folds::open(&memo);
        folds.take(&sample.repo, trees[1], &[&selection(&["b/1?"], &[])]).unwrap();
        folds.take(&sample.repo, trees[0], &[&selection(&["b/1?"], &[])]).unwrap();
        folds.save().unwrap();
        assert_eq!(fs_err::metadata(&memo).unwrap().modified().unwrap(), written);
        fs_err::set_permissions(memo.parent().unwrap(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    }

    #[test]
    fn sums_that_nobody_asks_for_are_dropped_in_the_end() {
        let (sample, trees, memo) = remembered();
        for at in 0..=usize::from(MAX_IDLE) {
            let mut folds = Folds::open(&memo);
            folds.take(&sample.repo, trees[(at + 1) % 2], &[&selection(&["b/1?"], &[])]).unwrap();
            folds.save().unwrap();
        }
        assert_eq!(memo::read(&memo).unwrap().sums.keys().collect::<Vec<_>>(), ["+4:b/1?"]);
    }

    #[test]
    fn a_damaged_memo_is_none() {
        let (sample, trees, memo) = remembered();
        let a = selection(&["a/**"], &[]);
        let expected = Folds::open(&memo).take(&sample.repo, trees[1], &[&a]).unwrap();
        let good = fs_err::read(&memo).unwrap();
        let cut = (0..good.len()).step_by(97).map(|at| good[..at].to_vec());
        let flip = |at: usize| [&good[..at], &[good[at] ^ 1], &good[at + 1..]].concat();
        let flipped = (0..good.len()).step_by(13).map(flip);
        for bad in cut.chain(flipped).chain([[&good[..], b"x"].concat()]) {
            fs_err::write(&memo, bad).unwrap();
            assert!(memo::read(&memo).is_none());
        }
        let mut folds = Folds::open(&memo);
        assert_eq!(folds.take(&sample.repo, trees[1], &[&a]).unwrap(), expected);
        folds.save().unwrap();
        assert_eq!(memo::read(&memo).unwrap().tree, trees[1]);
    }

    #[test]
    fn a_memo_of_a_tree_that_is_gone_is_none() {
        let (_, _, memo) = remembered();
        let (other, a) = (Sample::new(), selection(&["a"], &[]));
        let tree = other.tree(&[("a", File, "1")]);
        assert_eq!(Folds::open(&memo).take(&other.repo, tree, &[&a]).unwrap()[0].count, 1);
    }

    #[test]
    fn a_tree_that_is_missing_is_an_error() {
        let (sample, _, memo) = remembered();
        let missing = ObjectId::from_bytes([7; 20]);
        for patterns in [&["a"][..], &[]] {
            let mut folds = Folds::open(&memo);
            assert!(folds.take(&sample.repo, missing, &[&selection(patterns, &[])]).is_err());
        }
    }
}

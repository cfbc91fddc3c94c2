//! Which differences between two trees a selection sees.

use std::collections::BTreeSet;

use super::link::{Links, Resolver, Target};
use super::walk::{Input, Scope, walk};
use crate::digest::ObjectId;
use crate::git::{Delta, Error, Repo, Side};
use crate::path::{Mode, RepoPath, Selection};

/// The deltas of which a selection takes either side, in their order.
pub fn matching_deltas<'a>(deltas: &'a [Delta], selection: &Selection) -> impl Iterator<Item = &'a Delta> {
    let takes = |path: &RepoPath, side: Option<Side>| side.is_some_and(|side| selection.matches(path, side.mode));
    deltas.iter().filter(move |delta| takes(&delta.path, delta.old) || takes(&delta.path, delta.new))
}

/// The first path, in order, that a selection sees differ between two trees: one that it takes, or else one on the way to
/// what a selected link leads to. `None` exactly where the folds over the two trees are equal.
///
/// # Errors
/// When an object on the way can't be read.
pub fn first_difference(
    repo: &Repo,
    old: ObjectId,
    new: ObjectId,
    selection: &Selection,
) -> Result<Option<Delta>, Error> {
    let deltas = repo.diff(Some(old), Some(new))?;
    if let Some(delta) = matching_deltas(&deltas, selection).next() {
        return Ok(Some(delta.clone()));
    }
    if deltas.is_empty() || selection.is_everything() {
        return Ok(None);
    }
    // No selected entry differs, so both trees have the same selected links.
    let (before, selected) = links(repo, old, selection)?;
    let (after, _) = links(repo, new, selection)?;
    let (mut before, mut after) = (Resolver::new(repo, old, &before), Resolver::new(repo, new, &after));
    for link in &selected {
        let (was, is) = (before.target(link)?, after.target(link)?);
        if was.digest != is.digest {
            let seen = |delta: &&Delta| [&was, &is].into_iter().any(|target: &Target| target.depends_on(delta));
            return Ok(deltas.iter().find(seen).or(deltas.first()).cloned());
        }
    }
    Ok(None)
}

/// All links of a tree, and those that a selection takes.
fn links(repo: &Repo, tree: ObjectId, selection: &Selection) -> Result<(Links, BTreeSet<RepoPath>), Error> {
    let (mut links, mut selected) = (Links::new(), BTreeSet::new());
    walk(repo, tree, Scope { selections: &[selection], links: true }, |Input { path, mode, id, .. }, takers| {
        if *mode == Mode::Link {
            links.insert(path.clone(), *id);
            selected.extend((!takers.is_empty()).then(|| path.clone()));
        }
    })?;
    Ok((links, selected))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Sample, selection};
    use super::*;
    use crate::path::Mode::{File, Link};

    /// Checks the first path that a selection of `patterns` sees differ.
    fn check(patterns: &[&str], old: &[(&str, Mode, &str)], new: &[(&str, Mode, &str)], expected: Option<&str>) {
        let sample = Sample::new();
        let (old, new) = (sample.tree(old), sample.tree(new));
        let first = first_difference(&sample.repo, old, new, &selection(patterns, &[])).unwrap();
        assert_eq!(first.map(|delta| delta.path), expected.map(RepoPath::from), "{patterns:?}");
    }

    #[test]
    fn names_the_first_path_that_differs() {
        let old = [("a", File, "1"), ("b/l", Link, "../d"), ("c", File, "1"), ("d/x", File, "1")];
        let new = [("a", File, "2"), ("b/l", Link, "../d"), ("c", File, "2"), ("d/x", File, "2")];
        check(&[], &old, &new, Some("a"));
        check(&["c", "d/**"], &old, &new, Some("c"));
        check(&["b/**"], &old, &new, Some("d/x"));
        check(&["b/**", "c"], &old, &new, Some("c"));
        check(&["e"], &old, &new, None);
        check(&[], &old, &old, None);
        check(&["b/l"], &[("b/l", Link, "../d")], &new, Some("d/x"));
    }

    #[test]
    fn sees_both_sides_of_a_delta() {
        let sample = Sample::new();
        let (old, new) = (
            sample.tree(&[("a/b", Link, "x"), ("c", File, "1")]),
            sample.tree(&[("a/b", File, "1"), ("d", File, "1")]),
        );
        let deltas = sample.repo.diff(Some(old), Some(new)).unwrap();
        let seen = |pattern: &str| {
            let selection = selection(&[pattern], &[]);
            matching_deltas(&deltas, &selection).map(|delta| delta.path.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(seen("a/b/c"), ["a/b"], "it was a link");
        assert_eq!(seen("c"), ["c"]);
        assert_eq!(seen("d"), ["d"]);
        assert_eq!(seen("*"), ["c", "d"]);
    }
}

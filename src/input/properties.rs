//! What holds of folds over any trees, against definitions written for reading and the operating system's own links.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use proptest::prelude::*;

use super::sample::{Model, Sample, put};
use super::snapshot::Snapshot;
use super::{Fold, Folds, first_difference, list, matching_deltas};
use crate::path::{Mode, Pattern, RepoPath, Selection};

const PATTERNS: &[&str] = &[
    "**", "*", "a", "a/**", "*/b", "**/b", "**/l*", "l1", "a/l1", "s/**", "b/*", "a/b/**", "**/a/**", "{a,b}/*b",
    "s/x/y", "odd*/**", "l1/x",
];

fn path() -> impl Strategy<Value = RepoPath> {
    let name = || prop::sample::select(vec!["a", "b", "l1", "l2", "s", "odd \n\"\\"]);
    prop::collection::vec(name(), 1..4).prop_map(|names| RepoPath::new(names.join("/")))
}

fn entry() -> impl Strategy<Value = (Mode, String)> {
    let content = || prop::sample::select(vec!["1", "2", "3"]).prop_map(str::to_owned);
    let texts = vec![
        "a",
        "b",
        "../a",
        "../b",
        "../../b",
        "a/b",
        "a/../b",
        "../a/b",
        "l1",
        "../l2",
        "l2/b",
        ".",
        "..",
        "./a/",
        "../..",
        "/etc",
        "s/x",
        "../s",
        "missing",
        "../../../a",
        "a//b",
    ];
    prop_oneof![
        4 => content().prop_map(|content| (Mode::File, content)),
        1 => content().prop_map(|content| (Mode::Executable, content)),
        4 => prop::sample::select(texts).prop_map(|text| (Mode::Link, text.to_owned())),
        1 => content().prop_map(|content| (Mode::Submodule, content)),
    ]
}

type Edits = Vec<(RepoPath, Option<(Mode, String)>)>;

fn edits(most: usize) -> impl Strategy<Value = Edits> {
    prop::collection::vec((path(), prop::option::weighted(0.7, entry())), 1..most)
}

fn edited(model: &Model, edits: &Edits) -> Model {
    let mut new = model.clone();
    for (path, entry) in edits {
        match entry {
            Some(entry) => put(&mut new, path, entry.clone()),
            None => new.retain(|other, _| !other.is_within(path)),
        }
    }
    new
}

fn any_model() -> impl Strategy<Value = Model> {
    prop::collection::vec((path(), entry()), 1..25).prop_map(|entries| {
        let mut model = Model::new();
        for (path, entry) in entries {
            put(&mut model, &path, entry);
        }
        model
    })
}

fn selections() -> impl Strategy<Value = Vec<Selection>> {
    let pattern = || prop::sample::select(PATTERNS).prop_map(|text| Pattern::parse(text).unwrap());
    let patterns = |most| prop::collection::vec(pattern(), 0..most);
    let one = (patterns(4), patterns(2)).prop_map(|(include, exclude)| Selection::new(&include, &exclude));
    prop::collection::vec(one, 1..6)
}

fn cold(sample: &Sample, tree: crate::digest::ObjectId, selections: &[&Selection]) -> Vec<Fold> {
    Folds::open(Path::new("/nonexistent")).take(&sample.repo, tree, selections).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_memo_changes_nothing(first in any_model(), steps in prop::collection::vec(edits(6), 1..4), mut chosen in selections()) {
        let mut models = vec![first];
        for step in &steps {
            models.push(edited(&models[models.len() - 1], step));
        }
        let sample = Sample::new();
        let trees = sample.trees(&models.iter().collect::<Vec<_>>());
        let memo = sample.dir.path().join("state/folds");
        let last = chosen.pop();
        let some: Vec<&Selection> = chosen.iter().collect();
        let all: Vec<&Selection> = chosen.iter().chain(&last).collect();
        for (at, tree) in trees.iter().enumerate() {
            let wanted = if at == 0 { &some } else { &all };
            let mut folds = Folds::open(&memo);
            prop_assert_eq!(folds.take(&sample.repo, *tree, wanted).unwrap(), cold(&sample, *tree, wanted));
            // The base and the candidate of one run.
            prop_assert_eq!(folds.take(&sample.repo, trees[0], &all).unwrap(), cold(&sample, trees[0], &all));
            folds.save().unwrap();
        }
    }

    #[test]
    fn a_moved_snapshot_is_one_taken_there(first in any_model(), step in edits(12), chosen in selections()) {
        let sample = Sample::new();
        let trees = sample.trees(&[&first, &edited(&first, &step)]);
        let chosen: Vec<&Selection> = chosen.iter().collect();
        let taken = Snapshot::new(&sample.repo, trees[0], &chosen).unwrap();
        let mut view = taken.view(&sample.repo, trees[1]).unwrap();
        let expected = Snapshot::new(&sample.repo, trees[1], &chosen).unwrap();
        prop_assert_eq!(&taken.moved_to(&view), &expected);

        // What is known of links on one side and kept on the other is what would be found there.
        let mut here = taken.clone();
        let mut own = taken.view(&sample.repo, trees[0]).unwrap();
        own.resolve(&sample.repo, &here, taken.links.keys()).unwrap();
        here.learn(&own);
        view.resolve(&sample.repo, &here, expected.links.keys()).unwrap();
        let mut afresh = expected.view(&sample.repo, trees[1]).unwrap();
        afresh.resolve(&sample.repo, &expected, expected.links.keys()).unwrap();
        for link in expected.links.keys() {
            prop_assert_eq!(&view.target(link).unwrap().digest, &afresh.target(link).unwrap().digest);
        }
    }

    #[test]
    fn a_list_is_what_matches(model in any_model(), chosen in selections()) {
        let sample = Sample::new();
        let tree = sample.trees(&[&model])[0];
        for selection in &chosen {
            let listed: Vec<_> = list(&sample.repo, tree, selection).unwrap().into_iter().map(|input| (input.path, input.mode)).collect();
            let set: BTreeSet<_> = listed.iter().cloned().collect();
            prop_assert_eq!(set.len(), listed.len());
            let matching = model.iter().filter(|(path, (mode, _))| selection.matches(path, *mode));
            prop_assert_eq!(&set, &matching.map(|(path, (mode, _))| (path.clone(), *mode)).collect::<BTreeSet<_>>());
            let fold = cold(&sample, tree, &[selection])[0];
            if !selection.is_everything() {
                prop_assert_eq!(fold.count, listed.len() as u64);
            }
            prop_assert_eq!(fold.count == 0, listed.is_empty());
        }
    }

    #[test]
    fn folds_differ_where_what_a_check_can_read_differs(first in any_model(), step in edits(4), chosen in selections()) {
        let sample = Sample::new();
        let second = edited(&first, &step);
        let trees = sample.trees(&[&first, &second]);
        let (old_dir, new_dir) = (OnDisk::new(&first), OnDisk::new(&second));
        let deltas = sample.repo.diff(Some(trees[0]), Some(trees[1])).unwrap();
        for selection in &chosen {
            let [old, new] = [trees[0], trees[1]].map(|tree| cold(&sample, tree, &[selection])[0]);
            let read = [(&first, &old_dir), (&second, &new_dir)].map(|(model, dir)| dir.readable(model, selection));
            prop_assert!(read[0] == read[1] || old != new, "{} does not see a difference", selection.canonical());

            let directly = matching_deltas(&deltas, selection).next();
            let first = first_difference(&sample.repo, trees[0], trees[1], selection).unwrap();
            prop_assert_eq!(first.is_some(), old.digest != new.digest);
            prop_assert!(directly.is_none_or(|delta| Some(delta) == first.as_ref()));
        }
    }
}

/// A model written to a disk, where the operating system follows links.
struct OnDisk {
    _dir: tempfile::TempDir,
    root: PathBuf,
}

/// What can be read at a path, links followed.
type Readable = BTreeMap<PathBuf, Vec<u8>>;

impl OnDisk {
    fn new(model: &Model) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // A folder of its own inside, so that a link out of the tree finds nothing that another test made.
        let root = dir.path().canonicalize().unwrap().join("tree");
        fs_err::create_dir(&root).unwrap();
        for (path, (mode, content)) in model {
            let file = root.join(path.as_path());
            fs_err::create_dir_all(file.parent().unwrap()).unwrap();
            match mode {
                Mode::Link => fs_err::os::unix::fs::symlink(content, &file).unwrap(),
                Mode::Submodule => {
                    fs_err::create_dir(&file).unwrap();
                    fs_err::write(file.join("commit"), content).unwrap();
                }
                Mode::File | Mode::Executable => {
                    fs_err::write(&file, content).unwrap();
                    let bits = u32::from_str_radix(&mode.octal()[3..], 8).unwrap();
                    fs_err::set_permissions(&file, std::fs::Permissions::from_mode(bits)).unwrap();
                }
            }
        }
        Self { _dir: dir, root }
    }

    /// Everything inside the tree that can be read through the selected paths.
    fn readable(&self, model: &Model, selection: &Selection) -> Readable {
        let mut readable = Readable::new();
        let selected = model.iter().filter(|(path, (mode, _))| selection.matches(path, *mode));
        for (path, _) in selected {
            self.read(&self.root.join(path.as_path()), &mut readable, &mut BTreeSet::new());
        }
        readable
    }

    fn read(&self, path: &Path, readable: &mut Readable, seen: &mut BTreeSet<PathBuf>) {
        let shown = path.strip_prefix(&self.root).unwrap();
        if let Ok(text) = fs_err::read_link(path) {
            readable.insert(shown.join("(link)"), text.as_os_str().as_bytes().to_vec());
        }
        let Ok(real) = path.canonicalize() else { return };
        let Ok(inside) = real.strip_prefix(&self.root) else { return };
        if !seen.insert(real.clone()) {
            return;
        }
        if real.is_file() {
            let bits = real.metadata().unwrap().permissions().mode();
            let content = [fs_err::read(&real).unwrap(), format!("{bits:o} {inside:?}").into_bytes()].concat();
            readable.insert(shown.into(), content);
        } else {
            for child in fs_err::read_dir(&real).unwrap() {
                self.read(&path.join(child.unwrap().file_name().as_bytes().to_os_str().unwrap()), readable, seen);
            }
        }
    }
}

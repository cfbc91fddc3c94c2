//! The managers, one after the other.

use super::super::files::Files;
use super::super::part::Place;
use super::forms::Programs;
use super::globs::matches;
use super::hook::Old;
use super::{hk, lefthook, pre_commit, shell_hook};

/// What a manager's configuration in a tree comes to; `None` where there is none.
type Manager = fn(&Files, &Programs<'_>) -> Option<Old>;

const MANAGERS: [Manager; 4] = [pre_commit::old, lefthook::old, shell_hook::old, hk::old];

/// What the configuration of each manager comes to.
pub(in crate::adopt) fn read(files: &Files) -> Vec<Old> {
    let place = Place { files, dir: String::new() };
    let package = serde_json::from_str(place.text("package.json")).unwrap_or_default();
    let programs = Programs { place: &place, package: &package };
    let mut found: Vec<Old> = MANAGERS.iter().filter_map(|manager| manager(files, &programs)).collect();
    for (_, entry) in found.iter_mut().flat_map(|old| &mut old.carried) {
        let is_about_any =
            entry.files.is_empty() || entry.files == ["**"] || files.paths().any(|path| matches(&entry.files, path));
        entry.allow_empty = !is_about_any;
    }
    found
}

//! Where texts lead that are no specifiers: paths, their beginnings, and what may be anything.

use std::ops::Range;

use bstr::ByteSlice;

use super::fact::{How, Use};
use super::files::File;
use super::project::strings_of;
use super::resolver::{Around, Resolver};
use super::scopes::Index;
use super::seen::Seen;
use super::specifier::Specifier;
use crate::unit::Folder;

/// How many files of a folder are taken one by one; of a larger one, it is the whole unit.
const MAX_FILES: usize = 256;

impl Resolver<'_> {
    /// Whatever begins so.
    pub(super) fn beginning(&self, around: &Around<'_>, text: &str, seen: &mut Seen) {
        let (folder, name) = text.rsplit_once('/').unwrap_or(("", text));
        let place = match Specifier::new(text) {
            Specifier::Relative(_) => around.folder.resolve(folder),
            Specifier::Rooted(_) => {
                around.owner.and_then(|owner| self.scopes.package(owner).root.resolve(folder.trim_start_matches('/')))
            }
            Specifier::Package(package, _) => {
                if let Some(index) = self.scopes.named(package) {
                    seen.named.insert(index);
                    seen.wholes.insert(index);
                }
                return seen.open(|| format!("what begins with '{text}' is known only when it runs"));
            }
            Specifier::Outside => return,
            _ => None,
        };
        let Some(place) = place else {
            return seen.open(|| format!("what begins with '{text}' is known only when it runs"));
        };
        let beginning = if place.is_root() { name.into() } else { place.file(name).as_bstr().to_vec() };
        self.all(around, &place, self.files.beginning(&beginning), seen);
    }

    /// A path to a file, or to a folder and all that is in it.
    pub(super) fn place(&self, around: &Around<'_>, text: &str, seen: &mut Seen) {
        let place = match text.strip_prefix('/') {
            Some(rest) => around.owner.and_then(|owner| self.scopes.package(owner).root.resolve(rest)),
            None => around.folder.resolve(text),
        };
        let Some(place) = place else { return };
        if self.at(around, &place, false, seen) {
            return;
        }
        let below = self.files.tree().below(&place);
        if below.is_empty() || place.is_root() {
            self.absent(around, place, text, seen);
        } else {
            let beginning = [place.as_bstr().as_bytes(), b"/"].concat();
            self.all(around, &place, self.files.beginning(&beginning), seen);
        }
    }

    /// Files that may all be seen, of a folder.
    fn all(&self, around: &Around<'_>, folder: &Folder, files: Range<File>, seen: &mut Seen) {
        let owner = self.scopes.owner(folder);
        if owner.is_none() || owner != around.owner {
            seen.places.insert(folder.clone());
        }
        if files.len() <= MAX_FILES {
            return seen.files.extend(files);
        }
        match owner {
            Some(owner) if Some(owner) != around.owner => drop(seen.wholes.insert(owner)),
            _ => seen.open(|| format!("it may load any file in '{folder}'")),
        }
    }

    /// A text that counts only where it leads to something: to a file, or to a folder elsewhere.
    pub(super) fn maybe(&self, around: &Around<'_>, text: &str, takes_folders: bool, seen: &mut Seen) {
        let own = around.owner.map(|owner| &self.scopes.package(owner).root);
        let text = text.split('?').next().unwrap_or(text);
        let in_own = |rest: &str| own.and_then(|root| root.resolve(rest));
        let (places, is_bare) = match Specifier::new(text) {
            Specifier::Relative(rest) => ([around.folder.resolve(rest), in_own(rest)], false),
            Specifier::Rooted(rest) => ([in_own(rest), None], false),
            Specifier::Package(name, rest) => {
                if self.is_meant(around, name) {
                    return self.package(around, name, rest, seen);
                }
                ([around.folder.resolve(text), in_own(text)], true)
            }
            Specifier::Internal(_) | Specifier::Alias(_) => {
                self.mapped(around, text, seen);
                return;
            }
            Specifier::Outside => return,
        };
        for place in places.into_iter().flatten().filter(|place| !around.folder.is_within(place)) {
            let mut found = Vec::new();
            self.files.named(&place, false, &mut found);
            if around.is_style {
                self.files.styles(&place, &mut found);
            }
            if found.is_empty() && takes_folders && !is_bare && self.files.tree().has_folder(&place) {
                seen.places.insert(place);
            }
            seen.files.extend(found);
        }
    }

    /// Whether a text that may be anything is taken for the name of a package of the tree: it is declared, or can hardly be
    /// anything else.
    fn is_meant(&self, around: &Around<'_>, name: &str) -> bool {
        let declared = |index: &Index| self.scopes.package(*index).dependencies.get(name);
        around.packages.iter().find_map(declared).is_some_and(Option::is_some)
            || name.starts_with('@') && self.scopes.named(name).is_some()
    }

    /// What every test of a unit sees, as its manifest configures runners.
    pub(super) fn shared(&self, unit: Index) -> Seen {
        let package = self.scopes.package(unit);
        let around = self.around(package.root.clone(), false);
        let mut seen = Seen::default();
        self.manifest(unit, &mut seen);
        let mut texts = Vec::new();
        let settings = ["jest", "mocha", "ava"].iter().filter_map(|key| package.manifest.get(*key));
        settings.for_each(|value| strings_of(value, How::Maybe, &mut texts));
        for Use(how, text) in &texts {
            self.maybe(&around, text, *how == How::Maybe, &mut seen);
        }
        if let Some(place) = package.root.resolve("src/setupTests") {
            seen.files.extend(self.files.beginning(&[place.as_bstr().as_bytes(), b"."].concat()));
        }
        seen
    }
}

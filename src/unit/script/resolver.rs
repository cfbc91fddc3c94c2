//! Where names lead.

use std::sync::OnceLock;

use bstr::ByteSlice;

use super::fact::{How, Source, Use};
use super::files::{File, Files};
use super::project::strings_of;
use super::projects::{Mapping, Projects};
use super::scopes::{Index, Scopes};
use super::seen::Seen;
use super::specifier::{Specifier, is_builtin, is_reader};
use crate::path::RepoPath;
use crate::unit::Folder;

/// How many files of a folder are taken one by one; of a larger one, it is the whole unit.
const MAX_FILES: usize = 256;

/// How many names lead from one to another before it is given up.
const MAX_STEPS: usize = 8;

/// Where the names of a tree lead.
pub(super) struct Resolver<'t> {
    pub(super) files: Files<'t>,
    pub(super) scopes: Scopes<'t>,
    pub(super) projects: Projects<'t>,
    /// What each package offers under its own name.
    pub(super) offers: Vec<OnceLock<Offer>>,
}

/// What a package offers under a name.
#[derive(Debug, Default)]
pub(super) struct Offer {
    /// The files of the tree, the package's manifest among them, since it decides which these are.
    files: Vec<File>,
    /// What of it is not in the tree.
    absent: Option<String>,
}

/// Where a file lies.
pub(super) struct Around<'r> {
    /// Its folder.
    pub(super) folder: Folder,
    /// The packages around it, innermost first.
    pub(super) packages: Vec<Index>,
    /// The unit that it belongs to.
    pub(super) owner: Option<Index>,
    /// What the projects around it say, innermost first.
    pub(super) mappings: Vec<&'r Mapping>,
    /// The innermost of the projects around it.
    pub(super) nearest: Option<&'r Mapping>,
    /// Whether it is a stylesheet.
    pub(super) is_style: bool,
}

impl Resolver<'_> {
    /// What lies around the files of a folder.
    pub(super) fn around(&self, folder: Folder, is_style: bool) -> Around<'_> {
        let packages = self.scopes.around(&folder);
        let owner = packages.iter().copied().find(|index| self.scopes.package(*index).unit.is_some());
        let nearest = self.projects.nearest(&folder);
        let mappings = self.projects.above(&folder);
        Around { folder, packages, owner, mappings, nearest, is_style }
    }

    /// What a source file can see.
    pub(super) fn see(&self, around: &Around<'_>, source: &Source) -> Seen {
        let mut seen = Seen { open: source.open.clone(), ..Seen::default() };
        for Use(how, name) in &source.uses {
            match how {
                How::Load => self.load(around, name, MAX_STEPS, &mut seen),
                How::Type => {
                    // What is not there changes nothing that runs, and neither does what stands in files of types.
                    let open = seen.open.take();
                    self.load(around, name, MAX_STEPS, &mut seen);
                    seen.open = open;
                }
                How::Beginning => self.beginning(around, name, &mut seen),
                How::Place => self.place(around, name, &mut seen),
                How::Maybe => self.maybe(around, name, true, &mut seen),
                How::File => self.maybe(around, name, false, &mut seen),
            }
        }
        seen
    }

    /// A specifier that is loaded.
    pub(super) fn load(&self, around: &Around<'_>, name: &str, steps: usize, seen: &mut Seen) {
        let Some(steps) = steps.checked_sub(1) else { return };
        if is_reader(name) {
            seen.open(|| format!("it imports '{name}', by which it may read any file"));
        }
        match Specifier::new(name) {
            Specifier::Relative(text) => self.relative(around, text, seen),
            Specifier::Rooted(text) => self.rooted(around, name, text, seen),
            Specifier::Internal(text) => self.internal(around, text, steps, seen),
            Specifier::Package(package, rest) => self.package(around, package, rest, seen),
            Specifier::Outside => {}
            Specifier::Alias(text) => self.alias(around, text, seen),
        }
    }

    fn relative(&self, around: &Around<'_>, text: &str, seen: &mut Seen) {
        let Some(place) = around.folder.resolve(text) else {
            return seen.open(|| format!("'{text}' leads out of the repository"));
        };
        let is_folder =
            text.ends_with(['/', '.']) && text.rsplit('/').next().is_some_and(|last| last.trim_matches('.').is_empty());
        if self.at(around, &place, is_folder, seen) {
            return;
        }
        // What bundlers are told behind the path.
        if let Some(end) = text.find(['?', '#'])
            && let Some(place) = around.folder.resolve(&text[..end])
            && self.at(around, &place, false, seen)
        {
            return;
        }
        let is_found = around.mappings.iter().flat_map(|mapping| &mapping.root_dirs).any(|dirs| {
            let elsewhere = dirs.iter().filter_map(|dir| dir.within(place.as_bstr()));
            let elsewhere: Vec<Folder> =
                elsewhere.flat_map(move |rest| dirs.iter().filter_map(move |dir| dir.resolve(rest))).collect();
            elsewhere.iter().filter(|place| self.at(around, place, is_folder, seen)).count() > 0
        });
        if !is_found {
            self.absent(around, place, text, seen);
        }
    }

    /// What is at a place, as a source file names it; whether there is anything.
    fn at(&self, around: &Around<'_>, place: &Folder, is_folder: bool, seen: &mut Seen) -> bool {
        let mut found = Vec::new();
        self.files.named(place, is_folder, &mut found);
        if around.is_style {
            self.files.styles(place, &mut found);
        }
        if let Some(package) = self.scopes.at(place) {
            self.offered(around, package, "", seen);
            return true;
        }
        seen.files.extend(&found);
        !found.is_empty()
    }

    /// Takes note of a place where there is nothing: what appears there counts, and what it is made from may be anything.
    fn absent(&self, around: &Around<'_>, place: Folder, text: &str, seen: &mut Seen) {
        match self.scopes.owner(&place) {
            Some(owner) if Some(owner) != around.owner => drop(seen.wholes.insert(owner)),
            _ => seen.open(|| format!("'{text}' is not in the tree, and may be made from any file")),
        }
        seen.places.insert(place);
    }

    fn rooted(&self, around: &Around<'_>, name: &str, text: &str, seen: &mut Seen) {
        let roots = around.packages.iter().map(|index| &self.scopes.package(*index).root);
        let is_found = roots.filter_map(|root| root.resolve(text)).any(|place| self.at(around, &place, false, seen));
        if !is_found && !self.mapped(around, name, seen) {
            seen.open(|| format!("'{name}' leads to nothing that is known"));
        }
    }

    fn internal(&self, around: &Around<'_>, text: &str, steps: usize, seen: &mut Seen) {
        let mut is_found = self.mapped(around, text, seen);
        for index in &around.packages {
            let package = self.scopes.package(*index);
            let Some(targets) = package.internal(text) else { continue };
            self.manifest(*index, seen);
            let inner = self.around(package.root.clone(), false);
            targets.iter().for_each(|target| self.load(&inner, target, steps, seen));
            is_found = true;
            break;
        }
        if !is_found {
            seen.open(|| format!("'{text}' leads to nothing that is known"));
        }
    }

    fn alias(&self, around: &Around<'_>, text: &str, seen: &mut Seen) {
        if self.mapped(around, text, seen) {
            return;
        }
        // SvelteKit's own names, whose project file is made by it: <https://svelte.dev/docs/kit/$lib>.
        let rest = text.strip_prefix("$lib");
        let is_virtual = ["$app/", "$env/", "$service-worker"].iter().any(|known| text.starts_with(known));
        let is_found = is_virtual
            || rest.is_some_and(|rest| {
                let place =
                    around.owner.and_then(|owner| self.scopes.package(owner).root.resolve(format!("src/lib/{rest}")));
                place.is_some_and(|place| self.at(around, &place, false, seen))
            });
        if !is_found {
            seen.open(|| format!("'{text}' leads to nothing that is known"));
        }
    }

    /// What the projects around say that a name stands for; whether that is anything.
    fn mapped(&self, around: &Around<'_>, name: &str, seen: &mut Seen) -> bool {
        let mut is_found = false;
        for mapping in &around.mappings {
            let based = mapping.bases.iter().filter_map(|base| base.resolve(name));
            for place in mapping.places(name).into_iter().chain(based) {
                is_found |= self.at(around, &place, false, seen);
            }
        }
        is_found
    }

    fn package(&self, around: &Around<'_>, name: &str, rest: &str, seen: &mut Seen) {
        let is_mapped = !around.mappings.is_empty() && self.mapped(around, &format!("{name}{rest}"), seen);
        let declaring = around.packages.iter().find_map(|index| {
            let dependencies = &self.scopes.package(*index).dependencies;
            dependencies.get(name).map(|unit| (*index, unit))
        });
        match declaring {
            Some((_, Some(unit))) => match self.scopes.unit(unit) {
                Some(index) => self.named(around, index, rest, seen),
                None => seen.open(|| format!("there is no '{unit}'")),
            },
            Some((index, None)) => {
                if Some(index) != around.owner {
                    seen.undeclared.insert(name.to_owned());
                }
            }
            None => match self.scopes.named(name) {
                Some(index) => self.named(around, index, rest, seen),
                None if is_mapped || is_builtin(name) || self.has_types(around, name) => {}
                None => {
                    // Either it is there by chance, or a tool was told what it stands for.
                    if name != "@jest/globals" {
                        seen.open(|| format!("nothing declares '{name}'"));
                    }
                    seen.undeclared.insert(name.to_owned());
                }
            },
        }
    }

    /// Whether the types of a package are declared, which is all that there is of it.
    fn has_types(&self, around: &Around<'_>, name: &str) -> bool {
        let types = format!("@types/{}", name.trim_start_matches('@').replace('/', "__"));
        around.owner.is_some_and(|owner| self.scopes.package(owner).dependencies.contains_key(&types))
    }

    /// A unit that is imported by name.
    fn named(&self, around: &Around<'_>, index: Index, rest: &str, seen: &mut Seen) {
        if Some(index) != around.owner {
            seen.named.insert(index);
        }
        self.offered(around, index, rest, seen);
    }

    /// What a package offers under a subpath. What of it is not in the tree is built from any of the package's files.
    fn offered(&self, around: &Around<'_>, index: Index, rest: &str, seen: &mut Seen) {
        let made;
        let offer = match self.offers.get(index).filter(|_| rest.is_empty()) {
            Some(known) => known.get_or_init(|| self.offer(index, rest)),
            None => {
                made = self.offer(index, rest);
                &made
            }
        };
        seen.files.extend(&offer.files);
        let Some(absent) = &offer.absent else { return };
        let package = self.scopes.package(index);
        match package.unit.is_some() && Some(index) != around.owner {
            true => drop(seen.wholes.insert(index)),
            false => seen.open(|| format!("'{absent}' of '{}' is not in the tree", package.root)),
        }
    }

    fn offer(&self, index: Index, rest: &str) -> Offer {
        let package = self.scopes.package(index);
        let manifest = package.root.file("package.json");
        let mut offer = Offer { files: self.file(&manifest).into_iter().collect(), absent: None };
        let mut targets = package.offered(rest);
        if targets.is_empty() {
            targets.push(if rest.is_empty() { "index".to_owned() } else { format!(".{rest}") });
        }
        let (mut absent, mut is_found) = (None, false);
        for target in targets {
            let Some(place) = package.root.resolve(&target) else { continue };
            let mut found = Vec::new();
            self.files.named(&place, false, &mut found);
            self.files.styles(&place, &mut found);
            match found.is_empty() {
                true if absent.is_some() && is_declaration(&target) => {}
                true => absent = Some(target),
                false => is_found = true,
            }
            offer.files.extend(found);
        }
        if !is_found && absent.is_none() {
            absent = Some(rest.to_owned());
        }
        // Nothing that runs sees a declaration of types.
        offer.absent = absent.filter(|absent| !(is_found && is_declaration(absent)));
        offer
    }

    /// What a package says of itself decides where its names lead.
    fn manifest(&self, index: Index, seen: &mut Seen) {
        seen.files.extend(self.file(&self.scopes.package(index).root.file("package.json")));
    }

    /// Whatever begins so.
    fn beginning(&self, around: &Around<'_>, text: &str, seen: &mut Seen) {
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
    fn place(&self, around: &Around<'_>, text: &str, seen: &mut Seen) {
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
    fn all(&self, around: &Around<'_>, folder: &Folder, files: std::ops::Range<File>, seen: &mut Seen) {
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
    fn maybe(&self, around: &Around<'_>, text: &str, takes_folders: bool, seen: &mut Seen) {
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
            Specifier::Internal(_) | Specifier::Alias(_) => return drop(self.mapped(around, text, seen)),
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
        texts.iter().for_each(|Use(how, text)| self.maybe(&around, text, *how == How::Maybe, &mut seen));
        if let Some(place) = package.root.resolve("src/setupTests") {
            seen.files.extend(self.files.beginning(&[place.as_bstr().as_bytes(), b"."].concat()));
        }
        seen
    }

    /// The file of a path.
    pub(super) fn file(&self, path: &RepoPath) -> Option<File> {
        self.files.exact(path.as_bstr())
    }
}

/// Whether a target holds types alone.
fn is_declaration(target: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|ending| target.ends_with(ending))
}

//! Where names lead.

use std::sync::OnceLock;

use super::fact::{How, Source, Use};
use super::files::{File, Files};
use super::offer::Offer;
use super::projects::{Mapping, Projects};
use super::scopes::{Index, Scopes};
use super::seen::Seen;
use super::specifier::{Specifier, is_reader};
use crate::path::RepoPath;
use crate::unit::Folder;

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
    pub(super) fn at(&self, around: &Around<'_>, place: &Folder, is_folder: bool, seen: &mut Seen) -> bool {
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
    pub(super) fn absent(&self, around: &Around<'_>, place: Folder, text: &str, seen: &mut Seen) {
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
            for target in targets {
                self.load(&inner, &target, steps, seen);
            }
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
    pub(super) fn mapped(&self, around: &Around<'_>, name: &str, seen: &mut Seen) -> bool {
        let mut is_found = false;
        for mapping in &around.mappings {
            let based = mapping.bases.iter().filter_map(|base| base.resolve(name));
            for place in mapping.places(name).into_iter().chain(based) {
                is_found |= self.at(around, &place, false, seen);
            }
        }
        is_found
    }

    /// The file of a path.
    pub(super) fn file(&self, path: &RepoPath) -> Option<File> {
        self.files.exact(path.as_bstr())
    }
}

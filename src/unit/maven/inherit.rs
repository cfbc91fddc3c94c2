//! What modules take from poms: names, artifacts and places, each as the module sees it.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::context::Context;
use super::model::{Pom, Reference};
use super::reactor::{Poms, group};
use crate::unit::Folder;
use crate::unit::place::{self, Place, UNKNOWN};

/// How often names that are known in part are looked for among all names.
const SEARCHES: usize = 200;

/// The poms of a tree by what artifacts they are.
pub(super) struct Names<'p> {
    by_artifact: HashMap<String, Vec<usize>>,
    /// Group and artifact of each pom; `None` where that can't be told.
    pub(super) of: Vec<Option<(String, String)>>,
    poms: &'p Poms<'p>,
}

/// The poms that a reference may mean.
pub(super) enum Meant {
    /// These.
    Poms(Vec<usize>),
    /// Any.
    Any,
}

/// What of a pom can matter to a module that takes from it.
pub(super) struct Live<'f> {
    pub(super) references: Vec<&'f Reference>,
    pub(super) texts: Vec<&'f str>,
    /// Values of properties that name places.
    pub(super) values: Vec<&'f str>,
}

impl<'p> Names<'p> {
    /// Works out what the poms are called.
    pub(super) fn new(poms: &'p Poms<'p>) -> Self {
        let name = |at: usize| {
            let file = &poms.files[at];
            let group = group(file.pom).unwrap_or("${project.groupId}");
            if !group.contains("${") && !file.pom.artifact.contains("${") {
                return Some((group.to_owned(), file.pom.artifact.clone()));
            }
            let context = poms.context(at, file.folder.clone());
            Some((context.value(group)?, context.value(&file.pom.artifact)?))
        };
        let of: Vec<Option<(String, String)>> = (0..poms.files.len()).map(name).collect();
        let mut by_artifact: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, name) in of.iter().enumerate() {
            if let Some((_, artifact)) = name {
                by_artifact.entry(artifact.clone()).or_default().push(at);
            }
        }
        Self { by_artifact, of, poms }
    }

    /// What of each pom can matter.
    pub(super) fn live(&self) -> Vec<Live<'p>> {
        let places = Properties::that_name_places(self.poms);
        let live = |pom: &'p Pom| {
            let is_live =
                |r: &&Reference| r.artifact.contains("${") || self.by_artifact.contains_key(r.artifact.as_str());
            let values = pom.properties.iter().chain(&pom.profile_properties);
            Live {
                references: pom.references.iter().filter(is_live).collect(),
                texts: pom.texts.iter().map(String::as_str).filter(|text| places.are_in(text)).collect(),
                values: values.map(|(_, value)| value.as_str()).filter(|text| places.are_in(text)).collect(),
            }
        };
        self.poms.files.iter().map(|file| live(file.pom)).collect()
    }

    /// The poms that a reference may mean, as a pom sees it.
    pub(super) fn meant(&self, reference: &Reference, context: &Context<'_, '_>, searches: &mut usize) -> Meant {
        let (groups, artifacts) = (context.values(&reference.group), context.values(&reference.artifact));
        let mut meant = Vec::new();
        for artifact in &artifacts {
            if !artifact.contains(UNKNOWN) {
                let same = self.by_artifact.get(artifact).into_iter().flatten().copied();
                meant.extend(same.filter(|at| self.is_in(*at, &groups)));
                continue;
            }
            *searches += 1;
            if artifact.chars().all(|c| c == UNKNOWN) || *searches > SEARCHES {
                return Meant::Any;
            }
            let is_alike = |at: &usize| self.of[*at].as_ref().is_some_and(|(_, name)| is_like(name, artifact));
            meant.extend((0..self.of.len()).filter(is_alike).filter(|at| self.is_in(*at, &groups)));
        }
        meant.retain(|at| self.may_be_version(*at, reference));
        Meant::Poms(meant)
    }

    fn is_in(&self, at: usize, groups: &[String]) -> bool {
        let Some((group, _)) = &self.of[at] else { return false };
        groups.iter().any(|named| is_like(group, named))
    }

    /// Whether the version of a pom may be the one that is asked for. A release that is named by its number is another
    /// artifact than the pom's where that says another number.
    fn may_be_version(&self, at: usize, reference: &Reference) -> bool {
        let pom = self.poms.files[at].pom;
        let own = pom.version.as_deref().or(pom.parent.as_ref().and_then(|parent| parent.version.as_deref()));
        let (Some(own), Some(asked)) = (own, reference.version.as_deref()) else { return true };
        let is_fixed = |version: &str| {
            !version.contains(['$', '[', '(', ',']) && version.starts_with(|c: char| c.is_ascii_digit())
        };
        own == asked || !is_fixed(own) || !is_fixed(asked)
    }
}

/// Whether a name may be one that is known in part.
fn is_like(name: &str, pattern: &str) -> bool {
    match (pattern.split_once(UNKNOWN), pattern.rsplit_once(UNKNOWN)) {
        (Some((start, _)), Some((_, end))) => name.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        _ => name == pattern,
    }
}

/// Properties whose value names a place, directly or through other properties.
struct Properties<'f>(HashSet<&'f str>);

impl<'f> Properties<'f> {
    fn that_name_places(poms: &'f Poms<'f>) -> Self {
        let mut places = Self(HashSet::new());
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut open = Vec::new();
        let all = poms.files.iter().flat_map(|file| file.pom.properties.iter().chain(&file.pom.profile_properties));
        for (name, value) in all {
            if places.are_in(value) {
                open.push(name.as_str());
            }
            names(value).for_each(|used| users.entry(used).or_default().push(name));
        }
        while let Some(name) = open.pop() {
            if places.0.insert(name) {
                open.extend(users.get(name).into_iter().flatten());
            }
        }
        places
    }

    fn are_in(&self, text: &str) -> bool {
        place::climbs(text) || names(text).any(|name| is_place(name) || self.0.contains(name))
    }
}

/// Whether a property that needs no definition is a folder of the tree.
fn is_place(name: &str) -> bool {
    name.ends_with("basedir")
        || name.ends_with("Directory")
        || name.ends_with(".directory")
        || name == "user.dir"
        || name == "session.topDirectory"
        || name == "project.baseUri"
}

/// The names of the properties that a text holds.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// Texts, each with every value that it may have.
fn valued<'t>(
    texts: impl Iterator<Item = &'t str>,
    context: &Context<'_, '_>,
) -> impl Iterator<Item = (&'t str, String)> {
    texts.flat_map(move |text| context.values(text).into_iter().map(move |value| (text, value)))
}

/// Where a module reads files, as its poms say.
#[derive(Default)]
pub(super) struct Places {
    /// Each with the pom and the text that names it.
    pub(super) at: Vec<(usize, String, Folder)>,
    /// Texts that may name any place.
    pub(super) anywhere: Vec<(usize, String)>,
    /// Folders of sources and resources that lie in the module's own.
    pub(super) own: BTreeSet<Folder>,
}

impl Places {
    /// Reads what a chain of poms says in the context of its first.
    pub(super) fn of(chain: &[usize], poms: &Poms<'_>, live: &[Live<'_>], context: &Context<'_, '_>) -> Self {
        let mut places = Self::default();
        let own = &poms.files[chain[0]].folder;
        // A folder above is where other texts go on from.
        let leads_up = |place: &Place| matches!(place, Place::At(to) if own.is_within(to));
        for &at in chain {
            for (text, value) in valued(poms.files[at].pom.folders.iter().map(String::as_str), context) {
                places.take(place::path(&value, own), (at, text), own);
            }
            for (text, value) in valued(live[at].texts.iter().copied(), context) {
                places.take_all(place::within(&value, own), (at, text), own);
            }
            for (text, value) in valued(live[at].values.iter().copied(), context) {
                let mut found = place::within(&value, own);
                found.retain(|place| !leads_up(place));
                places.take_all(found, (at, text), own);
            }
        }
        places
    }

    fn take_all(&mut self, places: Vec<Place>, by: (usize, &str), own: &Folder) {
        for place in places {
            self.take(Some(place), by, own);
        }
    }

    fn take(&mut self, place: Option<Place>, (by, text): (usize, &str), own: &Folder) {
        match place {
            Some(Place::At(folder)) if folder == *own => {}
            Some(Place::At(folder)) => {
                if folder.is_within(own) {
                    self.own.insert(folder.clone());
                }
                self.at.push((by, text.to_owned(), folder));
            }
            Some(Place::Anywhere) => self.anywhere.push((by, text.to_owned())),
            None => {}
        }
    }
}

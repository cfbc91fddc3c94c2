//! Edges of one unit.

use std::collections::BTreeSet;

use super::build::{self, Build};
use super::link::{From, Link};
use super::model::{Mentions, Said};
use super::names::camel;
use super::reach::{self, Reach};
use crate::path::RepoPath;
use crate::unit::Target;
use crate::unit::place::{self, Place};

impl<'l> Link<'l> {
    pub(super) fn projects(&mut self, from: &From<'l>, by: &RepoPath, mentions: &Mentions) {
        for text in &mentions.projects {
            let whole = if text.starts_with(':') {
                text.clone()
            } else {
                format!("{}:{text}", from.path.trim_end_matches(':'))
            };
            self.project(from, by, &whole);
        }
        for accessor in &mentions.accessors {
            match self.accessed(from.build, accessor) {
                Some(path) => self.project(from, by, &path),
                None => self.widen(Some(&from.name), by, format!("can't tell which project 'projects.{accessor}' is")),
            }
        }
        if mentions.takes_all {
            for name in self.units[from.build].values().cloned().collect::<Vec<_>>() {
                self.unit_edge(from, &name, by, "speaks of all projects".to_owned());
            }
        }
    }

    /// An edge to the project of a path, or to that of the task that a path names.
    fn project(&mut self, from: &From<'l>, by: &RepoPath, text: &str) {
        let build = &self.builds.all[from.build];
        let mut ends = std::iter::successors(Some(text), |path| path.rsplit_once(':').map(|(outer, _)| outer));
        let Some((path, project)) = ends.find_map(|path| build.projects.get_key_value(path)) else { return };
        let what = format!("project {path}");
        match self.units[from.build].get(path.as_str()).cloned() {
            Some(name) => self.unit_edge(from, &name, by, what),
            None if !self.tree.has_folder(&project.folder) => {
                self.edge(&from.name, Target::Path(project.folder.clone()), by, what);
            }
            None => {}
        }
    }

    /// The project that a typed accessor names.
    fn accessed(&self, build: usize, accessor: &str) -> Option<String> {
        let build = &self.builds.all[build];
        let mut names = accessor.split('.').peekable();
        let root = build.root_name.as_deref().map(camel);
        let is_root = names.peek().is_some_and(|first| Some(*first) == root.as_deref());
        let mut path = if is_root { ":".to_owned() } else { String::new() };
        if is_root {
            names.next();
        }
        for name in names {
            let inner = format!("{}:", path.trim_end_matches(':'));
            let below = build.projects.range(inner.clone()..).map(|(path, _)| path);
            let mut below = below.take_while(|path| path.starts_with(&inner)).filter(|path| path.len() > inner.len());
            match below.find(|path| camel(path[inner.len()..].split(':').next().unwrap_or_default()) == name) {
                Some(found) => {
                    let end = found[inner.len()..].find(':').map_or(found.len(), |end| inner.len() + end);
                    found[..end].clone_into(&mut path);
                }
                None => break,
            }
        }
        (!path.is_empty()).then_some(path)
    }

    pub(super) fn places(&mut self, from: &From<'l>, by: &RepoPath, places: &BTreeSet<String>) {
        for text in places {
            let whole = self.builds.all[from.build].placed(text, from.folder);
            for place in place::within(&whole, from.folder) {
                self.place(from, by, text, place);
            }
        }
    }

    fn place(&mut self, from: &From<'l>, by: &RepoPath, text: &str, place: Place) {
        match place {
            Place::At(place) => {
                let is_other = !place.is_within(from.folder) || self.is_of_other(&place, from.folder);
                if place != *from.folder && is_other {
                    self.edge(&from.name, Target::Path(place), by, format!("names '{}'", build::shown(text)));
                }
            }
            Place::Anywhere => {
                self.widen(Some(&from.name), by, format!("can't tell which place '{}' is", build::shown(text)));
            }
        }
    }

    /// Places in the project's own folder that are those of other units.
    pub(super) fn inner(&mut self, from: &From<'l>, by: &RepoPath, mentions: &Mentions) {
        if !self.holds_units(from.folder) {
            return;
        }
        for text in &mentions.inner {
            let Some(Place::At(place)) = place::path(text, from.folder) else { continue };
            if place != *from.folder && self.is_of_other(&place, from.folder) && self.tree.has_folder(&place) {
                self.edge(&from.name, Target::Path(place), by, format!("names '{}'", build::shown(text)));
            }
        }
    }

    /// Edges to the builds that are included.
    pub(super) fn builds_of(&mut self, from: &From<'l>, reach: &Reach<'l>) {
        let build = &self.builds.all[from.build];
        let by = build.settings.first().cloned().unwrap_or_else(|| build.root.file("settings.gradle"));
        for (included, _) in &build.included {
            let what = format!("includes the build {}", self.builds.all[*included].root);
            for name in self.units[*included].values().cloned().collect::<Vec<_>>() {
                self.unit_edge(from, &name, &by, what.clone());
            }
            if self.units[*included].is_empty() {
                self.edge(&from.name, Target::Path(self.builds.all[*included].root.clone()), &by, what);
            }
        }
        for place in &build.missing {
            self.edge(
                &from.name,
                Target::Path(place.clone()),
                &by,
                "includes the build, which is not there".to_owned(),
            );
        }
        if build.prefix.is_empty() || reach::makes_plugins(build, self.builds) {
            return;
        }
        // Builds that are put together give each other their artifacts.
        for (by, mentions) in &reach.mentions {
            let artifacts = self.artifacts(build, mentions).into_iter();
            let made = |artifact| self.by_artifact.get(&(&build.top, artifact)).into_iter().flatten();
            let others = artifacts.flat_map(made).filter(|(other, _)| *other != from.build);
            for name in others.map(|(_, name)| name.clone()).collect::<Vec<_>>() {
                self.unit_edge(from, &name, by, "takes its artifact".to_owned());
            }
        }
    }

    fn artifacts<'m>(&self, build: &Build, mentions: &'m Mentions) -> Vec<&'m str>
    where
        'l: 'm,
    {
        let mut artifacts: Vec<&'m str> = mentions.artifacts.iter().map(String::as_str).collect();
        for (name, file) in &build.catalogs {
            let Some(Said::Catalog(catalog)) = file.to_path().and_then(|path| self.builds.said(&path)) else {
                continue;
            };
            for used in mentions.catalogs.iter().filter_map(|used| used.strip_prefix(name.as_str())?.strip_prefix('.'))
            {
                artifacts.extend(catalog.artifacts.get(used).into_iter().flatten().map(String::as_str));
            }
        }
        artifacts
    }
}

//! What manifests and requirements files ask for of the tree.

use std::collections::{BTreeSet, HashMap};

use super::super::{Edge, Facts, Folder, Target, Why};
use super::fact::{Fact, Requirement};
use super::name::normalised;
use super::project::Project;
use crate::path::RepoPath;

/// What units ask for.
pub(super) struct Declared {
    /// As edges.
    pub(super) edges: BTreeSet<Edge>,
    /// By numbers: what each unit asks for of other units.
    needs: Vec<BTreeSet<usize>>,
}

struct Reader<'p> {
    projects: &'p [Project],
    facts: &'p Facts<Fact>,
    by_folder: HashMap<&'p Folder, usize>,
    by_name: HashMap<String, usize>,
    declared: Declared,
}

impl Declared {
    /// Reads what all projects ask for, and requirements files that count.
    pub(super) fn new(projects: &[Project], asking: &BTreeSet<&RepoPath>, facts: &Facts<Fact>) -> Self {
        let mut reader = Reader {
            projects,
            facts,
            by_folder: projects.iter().enumerate().map(|(at, project)| (&project.folder, at)).collect(),
            by_name: HashMap::new(),
            declared: Self { edges: BTreeSet::new(), needs: vec![BTreeSet::new(); projects.len()] },
        };
        for (at, project) in projects.iter().enumerate().rev() {
            let written = project.manifest.name.as_ref().unwrap_or(&project.name);
            reader.by_name.insert(normalised(written), at);
        }
        (0..projects.len()).for_each(|unit| reader.project(unit));
        for path in asking {
            if let Some(Fact::Requirements(found)) = facts.get(path) {
                reader.file(path, &found.requires, &found.files);
            }
        }
        reader.declared
    }

    /// Each unit with all that it asks for, transitively.
    pub(super) fn reach(&self) -> Vec<Vec<usize>> {
        let closure = |unit: usize| {
            let (mut seen, mut open) = (BTreeSet::from([unit]), vec![unit]);
            while let Some(unit) = open.pop() {
                open.extend(self.needs[unit].iter().filter(|need| seen.insert(**need)));
            }
            seen.into_iter().collect()
        };
        (0..self.needs.len()).map(closure).collect()
    }
}

impl Reader<'_> {
    fn project(&mut self, unit: usize) {
        let project = &self.projects[unit];
        let root = match self.facts.get(&project.workspace.file("pyproject.toml")) {
            Some(Fact::Manifest(root)) => root.sources.as_slice(),
            _ => &[],
        };
        let inherited = root.iter().map(|source| (&project.workspace, source));
        let sources = project.manifest.sources.iter().map(|source| (&project.folder, source)).chain(inherited);
        let mut places: HashMap<&str, Vec<Folder>> = HashMap::new();
        for (folder, (name, path)) in sources {
            places.entry(name).or_default().extend(folder.resolve(path));
        }
        for requirement in &project.manifest.requires {
            self.require(unit, &project.folder, &project.path, requirement);
            for place in places.get(requirement.name.as_str()).into_iter().flatten() {
                self.depend(unit, place.clone(), &project.path, requirement);
            }
        }
        for file in &project.manifest.files {
            self.read(unit, &project.path, &project.folder, file);
        }
    }

    /// A requirements file asks for the unit in whose folder it lies.
    fn file(&mut self, path: &RepoPath, requires: &[Requirement], files: &[String]) {
        let folder = Folder::of(path);
        let Some(unit) = folder.upwards().find_map(|above| self.by_folder.get(&above).copied()) else { return };
        for requirement in requires {
            self.require(unit, &folder, path, requirement);
        }
        for file in files {
            self.read(unit, path, &folder, file);
        }
    }

    fn require(&mut self, unit: usize, folder: &Folder, file: &RepoPath, requirement: &Requirement) {
        if let Some(path) = &requirement.path {
            match folder.resolve(path) {
                Some(place) => self.depend(unit, place, file, requirement),
                None => return,
            }
        }
        if let Some(&other) = self.by_name.get(&requirement.name).filter(|_| requirement.path.is_none()) {
            self.depend(unit, self.projects[other].folder.clone(), file, requirement);
        }
    }

    fn depend(&mut self, unit: usize, place: Folder, file: &RepoPath, requirement: &Requirement) {
        let Requirement { name, what, .. } = requirement;
        let other = self.by_folder.get(&place).copied();
        let named = if name.is_empty() { place.to_string() } else { name.clone() };
        let to = match other {
            Some(other) if other == unit => return,
            Some(other) => {
                self.declared.needs[unit].insert(other);
                Target::Unit(self.projects[other].name.clone())
            }
            None if self.projects[unit].folder.is_within(&place) => return,
            None => Target::Path(place),
        };
        self.add(unit, to, file, format!("{what} {named}"));
    }

    /// A file that a manifest or a requirements file takes in, where it lies outside the unit's folder.
    fn read(&mut self, unit: usize, from: &RepoPath, folder: &Folder, file: &str) {
        let Some(place) = folder.resolve(file) else { return };
        if place.to_path().is_some_and(|path| !self.projects[unit].folder.holds(&path)) {
            self.add(unit, Target::Path(place), from, format!("reads {file}"));
        }
    }

    fn add(&mut self, unit: usize, to: Target, file: &RepoPath, what: String) {
        let why = Why { file: file.clone(), what };
        self.declared.edges.insert(Edge { from: self.projects[unit].name.clone(), to, why });
    }
}

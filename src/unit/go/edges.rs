//! What each package depends on.

use super::fact::Fact;
use super::layout::{GoFile, Layout, Package};
use super::links::{How, Link, Links, submodule_of};
use super::literals::Read;
use super::resolve::Resolver;
use super::{constraint, embed, includes};
use crate::unit::{Facts, Folder, Listing};

impl<'a> Links<'a> {
    fn add(&mut self, to: usize, link: Link<'a>) {
        match self.packages.get_mut(&to) {
            Some(known) if known.how <= link.how => {}
            Some(known) => *known = link,
            None => drop(self.packages.insert(to, link)),
        }
    }

    pub(super) fn add_path(&mut self, to: Folder, link: Link<'a>) {
        self.paths.entry(to).or_insert(link);
    }
}

/// What is looked at to find dependencies.
pub(super) struct Finder<'r, 'a> {
    pub(super) layout: &'r Layout<'a>,
    pub(super) tree: &'a Listing,
    pub(super) facts: &'a Facts<Fact>,
    pub(super) resolver: Resolver<'r, 'a>,
    /// Submodules: what lies in one is not in the tree, but changes with it.
    pub(super) submodules: Vec<Folder>,
    /// How many more names may be compared for patterns.
    pub(super) budget: usize,
}

impl<'a> Finder<'_, 'a> {
    /// What a package depends on.
    pub(super) fn links(&mut self, index: usize) -> Links<'a> {
        let layout = self.layout;
        let package = &layout.packages[index];
        let mut links = Links::default();
        for file in &package.files {
            if let Some(mistake) = &file.source.mistake {
                links.unknown.push((file.path, mistake.clone()));
            }
            if !file.source.constraint.as_deref().is_some_and(constraint::is_never) {
                self.add_file(package, file, &mut links);
            }
        }
        includes::add(package, (self.tree, self.facts), &self.submodules, &mut links);
        links.packages.remove(&index);
        links
    }

    fn add_file(&mut self, package: &Package<'a>, file: &GoFile<'a>, links: &mut Links<'a>) {
        let how = if file.is_test { How::TestImport } else { How::Import };
        for path in &file.source.imports {
            self.add_import(package, path, Link { file: file.path, how, name: path }, links);
        }
        for symbol in &file.source.symbols {
            let from = symbol.rfind('/').unwrap_or(0);
            for (at, _) in symbol.match_indices('.').filter(|(at, _)| *at > from) {
                let found = self.resolver.find(package.module, &symbol[..at]);
                let link = Link { file: file.path, how: How::Symbol, name: symbol };
                found.packages.iter().for_each(|&to| links.add(to, link));
            }
        }
        let folder = package.place();
        for pattern in &file.source.embeds {
            for place in embed::places(self.tree, &folder, pattern, &mut self.budget) {
                links.embedded.entry(place).or_insert(file.path);
            }
        }
        for read in &file.source.reads {
            self.add_read(package, &folder, (file, read), links);
        }
    }

    fn add_import(&mut self, package: &Package<'a>, path: &'a str, link: Link<'a>, links: &mut Links<'a>) {
        if path.starts_with("./") || path.starts_with("../") {
            let folder = package.place().resolve(path);
            let to = folder.and_then(|folder| self.layout.package_at.get(folder.as_bstr()).copied());
            if let Some(to) = to {
                links.add(to, link);
            }
            return;
        }
        let found = self.resolver.find(package.module, path);
        found.packages.iter().for_each(|&to| links.add(to, link));
        for to in &found.missing {
            links.add_path(submodule_of(&self.submodules, to).unwrap_or(to).clone(), link);
        }
        links.vendored.extend(&found.vendored);
        links.is_external |= found.is_external;
        if found.is_outside {
            links
                .unknown
                .push((link.file, format!("imports {path}, which is replaced by a folder outside of the repository")));
        }
    }

    /// Takes what the text of a file names.
    fn add_read(&mut self, package: &Package<'a>, folder: &Folder, at: (&GoFile<'a>, &'a Read), links: &mut Links<'a>) {
        let (file, read) = at;
        let how = if file.is_test { How::TestRead } else { How::Read };
        let link = Link { file: file.path, how, name: &read.path };
        let name = read.path.trim_end_matches("...");
        if !name.starts_with('.') {
            // With a version it is a released one.
            if name.contains('/') && !name.contains('@') && !name.starts_with('/') {
                let found = self.resolver.find(package.module, name);
                found.packages.iter().for_each(|&to| links.add(to, link));
            }
            return;
        }
        let Some(place) = folder.resolve(name) else { return };
        if folder.is_within(&place) {
            if read.is_above {
                links.add_path(place, link);
            }
        } else if let Some(&to) = self.layout.package_at.get(place.as_bstr()).filter(|_| name.len() == read.path.len())
        {
            links.add(to, link);
        } else if let Some(submodule) = submodule_of(&self.submodules, &place) {
            links.add_path(submodule.clone(), link);
        } else if !place.is_within(folder) && self.holds(&place) {
            links.add_path(place, link);
        }
    }

    fn holds(&self, place: &Folder) -> bool {
        self.tree.has_folder(place) || place.to_path().is_some_and(|path| self.tree.get(&path).is_some())
    }
}

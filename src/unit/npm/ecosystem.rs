//! How manifests, lock files and sources are put together.

use super::edges::Edges;
use super::fact::{Fact, Remembered};
use super::fields::{self, Shared};
use super::layout::{Layout, Package, Standing};
use super::lock;
use super::manifest::Manifest;
use super::targets::Targets;
use super::workspace::Workspace;
use crate::path::RepoPath;
use crate::unit::{Ecosystem, Facts, Found, Kind, Listing, Own, Unit, script};

/// Packages of npm, pnpm, yarn and bun.
#[derive(Clone, Copy, Debug, Default)]
pub struct Npm;

/// The files besides sources and lock files that say anything.
const FILES: [&str; 3] = ["package.json", "pnpm-workspace.yaml", "lerna.json"];

impl Ecosystem for Npm {
    type Fact = Remembered;

    fn kind(&self) -> Kind {
        Kind::Npm
    }

    fn format(&self) -> u32 {
        1
    }

    fn form(&self, path: &RepoPath) -> Option<&'static str> {
        let name = path.file_name();
        match FILES.iter().chain(&lock::NAMES).find(|form| form.as_bytes() == &**name) {
            Some(form) => path.components().all(|part| part != "node_modules").then_some(*form),
            None => script::form(path),
        }
    }

    fn read(&self, form: &'static str, content: &[u8]) -> Remembered {
        let read = match form {
            "package.json" => Manifest::read(content).map(|manifest| Fact::Manifest(Box::new(manifest))),
            "pnpm-workspace.yaml" => Workspace::pnpm(content).map(Fact::Workspace),
            "lerna.json" => Workspace::lerna(content).map(Fact::Workspace),
            _ if lock::NAMES.contains(&form) => lock::read(form, content).map(|lock| Fact::Lock(Box::new(lock))),
            _ => Ok(Fact::Script(script::read(form, content))),
        };
        Remembered(read.unwrap_or_else(Fact::Unreadable))
    }

    fn link(&self, tree: &Listing, facts: &Facts<Remembered>) -> Found {
        let layout = Layout::read(facts);
        let targets = Targets::new(&layout);
        let sources = facts.all().filter_map(|(path, fact)| match &fact.0 {
            Fact::Script(fact) => Some((path, fact)),
            _ => None,
        });
        let scripts = script::link(tree, &targets.packages(facts), sources);
        let shared = Shared::new(&layout, &targets, &scripts.undeclared);
        let edges = Edges::new(&layout, &targets, &shared, &scripts.modules);
        let mut found = Found { explained: fields::explained(&layout), widened: edges.widened, ..Found::default() };
        found.widened.extend(fields::unreadable(&layout, facts));
        found.edges.extend(edges.all);
        found.edges.extend(scripts.edges);
        found.widened.extend(scripts.widened);
        (found.modules, found.tests) = (scripts.modules, scripts.tests);
        for (package, fields) in layout.packages.iter().zip(shared.fields) {
            found.units.push(Unit {
                kind: Kind::Npm,
                name: package.name.clone(),
                root: package.folder.clone(),
                manifest: package.folder.file("package.json"),
                workspace: layout.projects[package.project].folder.clone(),
                is_member: package.standing != Standing::LeftOut,
                own: own(tree, facts, &layout, package),
                fields,
            });
        }
        found.widened.extend(layout.widened);
        found
    }
}

/// Folders that hold a package's sources by convention.
const SOURCES: [&str; 24] = [
    "__mocks__",
    "__tests__",
    "app",
    "assets",
    "bin",
    "build",
    "client",
    "components",
    "cypress",
    "dist",
    "e2e",
    "lib",
    "pages",
    "public",
    "server",
    "spec",
    "src",
    "static",
    "stories",
    "styles",
    "test",
    "tests",
    "types",
    "typings",
];

/// What of a package's folder is its own where others lie in it.
fn own(tree: &Listing, facts: &Facts<Remembered>, layout: &Layout<'_>, package: &Package<'_>) -> Own {
    if !package.folder.is_root() && !layout.holds_others(&package.folder) {
        return Own::Everything;
    }
    let has_sources = |folder: &&str| {
        let below = package.folder.resolve(*folder).map_or(&[][..], |folder| tree.below(&folder));
        below.iter().any(|entry| matches!(facts.get(&entry.path), Some(Remembered(Fact::Script(_)))))
    };
    let declared = package.manifest.own.iter().map(String::as_str);
    let all = SOURCES.into_iter().filter(has_sources).chain(declared).chain(["package.json"]);
    Own::Only(all.map(|name| package.folder.file(name)).collect())
}

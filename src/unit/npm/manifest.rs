//! `package.json`: <https://docs.npmjs.com/cli/configuring-npm/package-json>, with what pnpm, yarn and bun add to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::spec::Spec;
use crate::digest::{Digest, Hasher};
use crate::unit::script;

/// What describes a package and changes nothing for others, or is read by itself.
const DESCRIBING: [&str; 16] = [
    "author",
    "bugs",
    "catalog",
    "catalogs",
    "contributors",
    "description",
    "funding",
    "homepage",
    "keywords",
    "license",
    "licenses",
    "maintainers",
    "name",
    "repository",
    "version",
    "workspaces",
];

/// What holds texts that are no paths.
const NO_PATHS: [&str; 24] = [
    "author",
    "bugs",
    "catalog",
    "catalogs",
    "contributors",
    "dependencies",
    "description",
    "devDependencies",
    "engines",
    "funding",
    "homepage",
    "keywords",
    "license",
    "licenses",
    "maintainers",
    "name",
    "optionalDependencies",
    "overrides",
    "peerDependencies",
    "repository",
    "resolutions",
    "scripts",
    "version",
    "workspaces",
];

/// What names files of the package itself.
const OWN_PATHS: [&str; 12] = [
    "bin",
    "browser",
    "directories",
    "exports",
    "files",
    "main",
    "man",
    "module",
    "source",
    "style",
    "types",
    "typings",
];

/// A `package.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::unit) struct Manifest {
    /// Its name, if it has one.
    pub(super) name: Option<String>,
    /// What it depends on.
    pub(super) dependencies: Vec<Dependency>,
    /// The patterns of the members of its workspace, where it has one.
    pub(super) workspaces: Option<Vec<String>>,
    /// Whether it has anything that makes a package of it: a name, dependencies or scripts.
    pub(super) is_package: bool,
    /// Whether it is published: then it isn't private, has a name, and files to import or run.
    pub(super) is_published: bool,
    /// Paths that may lead out of its folder, up to the first wildcard.
    pub(super) outside: BTreeSet<String>,
    /// Files and folders directly in its folder that it names as its own.
    pub(super) own: BTreeSet<String>,
    /// What it means to packages below it.
    pub(super) shared: Digest,
    /// What its catalogs hold, by catalog and name.
    pub(super) catalogs: Catalogs,
    /// What `overrides` and `resolutions` put paths or members of the workspace in the place of.
    pub(super) overrides: Vec<Dependency>,
    /// What imports depend on.
    pub(super) imports: Map<String, Value>,
}

/// Ranges by the names of packages, by the names of catalogs; the default one's is empty.
pub(super) type Catalogs = BTreeMap<String, BTreeMap<String, String>>;

/// A dependency as a manifest declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dependency {
    /// How.
    pub(super) kind: Kind,
    /// The name that it is imported by.
    pub(super) name: String,
    /// Its range, a place, or an alias.
    pub(super) range: String,
}

/// How a package depends on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// `dependencies`.
    Normal,
    /// `devDependencies`.
    Dev,
    /// `optionalDependencies`.
    Optional,
    /// `peerDependencies`.
    Peer,
    /// `bundleDependencies` alone.
    Bundled,
    /// By way of `overrides`, `resolutions` and the like.
    Override,
}

impl Kind {
    const DECLARED: [(&'static str, Self); 4] = [
        ("dependencies", Self::Normal),
        ("devDependencies", Self::Dev),
        ("optionalDependencies", Self::Optional),
        ("peerDependencies", Self::Peer),
    ];

    /// How it is spoken of.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "dependency",
            Self::Dev => "dev-dependency",
            Self::Optional => "optional dependency",
            Self::Peer => "peer dependency",
            Self::Bundled => "bundled dependency",
            Self::Override => "override",
        }
    }
}

impl Manifest {
    /// Reads a manifest. An error says what is wrong with it.
    pub(super) fn read(content: &[u8]) -> Result<Self, String> {
        let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
        let whole: Map<String, Value> = serde_json::from_slice(content).map_err(|error| error.to_string())?;
        let text = |key: &str| whole.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let dependencies = dependencies(&whole);
        let is_private = whole.get("private").is_some_and(|private| *private == true);
        let offers = ["main", "module", "exports", "bin"].iter().any(|key| whole.contains_key(*key));
        Ok(Self {
            name: text("name").map(str::to_owned),
            workspaces: workspaces(&whole),
            is_package: text("name").is_some() || !dependencies.is_empty() || whole.contains_key("scripts"),
            is_published: !is_private && text("name").is_some() && offers,
            outside: outside(&whole),
            own: own(&whole),
            shared: shared(&whole),
            catalogs: catalogs(&whole),
            overrides: overrides(&whole),
            imports: script::Package::KEYS
                .iter()
                .filter_map(|key| Some(((*key).to_owned(), whole.get(*key)?.clone())))
                .collect(),
            dependencies,
        })
    }
}

fn dependencies(whole: &Map<String, Value>) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    for (key, kind) in Kind::DECLARED {
        for (name, range) in whole.get(key).and_then(Value::as_object).into_iter().flatten() {
            let range = range.as_str().unwrap_or_default().to_owned();
            found.push(Dependency { kind, name: name.clone(), range });
        }
    }
    let declared: BTreeSet<String> = found.iter().map(|dependency| dependency.name.clone()).collect();
    for name in ["bundleDependencies", "bundledDependencies"].iter().flat_map(|key| texts(whole.get(*key))) {
        if !declared.contains(name) {
            found.push(Dependency { kind: Kind::Bundled, name: name.to_owned(), range: String::new() });
        }
    }
    found
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn workspaces(whole: &Map<String, Value>) -> Option<Vec<String>> {
    let patterns = match whole.get("workspaces")? {
        Value::Object(with) => with.get("packages"),
        patterns => Some(patterns),
    };
    patterns?.is_array().then(|| texts(patterns).map(str::to_owned).collect())
}

/// The digest of what a manifest means to packages below it: everything but what only describes it.
fn shared(whole: &Map<String, Value>) -> Digest {
    let mut hasher = Hasher::new("unit-npm-shared", 1);
    for (key, value) in whole.iter().filter(|(key, _)| !DESCRIBING.contains(&key.as_str())) {
        hasher.field(key, value.to_string());
    }
    // What a workspace says besides which folders are in it and its catalogs.
    for (key, value) in whole.get("workspaces").and_then(Value::as_object).into_iter().flatten() {
        if !["packages", "catalog", "catalogs"].contains(&key.as_str()) {
            hasher.field("workspaces", key).field("", value.to_string());
        }
    }
    hasher.finish()
}

/// The catalogs that bun reads from a manifest: <https://bun.com/docs/pm/catalogs>.
fn catalogs(whole: &Map<String, Value>) -> Catalogs {
    let mut found = read_catalogs(whole);
    if let Some(workspaces) = whole.get("workspaces").and_then(Value::as_object) {
        found.extend(read_catalogs(workspaces));
    }
    found
}

/// What `catalog` and `catalogs` hold.
pub(super) fn read_catalogs(whole: &Map<String, Value>) -> Catalogs {
    let ranges = |catalog: &Value| -> BTreeMap<String, String> {
        let entries = catalog.as_object().into_iter().flatten();
        entries.map(|(name, range)| (name.clone(), range.as_str().unwrap_or_default().to_owned())).collect()
    };
    let mut found = Catalogs::new();
    for (name, catalog) in whole.get("catalogs").and_then(Value::as_object).into_iter().flatten() {
        let name = if name == "default" { "" } else { name };
        found.insert(name.to_owned(), ranges(catalog));
    }
    if let Some(catalog) = whole.get("catalog") {
        found.entry(String::new()).or_default().extend(ranges(catalog));
    }
    found
}

/// What is put in the place of packages and lies in the tree.
fn overrides(whole: &Map<String, Value>) -> Vec<Dependency> {
    let pnpm = whole.get("pnpm").and_then(Value::as_object).and_then(|pnpm| pnpm.get("overrides"));
    let mut found = Vec::new();
    for value in ["overrides", "resolutions"].iter().filter_map(|key| whole.get(*key)).chain(pnpm) {
        local_overrides("", value, &mut found);
    }
    found
}

/// The texts among overrides that name a path or a member. The parser has seen to it that they don't go too deep.
pub(super) fn local_overrides(of: &str, value: &Value, found: &mut Vec<Dependency>) {
    match value {
        Value::String(range) if !matches!(Spec::read(range), Spec::Package | Spec::Catalog(_)) => {
            // `a>b`, `**/b`, `a/b`, `b@^1`: the last one is what is replaced.
            let last = of.rsplit(['>', '*']).next().unwrap_or(of).trim_start_matches('/');
            let name = super::spec::package_name(last).unwrap_or(last);
            found.push(Dependency { kind: Kind::Override, name: name.to_owned(), range: range.clone() });
        }
        Value::Object(entries) => entries.iter().for_each(|(name, value)| {
            local_overrides(if name == "." { of } else { name }, value, found);
        }),
        _ => {}
    }
}

/// Paths that may lead out of a manifest's folder.
fn outside(whole: &Map<String, Value>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, value) in whole.iter().filter(|(key, _)| !NO_PATHS.contains(&key.as_str())) {
        strings(value, &mut |text| {
            let path = text.strip_prefix("<rootDir>/").unwrap_or(text);
            if path.split(['/', '\\']).any(|part| part == "..") && !path.contains("://") {
                found.insert(literal(path).to_owned());
            }
        });
    }
    found
}

/// What lies directly in a manifest's folder and is named in it.
fn own(whole: &Map<String, Value>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for value in OWN_PATHS.iter().filter_map(|key| whole.get(*key)) {
        strings(value, &mut |text| {
            let path = literal(text.strip_prefix("./").unwrap_or(text));
            let first = path.split('/').next().unwrap_or_default();
            if !matches!(first, "" | "." | "..") {
                found.insert(first.to_owned());
            }
        });
    }
    found
}

/// A path up to its first component with a wildcard.
fn literal(path: &str) -> &str {
    let Some(wildcard) = path.find(['*', '?', '[', '{', '(', '!']) else { return path };
    path[..wildcard].rfind('/').map_or("", |slash| &path[..slash])
}

/// Every text in a value. The parser has seen to it that it doesn't go too deep.
fn strings<'v>(value: &'v Value, take: &mut impl FnMut(&'v str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, take)),
        Value::Object(entries) => entries.values().for_each(|value| strings(value, take)),
        _ => {}
    }
}

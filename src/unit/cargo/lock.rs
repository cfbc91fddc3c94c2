//! What a `Cargo.lock` says, in its versions 1 to 4.
//!
//! <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>; of versions,
//! <https://doc.rust-lang.org/nightly/nightly-rustc/cargo/core/resolver/enum.ResolveVersion.html>. Version 1 has no number
//! of its own, keeps checksums in `[metadata]`, and may have a `[root]`. In later ones a dependency is named by as much of
//! name, version and source as it takes to be told from others.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::toml_value::{parse, table, text, texts};
use crate::digest::{Digest, Hasher};

/// The newest version that is known.
const NEWEST: i64 = 4;

/// What a lock file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    /// The digest of the whole file.
    pub(super) whole: Digest,
    /// The packages, in the file's order.
    pub(super) packages: Vec<Locked>,
    /// The names of patches that nothing uses.
    pub(super) unused: Vec<String>,
}

/// A resolved package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Locked {
    /// Its name.
    pub(super) name: String,
    /// Its version.
    pub(super) version: String,
    /// Whether it lies in a folder, instead of coming from elsewhere.
    pub(super) is_path: bool,
    /// A digest of its name, version, source and checksum.
    pub(super) identity: Digest,
    /// What it depends on, by place in the list.
    pub(super) dependencies: Vec<u32>,
    /// Whether it depends on something that the list doesn't hold, or not once.
    pub(super) is_torn: bool,
}

impl Lock {
    /// Reads a lock file; what is wrong with it, for people, where it can't be read.
    pub(super) fn read(content: &[u8]) -> Result<Self, String> {
        let document = parse(content)?;
        match document.get("version") {
            None => {}
            Some(Value::Integer(version)) if (1..=NEWEST).contains(version) => {}
            Some(version) => return Err(format!("is of version {version}, which is unknown")),
        }
        let mut entries: Vec<&Table> = document.get("root").and_then(Value::as_table).into_iter().collect();
        entries.extend(tables(document.get("package")));
        let checksums: HashMap<&str, &str> =
            table(&document, "metadata").filter_map(|(key, value)| Some((key.as_str(), value.as_str()?))).collect();
        let mut packages = Vec::new();
        for entry in &entries {
            packages.push(Locked::read(entry, &checksums).ok_or("has a package without a name or a version")?);
        }
        let index = Index::of(&packages, &entries);
        let resolved: Vec<(Vec<u32>, bool)> = entries.iter().map(|entry| index.dependencies(entry)).collect();
        for (package, (dependencies, is_torn)) in packages.iter_mut().zip(resolved) {
            (package.dependencies, package.is_torn) = (dependencies, is_torn);
        }
        let unused = tables(document.get("patch").and_then(|patch| patch.get("unused")));
        Ok(Self {
            whole: Digest::of(content),
            packages,
            unused: unused.filter_map(|entry| text(entry, "name")).collect(),
        })
    }
}

fn tables(value: Option<&Value>) -> impl Iterator<Item = &Table> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

impl Locked {
    fn read(entry: &Table, checksums: &HashMap<&str, &str>) -> Option<Self> {
        let (name, version) = (text(entry, "name")?, text(entry, "version")?);
        let source = text(entry, "source");
        let told = source.as_deref().unwrap_or_default();
        let listed =
            || checksums.get(format!("checksum {name} {version} ({told})").as_str()).map(|&sum| sum.to_owned());
        let checksum = text(entry, "checksum").or_else(listed).unwrap_or_default();
        let mut hasher = Hasher::new("unit-cargo-locked", 1);
        hasher.field("name", &name).field("version", &version).field("source", told).field("checksum", checksum);
        let identity = hasher.finish();
        Some(Self { name, version, is_path: source.is_none(), identity, dependencies: Vec::new(), is_torn: false })
    }
}

/// Which package a dependency's text names.
struct Index<'l> {
    names: HashMap<&'l str, Vec<u32>>,
    versions: HashMap<(&'l str, &'l str), Vec<u32>>,
    sources: HashMap<(&'l str, &'l str, &'l str), Vec<u32>>,
}

impl<'l> Index<'l> {
    fn of(packages: &'l [Locked], entries: &[&'l Table]) -> Self {
        let mut index = Self { names: HashMap::new(), versions: HashMap::new(), sources: HashMap::new() };
        for ((place, package), entry) in (0..).zip(packages).zip(entries) {
            let (name, version) = (package.name.as_str(), package.version.as_str());
            index.names.entry(name).or_default().push(place);
            index.versions.entry((name, version)).or_default().push(place);
            if let Some(source) = entry.get("source").and_then(Value::as_str) {
                index.sources.entry((name, version, without_commit(source))).or_default().push(place);
            }
        }
        index
    }

    /// The packages that an entry depends on, and whether it names some that aren't there, or more than one by one text.
    fn dependencies(&self, entry: &Table) -> (Vec<u32>, bool) {
        // A package that `[replace]` stands in for names what does.
        let named = texts(entry, "dependencies").into_iter().chain(text(entry, "replace"));
        let (mut places, mut is_torn) = (Vec::new(), false);
        for dependency in named {
            match self.find(&dependency) {
                Some(place) => places.push(place),
                None => is_torn = true,
            }
        }
        (places, is_torn)
    }

    fn find(&self, dependency: &str) -> Option<u32> {
        let mut parts = dependency.splitn(3, ' ');
        let name = parts.next()?;
        let found = match (parts.next(), parts.next()) {
            (Some(version), Some(source)) => {
                let source = source.strip_prefix('(')?.strip_suffix(')')?;
                // A package in a folder has no source; version 1 leaves it out of what names one too.
                self.sources.get(&(name, version, without_commit(source)))
            }
            (Some(version), None) => self.versions.get(&(name, version)),
            _ => self.names.get(name),
        };
        match found?.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

/// A source without the commit that it was resolved to, which what depends on it may leave out.
fn without_commit(source: &str) -> &str {
    source.split_once('#').map_or(source, |(source, _)| source)
}

//! Lock files: what the dependencies of each package of the tree resolve to, with all that those bring.
//!
//! Each format is read into a graph of packages, and that into digests, so that what is kept of a lock file is small and
//! says the same after any change that means nothing.

mod graph;
mod npm;
mod pnpm;
mod classic;
mod berry;
mod bun;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::digest::{Digest, Hasher};
use graph::{Closures, Draft};

/// The names of lock files.
pub(super) const NAMES: [&str; 6] =
    ["npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];

/// How often the packages of a lock file may lead into the tree, each with all that it brings.
const MOST_REACHES: usize = 1 << 18;

/// What a lock file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::unit) struct Lock {
    /// Its whole content.
    pub(super) raw: Digest,
    /// What of it means something for every package, such as settings.
    pub(super) common: Digest,
    /// What packages of the tree depend on, by their folders relative to the lock file's. None, where the format doesn't
    /// tell packages apart.
    pub(super) importers: BTreeMap<String, Importer>,
    /// What a name with a range resolves to, where the format tells it by those alone.
    pub(super) ranges: BTreeMap<String, Pin>,
    /// Whatever has a name, in all versions.
    pub(super) names: BTreeMap<String, Pin>,
    /// Whether ranges stand in it as they do in manifests.
    pub(super) tells_ranges: bool,
    /// Whether [`Self::ranges`] is what tells.
    pub(super) is_by_range: bool,
}

/// What a package of the tree depends on, by the names that it uses.
pub(super) type Importer = BTreeMap<String, Pin>;

/// What a dependency resolves to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pin {
    /// The package, and all that it brings.
    pub(super) digest: Digest,
    /// The ranges that it was resolved for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ranges: Vec<String>,
    /// Whether the package itself is a place in the tree.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_place: bool,
    /// Where it leads in the tree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reaches: Vec<Reach>,
}

/// Where a package leads apart from packages of the lock file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Reach {
    /// To a file or folder, relative to the lock file's folder, maybe with `..`.
    Folder(String),
    /// To a package of a name that is not in the lock file: one of the workspace, or missing.
    Name(String),
}

/// A lock file that is being read.
#[derive(Debug, Default)]
struct Reading {
    graph: Draft,
    importers: BTreeMap<String, BTreeMap<String, Wanted>>,
    ranges: BTreeMap<String, usize>,
    /// What means something for every package.
    common: Map<String, Value>,
    is_by_range: bool,
    tells_ranges: bool,
}

/// A dependency of a package of the tree.
#[derive(Debug, Default)]
struct Wanted {
    ranges: Vec<String>,
    packages: Vec<usize>,
}

/// Reads the lock file of a name. An error says why it can't be.
pub(super) fn read(name: &str, content: &[u8]) -> Result<Lock, String> {
    if name == "bun.lockb" {
        return Err(
            "its binary format can't be read: `bun install --save-text-lockfile` writes one that can".to_owned()
        );
    }
    let text = std::str::from_utf8(content).map_err(|_| "it is not UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.lines().any(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")) {
        return Err("it has the marks of a merge conflict".to_owned());
    }
    let reading = match name {
        "pnpm-lock.yaml" => pnpm::read(text),
        "bun.lock" => bun::read(text),
        "yarn.lock" if berry::is(text) => berry::read(text),
        "yarn.lock" => classic::read(text),
        _ => npm::read(text),
    }?;
    reading.finish(Digest::of(content))
}

impl Reading {
    fn finish(self, raw: Digest) -> Result<Lock, String> {
        let closures = Closures::new(&self.graph.nodes)?;
        let pin = |packages: &[usize], ranges: Vec<String>| {
            let (digest, reaches) = closures.of(packages);
            let is_place = packages.iter().any(|at| self.graph.nodes[*at].is_place());
            Pin { digest, ranges, is_place, reaches }
        };
        let importer = |wanted: BTreeMap<String, Wanted>| {
            wanted.into_iter().map(|(name, wanted)| (name, pin(&wanted.packages, wanted.ranges))).collect()
        };
        let lock = Lock {
            raw,
            common: content("unit-npm-lock-common", &self.common, &[]),
            importers: self.importers.into_iter().map(|(folder, wanted)| (folder, importer(wanted))).collect(),
            ranges: self.ranges.into_iter().map(|(range, at)| (range, pin(&[at], Vec::new()))).collect(),
            names: self.graph.by_name.iter().map(|(name, all)| (name.clone(), pin(all, Vec::new()))).collect(),
            tells_ranges: self.tells_ranges,
            is_by_range: self.is_by_range,
        };
        let pins =
            lock.importers.values().flat_map(BTreeMap::values).chain(lock.ranges.values()).chain(lock.names.values());
        if pins.map(|pin| pin.reaches.len()).sum::<usize>() > MOST_REACHES {
            return Err("too much in it leads back into the tree".to_owned());
        }
        Ok(lock)
    }

    /// A dependency of a package of the tree: that it is asked for with a range, and what it resolves to.
    fn want(&mut self, folder: &str, name: &str, range: Option<&str>, package: Option<usize>) {
        let importer = self.importers.entry(folder.to_owned()).or_default();
        let Some(package) = package else { return };
        let wanted = importer.entry(name.to_owned()).or_default();
        wanted.ranges.extend(range.map(str::to_owned).filter(|range| !wanted.ranges.contains(range)));
        if !wanted.packages.contains(&package) {
            wanted.packages.push(package);
        }
    }
}

/// The digest of an object, without some keys.
fn content(kind: &str, object: &Map<String, Value>, without: &[&str]) -> Digest {
    let mut hasher = Hasher::new(kind, 1);
    for (key, value) in object.iter().filter(|(key, _)| !without.contains(&key.as_str())) {
        match value {
            Value::String(text) => hasher.field(key, text),
            other => hasher.field(key, other.to_string()),
        };
    }
    hasher.finish()
}

/// An object's value that is an object too.
fn table<'v>(object: &'v Map<String, Value>, key: &str) -> impl Iterator<Item = (&'v String, &'v Value)> {
    object.get(key).and_then(Value::as_object).into_iter().flatten()
}

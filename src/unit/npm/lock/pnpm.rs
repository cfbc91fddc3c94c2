//! `pnpm-lock.yaml`, versions 5.x, 6.x and 9.x: <https://github.com/pnpm/spec/tree/master/lockfile>.
//!
//! How a reference leads to a key of `packages` or `snapshots` differs from version to version, and no text is a key of
//! another package in any of them, so each way is tried.

use serde_json::{Map, Value};

use super::{Reach, Reading, content, table};
use crate::unit::npm::{spec, yaml};

/// What tells of packages and what depends on them; the rest means something for all.
const FOLLOWED: [&str; 10] = [
    "catalogs",
    "dependencies",
    "devDependencies",
    "importers",
    "lockfileVersion",
    "optionalDependencies",
    "packages",
    "snapshots",
    "specifiers",
    "time",
];

/// What of a package's entry means nothing for what is installed, or is followed by itself.
const MEANINGLESS: [&str; 14] = [
    "cpu",
    "dependencies",
    "deprecated",
    "dev",
    "engines",
    "hasBin",
    "libc",
    "optional",
    "optionalDependencies",
    "os",
    "peerDependencies",
    "peerDependenciesMeta",
    "requiresBuild",
    "transitivePeerDependencies",
];

const KINDS: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

/// Reads a lock file. Before the one of the project there may be one of what pnpm itself is configured with.
pub(super) fn read(text: &str) -> Result<Reading, String> {
    let mut documents = yaml::documents(text)?.into_iter().filter(|document| !document.is_null()).collect::<Vec<_>>();
    let Some(Value::Object(whole)) = documents.pop() else { return Err("it is empty".to_owned()) };
    let version = whole.get("lockfileVersion").and_then(Value::as_str).unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default();
    if !matches!(major, "5" | "6" | "9") {
        return Err(format!("version '{version}' of its format is unknown"));
    }
    let mut reading = Reading { tells_ranges: !whole.contains_key("overrides"), ..Reading::default() };
    for (key, value) in whole.iter().filter(|(key, _)| !FOLLOWED.contains(&key.as_str())) {
        reading.common.insert(key.clone(), value.clone());
    }
    if !documents.is_empty() {
        reading.common.insert("---".to_owned(), Value::Array(documents));
    }
    let keys = place(&mut reading, &whole);
    let entries = if whole.contains_key("snapshots") { "snapshots" } else { "packages" };
    for (key, entry) in table(&whole, entries) {
        let (Some(entry), Some(at)) = (entry.as_object(), keys.get(key)) else { continue };
        for (name, reference) in KINDS.iter().flat_map(|kind| table(entry, kind)) {
            let to = lead(&mut reading, &keys, "", name, reference.as_str().unwrap_or_default());
            reading.graph.nodes[*at].to.push(to);
        }
    }
    if whole.contains_key("importers") {
        for (folder, importer) in table(&whole, "importers") {
            importer.as_object().into_iter().for_each(|importer| imports(&mut reading, &keys, folder, importer));
        }
    } else {
        imports(&mut reading, &keys, ".", &whole);
    }
    Ok(reading)
}

type Keys = std::collections::BTreeMap<String, usize>;

/// Adds every package.
fn place(reading: &mut Reading, whole: &Map<String, Value>) -> Keys {
    let described = whole.get("packages").and_then(Value::as_object);
    let entries = if whole.contains_key("snapshots") { "snapshots" } else { "packages" };
    let mut keys = Keys::new();
    for (key, entry) in table(whole, entries) {
        // A snapshot is of a package for certain peers, which stand behind it.
        let bare = key.split_once('(').map_or(key.as_str(), |(bare, _)| bare);
        let about = described.and_then(|packages| packages.get(bare)).or(Some(entry)).and_then(Value::as_object);
        let mut about = about.cloned().unwrap_or_default();
        let place = about.get("resolution").and_then(Value::as_object).and_then(place_of);
        about.insert("key".to_owned(), key.as_str().into());
        let at = reading
            .graph
            .add(name_of(key, &about).unwrap_or_default(), content("unit-pnpm-lock-package", &about, &MEANINGLESS));
        reading.graph.nodes[at].reaches.extend(place);
        keys.insert(key.clone(), at);
    }
    keys
}

/// Where in the tree a package's content lies, if it does.
fn place_of(resolution: &Map<String, Value>) -> Option<Reach> {
    let text = |key: &str| resolution.get(key).and_then(Value::as_str);
    let path = text("directory").or_else(|| text("tarball")?.strip_prefix("file:"))?;
    Some(Reach::Folder(path.to_owned()))
}

/// The name in a key: `name@1.0.0(peer@1.0.0)`, `/name@1.0.0`, `/name/1.0.0_peer@1.0.0`.
fn name_of<'t>(key: &'t str, about: &'t Map<String, Value>) -> Option<&'t str> {
    if let Some(name) = about.get("name").and_then(Value::as_str) {
        return Some(name);
    }
    let bare = key.strip_prefix('/').unwrap_or(key);
    let bare = bare.split_once('(').map_or(bare, |(bare, _)| bare);
    let slashes = if bare.starts_with('@') { 2 } else { 1 };
    let (name_end, _) = bare.match_indices('/').nth(slashes - 1).unwrap_or((bare.len(), ""));
    match spec::package_name(bare) {
        Some(name) if name.len() <= name_end => Some(name),
        _ if key.starts_with('/') => Some(&bare[..name_end]),
        _ => None,
    }
}

/// The package that a reference leads to.
fn lead(reading: &mut Reading, keys: &Keys, folder: &str, name: &str, reference: &str) -> usize {
    if let Some(path) = reference.strip_prefix("link:") {
        return reading.graph.place(Reach::Folder(format!("{folder}/{path}").trim_start_matches('/').to_owned()));
    }
    let ways = [
        reference.to_owned(),
        format!("{name}@{reference}"),
        format!("/{name}@{reference}"),
        format!("/{name}/{reference}"),
    ];
    match ways.iter().find_map(|key| keys.get(key)) {
        Some(at) => *at,
        None => reading.graph.place(Reach::Name(name.to_owned())),
    }
}

/// Tells what a package of the tree depends on.
fn imports(reading: &mut Reading, keys: &Keys, folder: &str, importer: &Map<String, Value>) {
    let from = if folder == "." { "" } else { folder };
    reading.importers.entry(from.to_owned()).or_default();
    let specifiers = importer.get("specifiers").and_then(Value::as_object);
    for (name, reference) in KINDS.iter().flat_map(|kind| table(importer, kind)) {
        let (reference, range) = match reference {
            Value::Object(both) => (both.get("version").and_then(Value::as_str), both.get("specifier")),
            other => (other.as_str(), specifiers.and_then(|specifiers| specifiers.get(name))),
        };
        let to = lead(reading, keys, from, name, reference.unwrap_or_default());
        reading.want(from, name, range.and_then(Value::as_str), Some(to));
    }
}

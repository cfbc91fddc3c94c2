//! `bun.lock`: JSON with comments and commas at the end (<https://bun.com/docs/pm/lockfile>,
//! <https://bun.com/reference/bun/BunLockFile>).
//!
//! Packages stand under the names that lead to them, as folders in `node_modules` would: `a/b` is the `b` that `a` takes
//! where it is another than everybody's. `a` may be a member of the workspace.

use std::collections::BTreeMap;

use jsonc_parser::{CollectOptions, ParseOptions};
use serde_json::{Map, Value};

use super::{Reach, Reading, content, table};
use crate::unit::npm::spec;

/// Longer names than anybody has.
const LONGEST: usize = 4096;

/// What tells of packages and what depends on them; the rest means something for all.
const FOLLOWED: [&str; 5] = ["catalog", "catalogs", "lockfileVersion", "packages", "workspaces"];

/// What of what is said of a package means nothing for what is installed, or is followed by itself.
const MEANINGLESS: [&str; 9] =
    ["bin", "binDir", "cpu", "dependencies", "libc", "optionalDependencies", "optionalPeers", "os", "peerDependencies"];

/// Dependencies of a package, each with whether it may be missing.
const KINDS: [(&str, bool); 4] =
    [("dependencies", false), ("devDependencies", false), ("optionalDependencies", true), ("peerDependencies", true)];

/// Reads a lock file.
pub(super) fn read(text: &str) -> Result<Reading, String> {
    let read = jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let value: Option<Value> = read.map_err(|error| error.to_string())?.value.map(Into::into);
    let Some(Value::Object(whole)) = value else { return Err("it holds no object".to_owned()) };
    match whole.get("lockfileVersion").and_then(Value::as_u64) {
        Some(0..=2) => {}
        other => return Err(format!("version {} of its format is unknown", other.unwrap_or_default())),
    }
    let mut reading = Reading { tells_ranges: true, ..Reading::default() };
    for (key, value) in whole.iter().filter(|(key, _)| !FOLLOWED.contains(&key.as_str())) {
        reading.common.insert(key.clone(), value.clone());
    }
    let mut keys = BTreeMap::new();
    for (key, entry) in table(&whole, "packages") {
        if key.len() > LONGEST {
            return Err("a name in it is too long".to_owned());
        }
        let at = place(&mut reading, entry.as_array().map_or(&[], Vec::as_slice));
        keys.insert(key.as_str(), at);
    }
    for (key, entry) in table(&whole, "packages") {
        depends(&mut reading, &keys, key, entry.as_array().map_or(&[], Vec::as_slice));
    }
    for (folder, about) in table(&whole, "workspaces") {
        let Some(about) = about.as_object() else { continue };
        reading.importers.entry(folder.clone()).or_default();
        let own = about.get("name").and_then(Value::as_str).unwrap_or_default();
        for (name, range) in KINDS.iter().flat_map(|(kind, _)| table(about, kind)) {
            let found = find(&keys, if folder.is_empty() { "" } else { own }, name);
            reading.want(folder, name, range.as_str(), found);
        }
    }
    Ok(reading)
}

/// Adds a package: what it resolves to first, then what its kind has to say.
fn place(reading: &mut Reading, entry: &[Value]) -> usize {
    let resolved = entry.first().and_then(Value::as_str).unwrap_or_default();
    let name = spec::package_name(resolved).unwrap_or_default();
    let reference = resolved.get(name.len() + 1..).unwrap_or_default();
    if let Some(folder) = reference.strip_prefix("workspace:") {
        return reading.graph.place(Reach::Folder(folder.to_owned()));
    }
    let mut about = Map::new();
    for (at, part) in entry.iter().enumerate() {
        let part = match part {
            Value::Object(part) => content("unit-bun-lock-info", part, &MEANINGLESS).to_string().into(),
            other => other.clone(),
        };
        about.insert(at.to_string(), part);
    }
    let at = reading.graph.add(name, content("unit-bun-lock-package", &about, &[]));
    let path = ["link:", "file:"].iter().find_map(|protocol| reference.strip_prefix(protocol));
    let path = path.or((reference.starts_with("./") || reference.starts_with("../")).then_some(reference));
    reading.graph.nodes[at].reaches.extend(path.map(|path| Reach::Folder(path.to_owned())));
    if reference == "root:" {
        reading.graph.nodes[at].reaches.push(Reach::Folder(String::new()));
    }
    at
}

/// Tells what a package depends on.
fn depends(reading: &mut Reading, keys: &BTreeMap<&str, usize>, key: &str, entry: &[Value]) {
    let (Some(about), Some(at)) = (entry.iter().find_map(Value::as_object), keys.get(key).copied()) else { return };
    for (kind, optional) in KINDS {
        for (name, _) in table(about, kind) {
            match find(keys, key, name) {
                Some(to) => reading.graph.nodes[at].to.push(to),
                None if optional => {}
                None => reading.graph.nodes[at].reaches.push(Reach::Name(name.clone())),
            }
        }
    }
}

/// The package that a name leads to from a key: below it, else below what that lies in, and so on.
fn find(keys: &BTreeMap<&str, usize>, from: &str, name: &str) -> Option<usize> {
    let mut from = from;
    while !from.is_empty() {
        if let Some(at) = keys.get(format!("{from}/{name}").as_str()) {
            return Some(*at);
        }
        let cut = from.rfind('/').unwrap_or(0);
        // A scope belongs to the name after it.
        let scope = from[..cut].rfind('/').map_or(0, |slash| slash + 1);
        from = &from[..if from[scope..cut].starts_with('@') { scope.saturating_sub(1) } else { cut }];
    }
    keys.get(name).copied()
}

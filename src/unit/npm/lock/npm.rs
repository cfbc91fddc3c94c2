//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1, 2 and 3:
//! <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>.
//!
//! Packages lie in folders, and a dependency is found as Node.js finds it: in the nearest `node_modules` upwards
//! (<https://nodejs.org/api/modules.html#loading-from-node_modules-folders>). Version 1 nests packages instead of naming
//! their folders, and says nothing of packages of the tree but of the root.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Reach, Reading, content, table};

/// Longer folders than systems take.
const LONGEST: usize = 4096;

/// What of a package's entry means nothing for what is installed, or is followed by itself.
const MEANINGLESS: [&str; 23] = [
    "bin",
    "bundleDependencies",
    "bundled",
    "cpu",
    "dependencies",
    "deprecated",
    "dev",
    "devDependencies",
    "devOptional",
    "engines",
    "extraneous",
    "funding",
    "hasInstallScript",
    "inBundle",
    "libc",
    "license",
    "optional",
    "optionalDependencies",
    "os",
    "peer",
    "peerDependencies",
    "peerDependenciesMeta",
    "requires",
];

/// Dependencies of a package from elsewhere, each with whether it may be missing.
const KINDS: [(&str, bool); 4] =
    [("dependencies", false), ("requires", false), ("optionalDependencies", true), ("peerDependencies", true)];

/// The same of a package of the tree.
const OWN_KINDS: [&str; 4] = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/// Reads a lock file.
pub(super) fn read(text: &str) -> Result<Reading, String> {
    let whole: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let version = whole.get("lockfileVersion").and_then(Value::as_u64).unwrap_or(1);
    let mut packages = BTreeMap::new();
    match version {
        1 => nested(&whole, "", &mut packages)?,
        2 | 3 => packages
            .extend(table(&whole, "packages").filter_map(|(key, entry)| Some((key.clone(), entry.as_object()?)))),
        other => return Err(format!("version {other} of its format is unknown")),
    }
    if packages.keys().any(|folder| folder.len() > LONGEST) {
        return Err("a folder in it is too long".to_owned());
    }
    let mut reading = Reading { tells_ranges: version > 1, ..Reading::default() };
    let places = place(&mut reading, &packages);
    for (folder, entry) in &packages {
        if is_of_tree(folder) {
            imports(&mut reading, &places, folder, entry);
        } else {
            depends(&mut reading, &places, folder, entry, version == 1);
        }
    }
    if version == 1 {
        reading.importers.entry(String::new()).or_default();
        for (name, _) in table(&whole, "dependencies") {
            let package = places.find("", name);
            reading.want("", name, None, package);
        }
    }
    Ok(reading)
}

/// The packages of version 1, by the folders that they are installed in.
fn nested<'v>(
    of: &'v Map<String, Value>,
    folder: &str,
    packages: &mut BTreeMap<String, &'v Map<String, Value>>,
) -> Result<(), String> {
    for (name, entry) in table(of, "dependencies") {
        let below = join(folder, name);
        if below.len() > LONGEST {
            return Err("a folder in it is too long".to_owned());
        }
        let Some(entry) = entry.as_object() else { continue };
        nested(entry, &below, packages)?;
        packages.insert(below, entry);
    }
    Ok(())
}

/// The packages by their folders.
struct Places(BTreeMap<String, usize>);

impl Places {
    /// What Node.js finds for a name from a folder.
    fn find(&self, from: &str, name: &str) -> Option<usize> {
        let mut folder = from;
        loop {
            let is_store = folder == "node_modules" || folder.ends_with("/node_modules");
            if !is_store && let Some(at) = self.0.get(&join(folder, name)) {
                return Some(*at);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rfind('/').map_or("", |slash| &folder[..slash]);
        }
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { format!("node_modules/{name}") } else { format!("{folder}/node_modules/{name}") }
}

fn is_of_tree(folder: &str) -> bool {
    folder.split('/').all(|part| part != "node_modules")
}

/// Adds every package that is installed.
fn place(reading: &mut Reading, packages: &BTreeMap<String, &Map<String, Value>>) -> Places {
    let mut places = BTreeMap::new();
    for (folder, entry) in packages.iter().filter(|(folder, _)| !is_of_tree(folder)) {
        let resolved = entry.get("resolved").and_then(Value::as_str);
        // Version 1 says so in the version.
        let source = resolved.or(entry.get("version").and_then(Value::as_str)).unwrap_or_default();
        let at = if entry.get("link").is_some_and(|link| link == true) {
            reading.graph.place(Reach::Folder(source.to_owned()))
        } else if let Some(path) = source.strip_prefix("file:") {
            let at = reading.graph.add("", content("unit-npm-lock-package", entry, &MEANINGLESS));
            reading.graph.nodes[at].reaches.push(Reach::Folder(path.to_owned()));
            at
        } else {
            let installed_as = folder.rsplit_once("node_modules/").map_or("", |(_, name)| name);
            let mut named = (*entry).clone();
            named.entry("name").or_insert_with(|| installed_as.into());
            reading.graph.add(installed_as, content("unit-npm-lock-package", &named, &MEANINGLESS))
        };
        places.insert(folder.clone(), at);
    }
    Places(places)
}

/// Tells what an installed package depends on.
fn depends(reading: &mut Reading, places: &Places, folder: &str, entry: &Map<String, Value>, is_first: bool) {
    let Some(at) = places.0.get(folder).copied() else { return };
    if entry.get("link").is_some_and(|link| link == true) {
        return;
    }
    for (kind, optional) in KINDS {
        // What version 1 has under this name is nested in it, not needed by it.
        if is_first && kind == "dependencies" {
            continue;
        }
        for (name, _) in table(entry, kind) {
            match places.find(folder, name) {
                Some(to) => reading.graph.nodes[at].to.push(to),
                None if optional || table(entry, "optionalDependencies").any(|(other, _)| other == name) => {}
                None => reading.graph.nodes[at].reaches.push(Reach::Name(name.clone())),
            }
        }
    }
}

/// Tells what a package of the tree depends on.
fn imports(reading: &mut Reading, places: &Places, folder: &str, entry: &Map<String, Value>) {
    reading.importers.entry(folder.to_owned()).or_default();
    for kind in OWN_KINDS {
        for (name, range) in table(entry, kind) {
            reading.want(folder, name, range.as_str(), places.find(folder, name));
        }
    }
}

//! `yarn.lock` of yarn 2 and later: YAML, each package under the descriptors that lead to it
//! (<https://yarnpkg.com/advanced/lexicon#descriptor>, <https://yarnpkg.com/advanced/lexicon#locator>).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Reach, Reading, content, table};
use crate::unit::npm::{spec, yaml};

/// What of an entry means nothing for what is installed, or is followed by itself.
const MEANINGLESS: [&str; 8] = [
    "bin",
    "conditions",
    "dependencies",
    "dependenciesMeta",
    "languageName",
    "linkType",
    "peerDependencies",
    "peerDependenciesMeta",
];

/// The versions of the format that are known, from yarn 2.0 to 4.
const VERSIONS: std::ops::RangeInclusive<u32> = 4..=10;

/// Whether a `yarn.lock` is of this format.
pub(super) fn is(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "__metadata:")
}

/// Reads a lock file.
pub(super) fn read(text: &str) -> Result<Reading, String> {
    let Some(Value::Object(whole)) = yaml::documents(text)?.pop() else { return Err("it is empty".to_owned()) };
    let version = table(&whole, "__metadata").find(|(key, _)| *key == "version").and_then(|(_, text)| text.as_str());
    if !version.and_then(|version| version.parse().ok()).is_some_and(|version| VERSIONS.contains(&version)) {
        return Err(format!("version '{}' of its format is unknown", version.unwrap_or_default()));
    }
    let mut reading = Reading { tells_ranges: true, ..Reading::default() };
    let entries: Vec<_> = whole
        .iter()
        .filter(|(key, _)| *key != "__metadata")
        .filter_map(|(key, entry)| Some((key, entry.as_object()?)))
        .collect();
    let mut descriptors = Descriptors::default();
    for (at, (key, entry)) in entries.iter().enumerate() {
        place(&mut reading, entry);
        key.split(", ").for_each(|descriptor| descriptors.add(descriptor.trim(), at));
    }
    for (at, (_, entry)) in entries.iter().enumerate() {
        let member = member(resolution(entry));
        for (name, range) in table(entry, "dependencies") {
            let found = descriptors.find(&reading, name, range.as_str().unwrap_or_default());
            let may_miss = is_optional(entry, name);
            let found = if found.is_empty() && !may_miss {
                vec![reading.graph.place(Reach::Name(name.clone()))]
            } else {
                found
            };
            match member {
                Some(folder) => found.iter().for_each(|to| {
                    // What is missing can't be told from what is there for a range that the manifest no longer has.
                    reading.want(folder, name, range.as_str(), Some(*to));
                }),
                None => reading.graph.nodes[at].to.extend(found),
            }
        }
        if let Some(folder) = member {
            reading.importers.entry(folder.to_owned()).or_default();
        }
    }
    Ok(reading)
}

fn is_optional(entry: &Map<String, Value>, name: &str) -> bool {
    let about = table(entry, "dependenciesMeta").find(|(key, _)| *key == name).and_then(|(_, about)| about.as_object());
    about.and_then(|about| about.get("optional")).is_some_and(|text| text == "true")
}

fn resolution(entry: &Map<String, Value>) -> &str {
    entry.get("resolution").and_then(Value::as_str).unwrap_or_default()
}

/// The folder of a member that a locator means, relative to the lock file's; empty for its own.
fn member(locator: &str) -> Option<&str> {
    let name = spec::package_name(locator)?;
    let folder = locator.get(name.len() + 1..)?.strip_prefix("workspace:")?;
    Some(if folder == "." { "" } else { folder })
}

/// Adds the package of an entry.
fn place(reading: &mut Reading, entry: &Map<String, Value>) {
    let locator = resolution(entry);
    if let Some(folder) = member(locator) {
        reading.graph.place(Reach::Folder(folder.to_owned()));
        return;
    }
    let name = spec::package_name(locator).unwrap_or_default();
    let at = reading.graph.add(name, content("unit-berry-lock-package", entry, &MEANINGLESS));
    reading.graph.nodes[at].reaches.extend(local(locator.get(name.len() + 1..).unwrap_or_default()));
}

/// The place in the tree that a reference such as `link:../b::locator=a%40workspace%3Apackages%2Fa` means.
fn local(reference: &str) -> Option<Reach> {
    let path = ["link:", "portal:", "file:"].iter().find_map(|protocol| reference.strip_prefix(protocol))?;
    let (path, bound) = path.split_once("::").unwrap_or((path, ""));
    // A file's path ends where its checksum begins.
    let path = decoded(path.split_once('#').map_or(path, |(path, _)| path));
    let locator = bound.split('&').find_map(|part| part.strip_prefix("locator=")).map(decoded).unwrap_or_default();
    let folder = member(&locator).unwrap_or_default();
    Some(Reach::Folder(if folder.is_empty() { path } else { format!("{folder}/{path}") }))
}

/// A text with its percent signs resolved.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What leads to which package.
#[derive(Debug, Default)]
struct Descriptors {
    exact: BTreeMap<String, usize>,
    /// Patched packages, by what they patch: yarn patches some of its own accord.
    patched: BTreeMap<String, Vec<usize>>,
}

impl Descriptors {
    fn add(&mut self, descriptor: &str, at: usize) {
        let inner = descriptor.split_once("@patch:").and_then(|(_, inner)| inner.split_once('#'));
        if let Some((inner, _)) = inner {
            self.patched.entry(decoded(inner)).or_default().push(at);
        }
        self.exact.insert(descriptor.to_owned(), at);
    }

    /// The packages that a name with a range may lead to. `resolutions` of the root put others in the place of a range, so
    /// where it leads nowhere, all of that name are meant.
    fn find(&self, reading: &Reading, name: &str, range: &str) -> Vec<usize> {
        for descriptor in [format!("{name}@{range}"), format!("{name}@npm:{range}")] {
            let bound = format!("{descriptor}::");
            let near = self.exact.range(bound.clone()..).next().filter(|(key, _)| key.starts_with(&bound));
            let found = self.exact.get(&descriptor).or(near.map(|(_, at)| at));
            if let Some(found) = found {
                let patched = self.patched.get(&descriptor).into_iter().flatten();
                return std::iter::once(*found).chain(patched.copied()).collect();
            }
        }
        reading.graph.by_name.get(name).cloned().unwrap_or_default()
    }
}

//! `yarn.lock` of yarn 1: lines of keys and values, nested by two spaces, in a grammar of its own
//! (<https://github.com/yarnpkg/yarn/blob/master/src/lockfile/parse.js>).
//!
//! It says what a name with a range resolves to, for whichever package asks. Members of the workspace are not in it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Reach, Reading, content};
use crate::unit::npm::spec;

/// A package, under all that it was resolved for.
#[derive(Debug, Default)]
struct Entry {
    keys: Vec<String>,
    about: Map<String, Value>,
    /// Of each, whether it may be missing.
    dependencies: Vec<(String, String, bool)>,
}

/// Reads a lock file.
pub(super) fn read(text: &str) -> Result<Reading, String> {
    let entries = entries(text)?;
    let mut reading = Reading { is_by_range: true, ..Reading::default() };
    for entry in &entries {
        let first = entry.keys.first().map_or("", String::as_str);
        let name = spec::package_name(first).unwrap_or_default();
        let mut about = entry.about.clone();
        about.insert("name".to_owned(), real_name(first).into());
        let at = reading.graph.add(name, content("unit-yarn-lock-package", &about, &[]));
        for key in &entry.keys {
            let path = key
                .get(name.len() + 1..)
                .and_then(|range| ["file:", "link:"].iter().find_map(|protocol| range.strip_prefix(protocol)));
            reading.graph.nodes[at].reaches.extend(path.map(|path| Reach::Folder(path.to_owned())));
            reading.ranges.insert(key.clone(), at);
        }
    }
    for (at, entry) in entries.iter().enumerate() {
        for (name, range, optional) in &entry.dependencies {
            match reading.ranges.get(&format!("{name}@{range}")) {
                Some(to) => reading.graph.nodes[at].to.push(*to),
                None if *optional => {}
                None => reading.graph.nodes[at].reaches.push(Reach::Name(name.clone())),
            }
        }
    }
    Ok(reading)
}

/// The name of the package that is taken, which is another than it is taken under for `a@npm:b@1`.
fn real_name(key: &str) -> &str {
    let name = spec::package_name(key).unwrap_or(key);
    let range = key.get(name.len() + 1..).unwrap_or_default();
    range.strip_prefix("npm:").and_then(spec::package_name).unwrap_or(name)
}

fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut section = String::new();
    for (at, line) in text.lines().enumerate() {
        let wrong = |what: &str| format!("line {}: {what}", at + 1);
        let words = words(line).map_err(wrong)?;
        if words.is_empty() {
            continue;
        }
        let depth = line.bytes().take_while(|byte| *byte == b' ').count();
        let opens = words.last() == Some(&Word::Colon);
        let texts: Vec<&str> = words.iter().filter_map(Word::text).collect();
        match (depth, entries.last_mut(), texts.as_slice()) {
            (0, _, [_, ..]) if opens => {
                let keys = texts.iter().map(|key| (*key).to_owned()).collect();
                entries.push(Entry { keys, ..Entry::default() });
            }
            (2, Some(_), [name]) if opens => (*name).clone_into(&mut section),
            (2, Some(entry), [key, value]) if !opens => drop(entry.about.insert((*key).to_owned(), (*value).into())),
            (4, Some(entry), [name, range]) if !opens => {
                let optional = section == "optionalDependencies";
                entry.dependencies.push(((*name).to_owned(), (*range).to_owned(), optional));
            }
            _ => return Err(wrong("it is not as yarn writes it")),
        }
    }
    let mut seen = BTreeSet::new();
    for key in entries.iter().flat_map(|entry| &entry.keys) {
        if !seen.insert(key) {
            return Err(format!("'{key}' stands twice"));
        }
    }
    Ok(entries)
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Text(String),
    Colon,
    Comma,
}

impl Word {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Colon | Self::Comma => None,
        }
    }
}

/// The words of a line, without its comment.
fn words(line: &str) -> Result<Vec<Word>, &'static str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start_matches(' ');
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => break,
            ' ' | '\r' => 1,
            ':' | ',' => {
                words.push(if first == ':' { Word::Colon } else { Word::Comma });
                1
            }
            '"' => {
                let length = quoted(rest).ok_or("a quote is not closed")?;
                words
                    .push(Word::Text(serde_json::from_str(&rest[..length]).map_err(|_| "a quoted text is malformed")?));
                length
            }
            _ => {
                let length = rest.find([':', ' ', ',', '\r']).unwrap_or(rest.len());
                words.push(Word::Text(rest[..length].to_owned()));
                length
            }
        };
        rest = &rest[length..];
    }
    Ok(words)
}

/// How long the quoted text is that a text begins with.
fn quoted(text: &str) -> Option<usize> {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some(end + 2)
}

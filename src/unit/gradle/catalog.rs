//! Version catalogs: <https://docs.gradle.org/current/userguide/version_catalogs.html>.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::model::{Catalog, Said};
use crate::digest::{Digest, Hasher};

/// What a catalog says.
pub(super) fn read(content: &[u8]) -> Said {
    let Ok(text) = std::str::from_utf8(content) else {
        return Said::Broken("can't be read: it is not UTF-8".to_owned());
    };
    match text.parse::<Table>() {
        Ok(table) => Said::Catalog(catalog(&table, Digest::of(content))),
        Err(error) => Said::Broken(format!("can't be read: {}", error.message())),
    }
}

fn catalog(table: &Table, whole: Digest) -> Catalog {
    let mut catalog = Catalog { whole: Some(whole), ..Catalog::default() };
    let section = |name: &str| table.get(name).and_then(Value::as_table).into_iter().flatten();
    let versions = table.get("versions").and_then(Value::as_table);
    for (alias, value) in section("versions") {
        catalog.entries.insert(format!("versions.{}", accessor(alias)), digest(value, versions));
    }
    for (alias, value) in section("libraries") {
        let alias = accessor(alias);
        catalog.artifacts.insert(alias.clone(), artifact(value).into_iter().collect());
        catalog.entries.insert(alias, digest(value, versions));
    }
    for (alias, value) in section("plugins") {
        let alias = accessor(alias);
        catalog.plugins.extend(plugin(value).map(|id| (alias.clone(), id)));
        catalog.entries.insert(format!("plugins.{alias}"), digest(value, versions));
    }
    for (alias, value) in section("bundles") {
        let mut hasher = Hasher::new("unit-gradle-bundle", 1);
        let mut artifacts = BTreeSet::new();
        for member in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
            let member = accessor(member);
            artifacts.extend(catalog.artifacts.get(&member).into_iter().flatten().cloned());
            hasher.field(&member, catalog.entries.get(&member).map_or(&[][..], |digest| digest.as_bytes()));
        }
        let alias = format!("bundles.{}", accessor(alias));
        catalog.artifacts.insert(alias.clone(), artifacts);
        catalog.entries.insert(alias, hasher.finish());
    }
    catalog
}

/// An alias as scripts write it.
pub(super) fn accessor(alias: &str) -> String {
    alias.replace(['-', '_'], ".")
}

/// An entry with the version that it refers to.
fn digest(entry: &Value, versions: Option<&Table>) -> Digest {
    let mut hasher = Hasher::new("unit-gradle-entry", 1);
    hasher.field("entry", entry.to_string());
    let reference = entry.get("version").and_then(|version| version.get("ref")).and_then(Value::as_str);
    if let Some(version) = reference.and_then(|name| versions?.get(name)) {
        hasher.field("version", version.to_string());
    }
    hasher.finish()
}

fn artifact(library: &Value) -> Option<String> {
    let module = |text: &str| text.split(':').nth(1).map(str::to_owned);
    match library.as_str() {
        Some(text) => module(text),
        None => library
            .get("name")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| module(library.get("module")?.as_str()?)),
    }
}

fn plugin(plugin: &Value) -> Option<String> {
    match plugin.as_str() {
        Some(text) => text.split(':').next().map(str::to_owned),
        None => plugin.get("id").and_then(Value::as_str).map(str::to_owned),
    }
}

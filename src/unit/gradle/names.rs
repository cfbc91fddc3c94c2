//! Names as scripts write them: of projects, and of entries of version catalogs.

use std::collections::BTreeMap;

use super::model::Catalog;
use crate::digest::{Digest, Hasher};

/// A name as typed accessors write it: `a-b_c` as `aBC`.
pub(super) fn camel(name: &str) -> String {
    let mut parts = name.split(['-', '_', '.', ' ']);
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(letters.as_str());
    }
    camel
}

/// The digest of what is taken from a catalog; `None` for nothing.
pub(super) fn taken<'m>(catalog: &Catalog, name: &str, used: impl Iterator<Item = &'m String>) -> Option<Digest> {
    let mut entries: BTreeMap<&str, &Digest> = BTreeMap::new();
    if !name.ends_with("ibs") {
        return catalog.whole;
    }
    for used in used {
        let Some(alias) = used.strip_prefix(name) else {
            if used == "*" {
                return catalog.whole;
            }
            continue;
        };
        let Some(alias) = alias.strip_prefix('.') else {
            return if alias.is_empty() { catalog.whole } else { continue };
        };
        let before = entries.len();
        let ends = alias.match_indices('.').map(|(at, _)| at).chain([alias.len()]);
        entries.extend(
            ends.filter_map(|end| catalog.entries.get_key_value(&alias[..end]))
                .map(|(key, digest)| (key.as_str(), digest)),
        );
        let inner = format!("{alias}.");
        let below = catalog.entries.range(inner.clone()..).take_while(|(key, _)| key.starts_with(&inner));
        entries.extend(below.map(|(key, digest)| (key.as_str(), digest)));
        let is_known = entries.len() > before || entries.keys().any(|key| alias.starts_with(key));
        if !is_known {
            return catalog.whole;
        }
    }
    let mut hasher = Hasher::new("unit-gradle-catalog", 1);
    for (key, digest) in &entries {
        hasher.field(key, digest.as_bytes());
    }
    (!entries.is_empty()).then(|| hasher.finish())
}

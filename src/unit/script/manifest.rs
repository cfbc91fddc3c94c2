//! Where a package says that what it offers lies: <https://nodejs.org/api/packages.html>.

use serde_json::Value;

use super::Package;

/// The keys by which tools find what a package is, where it doesn't list what it exports.
const MAINS: [&str; 9] = ["main", "module", "browser", "source", "types", "typings", "style", "svelte", "tsconfig"];

impl Package {
    /// Its name as others import it.
    pub(super) fn name(&self) -> Option<&str> {
        self.manifest.get("name").and_then(Value::as_str)
    }

    /// The places, relative to its folder, of what it offers under a subpath, under any condition. The subpath is empty
    /// for the package itself, else it begins with a slash.
    pub(super) fn offered(&self, subpath: &str) -> Vec<String> {
        let mut places = Vec::new();
        if let Some(exports) = self.manifest.get("exports") {
            let key = format!(".{subpath}");
            match exports.as_object().filter(|exports| exports.keys().any(|key| key.starts_with('.'))) {
                Some(exports) => mapped(exports, &key, &mut places),
                None if subpath.is_empty() => leaves(exports, "", &mut places),
                None => {}
            }
        }
        if places.is_empty() && subpath.is_empty() {
            let named = MAINS.iter().filter_map(|key| self.manifest.get(*key)?.as_str());
            places = named.map(str::to_owned).collect();
        }
        places
    }

    /// What it says of one of its own names, which begin with `#`.
    pub(super) fn internal(&self, name: &str) -> Option<Vec<String>> {
        let mut found = Vec::new();
        mapped(self.manifest.get("imports")?.as_object()?, name, &mut found);
        (!found.is_empty()).then_some(found)
    }
}

/// The targets of a key in a map of names and patterns. Of several patterns that match, Node.js takes one; here it is all.
fn mapped(map: &serde_json::Map<String, Value>, key: &str, found: &mut Vec<String>) {
    if let Some(value) = map.get(key) {
        return leaves(value, "", found);
    }
    for (pattern, value) in map {
        let star = match pattern.split_once('*') {
            Some((before, after)) => key.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)),
            None if pattern.ends_with('/') => key.strip_prefix(pattern.as_str()),
            None => None,
        };
        if let Some(star) = star {
            leaves(value, star, found);
        }
    }
}

/// Every text of a target, under any condition, with what its star stands for. JSON is not nested deeper than its parser
/// lets through.
fn leaves(value: &Value, star: &str, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.ends_with('/') => found.push(format!("{text}{star}")),
        Value::String(text) => found.push(text.replace('*', star)),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, star, found)),
        Value::Object(values) => values.values().for_each(|value| leaves(value, star, found)),
        _ => {}
    }
}

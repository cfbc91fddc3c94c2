//! Dependencies as a manifest declares them.

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::toml_value::{is_inherited, table, text, texts};

/// A dependency, of whatever kind and under whatever condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dependency {
    /// The name that the manifest has for it.
    pub(super) key: String,
    /// Its package's name, where it is another.
    pub(super) package: Option<String>,
    /// What kind it is: `dependency`, `dev-dependency`, `build-dependency`, `patch`.
    pub(super) kind: String,
    /// Where it lies, from the manifest's folder.
    pub(super) path: Option<String>,
    /// The folder that it lies in instead, by the name that Cargo's configuration has for it.
    pub(super) base: Option<String>,
    /// Whether the workspace says what it is.
    pub(super) inherited: bool,
    /// The features that are asked of it.
    pub(super) features: Vec<String>,
    /// Whether it stands for a feature of its name.
    pub(super) optional: bool,
    /// The versions that are asked for.
    pub(super) version: Option<String>,
}

impl Dependency {
    /// Reads the value of a key.
    pub(super) fn read(key: &str, value: &Value, kind: &str) -> Self {
        let empty = Table::new();
        let fields = value.as_table().unwrap_or(&empty);
        Self {
            key: key.to_owned(),
            package: text(fields, "package"),
            kind: kind.to_owned(),
            path: text(fields, "path"),
            base: text(fields, "base"),
            inherited: is_inherited(value),
            features: texts(fields, "features"),
            optional: fields.get("optional").and_then(Value::as_bool) == Some(true),
            version: value.as_str().map(str::to_owned).or_else(|| text(fields, "version")),
        }
    }

    /// The name of its package, as far as this manifest says it.
    pub(super) fn package_name(&self) -> &str {
        self.package.as_deref().unwrap_or(&self.key)
    }
}

/// The keys that hold dependencies, each with its kind; the second spellings are old ones that Cargo still takes.
pub(super) const TABLES: [(&str, &str); 5] = [
    ("dependencies", "dependency"),
    ("dev-dependencies", "dev-dependency"),
    ("dev_dependencies", "dev-dependency"),
    ("build-dependencies", "build-dependency"),
    ("build_dependencies", "build-dependency"),
];

/// Every dependency of a package, those for some targets only among them.
pub(super) fn all(document: &Table) -> Vec<Dependency> {
    let targets = table(document, "target").filter_map(|(_, target)| target.as_table());
    let mut all = Vec::new();
    for holder in std::iter::once(document).chain(targets) {
        for (key, kind) in TABLES {
            all.extend(table(holder, key).map(|(name, value)| Dependency::read(name, value, kind)));
        }
    }
    all
}

/// What `[patch]` and `[replace]` put in the place of packages from elsewhere, where it lies in a folder.
pub(super) fn replacements(document: &Table) -> Vec<Dependency> {
    let patched = table(document, "patch").filter_map(|(_, source)| source.as_table()).flatten();
    let patched = patched.map(|(name, value)| Dependency::read(name, value, "patch"));
    let replaced = table(document, "replace").map(|(spec, value)| {
        // `foo:0.1.0`, or a URL that ends in `#foo:0.1.0` or `#foo@0.1.0`.
        let name = spec.rsplit('#').next().unwrap_or(spec);
        Dependency::read(name.split([':', '@']).next().unwrap_or(name), value, "patch")
    });
    patched.chain(replaced).filter(|dependency| dependency.path.is_some()).collect()
}

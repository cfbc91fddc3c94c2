//! What a `Cargo.toml` says: <https://doc.rust-lang.org/cargo/reference/manifest.html>.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::dependency::{self, Dependency};
use super::toml_value::{is_inherited, parse, table, text, texts};
use super::workspace::Workspace;

/// What a manifest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// The package that it declares.
    pub(super) package: Option<Package>,
    /// The workspace of which it is the root.
    pub(super) workspace: Option<Workspace>,
    /// Every dependency, of whatever kind and for whatever target.
    pub(super) dependencies: Vec<Dependency>,
    /// What stands in for packages from elsewhere, where this is the root of a workspace.
    pub(super) replacements: Vec<Dependency>,
    /// The targets that it names.
    pub(super) targets: Vec<Target>,
    /// The names of the features, and of the dependencies that stand for one.
    pub(super) features: BTreeSet<String>,
    /// Features that name what the manifest doesn't have.
    pub(super) bad_features: Vec<String>,
    /// Features of dependencies that features switch on, each with the key of the dependency.
    pub(super) passed_features: Vec<(String, String)>,
}

/// A `[package]` table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Package {
    /// Its name.
    pub(super) name: String,
    /// Its version, where it is not inherited.
    pub(super) version: Option<String>,
    /// The folder of the workspace that it says it is in.
    pub(super) workspace: Option<String>,
    /// The keys that it inherits; `lints` among them.
    pub(super) inherits: BTreeSet<String>,
    /// Files that it names: its build script, its readme, its license, and inclusions that leave its folder.
    pub(super) files: Vec<(String, String)>,
    /// The kinds of targets that are not looked for.
    pub(super) not_found: BTreeSet<TargetKind>,
}

/// A target that a manifest names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Target {
    /// What is made of it.
    pub(super) kind: TargetKind,
    /// Its name.
    pub(super) name: Option<String>,
    /// Its first file, from the package's folder.
    pub(super) path: Option<String>,
}

/// Kinds of targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum TargetKind {
    /// The library.
    Lib,
    /// A program.
    Bin,
    /// An example.
    Example,
    /// An integration test.
    Test,
    /// A benchmark.
    Bench,
}

impl TargetKind {
    /// Every kind.
    pub(super) const ALL: [Self; 5] = [Self::Lib, Self::Bin, Self::Example, Self::Test, Self::Bench];

    /// The key of the manifest.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Lib => "lib",
            Self::Bin => "bin",
            Self::Example => "example",
            Self::Test => "test",
            Self::Bench => "bench",
        }
    }

    fn switch(self) -> &'static str {
        match self {
            Self::Lib => "autolib",
            Self::Bin => "autobins",
            Self::Example => "autoexamples",
            Self::Test => "autotests",
            Self::Bench => "autobenches",
        }
    }
}

impl Manifest {
    /// Reads a manifest; what is wrong with it, for people, where it can't be read.
    pub(super) fn read(content: &[u8]) -> Result<Self, String> {
        let document = parse(content)?;
        let of = document.get("package").or_else(|| document.get("project"));
        let package = of.map(|of| Package::read(&document, of)).transpose()?;
        let workspace = Workspace::read(&document);
        if package.is_none() && workspace.is_none() {
            return Err("has neither a package nor a workspace".to_owned());
        }
        let dependencies = dependency::all(&document);
        let optional = dependencies.iter().filter(|dependency| dependency.optional);
        let named = table(&document, "features").map(|(name, _)| name.clone());
        let features: BTreeSet<String> = named.chain(optional.map(|dependency| dependency.key.clone())).collect();
        let mut manifest = Self {
            package,
            workspace,
            dependencies,
            replacements: dependency::replacements(&document),
            targets: TargetKind::ALL.iter().flat_map(|kind| targets(&document, *kind)).collect(),
            features,
            bad_features: Vec::new(),
            passed_features: Vec::new(),
        };
        manifest.follow_features(&document);
        Ok(manifest)
    }

    /// What features switch on: <https://doc.rust-lang.org/cargo/reference/features.html>.
    fn follow_features(&mut self, document: &Table) {
        let keys: BTreeSet<&str> = self.dependencies.iter().map(|dependency| dependency.key.as_str()).collect();
        let values = table(document, "features").filter_map(|(_, value)| value.as_array()).flatten();
        for value in values.filter_map(Value::as_str) {
            let is_good = if let Some(key) = value.strip_prefix("dep:") {
                keys.contains(key)
            } else if let Some((key, feature)) = value.split_once('/') {
                let key = key.strip_suffix('?').unwrap_or(key);
                self.passed_features.push((key.to_owned(), feature.to_owned()));
                keys.contains(key)
            } else {
                self.features.contains(value)
            };
            if !is_good {
                self.bad_features.push(value.to_owned());
            }
        }
    }
}

impl Package {
    fn read(document: &Table, of: &Value) -> Result<Self, String> {
        let of = of.as_table().ok_or("has a package that is no table")?;
        let name = text(of, "name").ok_or("has a package without a name")?;
        let mut inherits: BTreeSet<String> =
            of.iter().filter(|(_, value)| is_inherited(value)).map(|(key, _)| key.clone()).collect();
        if document.get("lints").is_some_and(is_inherited) {
            inherits.insert("lints".to_owned());
        }
        let named = ["build", "readme", "license-file"];
        let mut files: Vec<(String, String)> =
            named.iter().flat_map(|key| texts(of, key).into_iter().map(|path| ((*key).to_owned(), path))).collect();
        // Patterns of what is packed are paths within the package but for a mistake.
        let packed = texts(of, "include").into_iter().filter(|pattern| pattern.split('/').any(|part| part == ".."));
        files.extend(packed.map(|pattern| ("include".to_owned(), pattern)));
        let is_off = |kind: &TargetKind| of.get(kind.switch()).and_then(Value::as_bool) == Some(false);
        Ok(Self {
            name,
            version: text(of, "version"),
            workspace: text(of, "workspace"),
            inherits,
            files,
            not_found: TargetKind::ALL.into_iter().filter(is_off).collect(),
        })
    }

    /// The path of a file that a key names.
    pub(super) fn files_of<'p>(&'p self, key: &'p str) -> impl Iterator<Item = &'p str> {
        self.files.iter().filter(move |(of, _)| of == key).map(|(_, path)| path.as_str())
    }
}

fn targets(document: &Table, kind: TargetKind) -> Vec<Target> {
    let all = match document.get(kind.key()) {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one @ Value::Table(_)) => vec![one],
        _ => Vec::new(),
    };
    let read = |of: &Table| Target { kind, name: text(of, "name"), path: text(of, "path") };
    all.into_iter().filter_map(Value::as_table).map(read).collect()
}

//! `poetry.lock`, of Poetry 1 and 2: <https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control>.
//!
//! It holds no project of the tree but those that are asked for by a path. What the project itself asks for is in its
//! manifest.

use toml::{Table, Value};

use super::super::fact::{Lock, Locked, Need};
use super::super::name::{extras, normalised, specifier};
use super::{digest, packages, text};
use crate::digest::{Digest, Hasher};

/// Reads a lock of version 1.x or 2.x. One without a version is of Poetry's first ones.
pub(super) fn read(table: &Table, whole: Digest) -> Result<Lock, String> {
    let metadata = table.get("metadata").and_then(Value::as_table).ok_or("it has no metadata")?;
    let version = text(metadata, "lock-version");
    if !(version.is_empty() || version.starts_with("1.") || version.starts_with("2.")) {
        return Err(format!("version {version} is not known"));
    }
    // Before version 2, checksums stand apart from the packages.
    let files = metadata.get("files").or(metadata.get("hashes")).and_then(Value::as_table);
    let packages = packages(table)?.iter().map(|package| {
        let package = package.as_table().ok_or("a package is no table")?;
        locked(package, files).ok_or_else(|| "a package has no name".to_owned())
    });
    Ok(Lock { whole, packages: packages.collect::<Result<_, _>>()?, shared: Vec::new() })
}

fn locked(package: &Table, files: Option<&Table>) -> Option<Locked> {
    let written = package.get("name")?.as_str()?;
    let checksums = files.and_then(|files| files.get(written)).map(Value::to_string).unwrap_or_default();
    let mut hasher = Hasher::new("unit-python-locked", 1);
    hasher.field("package", digest(package).as_bytes()).field("checksums", checksums);
    let source = package.get("source").and_then(Value::as_table);
    let folder =
        source.filter(|source| text(source, "type") == "directory").map(|source| text(source, "url").to_owned());
    let dependencies = package.get("dependencies").and_then(Value::as_table);
    let groups = package.get("extras").and_then(Value::as_table);
    let group = |(extra, list): (&String, &Value)| {
        let names = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        let need = |text| Some(Need { name: specifier(text, "")?.name, version: None, extras: extras(text) });
        (normalised(extra), names.filter_map(need).collect())
    };
    Some(Locked {
        name: normalised(written),
        version: text(package, "version").to_owned(),
        folder,
        digest: Some(hasher.finish()),
        needs: dependencies.into_iter().flatten().map(need).collect(),
        extras: groups.into_iter().flatten().map(group).collect(),
        groups: Vec::new(),
    })
}

/// `name = "constraint"`, a table, or a list of these for several markers.
fn need((name, wanted): (&String, &Value)) -> Need {
    let several = wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice);
    let extras = several.iter().filter_map(|one| one.get("extras")?.as_array()).flatten();
    Need { name: normalised(name), version: None, extras: extras.filter_map(Value::as_str).map(normalised).collect() }
}

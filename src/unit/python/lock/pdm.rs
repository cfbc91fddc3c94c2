//! `pdm.lock`: <https://pdm-project.org/latest/usage/lockfile/>.
//!
//! A package with extras is an entry of its own, of the same name.

use toml::{Table, Value};

use super::super::fact::{Lock, Locked, Need};
use super::super::name::{extras, normalised, specifier};
use super::{digest, packages, text};
use crate::digest::Digest;

/// Reads a lock of version 4.x.
pub(super) fn read(table: &Table, whole: Digest) -> Result<Lock, String> {
    let metadata = table.get("metadata").and_then(Value::as_table).ok_or("it has no metadata")?;
    let version = text(metadata, "lock_version");
    if version.split('.').next() != Some("4") {
        return Err(format!("version {version} is not known"));
    }
    let packages = packages(table)?.iter().map(|package| {
        let package = package.as_table().ok_or("a package is no table")?;
        locked(package).ok_or_else(|| "a package has no name".to_owned())
    });
    Ok(Lock { whole, packages: packages.collect::<Result<_, _>>()?, shared: Vec::new() })
}

fn locked(package: &Table) -> Option<Locked> {
    let dependencies = package.get("dependencies").and_then(Value::as_array);
    let need = |text: &str| Some(Need { name: specifier(text, "")?.name, version: None, extras: extras(text) });
    Some(Locked {
        name: normalised(package.get("name")?.as_str()?),
        version: text(package, "version").to_owned(),
        folder: package.get("path").and_then(Value::as_str).map(str::to_owned),
        digest: Some(digest(package)),
        needs: dependencies.into_iter().flatten().filter_map(Value::as_str).filter_map(need).collect(),
        extras: Vec::new(),
        groups: Vec::new(),
    })
}

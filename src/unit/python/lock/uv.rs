//! `uv.lock`: <https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile>.
//!
//! A version may change what is meant, a revision may not:
//! <https://docs.astral.sh/uv/concepts/resolution/#lockfile-versioning>.

use toml::{Table, Value};

use super::super::fact::{Lock, Locked, Need};
use super::super::name::normalised;
use super::{digest, packages, text};
use crate::digest::Digest;

/// The version that is understood.
const VERSION: i64 = 1;

/// Reads a lock.
pub(super) fn read(table: &Table, whole: Digest) -> Result<Lock, String> {
    match table.get("version").and_then(Value::as_integer) {
        Some(VERSION) => {}
        Some(version) => return Err(format!("version {version} is not known")),
        None => return Err("it has no version".to_owned()),
    }
    let packages = packages(table)?.iter().map(|package| {
        let package = package.as_table().ok_or("a package is no table")?;
        locked(package).ok_or_else(|| "a package has no name".to_owned())
    });
    let groups = table.get("manifest").and_then(|manifest| manifest.get("dependency-groups")).and_then(Value::as_table);
    let shared =
        groups.into_iter().flatten().flat_map(|(_, group)| needs(Some(group)).into_iter().map(|need| need.name));
    Ok(Lock { whole, packages: packages.collect::<Result<_, _>>()?, shared: shared.collect() })
}

fn locked(package: &Table) -> Option<Locked> {
    let source = package.get("source").and_then(Value::as_table);
    let place = |key: &str| source?.get(key)?.as_str();
    let extras = package.get("optional-dependencies").and_then(Value::as_table);
    let groups = package.get("dev-dependencies").and_then(Value::as_table);
    Some(Locked {
        name: normalised(package.get("name")?.as_str()?),
        version: text(package, "version").to_owned(),
        folder: ["editable", "virtual", "directory"].into_iter().find_map(place).map(str::to_owned),
        digest: Some(digest(package)),
        needs: needs(package.get("dependencies")),
        extras: extras.into_iter().flatten().map(|(extra, list)| (normalised(extra), needs(Some(list)))).collect(),
        groups: groups.into_iter().flatten().flat_map(|(_, list)| needs(Some(list))).collect(),
    })
}

fn needs(list: Option<&Value>) -> Vec<Need> {
    let need = |value: &Value| {
        let extras = value.get("extra").or(value.get("extras")).and_then(Value::as_array);
        Some(Need {
            name: normalised(value.get("name")?.as_str()?),
            version: value.get("version").and_then(Value::as_str).map(str::to_owned),
            extras: extras.into_iter().flatten().filter_map(Value::as_str).map(normalised).collect(),
        })
    };
    list.and_then(Value::as_array).into_iter().flatten().filter_map(need).collect()
}

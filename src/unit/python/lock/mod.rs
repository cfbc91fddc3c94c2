//! Lock files, as graphs of resolved packages, and what of them a project's closure holds.
//!
//! A `Pipfile.lock` and requirements files belong to the project in whose folder they lie, whole.

mod uv;
mod pdm;
mod poetry;
mod closure;

pub(super) use closure::{Closure, Index};

use toml::Table;

use super::fact::Fact;
use crate::digest::Digest;

/// What a lock file of this name says. One of a version that isn't known can't be read.
pub(super) fn read(form: &str, content: &[u8]) -> Fact {
    let text = String::from_utf8_lossy(content);
    let whole = Digest::of(content);
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => return Fact::Unreadable(error.message().to_owned(), whole),
    };
    let lock = match form {
        "uv.lock" => uv::read(&table, whole),
        "poetry.lock" => poetry::read(&table, whole),
        _ => pdm::read(&table, whole),
    };
    match lock {
        Ok(lock) => Fact::Lock(Box::new(lock)),
        Err(why) => Fact::Unreadable(why, whole),
    }
}

/// The packages of a lock.
fn packages(table: &Table) -> Result<&[toml::Value], String> {
    match table.get("package") {
        None => Ok(&[]),
        Some(toml::Value::Array(packages)) => Ok(packages),
        Some(_) => Err("'package' is no list".to_owned()),
    }
}

/// The digest of all that a lock says of a package.
fn digest(package: &Table) -> Digest {
    crate::digest::Hasher::new("unit-python-locked", 1).field("table", package.to_string()).finish()
}

/// A text of a table; empty where it has none.
fn text<'t>(table: &'t Table, key: &str) -> &'t str {
    table.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

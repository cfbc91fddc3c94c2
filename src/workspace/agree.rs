//! Whether a shared folder of dependencies is what the candidate's lock file says.

use std::path::{Path, PathBuf};

use bstr::{BStr, ByteSlice};
use serde_json::Value;

use super::Error;
use super::session::Session;
use crate::git;
use crate::path::RepoPath;

/// Files inside a folder of dependencies in which its installer says what it installed.
const MANIFESTS: [&str; 3] = [".package-lock.json", ".modules.yaml", ".yarn-state.yml"];
/// Lock files that lie beside such a folder.
const LOCKS: [&str; 9] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
    "composer.lock",
    "Gemfile.lock",
    "mix.lock",
];
/// Those of npm, which are compared package by package.
const NPM: [&str; 2] = ["package-lock.json", "npm-shrinkwrap.json"];
const CURE: &str = "install the dependencies again, or let gate do it in the checkout: [[workspace.prepare]]";

/// The folder's own list of what was installed into it.
pub(super) fn manifest_of(folder: &Path) -> Option<PathBuf> {
    MANIFESTS.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// Refuses a folder that is not what the candidate's lock file says.
pub(super) fn check(session: &Session<'_>, path: &RepoPath, from: &Path) -> Result<(), Error> {
    let disagree = |why: String| Error::Share { path: path.clone(), why, cure: CURE };
    let beside = |name: &str| match path.parent() {
        Some(parent) => parent.join(BStr::new(name)),
        None => RepoPath::from(name),
    };
    for name in LOCKS {
        let lock = beside(name);
        let Some(candidate) = blob(session, &lock)? else { continue };
        let installed = from.join(".package-lock.json");
        if NPM.contains(&name) && installed.is_file() {
            let installed = fs_err::read(&installed).map_err(|source| Error::io("read", &installed, source))?;
            return npm(&candidate, &installed)
                .map_err(|package| disagree(format!("{package} in it is not what the candidate's '{lock}' says")));
        }
        let users = from.with_file_name(name);
        let same = fs_err::read(&users).is_ok_and(|bytes| git::blob_id(&bytes).ok() == git::blob_id(&candidate).ok());
        return if same { Ok(()) } else { Err(disagree(format!("the candidate's '{lock}' is not yours"))) };
    }
    Ok(())
}

fn blob(session: &Session<'_>, path: &RepoPath) -> Result<Option<Vec<u8>>, Error> {
    let mut tree = session.repo.tree(session.tree)?;
    if let Some(parent) = path.parent() {
        for name in parent.components() {
            let Some(entry) = tree.get(name) else { return Ok(None) };
            if entry.kind != git::Kind::Folder {
                return Ok(None);
            }
            tree = session.repo.tree(entry.id)?;
        }
    }
    match tree.get(path.file_name()) {
        Some(entry) if matches!(entry.kind, git::Kind::Leaf(mode) if mode.is_file()) => {
            Ok(Some(session.repo.blob(entry.id)?))
        }
        _ => Ok(None),
    }
}

/// Compares npm's lock file with its list of what it installed
/// (<https://docs.npmjs.com/cli/configuring-npm/package-lock-json#hidden-lockfiles>); gives the first package that differs.
fn npm(lock: &[u8], installed: &[u8]) -> Result<(), String> {
    let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
    let (Some(lock), Some(installed)) = (parse(lock), parse(installed)) else {
        return Err("something that can't be read".to_owned());
    };
    let (Some(wanted), Some(there)) = (lock["packages"].as_object(), installed["packages"].as_object()) else {
        return Err("something of npm before version 7".to_owned());
    };
    let differs = |name: &&String| {
        let (wanted, there) = (wanted.get(*name), there.get(*name));
        let may_be_missing = wanted.is_some_and(is_optional);
        match (wanted, there) {
            (Some(_), None) => !may_be_missing,
            (wanted, there) => ["version", "resolved", "integrity", "link"].iter().any(|key| {
                let of = |package: Option<&Value>| package.and_then(|package| package.get(*key)).cloned();
                of(wanted) != of(there)
            }),
        }
    };
    let installable = |name: &&String| name.as_bytes().contains_str("node_modules/");
    match wanted.keys().chain(there.keys()).filter(installable).find(differs) {
        Some(name) => Err(format!("'{name}'")),
        None => Ok(()),
    }
}

/// Whether npm leaves a package out where it does not fit the machine or nobody needs it.
fn is_optional(package: &Value) -> bool {
    ["optional", "devOptional", "peer"].iter().any(|key| package.get(*key).and_then(Value::as_bool) == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &str) -> String {
        format!(r#"{{"lockfileVersion":3,"packages":{{{packages}}}}}"#)
    }

    #[test]
    fn packages_have_to_be_the_same() {
        let check = |wanted: &str, there: &str| npm(lock(wanted).as_bytes(), lock(there).as_bytes());
        let a1 = r#""node_modules/a":{"version":"1.0.0","integrity":"x"}"#;
        let a2 = r#""node_modules/a":{"version":"2.0.0","integrity":"y"}"#;
        let b = r#""node_modules/b":{"version":"1.0.0","optional":true}"#;
        let root = r#""":{"name":"me"}"#;
        assert_eq!(check(&format!("{root},{a1},{b}"), a1), Ok(()));
        assert_eq!(check(a1, a2), Err("'node_modules/a'".to_owned()));
        assert_eq!(check(a1, ""), Err("'node_modules/a'".to_owned()));
        assert_eq!(check("", a1), Err("'node_modules/a'".to_owned()));
        assert!(npm(b"{", b"{}").is_err());
    }
}

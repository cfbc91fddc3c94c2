//! The environment that steps get: where programs are searched for, and which variables change what tools say.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::digest::{Digest, Hasher};

/// Variables that decide what a version manager chooses or what a tool says of itself, by how their names begin.
const TELLING: &[&str] = &[
    "HOME",
    "PATH",
    "XDG_",
    "RUST",
    "CARGO_HOME",
    "PYENV_",
    "PYTHON",
    "VIRTUAL_ENV",
    "CONDA_",
    "RBENV_",
    "RUBY",
    "GEM_",
    "NODENV_",
    "NODE_",
    "NVM_",
    "FNM_",
    "npm_config_",
    "NPM_CONFIG_",
    "COREPACK_",
    "VOLTA_",
    "GOENV_",
    "GO",
    "JENV_",
    "JAVA",
    "JDK_",
    "_JAVA_OPTIONS",
    "ASDF_",
    "MISE_",
    "UV_",
    "DOTNET_",
    "DENO_",
    "BUN_",
    "PHP",
    "SDKROOT",
    "DEVELOPER_DIR",
    "TOOLCHAINS",
    "CC",
    "CXX",
    "LD_",
    "DYLD_",
];

/// The environment that steps get.
pub(super) struct Environment {
    vars: Vec<(OsString, OsString)>,
    path: Vec<PathBuf>,
    digest: Digest,
}

impl Environment {
    /// Takes the variables. Entries of PATH that are empty or relative are not searched: they mean another folder in every
    /// folder.
    pub(super) fn new(vars: &[(OsString, OsString)]) -> Self {
        let mut environment = Self { vars: vars.to_vec(), path: Vec::new(), digest: Digest::of(b"") };
        let path = environment.get("PATH").unwrap_or_default();
        environment.path = std::env::split_paths(path).filter(|folder| folder.is_absolute()).collect();
        let mut telling: Vec<_> = vars.iter().filter(|(name, _)| is_telling(name)).collect();
        telling.sort();
        let mut hasher = Hasher::new("tool environment", 1);
        for (name, value) in telling {
            hasher.field(&name.to_string_lossy(), value.as_bytes());
        }
        environment.digest = hasher.finish();
        environment
    }

    /// The variables.
    pub(super) fn vars(&self) -> &[(OsString, OsString)] {
        &self.vars
    }

    /// A variable's value.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.vars.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_os_str())
    }

    /// The folder that a variable names, or `fallback` in the home folder.
    pub(super) fn folder(&self, name: &str, fallback: &str) -> Option<PathBuf> {
        match self.get(name).filter(|value| !value.is_empty()) {
            Some(folder) => Some(folder.into()),
            None => Some(Path::new(self.get("HOME")?).join(fallback)),
        }
    }

    /// The folders in which programs are searched for, in order.
    pub(super) fn path(&self) -> &[PathBuf] {
        &self.path
    }

    /// A digest of the variables that change what tools say.
    pub(super) fn digest(&self) -> Digest {
        self.digest
    }
}

fn is_telling(name: &OsStr) -> bool {
    TELLING.iter().any(|start| name.as_bytes().starts_with(start.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(vars: &[(&str, &str)]) -> Environment {
        Environment::new(&vars.iter().map(|(name, value)| (name.into(), value.into())).collect::<Vec<_>>())
    }

    #[test]
    fn only_absolute_folders_are_searched() {
        let path = environment(&[("PATH", "/a::.:node_modules/.bin:/b")]);
        assert_eq!(path.path(), [Path::new("/a"), Path::new("/b")]);
        assert_eq!(environment(&[]).path(), [] as [PathBuf; 0]);
    }

    #[test]
    fn variables_that_tools_heed_are_told_apart() {
        let plain = environment(&[("HOME", "/h"), ("TERM", "x")]);
        assert_eq!(plain.digest(), environment(&[("TERM", "y"), ("HOME", "/h")]).digest());
        assert_ne!(plain.digest(), environment(&[("HOME", "/h"), ("RUSTUP_TOOLCHAIN", "beta")]).digest());
        assert_eq!(plain.folder("RUSTUP_HOME", ".rustup"), Some("/h/.rustup".into()));
        assert_eq!(environment(&[("RUSTUP_HOME", "/r")]).folder("RUSTUP_HOME", ".rustup"), Some("/r".into()));
        assert_eq!(environment(&[]).folder("RUSTUP_HOME", ".rustup"), None);
    }
}

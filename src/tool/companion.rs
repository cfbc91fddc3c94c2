//! What a program can't do without and is not told by its own content: the package that a script belongs to, and the
//! packages that are installed for a Python interpreter.
//!
//! The script that pip writes for a tool is the same for every version of the tool.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use super::machine::Machine;
use crate::digest::{Digest, Hasher};

impl Machine {
    /// What belongs to a program, as a text that differs when it does, and the files that it was told from.
    pub(super) fn companion(&mut self, program: &Path) -> Option<(String, Vec<PathBuf>)> {
        let name = program.file_name()?.as_bytes();
        if name.starts_with(b"python") {
            return self.distributions(program);
        }
        let content = self.content(program).ok()??;
        content.interpreter.as_ref()?;
        self.node_package(program)
    }

    /// The manifest of the package that a script of `node_modules` belongs to.
    fn node_package(&mut self, script: &Path) -> Option<(String, Vec<PathBuf>)> {
        let script = fs_err::canonicalize(script).ok()?;
        let parts: Vec<_> = script.iter().collect();
        let modules = parts.iter().rposition(|part| *part == "node_modules")?;
        let scoped = parts.get(modules + 1)?.as_bytes().starts_with(b"@");
        let package: PathBuf = parts.get(..modules + 2 + usize::from(scoped))?.iter().collect();
        let manifest = package.join("package.json");
        let digest = self.content(&manifest).ok()??.digest;
        Some((digest.to_string(), vec![manifest]))
    }

    /// The names and versions of the packages that are installed for a Python interpreter:
    /// <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>.
    fn distributions(&mut self, interpreter: &Path) -> Option<(String, Vec<PathBuf>)> {
        let prefix = interpreter.parent()?.parent()?;
        let mut libraries = vec![prefix.join("lib")];
        if prefix == Path::new("/usr") {
            libraries.push("/usr/local/lib".into());
        }
        libraries.extend(self.environment.get("HOME").map(|home| Path::new(home).join(".local/lib")));
        let mut hasher = Hasher::new("python packages", 1);
        let mut files = libraries.clone();
        let folders: Vec<_> = libraries.iter().flat_map(|library| self.package_folders(library)).collect();
        for folder in folders {
            if let Ok(Some(installed)) = self.derived("packages", &folder, installed) {
                hasher.field("packages", installed.as_bytes());
                files.push(folder);
            }
        }
        Some((hasher.finish().to_string(), files))
    }

    /// The folders below a folder of libraries in which packages of some Python version may lie.
    fn package_folders(&mut self, library: &Path) -> Vec<PathBuf> {
        let versions = self.derived("pythons", library, versions).ok().flatten().unwrap_or_default();
        let folders =
            versions.iter().flat_map(|version| ["site-packages", "dist-packages"].map(|kind| (version, kind)));
        folders.map(|(version, kind)| library.join(version).join(kind)).collect()
    }
}

/// The folders of Python versions in a folder of libraries.
fn versions(library: &Path) -> io::Result<Vec<String>> {
    Ok(names(library)?.into_iter().filter(|name| name.starts_with("python")).collect())
}

/// A digest of the packages in a folder, whose folders of metadata carry name and version.
fn installed(folder: &Path) -> io::Result<Digest> {
    let mut hasher = Hasher::new("packages", 1);
    for name in names(folder)?.iter().filter(|name| is_metadata(name)) {
        hasher.field("name", name);
    }
    Ok(hasher.finish())
}

/// `NAME-VERSION.dist-info` and its older form, and what adds further folders.
fn is_metadata(name: &str) -> bool {
    [".dist-info", ".egg-info", ".pth"].into_iter().any(|end| name.ends_with(end))
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        names.push(entry?.file_name().as_bytes().to_str_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

//! Where each build backend finds a project's modules, as `pyproject.toml` tells it.

use toml::{Table, Value};

use super::fact::{Manifest, Root};
use super::ini::push_root;
use super::keys::{at_value, entries, texts};

/// Folders that hold modules by convention, besides the project's own.
pub(super) const CONVENTIONAL: [&str; 3] = ["src", "lib", "python"];

/// Adds the roots of modules, and what else a project names as its own.
pub(super) fn read(table: &Table, manifest: &mut Manifest) {
    setuptools(table, manifest);
    hatch(table, manifest);
    poetry(table, manifest);
    let folders = [
        "tool.pdm.build.package-dir",
        "tool.pdm.package-dir",
        "tool.maturin.python-source",
        "tool.uv.build-backend.module-root",
        "tool.hatch.build.dev-mode-dirs",
        "build-system.backend-path",
        "tool.pytest.ini_options.pythonpath",
    ];
    for folder in folders.iter().flat_map(|place| texts(at_value(table, place))) {
        push_root(manifest, &folder);
    }
    let packages = ["tool.scikit-build.wheel.packages", "tool.flit.module.name", "tool.pdm.build.includes"];
    for package in packages.iter().flat_map(|place| texts(at_value(table, place))) {
        push_package(manifest, &package);
    }
}

/// <https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html>
fn setuptools(table: &Table, manifest: &mut Manifest) {
    for folder in texts(at_value(table, "tool.setuptools.packages.find.where")) {
        push_root(manifest, &folder);
    }
    for (package, folder) in entries(table, "tool.setuptools.package-dir") {
        let folder = folder.as_str().unwrap_or_default().to_owned();
        manifest.roots.push(Root { package: package.to_owned(), folder });
    }
    manifest
        .own
        .extend(texts(at_value(table, "tool.setuptools.py-modules")).iter().map(|module| format!("{module}.py")));
    let packages = texts(at_value(table, "tool.setuptools.packages"));
    manifest.own.extend(packages.iter().map(|package| package.replace('.', "/")));
}

/// <https://hatch.pypa.io/latest/config/build/>
fn hatch(table: &Table, manifest: &mut Manifest) {
    let targets = entries(table, "tool.hatch.build.targets").filter_map(|(_, target)| target.as_table());
    for build in targets.chain(at_value(table, "tool.hatch.build").and_then(Value::as_table)) {
        for package in texts(build.get("packages")).iter().chain(&texts(build.get("only-include"))) {
            push_package(manifest, package);
        }
        match build.get("sources") {
            Some(Value::Table(renamed)) => {
                for (from, to) in renamed {
                    let package = to.as_str().unwrap_or_default().trim_matches('/').replace('/', ".");
                    manifest.roots.push(Root { package, folder: from.clone() });
                }
            }
            sources => texts(sources).iter().for_each(|folder| push_root(manifest, folder)),
        }
        for (from, to) in entries(build, "force-include") {
            let package = to.as_str().unwrap_or_default().trim_matches('/').replace('/', ".");
            manifest.roots.push(Root { package, folder: from.to_owned() });
        }
    }
}

/// <https://python-poetry.org/docs/pyproject/#packages>
fn poetry(table: &Table, manifest: &mut Manifest) {
    let packages = at_value(table, "tool.poetry.packages").and_then(Value::as_array);
    for package in packages.into_iter().flatten() {
        let text = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
        let (from, to) = (text("from"), text("to"));
        if !to.is_empty() {
            manifest.roots.push(Root { package: to.replace('/', "."), folder: from.to_owned() });
        }
        push_root(manifest, from);
        let joined = format!("{from}/{}", text("include"));
        manifest.own.push(joined.trim_start_matches('/').to_owned());
    }
}

/// A package that is named by its folder: modules are found in the folder above.
pub(super) fn push_package(manifest: &mut Manifest, folder: &str) {
    let folder = folder.trim_end_matches('/');
    if let Some((above, _)) = folder.rsplit_once('/') {
        push_root(manifest, above);
    }
    manifest.own.push(folder.to_owned());
}

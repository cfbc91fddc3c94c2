//! `pyproject.toml`: what it says of a project, in the tables of the standard and of each tool.
//!
//! <https://packaging.python.org/en/latest/specifications/pyproject-toml/>,
//! <https://packaging.python.org/en/latest/specifications/dependency-groups/>

use toml::{Table, Value};

use super::fact::{Fact, Manifest, Settings, Workspace};
use super::keys::{at, at_value, entries, texts};
use super::{ini, layout, name};
use crate::digest::{Digest, Hasher};

/// What a `pyproject.toml` says.
pub(super) fn read(content: &[u8]) -> Fact {
    let text = String::from_utf8_lossy(content);
    match text.trim_start_matches('\u{feff}').parse::<Table>() {
        Ok(table) => Fact::Manifest(Box::new(manifest(&table))),
        Err(error) => Fact::Unreadable(error.message().to_owned(), Digest::of(content)),
    }
}

fn manifest(table: &Table) -> Manifest {
    let project = at(table, "project");
    let poetry = at(table, "tool.poetry");
    let written = [project, poetry, at(table, "tool.flit.metadata"), at(table, "tool.flit.module")];
    let mut manifest = Manifest {
        is_project: project.or(poetry).is_some() || table.contains_key("build-system"),
        name: written.into_iter().flatten().find_map(|table| table.get("name")?.as_str()).map(str::to_owned),
        workspace: workspace(table),
        pytest: pytest(table),
        tools: Some(tools(table)),
        ..Manifest::default()
    };
    standard(table, &mut manifest);
    entry_points(table, &mut manifest);
    uv(table, &mut manifest);
    if let Some(poetry) = poetry {
        read_poetry(poetry, &mut manifest);
    }
    others(table, &mut manifest);
    layout::read(table, &mut manifest);
    manifest
}

/// `[project]`, `[dependency-groups]`, `[build-system]`, and what setuptools reads of them from files.
fn standard(table: &Table, manifest: &mut Manifest) {
    require(manifest, at_value(table, "project.dependencies"), "dependency");
    require(manifest, at_value(table, "build-system.requires"), "build dependency");
    for (extra, list) in entries(table, "project.optional-dependencies") {
        require(manifest, Some(list), &format!("extra {extra}"));
    }
    for (group, list) in entries(table, "dependency-groups") {
        require(manifest, Some(list), &format!("group {group}"));
    }
    let dynamic = texts(at_value(table, "project.dynamic"));
    manifest.is_dynamic = dynamic.iter().any(|field| field == "dependencies" || field == "optional-dependencies");
    for (_, field) in entries(table, "tool.setuptools.dynamic") {
        manifest.files.extend(texts(field.get("file")));
    }
    // What hatch-requirements-txt reads.
    manifest.files.extend(texts(at_value(table, "tool.hatch.metadata.hooks.requirements_txt.files")));
}

fn entry_points(table: &Table, manifest: &mut Manifest) {
    let mut add = |group: &str, target: &Value| {
        let target = target.as_str().or_else(|| target.get("callable").or(target.get("reference"))?.as_str());
        let module = target.and_then(ini::target_module);
        manifest.entry_points.extend(module.map(|module| (group.to_owned(), module)));
    };
    let scripts = [
        ("project.scripts", "console_scripts"),
        ("project.gui-scripts", "gui_scripts"),
        ("tool.poetry.scripts", "console_scripts"),
    ];
    for (place, group) in scripts {
        entries(table, place).for_each(|(_, target)| add(group, target));
    }
    for place in ["project.entry-points", "tool.poetry.plugins"] {
        for (group, points) in entries(table, place) {
            points.as_table().into_iter().flatten().for_each(|(_, target)| add(group, target));
        }
    }
}

/// <https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources>
fn uv(table: &Table, manifest: &mut Manifest) {
    for (name, source) in entries(table, "tool.uv.sources") {
        let sources = source.as_array().map_or(std::slice::from_ref(source), Vec::as_slice);
        let paths = sources.iter().filter_map(|source| name::local(source.get("path")?.as_str()?));
        manifest.sources.extend(paths.map(|path| (name::normalised(name), path)));
    }
    require(manifest, at_value(table, "tool.uv.dev-dependencies"), "dev-dependency");
}

/// <https://docs.astral.sh/uv/concepts/projects/workspaces/>; rye's and hatch's members are found the same way.
fn workspace(table: &Table) -> Option<Workspace> {
    let mut workspace = Workspace {
        members: texts(at_value(table, "tool.rye.workspace.members")),
        exclude: texts(at_value(table, "tool.uv.workspace.exclude")),
    };
    for (_, environment) in entries(table, "tool.hatch.envs") {
        let members = environment.get("workspace").and_then(|workspace| workspace.get("members"));
        let path = |member: &Value| Some(member.as_str().or_else(|| member.get("path")?.as_str())?.to_owned());
        workspace.members.extend(members.and_then(Value::as_array).into_iter().flatten().filter_map(path));
    }
    workspace.members.extend(texts(at_value(table, "tool.uv.workspace.members")));
    let is_one = at(table, "tool.uv.workspace").or(at(table, "tool.rye.workspace")).is_some();
    (is_one || !workspace.members.is_empty()).then_some(workspace)
}

/// <https://python-poetry.org/docs/dependency-specification/#path-dependencies>
fn read_poetry(poetry: &Table, manifest: &mut Manifest) {
    let mut add = |list: Option<&Table>, what: &str| {
        for (name, wanted) in list.into_iter().flatten().filter(|(name, _)| *name != "python") {
            let several = wanted.as_array().map_or(std::slice::from_ref(wanted), Vec::as_slice);
            let path = several.iter().find_map(|one| name::local(one.get("path")?.as_str()?));
            let name = name::normalised(name);
            manifest.requires.push(super::fact::Requirement { name, path, what: what.to_owned() });
        }
    };
    add(at(poetry, "dependencies"), "dependency");
    add(at(poetry, "dev-dependencies"), "dev-dependency");
    for (group, table) in entries(poetry, "group") {
        add(table.get("dependencies").and_then(Value::as_table), &format!("group {group}"));
    }
}

/// PDM's development groups, hatch's environments, and what else names requirements.
fn others(table: &Table, manifest: &mut Manifest) {
    for (group, list) in entries(table, "tool.pdm.dev-dependencies") {
        require(manifest, Some(list), &format!("group {group}"));
    }
    for (environment, settings) in entries(table, "tool.hatch.envs") {
        for key in ["dependencies", "extra-dependencies"] {
            require(manifest, settings.get(key), &format!("environment {environment}"));
        }
    }
    require(manifest, at_value(table, "tool.rye.dev-dependencies"), "dev-dependency");
    require(manifest, at_value(table, "tool.flit.metadata.requires"), "dependency");
}

/// <https://docs.pytest.org/en/stable/reference/customize.html#pyproject-toml>
fn pytest(table: &Table) -> Option<Settings> {
    let options = at(table, "tool.pytest.ini_options").or(at(table, "tool.pytest"))?;
    let words = |key: &str| -> Vec<String> {
        let values = texts(options.get(key));
        values.iter().flat_map(|value| value.split_whitespace()).map(str::to_owned).collect()
    };
    let settings = options.get("DJANGO_SETTINGS_MODULE").and_then(Value::as_str);
    Some(Settings {
        files: words("python_files"),
        testpaths: words("testpaths"),
        pythonpath: words("pythonpath"),
        plugins: ini::plugins(&words("addopts"), settings),
    })
}

/// A digest of what may matter to projects in folders below, or to members: all but what is of this project alone.
fn tools(table: &Table) -> Digest {
    let mut rest = table.clone();
    for key in ["project", "build-system"] {
        rest.remove(key);
    }
    if let Some(python) = at_value(table, "project.requires-python") {
        rest.insert("requires-python".to_owned(), python.clone());
    }
    let workspace = rest.get_mut("tool").and_then(|tool| tool.get_mut("uv")).and_then(|uv| uv.get_mut("workspace"));
    if let Some(workspace) = workspace.and_then(Value::as_table_mut) {
        workspace.remove("members");
        workspace.remove("exclude");
    }
    Hasher::new("unit-python-tools", 1).field("tables", rest.to_string()).finish()
}

/// Adds specifiers: `-e PATH`, as PDM has it, and names with what follows them.
fn require(manifest: &mut Manifest, list: Option<&Value>, what: &str) {
    for text in texts(list) {
        let found = match text.strip_prefix("-e ") {
            Some(editable) => editable_requirement(editable, what),
            None => name::specifier(&text, what),
        };
        manifest.requires.extend(found);
    }
}

fn editable_requirement(url: &str, what: &str) -> Option<super::fact::Requirement> {
    let named = url.split_once("#egg=").map(|(_, name)| name.split('&').next().unwrap_or(name));
    let path = name::local(url);
    path.as_ref()?;
    Some(super::fact::Requirement {
        name: named.map(name::normalised).unwrap_or_default(),
        path,
        what: what.to_owned(),
    })
}

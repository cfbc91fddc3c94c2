//! The toolchains of the ecosystems that a tree shows, by what they say of themselves.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use bstr::{BStr, ByteSlice};
use serde::{Deserialize, Serialize};

use super::ask::Question;
use super::error::Error;
use super::fact::Fact;
use super::machine::Machine;
use super::pins::{Place, Site};
use super::wrapper::Wanted;

/// A tool that says what it is.
#[derive(Debug)]
pub(super) struct Tool {
    /// Its name on PATH.
    pub(super) name: &'static str,
    args: &'static [&'static str],
    /// How many lines of what it says count.
    lines: usize,
    /// Files in the home folder that change the answer.
    settings: &'static [&'static str],
    /// A variable that names another program to use, or the folder that has it in `bin`.
    variable: Option<&'static str>,
}

const fn tool(name: &'static str, args: &'static [&'static str]) -> Tool {
    Tool { name, args, lines: 1, settings: &[], variable: None }
}

const COREPACK: &[&str] = &[".cache/node/corepack/lastKnownGood.json"];

/// The tools. Their order is part of what the memo holds: see the memo's format.
static TOOLS: &[Tool] = &[
    Tool { lines: 12, variable: Some("RUSTC"), ..tool("rustc", &["-vV"]) },
    tool("cargo", &["-V"]),
    tool("node", &["-v"]),
    tool("npm", &["-v"]),
    Tool { settings: COREPACK, ..tool("pnpm", &["-v"]) },
    Tool { settings: COREPACK, ..tool("yarn", &["-v"]) },
    tool("bun", &["-v"]),
    tool("deno", &["-V"]),
    Tool { lines: 2, ..tool("python3", &["-VV"]) },
    Tool { lines: 2, ..tool("python", &["-VV"]) },
    tool("uv", &["--version"]),
    tool("poetry", &["--version"]),
    Tool { settings: &[".config/go/env"], ..tool("go", &["version"]) },
    Tool { lines: 3, variable: Some("JAVA_HOME"), ..tool("java", &["-version"]) },
    tool("ruby", &["-v"]),
    tool("php", &["-v"]),
    tool("make", &["--version"]),
    tool("cmake", &["--version"]),
    Tool { variable: Some("CC"), ..tool("cc", &["--version"]) },
    Tool { variable: Some("CXX"), ..tool("c++", &["--version"]) },
    tool("dotnet", &["--version"]),
    tool("swift", &["--version"]),
    Tool { lines: 2, ..tool("elixir", &["--version"]) },
];

/// Which names in a folder show which tools; one `*` stands for anything.
const SHOWN_BY: &[(&[&str], &[&str])] = &[
    (&["Cargo.toml", "rust-toolchain", "rust-toolchain.toml"], &["rustc", "cargo"]),
    (&["package.json"], &["node"]),
    (&["package-lock.json", "npm-shrinkwrap.json"], &["npm"]),
    (&["pnpm-lock.yaml", "pnpm-workspace.yaml"], &["pnpm"]),
    (&["yarn.lock"], &["yarn"]),
    (&["bun.lock", "bun.lockb"], &["bun"]),
    (&["deno.json", "deno.jsonc", "deno.lock"], &["deno"]),
    (
        &["pyproject.toml", "setup.py", "setup.cfg", "requirements*.txt", "tox.ini", "Pipfile", "uv.lock", "*.py"],
        &["python3", "python"],
    ),
    (&["uv.lock"], &["uv"]),
    (&["poetry.lock"], &["poetry"]),
    (&["go.mod", "go.work"], &["go"]),
    (&["pom.xml", "build.gradle*", "settings.gradle*"], &["java"]),
    (&["Gemfile", "*.gemspec"], &["ruby"]),
    (&["composer.json"], &["php"]),
    (&["Makefile", "makefile", "GNUmakefile"], &["make"]),
    (&["CMakeLists.txt"], &["cmake", "cc", "c++"]),
    (&["meson.build", "configure.ac", "*.c"], &["cc"]),
    (&["*.cc", "*.cpp", "*.cxx"], &["cc", "c++"]),
    (&["global.json", "*.sln", "*.csproj"], &["dotnet"]),
    (&["Package.swift"], &["swift"]),
    (&["mix.exs"], &["elixir"]),
];

/// A set of tools.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tools(u64);

impl Tools {
    /// The tools that a name in a folder shows.
    pub(super) fn shown_by(name: &BStr) -> Self {
        let mut tools = NAMES.get(name).copied().unwrap_or_default();
        let matching = PATTERNS.iter().filter(|(pattern, _)| matches(pattern, name));
        matching.for_each(|(_, shown)| tools.unite(*shown));
        tools
    }

    /// Adds a tool by its name; an unknown one is none.
    pub(super) fn add(&mut self, name: &str) {
        if let Some(at) = TOOLS.iter().position(|tool| tool.name == name) {
            self.0 |= 1 << at;
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds the tools of another set.
    pub(super) fn unite(&mut self, other: Self) {
        self.0 |= other.0;
    }

    fn has(self, name: &str) -> bool {
        self.iter().any(|tool| tool.name == name)
    }

    /// The tools in it.
    pub(super) fn iter(self) -> impl Iterator<Item = &'static Tool> {
        TOOLS.iter().enumerate().filter(move |(at, _)| self.0 & (1 << at) != 0).map(|(_, tool)| tool)
    }

    /// With the package manager that a site's package.json names, and with npm where nothing shows another one.
    pub(super) fn completed(mut self, site: &Site) -> Self {
        if let Some(manager) = site.package_manager() {
            self.add(manager.split('@').next().unwrap_or_default());
        }
        if self.has("node") && !["npm", "pnpm", "yarn", "bun"].into_iter().any(|name| self.has(name)) {
            self.add("npm");
        }
        self
    }
}

impl Tool {
    /// The tool of a name, if it is one that says what it is.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        TOOLS.iter().find(|tool| tool.name == name)
    }
}

/// The table, so that folders with many names are gone through quickly.
static NAMES: LazyLock<HashMap<&BStr, Tools>> = LazyLock::new(|| {
    let mut names: HashMap<_, Tools> = HashMap::new();
    for (name, tools) in table().filter(|(pattern, _)| !pattern.contains('*')) {
        names.entry(name.into()).or_default().unite(tools);
    }
    names
});

static PATTERNS: LazyLock<Vec<(&str, Tools)>> =
    LazyLock::new(|| table().filter(|(pattern, _)| pattern.contains('*')).collect());

fn table() -> impl Iterator<Item = (&'static str, Tools)> {
    SHOWN_BY.iter().flat_map(|(patterns, names)| {
        let mut tools = Tools::default();
        names.iter().for_each(|name| tools.add(name));
        patterns.iter().map(move |pattern| (*pattern, tools))
    })
}

fn matches(pattern: &str, name: &BStr) -> bool {
    let (start, end) = pattern.split_once('*').unwrap_or((pattern, ""));
    name.len() >= start.len() + end.len() && name.starts_with_str(start) && name.ends_with_str(end)
}

impl Machine {
    /// What a toolchain is in a place: what it says of itself, and its program. Where a variable names another one, that one
    /// as well.
    pub(super) fn toolchain(&mut self, place: Place<'_>, tool: &Tool, wanted: &Wanted) -> Result<Vec<Fact>, Error> {
        let mut facts = self.version(place, tool, wanted)?;
        if let Some(other) = tool.variable.and_then(|variable| self.named_by(variable, tool)) {
            facts.extend(self.version(place, tool, &other)?);
        }
        Ok(facts)
    }

    fn named_by(&self, variable: &str, tool: &Tool) -> Option<Wanted> {
        let value = self.environment.get(variable)?.to_str()?;
        if variable.ends_with("_HOME") {
            return Some(Wanted::new(Path::new(value).join("bin").join(tool.name).to_str()?));
        }
        value.split_whitespace().next().map(Wanted::new)
    }

    fn version(&mut self, place: Place<'_>, tool: &Tool, wanted: &Wanted) -> Result<Vec<Fact>, Error> {
        let identity = self.identify(place, wanted)?;
        let name = place.site.name("toolchain", &wanted.shown());
        let Some(program) = &identity.path else {
            return Ok(vec![Fact { name, value: identity.value.clone() }]);
        };
        let mut witnesses = identity.files.clone();
        let home = self.environment.get("HOME").map(PathBuf::from).unwrap_or_default();
        witnesses.extend(tool.settings.iter().map(|path| home.join(path)));
        let args = tool.args.to_vec();
        let question = Question { program, args, vars: Vec::new(), witnesses, lines: tool.lines };
        let said = self.ask(place, &question, |_| Vec::new())?;
        let value = said.unwrap_or_else(|message| format!("unresolved: {message}"));
        let program = Fact { name: place.site.name("program", &wanted.shown()), value: identity.value.clone() };
        Ok(vec![Fact { name, value }, program])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(names: &[&str]) -> Vec<&'static str> {
        let mut tools = Tools::default();
        for name in names {
            tools.unite(Tools::shown_by((*name).into()));
        }
        tools.iter().map(|tool| tool.name).collect()
    }

    #[test]
    fn manifests_show_their_toolchains() {
        assert_eq!(shown(&["Cargo.toml", "README.md"]), ["rustc", "cargo"]);
        assert_eq!(shown(&["package.json"]), ["node"]);
        assert_eq!(shown(&["package.json", "yarn.lock"]), ["node", "yarn"]);
        assert_eq!(shown(&["requirements-dev.txt"]), ["python3", "python"]);
        assert_eq!(shown(&["uv.lock"]), ["python3", "python", "uv"]);
        assert_eq!(shown(&["build.gradle.kts", "go.mod"]), ["go", "java"]);
        assert_eq!(shown(&["Makefile", "x.c"]), ["make", "cc"]);
        assert_eq!(shown(&["package.jsonx", "cargo.toml", ".txt"]), [] as [&str; 0]);
    }

    #[test]
    fn every_shown_tool_is_in_the_table() {
        for name in SHOWN_BY.iter().flat_map(|(_, names)| names.iter()) {
            assert!(Tool::named(name).is_some(), "{name}");
        }
        assert!(TOOLS.len() <= 64);
    }
}

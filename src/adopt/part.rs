//! What one ecosystem adds to a gate.toml.

use super::files::Files;

/// A folder that holds a project of an ecosystem. Every path that goes in and comes out is relative to it.
pub(super) struct Place<'a> {
    /// The whole repository.
    pub(super) files: &'a Files,
    /// The folder, with a closing `/`; empty for the root.
    pub(super) dir: String,
}

/// What one project adds.
#[derive(Default)]
pub(super) struct Part {
    /// What it was found to be, for the person who asked.
    pub(super) found: String,
    /// A short name for it, where several projects need telling apart.
    pub(super) label: &'static str,
    /// What may stay in the private checkout, because its tools check for themselves what is still good.
    pub(super) keep: Vec<&'static str>,
    /// What makes the things that the tree does not hold.
    pub(super) prepare: Option<Prepare>,
    /// The checks.
    pub(super) checks: Vec<Check>,
    /// What was seen and left alone, and why.
    pub(super) notes: Vec<String>,
}

/// A command that makes what the tree does not hold.
#[derive(Default)]
pub(super) struct Prepare {
    /// What to say of it.
    pub(super) comment: &'static str,
    /// What to run.
    pub(super) run: String,
    /// What it depends on.
    pub(super) inputs: Vec<String>,
}

/// A check.
#[derive(Default)]
pub(super) struct Check {
    /// What it looks at: its name where there is one project.
    pub(super) role: &'static str,
    /// The files it is about.
    pub(super) files: Vec<String>,
    /// What else it depends on.
    pub(super) inputs: Vec<String>,
    /// What to run.
    pub(super) run: String,
    /// What that comes to, where it is the name of something else.
    pub(super) does: String,
    /// The role of the check whose products it uses.
    pub(super) needs: Option<&'static str>,
    /// The early stage it also belongs to.
    pub(super) on: Option<&'static str>,
}

impl Place<'_> {
    /// Whether the project has such a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.has(&format!("{}{path}", self.dir))
    }

    /// The text of one of the project's manifests; empty where there is none.
    pub(super) fn text(&self, path: &str) -> &str {
        self.files.text(&format!("{}{path}", self.dir))
    }

    /// The project's files.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.paths().filter_map(|path| path.strip_prefix(self.dir.as_str()))
    }

    /// The project's manifests, with their texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.texts().filter_map(|(path, text)| Some((path.strip_prefix(self.dir.as_str())?, text)))
    }

    /// Those of the names that the project has.
    pub(super) fn present(&self, names: &[&str]) -> Vec<String> {
        names.iter().filter(|name| self.has(name)).map(ToString::to_string).collect()
    }

    /// Whether git ignores what is called so, as far as lines of `.gitignore` that name it tell.
    pub(super) fn ignores(&self, names: &[&str]) -> bool {
        let lines = self.files.text(".gitignore").lines().chain(self.text(".gitignore").lines());
        lines.map(|line| line.trim().trim_matches('/').trim_start_matches("**/")).any(|line| names.contains(&line))
    }
}

impl Check {
    /// A check by role and command.
    pub(super) fn new(role: &'static str, run: impl Into<String>) -> Self {
        Self { role, run: run.into(), ..Self::default() }
    }

    /// Adds an early stage.
    pub(super) fn on(self, stage: &'static str) -> Self {
        Self { on: Some(stage), ..self }
    }

    /// Narrows it to files, and to what else it depends on.
    pub(super) fn about(self, files: &[&str], inputs: Vec<String>) -> Self {
        Self { files: files.iter().map(ToString::to_string).collect(), inputs, ..self }
    }
}

//! A check, as gate.toml is going to say it.

use super::toml_text::{list, quote, value};

/// A check, with every path relative to the repository's root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// NAME in `[check.NAME]`.
    pub(super) name: String,
    /// What to say of it, a line each.
    pub(super) comments: Vec<String>,
    /// The files it is about.
    pub(super) files: Vec<String>,
    /// What is left out of them.
    pub(super) exclude: Vec<String>,
    /// What else it depends on.
    pub(super) inputs: Vec<String>,
    /// What it does.
    pub(super) work: Work,
    /// What mends what it finds.
    pub(super) fix: Option<String>,
    /// Where it runs.
    pub(super) dir: Option<String>,
    /// The checks whose products it uses.
    pub(super) needs: Vec<String>,
    /// The checks that run before it.
    pub(super) after: Vec<String>,
    /// The early stages it also belongs to.
    pub(super) on: Vec<&'static str>,
    /// Whether it passes where its patterns match nothing.
    pub(super) allow_empty: bool,
}

/// What a check does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// It runs a shell line.
    Run(String),
    /// It is one of gate's own, with further lines that set it.
    Builtin(&'static str, Vec<String>),
}

impl Default for Work {
    fn default() -> Self {
        Self::Run(String::new())
    }
}

impl Entry {
    /// The shell line that it runs; empty for one of gate's own.
    pub(super) fn run(&self) -> &str {
        match &self.work {
            Work::Run(line) => line,
            Work::Builtin(..) => "",
        }
    }

    /// The lines that say it.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![String::new()];
        lines.extend(self.comments.iter().map(|comment| format!("# {comment}")));
        lines.push(format!("[check.{}]", key(&self.name)));
        let lists = |key: &str, values: &[String]| (!values.is_empty()).then(|| list(key, values));
        if let Work::Builtin(name, settings) = &self.work {
            lines.push(format!("builtin = {}", quote(name)));
            lines.extend(settings.iter().cloned());
        }
        lines.extend(lists("files", &self.files));
        lines.extend(lists("exclude", &self.exclude));
        lines.extend(lists("inputs", &self.inputs));
        if let Work::Run(line) = &self.work {
            lines.push(format!("run = {}", value(line)));
        }
        lines.extend(self.fix.as_ref().map(|line| format!("fix = {}", value(line))));
        lines.extend(self.dir.as_ref().map(|dir| format!("dir = {}", quote(dir))));
        lines.extend(lists("needs", &self.needs));
        lines.extend(lists("after", &self.after));
        let on: Vec<String> = self.on.iter().map(ToString::to_string).collect();
        lines.extend(lists("on", &on));
        lines.extend(self.allow_empty.then(|| "allow-empty = true".to_owned()));
        lines
    }
}

/// A name as a key: a dot would open another table.
fn key(name: &str) -> String {
    if name.contains('.') { quote(name) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_all_that_is_known() {
        let entry = Entry {
            name: "a.b".to_owned(),
            comments: vec!["Why.".to_owned()],
            files: vec!["**/*.py".to_owned()],
            exclude: vec!["vendor/**".to_owned()],
            inputs: vec!["setup.cfg".to_owned()],
            work: Work::Run("black --check {files}".to_owned()),
            fix: Some("black {files}".to_owned()),
            dir: Some("web".to_owned()),
            needs: vec!["build".to_owned()],
            after: vec!["lint".to_owned()],
            on: vec!["pre-commit"],
            allow_empty: true,
        };
        insta::assert_snapshot!(entry.lines().join("\n"), @r#"

        # Why.
        [check."a.b"]
        files = ["**/*.py"]
        exclude = ["vendor/**"]
        inputs = ["setup.cfg"]
        run = "black --check {files}"
        fix = "black {files}"
        dir = "web"
        needs = ["build"]
        after = ["lint"]
        on = ["pre-commit"]
        allow-empty = true
        "#);
        let work = Work::Builtin("large-files", vec!["max-size = \"1KiB\"".to_owned()]);
        let entry = Entry { name: "size".to_owned(), work, ..Entry::default() };
        insta::assert_snapshot!(entry.lines().join("\n"), @r#"

        [check.size]
        builtin = "large-files"
        max-size = "1KiB"
        "#);
    }
}

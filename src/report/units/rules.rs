//! The rules for files that belong to no unit.

use super::ways::whose;
use super::words;
use crate::path::{Mode, RepoPath};
use crate::report::View;
use crate::report::clean::{clean, wrap};
use crate::unit::{Graph, Rule};

/// A path that is asked about.
pub type Asked<'a> = Option<(&'a RepoPath, Mode)>;

/// The rules in the order in which they decide; or which one decides for a path, or whose it is. With a newline at the
/// end.
#[must_use]
pub fn rules(graph: &Graph, asked: Asked<'_>, view: &View<'_>) -> String {
    if let Some(path) = asked {
        return whose(graph, path, view);
    }
    let mut text = "The first rule that names a file of no unit decides:\n".to_owned();
    for (number, rule) in graph.rules().enumerate() {
        text.push_str(&lines(number, rule, view));
    }
    text + "everything else affects everything\n"
}

/// What a rule says, and the files that it is about below.
fn lines(number: usize, rule: &Rule, view: &View<'_>) -> String {
    let (from, why) = match rule.why {
        Some(why) => ("gate", format!(" ({why})")),
        None => ("gate.toml", String::new()),
    };
    let says = format!("{:>3}  {from:9}  {}{why}", number + 1, clean(&words::affects(&rule.affects)));
    let files = wrap(&clean(&words::patterns(rule)), view.width, INDENT);
    format!("{says}\n{}{}\n", " ".repeat(INDENT), files)
}

/// Where what a rule says begins.
const INDENT: usize = 16;

#[cfg(test)]
mod tests {
    use super::super::sample::{graph, view};
    use super::*;

    #[test]
    fn rules_are_listed_in_their_order() {
        let text = rules(&graph(), None, &view());
        let lines: Vec<&str> = text.lines().collect();
        insta::assert_snapshot!(lines[..10].join("\n"), @r"
        The first rule that names a file of no unit decides:
          1  gate.toml  nothing
                        docs/**
          2  gate       nothing (its meaning is part of what each check depends on)
                        gate.toml
          3  gate       nothing (a CI reads it, not a check)
                        .github/**, .gitlab-ci.yml, .gitlab/**, .circleci/**,
                        .buildkite/**, .travis.yml, azure-pipelines.yml, Jenkinsfile,
                        .drone.yml, .woodpecker.yml, .woodpecker/**, .cirrus.yml,
                        appveyor.yml, .appveyor.yml, .forgejo/**, .gitea/**,
        ");
        assert_eq!(lines[lines.len() - 1], "everything else affects everything");
    }

    #[test]
    fn a_path_is_told_whose_it_is() {
        let told = |path: &str| rules(&graph(), Some((&RepoPath::from(path), Mode::File)), &view());
        insta::assert_snapshot!([told("x/b.js"), told("docs/x"), told(".nvmrc"), told("lock"), told("other")].concat(), @r"
        x/b.js: it belongs to @scope/x.
        docs/x: it belongs to no unit and affects nothing (rule 1 of gate.toml).
        .nvmrc: it belongs to no unit and affects npm and declared units (rule 7 of
          gate's own: Node's tools read it).
        lock: it belongs to no unit; it affects each npm unit for which it means
          something else.
        other: it belongs to no unit and no rule names it, so that it affects
          everything.
        ");
    }
}

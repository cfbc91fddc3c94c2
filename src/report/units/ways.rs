//! Why one unit depends on another, or on a path.

use super::words;
use crate::path::{Mode, RepoPath};
use crate::report::View;
use crate::report::clean::{clean, wrap};
use crate::unit::{Because, Graph, Owner};

/// The way from a unit to another, with a newline at the end; and whether there is one.
#[must_use]
pub fn to_unit(graph: &Graph, from: usize, to: usize, view: &View<'_>) -> (String, bool) {
    let (here, there) = (graph.full_name(from), graph.full_name(to));
    if from == to {
        return (sentence(&format!("{here} is that unit itself."), view), true);
    }
    if let Some(way) = graph.way(from, to) {
        let steps = way.len();
        let text =
            sentence(&format!("{here} depends on {there}{}:", if steps == 1 { "" } else { ", through others" }), view);
        return (text + &steps_of(graph, from, &way, view), true);
    }
    let wide = graph.nearest(from).into_iter().find_map(|at| Some((at, graph.wide(at)?)));
    if let Some((at, widening)) = wide {
        let text = format!(
            "{here} depends on {there}, as {} is taken to depend on every file: {}: {}",
            graph.full_name(at),
            widening.file,
            widening.why
        );
        return (sentence(&text, view) + &steps_of(graph, from, &graph.way(from, at).unwrap_or_default(), view), true);
    }
    let back = if graph.way(to, from).is_some() { format!(" {there} depends on {here}.") } else { String::new() };
    (sentence(&format!("{here} does not depend on {there}.{back}"), view), false)
}

/// Why a unit depends on a path, with a newline at the end; and whether it does.
#[must_use]
pub fn to_path(graph: &Graph, from: usize, (path, mode): (&RepoPath, Mode), view: &View<'_>) -> (String, bool) {
    let (here, owner) = (graph.full_name(from), graph.owner(path, mode));
    let Some((at, because)) = graph.because(from, path, mode) else {
        let text = format!("{here} does not depend on {path}: {}.", whose_clause(graph, &owner, (path, mode)));
        return (sentence(&text, view), false);
    };
    let (by, is_itself) = (graph.full_name(at), at == from);
    let through = if is_itself { String::new() } else { format!(", through {by}") };
    let why = match because {
        Because::Own => format!("it is one of {}'s own files", if is_itself { &here } else { &by }),
        Because::Told => format!("what it says for {by} counts, and nothing else of it"),
        Because::Read(place, why) => format!("{by} reads {place}: {} ({})", why.what, why.file),
        Because::Rule(rule) => words::rule(rule),
        Because::Wide(widening) => {
            format!("{by} is taken to depend on every file: {}: {}", widening.file, widening.why)
        }
    };
    let text = sentence(&format!("{here} depends on {path}{through}: {why}."), view);
    (text + &steps_of(graph, from, &graph.way(from, at).unwrap_or_default(), view), true)
}

/// Whose a path is, as a sentence with a newline at the end.
#[must_use]
pub fn whose(graph: &Graph, (path, mode): (&RepoPath, Mode), view: &View<'_>) -> String {
    let owner = graph.owner(path, mode);
    sentence(&format!("{path}: {}.", whose_clause(graph, &owner, (path, mode))), view)
}

/// That a path of no unit has no way to anything, as a sentence with a newline at the end.
#[must_use]
pub fn from_path(path: &RepoPath, view: &View<'_>) -> String {
    sentence(&format!("What a file of no unit depends on is not known: ask from a unit to {path} instead."), view)
}

fn whose_clause(graph: &Graph, owner: &Owner, (path, mode): (&RepoPath, Mode)) -> String {
    if !owner.units.is_empty() {
        return format!("it belongs to {}", words::names(graph, &owner.units));
    }
    let is_told = !owner.told_by.is_empty();
    let rule = graph.ruling(path, mode);
    if is_told && rule.is_none_or(|(_, rule)| rule.why.is_some()) {
        let kinds: Vec<&str> = owner.told_by.iter().map(|kind| kind.as_str()).collect();
        return format!(
            "it belongs to no unit; it affects each {} unit for which it means something else",
            kinds.join(" or ")
        );
    }
    words::rule(rule)
}

/// A line for each step of a way.
fn steps_of(graph: &Graph, from: usize, way: &[(usize, &crate::unit::Why)], view: &View<'_>) -> String {
    let mut before = graph.full_name(from);
    let mut text = String::new();
    for (to, why) in way {
        let to = graph.full_name(*to);
        let step = format!("{before} -> {to}  {} ({})", why.what, why.file);
        text += &["  ", &wrap(&clean(&step), view.width, 4), "\n"].concat();
        before = to;
    }
    text
}

fn sentence(text: &str, view: &View<'_>) -> String {
    wrap(&clean(text), view.width, 0) + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::sample::{graph, view};
    use super::*;

    fn check(from: &str, to: &str) -> String {
        let graph = graph();
        let from = graph.find(from).unwrap();
        let (text, found) = match graph.find(to) {
            Ok(to) => to_unit(&graph, from, to, &view()),
            Err(_) => to_path(&graph, from, (&RepoPath::from(to), Mode::File), &view()),
        };
        format!("{found}: {text}")
    }

    #[test]
    fn ways_are_told_step_by_step() {
        insta::assert_snapshot!(check("app", "npm:both"), @r"
        true: app depends on npm:both, through others:
          app -> cargo:both  dependency both (app/unit)
          cargo:both -> @scope/x  reads x/a.js (both/unit)
          @scope/x -> npm:both  dependency both (@scope/x/unit)
        ");
        insta::assert_snapshot!(check("npm:both", "app"), @r"false: npm:both does not depend on app. app depends on npm:both.");
        insta::assert_snapshot!(check("app", "app"), @r"true: app is that unit itself.");
        insta::assert_snapshot!(check("a\"b", "app"), @r#"
        true: a"b depends on app, as a"b is taken to depend on every file: w/unit: can't
          be\u{1b}read
        "#);
    }

    #[test]
    fn paths_are_told_by_whose_they_are() {
        insta::assert_snapshot!(check("app", "x/a.js"), @r"
        true: app depends on x/a.js, through @scope/x: it is one of @scope/x's own files.
          app -> cargo:both  dependency both (app/unit)
          cargo:both -> @scope/x  reads x/a.js (both/unit)
        ");
        insta::assert_snapshot!(check("npm:both", "x/a.js"), @r"false: npm:both does not depend on x/a.js: it belongs to @scope/x.");
        insta::assert_snapshot!(check("app", "docs/a.md"), @r"
        false: app does not depend on docs/a.md: it belongs to no unit and affects nothing
          (rule 1 of gate.toml).
        ");
        insta::assert_snapshot!(check("app", ".nvmrc"), @r"
        true: app depends on .nvmrc, through @scope/x: it belongs to no unit and affects npm
          and declared units (rule 7 of gate's own: Node's tools read it).
          app -> cargo:both  dependency both (app/unit)
          cargo:both -> @scope/x  reads x/a.js (both/unit)
        ");
        insta::assert_snapshot!(check("cargo:both", ".nvmrc"), @r"
        true: cargo:both depends on .nvmrc, through @scope/x: it belongs to no unit and
          affects npm and declared units (rule 7 of gate's own: Node's tools read it).
          cargo:both -> @scope/x  reads x/a.js (both/unit)
        ");
        insta::assert_snapshot!(check("npm:both", "any\u{1b}thing"), @r#"
        true: npm:both depends on "any\033thing": it belongs to no unit and no rule names it,
          so that it affects everything.
        "#);
        insta::assert_snapshot!(check("npm:both", "lock"), @r"
        true: npm:both depends on lock: what it says for npm:both counts, and nothing else of
          it.
        ");
        insta::assert_snapshot!(check("cargo:both", "lock"), @r"
        true: cargo:both depends on lock, through @scope/x: what it says for @scope/x counts,
          and nothing else of it.
          cargo:both -> @scope/x  reads x/a.js (both/unit)
        ");
    }
}

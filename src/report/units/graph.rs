//! Who depends on whom: as text, and for programs that draw it.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Shown;
use super::drawing::{Drawing, Shape};
use super::list::widened;
use crate::path::RepoPath;
use crate::report::View;
use crate::report::clean::{clean, wrap};
use crate::report::style::Label;
use crate::unit::Graph;

/// Each unit, with what it depends on directly and what says so, and what widens; with a newline at the end.
#[must_use]
pub fn text(graph: &Graph, shown: Shown, view: &View<'_>) -> String {
    let mut text = String::new();
    for (at, unit) in graph.units().iter().enumerate() {
        if shown.kind.is_some_and(|kind| unit.kind != kind) {
            continue;
        }
        let name = view.style.paint(Label::Strong, &clean(&graph.full_name(at)));
        text += &[&name, "  ", unit.kind.as_str(), " at ", &clean(&unit.root.to_string()), "\n"].concat();
        for (to, why) in graph.edges(at).filter(|(to, _)| shown.kind.is_none_or(|kind| graph.units()[*to].kind == kind))
        {
            text.push_str(&below(&format!("-> {}  {} ({})", graph.full_name(to), why.what, why.file), view));
        }
    }
    if shown.files {
        for (path, module) in graph.modules() {
            text += &(view.style.paint(Label::Strong, &clean(&path.to_string())) + "\n");
            module.imports.iter().for_each(|import| text.push_str(&below(&import.to_string(), view)));
            module.open.iter().for_each(|why| text.push_str(&below(&format!("and maybe more: {why}"), view)));
        }
    }
    text + &widened(graph, view)
}

/// The units, or with [`Shown::files`] the source files, in the language of Graphviz.
#[must_use]
pub fn dot(graph: &Graph, shown: Shown) -> String {
    drawing(graph, shown).dot()
}

/// The same in the language of Mermaid.
#[must_use]
pub fn mermaid(graph: &Graph, shown: Shown) -> String {
    drawing(graph, shown).mermaid()
}

fn below(text: &str, view: &View<'_>) -> String {
    format!("  {}\n", wrap(&clean(text), view.width, 2))
}

fn drawing(graph: &Graph, shown: Shown) -> Drawing {
    if shown.files { files(graph) } else { units(graph, shown) }
}

fn units(graph: &Graph, shown: Shown) -> Drawing {
    let is_shown = |at: &usize| shown.kind.is_none_or(|kind| graph.units()[*at].kind == kind);
    let all: Vec<usize> = (0..graph.units().len()).filter(is_shown).collect();
    let number: BTreeMap<usize, usize> = all.iter().enumerate().map(|(number, at)| (*at, number)).collect();
    let shape = |at: &usize| Shape { label: graph.full_name(*at), is_faint: !graph.units()[*at].is_member };
    let edges = all.iter().flat_map(|from| graph.edges(*from).map(move |(to, why)| (from, to, why)));
    let arrow = |(from, to, why): (&usize, usize, &crate::unit::Why)| {
        Some((*number.get(from)?, *number.get(&to)?, why.what.clone()))
    };
    Drawing { boxes: all.iter().map(shape).collect(), arrows: edges.filter_map(arrow).collect() }
}

fn files(graph: &Graph) -> Drawing {
    let modules = graph.modules().iter();
    let imports = modules.flat_map(|(path, module)| module.imports.iter().map(move |import| (path, import)));
    let imports: Vec<(&RepoPath, &RepoPath)> = imports.collect();
    let all: BTreeSet<&RepoPath> = graph.modules().keys().chain(imports.iter().map(|(_, import)| *import)).collect();
    let number: BTreeMap<&RepoPath, usize> = all.iter().enumerate().map(|(number, path)| (*path, number)).collect();
    let is_open = |path: &RepoPath| graph.modules().get(path).is_some_and(|module| module.open.is_some());
    let shape = |path: &&RepoPath| Shape { label: path.to_string(), is_faint: is_open(path) };
    let arrows = imports.iter().map(|(from, to)| (number[*from], number[*to], String::new()));
    Drawing { boxes: all.iter().map(shape).collect(), arrows: arrows.collect() }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{graph, view};
    use super::*;
    use crate::unit::Kind;

    #[test]
    fn dependencies_are_told_with_what_says_so() {
        insta::assert_snapshot!(text(&graph(), Shown { kind: None, files: true }, &view()), @r#"
        a"b  cargo at w
        app  cargo at a
          -> cargo:both  dependency both (app/unit)
        cargo:both  cargo at c
          -> @scope/x  reads x/a.js (both/unit)
        @scope/x  npm at x
          -> npm:both  dependency both (@scope/x/unit)
        npm:both  npm at y
        x/a.js
          x/b.js
          y/a.js
        x/b.js
          and maybe more: require(name)
        y/a.js
            widened w/unit: can't be\u{1b}read
                    a"b is taken to depend on every file
        5 units, 3 dependencies among them.
        "#);
    }

    #[test]
    fn dependencies_are_drawn() {
        insta::assert_snapshot!(dot(&graph(), Shown::default()), @r#"
        digraph units {
          rankdir=LR;
          node [shape=box];
          n0 [label="a\"b", style=dashed];
          n1 [label="app"];
          n2 [label="cargo:both"];
          n3 [label="@scope/x"];
          n4 [label="npm:both"];
          n1 -> n2 [label="dependency both"];
          n2 -> n3 [label="reads x/a.js"];
          n3 -> n4 [label="dependency both"];
        }
        "#);
        insta::assert_snapshot!(mermaid(&graph(), Shown { kind: Some(Kind::Npm), files: false }), @r##"
        flowchart LR
          n0["#64;scope/x"]
          n1["npm:both"]
          n0 -->|"dependency both"| n1
        "##);
        insta::assert_snapshot!(mermaid(&graph(), Shown { kind: None, files: true }), @r##"
        flowchart LR
          n0["x/a.js"]
          n1["x/b.js"]
          style n1 stroke-dasharray: 4
          n2["y/a.js"]
          n0 --> n1
          n0 --> n2
        "##);
    }
}

//! The units as a table.

use super::columns::{Side, columns};
use super::words::whom;
use crate::report::View;
use crate::report::page::Page;
use crate::report::style::Label;
use crate::report::words::count;
use crate::unit::Graph;

/// A line for each unit, what widens, and how many there are; with a newline at the end.
#[must_use]
pub fn list(graph: &Graph, view: &View<'_>) -> String {
    if graph.units().is_empty() {
        return "there are no units: no manifest that gate reads, and gate.toml declares none\n".to_owned()
            + &widened(graph, view);
    }
    let heading = ["kind", "name", "folder", "files", "needs", "in all", ""].map(str::to_owned).to_vec();
    let row = |(at, unit): (usize, &crate::unit::Unit)| {
        let note = if unit.is_member { "" } else { "no member" };
        vec![
            unit.kind.to_string(),
            graph.full_name(at),
            unit.root.to_string(),
            graph.inputs(at).count.to_string(),
            graph.edges(at).count().to_string(),
            (graph.closure(at).len() - 1).to_string(),
            note.to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = std::iter::once(heading).chain(graph.units().iter().enumerate().map(row)).collect();
    let sides = [Side::Left, Side::Left, Side::Left, Side::Right, Side::Right, Side::Right, Side::Left];
    columns(&sides, &rows, view.style) + &widened(graph, view)
}

/// What can't be told, and whom it widens.
pub(super) fn widened(graph: &Graph, view: &View<'_>) -> String {
    let mut page = Page::new(view.style, view.width);
    for widened in graph.widened() {
        page.line("widened", Label::Warning, &format!("{}: {}", widened.file, widened.why));
        page.below(&whom(widened, graph));
    }
    if !graph.units().is_empty() {
        let edges: usize = (0..graph.units().len()).map(|at| graph.edges(at).count()).sum();
        let edges = if edges == 1 { "1 dependency".to_owned() } else { format!("{edges} dependencies") };
        let text = format!("{}, {edges} among them.", count(graph.units().len() as u64, "unit"));
        page.sentence("", Label::Strong, &text);
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{graph, view};
    use super::*;

    #[test]
    fn units_are_lines_and_what_widens_comes_last() {
        insta::assert_snapshot!(list(&graph(), &view()), @r#"
        kind   name        folder  files  needs  in all
        cargo  a"b         w           1      0       0  no member
        cargo  app         a           1      1       3
        cargo  cargo:both  c           1      1       2
        npm    @scope/x    x           3      1       1
        npm    npm:both    y           2      0       0
            widened w/unit: can't be\u{1b}read
                    a"b is taken to depend on every file
        5 units, 3 dependencies among them.
        "#);
    }
}

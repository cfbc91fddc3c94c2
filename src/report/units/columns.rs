//! Cells in aligned columns.

use crate::report::clean::clean;
use crate::report::style::{Label, Style};

/// Which side of its column a cell is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Rows as lines; the first one is a heading. What could disturb a terminal is made visible.
pub(super) fn columns(sides: &[Side], rows: &[Vec<String>], style: Style) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..sides.len()).map(width).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).zip(sides).map(|((cell, width), side)| {
            let space = " ".repeat(width - cell.chars().count());
            if *side == Side::Left { format!("{cell}{space}") } else { format!("{space}{cell}") }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        text.push_str(&if number == 0 { style.paint(Label::Faint, line) } else { line.to_owned() });
        text.push('\n');
    }
    text
}

//! Parsing, within a budget.

use std::ops::ControlFlow;

use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree};

use super::grammar::language;

/// A text with its syntax.
pub(super) struct Parsed<'s> {
    /// The text.
    pub(super) text: &'s str,
    tree: Tree,
}

impl<'s> Parsed<'s> {
    /// The syntax.
    pub(super) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// The text of a node.
    pub(super) fn of(&self, node: Node<'_>) -> &'s str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }
}

/// Parses; `None` where that takes too long, as a text that was made to take long does, or one that is no text.
pub(super) fn parse(text: &str) -> Option<Parsed<'_>> {
    let mut parser = Parser::new();
    parser.set_language(language()).ok()?;
    // The callback comes once in some hundred operations, and a text of Python takes a few operations a byte.
    let mut left = 1_000 + text.len();
    let mut within = |_: &ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut within);
    let bytes = text.as_bytes();
    let mut input = |at: usize, _| bytes.get(at..).unwrap_or_default();
    let tree = parser.parse_with_options(&mut input, None, Some(options))?;
    Some(Parsed { text, tree })
}

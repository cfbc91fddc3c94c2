//! Texts that expressions have, as far as that can be told without running them.

use tree_sitter::Node;

use super::grammar::{Form, form};
use super::parse::Parsed;

/// What is known of an expression's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    /// Whether it begins with the name of this module or its package: `__name__`, `__package__`.
    pub(super) is_own: bool,
    /// How it begins, or goes on after that.
    pub(super) prefix: String,
    /// Whether that is all of it.
    pub(super) is_exact: bool,
}

/// The text of a string that is written out; `None` of anything else.
pub(super) fn exact(parsed: &Parsed<'_>, node: Node<'_>) -> Option<String> {
    let text = written(parsed, node)?;
    text.is_exact.then_some(text.prefix)
}

/// A string as it is written, up to where something is put in.
pub(super) fn written(parsed: &Parsed<'_>, node: Node<'_>) -> Option<Text> {
    filled(parsed, node, &|_| None)
}

/// A string, up to where something is put in that isn't known.
pub(super) fn filled(parsed: &Parsed<'_>, node: Node<'_>, known: &dyn Fn(Node<'_>) -> Option<Text>) -> Option<Text> {
    match node.kind() {
        "string" => Some(string(parsed, node, known)),
        "concatenated_string" => {
            let mut whole = Text { is_exact: true, ..Text::default() };
            let mut cursor = node.walk();
            for piece in node.named_children(&mut cursor).filter(|piece| piece.kind() == "string") {
                let piece = string(parsed, piece, known);
                if !whole.join(&piece) {
                    break;
                }
            }
            Some(whole)
        }
        _ => None,
    }
}

impl Text {
    /// Goes on with another text. Whether all of it is still known.
    pub(super) fn join(&mut self, next: &Self) -> bool {
        let is_first = self.prefix.is_empty() && !self.is_own;
        if next.is_own && !is_first {
            self.is_exact = false;
            return false;
        }
        self.is_own |= next.is_own;
        self.prefix.push_str(&next.prefix);
        self.is_exact = next.is_exact;
        self.is_exact
    }
}

fn string(parsed: &Parsed<'_>, node: Node<'_>, known: &dyn Fn(Node<'_>) -> Option<Text>) -> Text {
    let mut text = Text { is_exact: true, ..Text::default() };
    let mut cursor = node.walk();
    for part in node.named_children(&mut cursor) {
        match part.kind() {
            "string_content" => text.prefix.push_str(&unescaped(parsed.of(part))),
            "interpolation" => {
                let inner = part.child_by_field_name("expression");
                let plain = inner.filter(|_| part.named_child_count() == 1);
                if !plain
                    .and_then(|inner| own_name(parsed, inner).or_else(|| known(inner)))
                    .is_some_and(|next| text.join(&next))
                {
                    text.is_exact = false;
                    return text;
                }
            }
            _ => {}
        }
    }
    text
}

/// The text of `__name__` and `__package__`.
pub(super) fn own_name(parsed: &Parsed<'_>, node: Node<'_>) -> Option<Text> {
    let is_own = form(node) == Form::Identifier && matches!(parsed.of(node), "__name__" | "__package__");
    is_own.then(|| Text { is_own: true, prefix: String::new(), is_exact: true })
}

/// The escapes that code and paths in texts hold.
fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match if c == '\\' { chars.next() } else { None } {
            None => out.push(c),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('\n') => {}
            Some(quoted @ ('\\' | '\'' | '"')) => out.push(quoted),
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}

//! What an expression may stand for: of a choice, each.

use tree_sitter::Node;

use super::grammar::Kinds;
use super::place::Places;
use super::value::{Text, one, operator};

/// Expressions nested deeper than this are not followed.
const MAX_DEPTH: usize = 24;

/// The texts that an expression may stand for: of a choice, each.
pub(super) fn texts(node: Node<'_>, kinds: &Kinds, places: &Places<'_>) -> Vec<Text> {
    let mut found = Vec::new();
    collect(node, kinds, places, MAX_DEPTH, &mut found);
    found
}

fn collect(node: Node<'_>, kinds: &Kinds, places: &Places<'_>, depth: usize, found: &mut Vec<Text>) {
    if depth == 0 {
        return found.push(Text::Unknown);
    }
    let kind = node.kind_id();
    let mut follow = |field: &str| match node.child_by_field_name(field) {
        Some(child) => collect(child, kinds, places, depth - 1, found),
        None => found.push(Text::Unknown),
    };
    if kind == kinds.ternary {
        follow("consequence");
        follow("alternative");
    } else if kind == kinds.binary && matches!(operator(node), "||" | "??") {
        follow("left");
        follow("right");
    } else if kinds.wraps.contains(&kind) {
        match node.named_child(0) {
            Some(child) => collect(child, kinds, places, depth - 1, found),
            None => found.push(Text::Unknown),
        }
    } else if kind == kinds.call && is_import(node, kinds) {
        // It is looked at by itself.
    } else {
        found.push(match places.of(node) {
            Some(place) => place.into_text(),
            None => one(node, kinds, places.text(), depth),
        });
    }
}

fn is_import(node: Node<'_>, kinds: &Kinds) -> bool {
    node.child_by_field_name("function").is_some_and(|function| function.kind_id() == kinds.import_keyword)
}

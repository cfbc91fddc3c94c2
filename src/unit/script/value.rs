//! What an expression stands for, as far as that can be told without running it.

use tree_sitter::Node;

use super::grammar::Kinds;
use super::place::Places;

/// Expressions nested deeper than this are not followed.
const MAX_DEPTH: usize = 24;

/// A text that an expression may stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// This one.
    Whole(String),
    /// Any that begins so.
    Beginning(String),
    /// It is known only when it runs.
    Unknown,
}

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

/// The operator of a binary expression.
fn operator<'t>(node: Node<'t>) -> &'t str {
    node.child_by_field_name("operator").map_or("", |operator| operator.kind())
}

fn is_import(node: Node<'_>, kinds: &Kinds) -> bool {
    node.child_by_field_name("function").is_some_and(|function| function.kind_id() == kinds.import_keyword)
}

/// The text that an expression of literals stands for.
pub(super) fn one(node: Node<'_>, kinds: &Kinds, content: &[u8], depth: usize) -> Text {
    let kind = node.kind_id();
    if kind == kinds.string || kind == kinds.template {
        return literal(node, kinds, content);
    }
    if depth == 0 || kind != kinds.binary || operator(node) != "+" {
        return Text::Unknown;
    }
    let side = |field: &str| {
        node.child_by_field_name(field).map_or(Text::Unknown, |child| one(child, kinds, content, depth - 1))
    };
    match (side("left"), side("right")) {
        (Text::Whole(left), Text::Whole(right)) => Text::Whole(left + &right),
        (Text::Whole(left), Text::Beginning(right)) => Text::Beginning(left + &right),
        (Text::Whole(left), Text::Unknown) | (Text::Beginning(left), _) => Text::Beginning(left),
        (Text::Unknown, _) => Text::Unknown,
    }
}

fn literal(node: Node<'_>, kinds: &Kinds, content: &[u8]) -> Text {
    let mut text = String::new();
    let mut cursor = node.walk();
    for child in node.named_children(&mut cursor) {
        let Some(raw) = content.get(child.byte_range()).and_then(|raw| std::str::from_utf8(raw).ok()) else {
            return Text::Beginning(text);
        };
        let kind = child.kind_id();
        if kind == kinds.fragment {
            text.push_str(raw);
        } else if kind == kinds.escape {
            match unescaped(raw) {
                Some(unescaped) => text.push_str(&unescaped),
                None => return Text::Beginning(text),
            }
        } else {
            return Text::Beginning(text);
        }
    }
    Text::Whole(text)
}

/// What an escape sequence stands for: <https://tc39.es/ecma262/#prod-EscapeSequence>.
fn unescaped(raw: &str) -> Option<String> {
    let rest = raw.strip_prefix('\\')?;
    let first = rest.chars().next()?;
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(String::from);
    match first {
        'x' => code(&rest[1..]),
        'u' => code(rest[1..].trim_start_matches('{').trim_end_matches('}')),
        '\n' | '\r' => Some(String::new()),
        'n' | 'r' | 't' | 'b' | 'f' | 'v' | '0'..='9' => None,
        other => Some(other.to_string()),
    }
}

//! What an expression stands for, as far as that can be told without running it.

use tree_sitter::Node;

use super::grammar::Kinds;

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

/// The operator of a binary expression.
pub(super) fn operator(node: Node<'_>) -> &str {
    node.child_by_field_name("operator").map_or("", |operator| operator.kind())
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

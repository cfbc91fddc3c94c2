//! Whether what a grammar can't read may load anything.
//!
//! Grammars lag behind the languages, so that a syntax error says little: the parser goes on behind it, and texts in quotes
//! are searched everywhere. What is lost is a call whose argument is no text.

use std::ops::Range;

use bstr::ByteSlice;
use tree_sitter::Node;

/// What calls that load anything are written with.
const WORDS: [&str; 5] = ["equire", "mock", "Mock", "__dirname", "__filename"];

/// The line of the first error that may hide a call that loads something.
pub(super) fn loading_line(root: Node<'_>, content: &[u8]) -> Option<usize> {
    if !root.has_error() {
        return None;
    }
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let is_list = node.id() == root.id() || node.kind() == "statement_block";
        let is_list = is_list && !root.is_error();
        let is_broken = |child: &Node<'_>| child.is_error() || child.is_missing();
        open.extend(children.iter().filter(|child| child.has_error() && !is_broken(child)).copied());
        // What stands around an error may have been taken for something else; in a list, its neighbours.
        let around = |index: usize| {
            let last = children.get(index + 1).unwrap_or(&children[index]);
            children[index.saturating_sub(1)].start_byte()..last.end_byte()
        };
        let mut errors = children.iter().enumerate().filter(|(_, child)| is_broken(child));
        let loads = |around: Range<usize>| {
            content.get(around).is_some_and(|text| WORDS.iter().any(|word| text.contains_str(word)) || has_call(text))
        };
        let hidden = if is_list {
            errors.find(|(index, _)| loads(around(*index)))
        } else {
            errors.next().filter(|_| loads(node.byte_range()))
        };
        if let Some((_, child)) = hidden {
            return Some(child.start_position().row + 1);
        }
    }
    None
}

/// Whether a text holds `import.meta`, or `import(…)` of what is no text in quotes.
fn has_call(text: &[u8]) -> bool {
    text.find_iter("import").any(|at| {
        let rest = text[at + "import".len()..].trim_start();
        let argument = rest.strip_prefix(b"(").map(ByteSlice::trim_start);
        let is_text = argument.is_some_and(|argument| argument.starts_with(b"'") || argument.starts_with(b"\""));
        !is_text && (argument.is_some() || rest.starts_with(b".") || rest.starts_with(b"/"))
    })
}

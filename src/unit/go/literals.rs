//! Text in a Go file that names files of the tree.
//!
//! A test runs in its package's folder, so that `"../../testdata/x"` in it names a file. What is read without being
//! imported or embedded is beyond any graph; but where it stands in the text, there is no reason to miss it.

use serde::{Deserialize, Serialize};
use tree_sitter::Node;

use super::quoted;

/// A path that a file's text names, relative to its folder, or an import path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Read {
    /// The path.
    pub(super) path: String,
    /// Whether it counts also where it names nothing but a folder above its own.
    pub(super) is_above: bool,
}

/// Functions that open what a literal names, so that even `".."` is a folder there.
const OPENING: [&str; 10] = ["Join", "Abs", "Chdir", "DirFS", "Glob", "Open", "ReadDir", "Stat", "Walk", "WalkDir"];

/// Takes what the literals of a call name together: `filepath.Join("..", "..", "testdata", name)`.
pub(super) fn of_call(call: Node, content: &[u8], is_test: bool, reads: &mut Vec<Read>) {
    let name = call.child_by_field_name("function").map(|function| match function.kind() {
        "selector_expression" => function.child_by_field_name("field").unwrap_or(function),
        _ => function,
    });
    let Some(name) = name.and_then(|name| std::str::from_utf8(&content[name.byte_range()]).ok()) else { return };
    let Some(arguments) = call.child_by_field_name("arguments").filter(|_| OPENING.contains(&name)) else { return };
    let mut cursor = arguments.walk();
    let mut path: Option<String> = None;
    let mut take = |path: &mut Option<String>| {
        reads.extend(path.take().map(|path| Read { is_above: is_test && is_above(&path), path }));
    };
    for argument in arguments.named_children(&mut cursor) {
        let literal =
            argument.kind().ends_with("string_literal").then(|| quoted::text(&content[argument.byte_range()]));
        match (literal.flatten(), &mut path) {
            (Some(text), Some(path)) if name == "Join" => {
                path.push('/');
                path.push_str(&text);
            }
            (Some(text), none) if is_upwards(&text) => *none = Some(text),
            (_, path) => take(path),
        }
    }
    take(&mut path);
}

/// Takes what a literal names by itself.
pub(super) fn of_literal(literal: &[u8], is_test: bool, reads: &mut Vec<Read>) {
    let path = quoted::text(literal).filter(|text| is_upwards(text) && text != ".." && text.len() <= LONGEST);
    reads.extend(path.map(|path| Read { is_above: is_test && is_above(&path), path }));
}

/// The same, and what the words of the literal name, which may be a command or arguments of one.
pub(super) fn of_command(literal: &[u8], is_test: bool, reads: &mut Vec<Read>) {
    of_literal(literal, is_test, reads);
    let Some(text) = quoted::text(literal) else { return };
    let words = text.split_whitespace().filter(|word| word.contains('/') && word.len() <= LONGEST);
    reads.extend(words.map(|word| Read { path: word.to_owned(), is_above: false }));
}

/// How long a path can be.
const LONGEST: usize = 512;

fn is_upwards(text: &str) -> bool {
    text == ".." || text.starts_with("../")
}

fn is_above(text: &str) -> bool {
    text.split('/').all(|part| matches!(part, ".." | "." | ""))
}

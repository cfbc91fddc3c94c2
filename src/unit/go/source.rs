//! What a Go file says: <https://go.dev/ref/spec#Source_file_organization>.

use std::cell::RefCell;
use std::ops::ControlFlow;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};
use tree_sitter::{Node, ParseOptions, ParseState, Parser, Tree, TreeCursor};

use super::literals::{self, Read};
use super::native::Native;
use super::quoted;

/// A Go file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// Import paths, sorted.
    #[serde(rename = "i", skip_serializing_if = "Vec::is_empty")]
    pub(super) imports: Vec<String>,
    /// Patterns of `//go:embed`, without `all:`.
    #[serde(rename = "e", skip_serializing_if = "Vec::is_empty")]
    pub(super) embeds: Vec<String>,
    /// Symbols of other packages that `//go:linkname` names.
    #[serde(rename = "s", skip_serializing_if = "Vec::is_empty")]
    pub(super) symbols: Vec<String>,
    /// What its C takes in, where it has some.
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    pub(super) native: Option<Native>,
    /// Files of the tree that its text seems to name.
    #[serde(rename = "r", skip_serializing_if = "Vec::is_empty")]
    pub(super) reads: Vec<Read>,
    /// Its build constraint.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    pub(super) constraint: Option<String>,
    /// Why it can't be read.
    #[serde(rename = "m", skip_serializing_if = "Option::is_none")]
    pub(super) mistake: Option<String>,
}

impl Source {
    /// Reads a file. Its head is parsed alone where that is enough, since most of a file says nothing of others.
    pub(super) fn read(content: &[u8], is_test: bool) -> Self {
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let mut source = Self { constraint: constraint(content), ..Self::default() };
        let head = head(content);
        match parse(head).filter(|tree| !tree.root_node().has_error()) {
            Some(tree) => source.add_head(tree.root_node(), head),
            None => match parse(content) {
                Some(tree) => source.add_head(tree.root_node(), content),
                None => source.mistake = Some("takes too long to parse".to_owned()),
            },
        }
        if source.mistake.is_none() && source.needs_body(content, is_test) {
            match parse(content) {
                Some(tree) => source.add_body(tree.root_node(), content, is_test),
                None => source.mistake = Some("takes too long to parse".to_owned()),
            }
        }
        for list in [&mut source.imports, &mut source.embeds, &mut source.symbols] {
            list.sort_unstable();
            list.dedup();
        }
        source.reads.sort_unstable();
        source.reads.dedup();
        source
    }

    fn imports(&self, path: &str) -> bool {
        self.imports.iter().any(|its| its == path)
    }

    /// Whether the rest of a file may say something, by the bytes that such text can't do without.
    fn needs_body(&self, content: &[u8], is_test: bool) -> bool {
        let has_any = |texts: &[&str]| texts.iter().any(|text| content.contains_str(text));
        (self.imports("embed") && has_any(&["//go:embed"]))
            || (self.imports("unsafe") && has_any(&["//go:linkname"]))
            || has_any(&["\"../", "`../", "\"..\"", "`..`"])
            || (is_test && self.imports("os/exec") && has_any(GO_COMMANDS))
    }

    /// Takes what stands before the first declaration that is no import.
    fn add_head(&mut self, root: Node, content: &[u8]) {
        let mut cursor = root.walk();
        let mut has_package = false;
        let mut preamble = Vec::new();
        for node in root.children(&mut cursor) {
            match node.kind() {
                "package_clause" => has_package = !node.has_error(),
                "import_declaration" => self.add_import(node, content, &mut preamble),
                "comment" => preamble.extend(comment(&content[node.byte_range()])),
                _ if node.is_error() || node.is_missing() => {
                    self.mistake = Some("its imports can't be read".to_owned());
                }
                _ if node.is_named() => break,
                _ => {}
            }
        }
        if !has_package {
            self.mistake = Some("has no package clause that can be read".to_owned());
        }
    }

    fn add_import(&mut self, declaration: Node, content: &[u8], preamble: &mut Vec<u8>) {
        if declaration.has_error() {
            self.mistake = Some("its imports can't be read".to_owned());
        }
        let mut open = vec![declaration];
        while let Some(node) = open.pop() {
            match node.kind() {
                "comment" => preamble.extend(comment(&content[node.byte_range()])),
                "import_spec" => {
                    let path =
                        node.child_by_field_name("path").and_then(|path| quoted::text(&content[path.byte_range()]));
                    match path {
                        Some(path) if path == "C" => self.native = Some(Native::read(preamble)),
                        Some(path) => self.imports.push(path),
                        None => self.mistake = Some("its imports can't be read".to_owned()),
                    }
                }
                // The last child is looked at last, so that a comment comes before what follows it.
                _ => open.extend((0..node.child_count()).rev().filter_map(|at| node.child(at))),
            }
        }
    }

    /// Takes directives and literals of the whole file.
    fn add_body(&mut self, root: Node, content: &[u8], is_test: bool) {
        let is_command = is_test && self.imports("os/exec");
        let take = if is_command { literals::of_command } else { literals::of_literal };
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            match node.kind() {
                "comment" => self.add_directive(&content[node.byte_range()]),
                "call_expression" => literals::of_call(node, content, is_test, &mut self.reads),
                "interpreted_string_literal" | "raw_string_literal" => {
                    take(&content[node.byte_range()], is_test, &mut self.reads);
                }
                _ => {}
            }
            let is_inside = node.kind() != "import_declaration" && cursor.goto_first_child();
            if !is_inside && !goto_next(&mut cursor) {
                return;
            }
        }
    }

    fn add_directive(&mut self, comment: &[u8]) {
        if let Some(patterns) =
            comment.strip_prefix(b"//go:embed").filter(|rest| rest.starts_with_str(" ") || rest.starts_with_str("\t"))
        {
            match quoted::words(patterns) {
                Some(words) => {
                    self.embeds
                        .extend(words.into_iter().map(|word| word.strip_prefix("all:").unwrap_or(&word).to_owned()));
                }
                None => self.mistake = Some("its //go:embed can't be read".to_owned()),
            }
        }
        if let Some(names) = comment.strip_prefix(b"//go:linkname ") {
            self.symbols.extend(names.fields().nth(1).and_then(|name| name.to_str().ok()).map(str::to_owned));
        }
    }
}

/// Goes on to the next node that isn't inside of this one.
fn goto_next(cursor: &mut TreeCursor) -> bool {
    while !cursor.goto_next_sibling() {
        if !cursor.goto_parent() {
            return false;
        }
    }
    true
}

/// What a test holds that starts the go command on a package.
const GO_COMMANDS: &[&str] =
    &["\"build\"", "\"install\"", "\"run\"", "\"go\"", "`go`", "go build ", "go install ", "go run "];

/// The text of a comment.
fn comment(text: &[u8]) -> Vec<u8> {
    let inner = match text.strip_prefix(b"//") {
        Some(line) => line,
        None => text.strip_prefix(b"/*").and_then(|text| text.strip_suffix(b"*/")).unwrap_or(text),
    };
    [inner, b"\n"].concat()
}

/// The file up to the first line that starts with the keyword of a declaration other than an import, which no import may
/// follow. Where that is a line of a comment or a literal, what is cut off there doesn't parse.
fn head(content: &[u8]) -> &[u8] {
    let starts = |line: &[u8]| {
        [&b"func"[..], b"type", b"var", b"const"].iter().any(|keyword| {
            line.strip_prefix(*keyword)
                .and_then(|rest| rest.first())
                .is_some_and(|next| matches!(next, b' ' | b'\t' | b'('))
        })
    };
    let mut at = 0;
    for line in content.lines_with_terminator() {
        if starts(line) {
            return &content[..at];
        }
        at += line.len();
    }
    content
}

/// The build constraint, which stands in a comment line before the package clause; of the old form `// +build`, the word
/// `ignore` alone is understood.
fn constraint(content: &[u8]) -> Option<String> {
    for line in content.lines() {
        let line = line.trim();
        if let Some(expression) = line.strip_prefix(b"//go:build ") {
            return Some(expression.to_str_lossy().trim().to_owned());
        }
        if line == b"// +build ignore" || line == b"//+build ignore" {
            return Some("ignore".to_owned());
        }
        if line.starts_with(b"package ") {
            return None;
        }
    }
    None
}

/// Parses Go; `None` where that takes out of proportion.
fn parse(content: &[u8]) -> Option<Tree> {
    thread_local! {
        static PARSER: RefCell<Option<Parser>> = RefCell::new(new_parser());
    }
    PARSER.with_borrow_mut(|parser| {
        let parser = parser.as_mut()?;
        // The parser asks after every hundred or so of its steps.
        let mut left = 1_000 + content.len() / 10;
        let mut ask = |_: &ParseState| {
            left = left.saturating_sub(1);
            if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut ask);
        let mut text = |at: usize, _| content.get(at..).unwrap_or_default();
        let tree = parser.parse_with_options(&mut text, None, Some(options));
        if tree.is_none() {
            parser.reset();
        }
        tree
    })
}

fn new_parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).ok()?;
    Some(parser)
}

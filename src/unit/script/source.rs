//! Reading of source files: what they load, by which specifiers.

use std::ops::Range;

use tree_sitter::{Node, TreeCursor};

use super::calls::Reader;
use super::fact::Source;
pub(super) use super::grammar::Language;
use super::{broken, quoted, words};

/// Larger files are not parsed: people write none, and what tools write would take long.
const MAX_BYTES: usize = 1 << 19;

/// Larger files that can't be parsed are not parsed as Flow's: parsing takes longest of what is wrong.
const MAX_RETRIED: usize = 1 << 17;

/// Less than this is not worth being left out.
const MIN_REST: usize = 256;

/// What a source file says. In configuration, every text may name a file.
pub(super) fn read(language: Language, content: &[u8], is_config: bool) -> Source {
    let last = words::last(content);
    if last.is_none() && !is_config {
        return Source::default();
    }
    if let Some(found) = last.filter(|_| !is_config).and_then(|last| of_beginning(language, content, last)) {
        return found;
    }
    if content.len() > MAX_BYTES {
        return Source { uses: quoted::of(content), open: Some("it is too large to be parsed".to_owned()) };
    }
    let mut found = parsed(language, content, is_config);
    if language == Language::JavaScript && found.is_broken && content.len() <= MAX_RETRIED {
        // Flow's types look like TypeScript's.
        let typed = parsed(Language::Tsx, content, is_config);
        if !typed.is_broken {
            found = typed;
        }
    }
    if found.is_broken {
        found.source.uses.extend(quoted::of(content));
    }
    found.source
}

/// What a file says whose beginning is all that loads anything. Where that is a program by itself, it is read as it would be
/// within the whole; where it is not, or where names in it stand for what loads, there is no such answer.
fn of_beginning(language: Language, content: &[u8], last: usize) -> Option<Source> {
    let end = words::next_statement(content, last).filter(|end| end + MIN_REST < content.len())?;
    let beginning = &content[..end];
    let found = (end <= MAX_BYTES).then(|| parsed(language, beginning, false))?;
    (!found.is_broken && !found.has_names).then_some(found.source)
}

/// What scripts in a file say, together.
pub(super) fn read_ranges(language: Language, content: &[u8], ranges: &[Range<usize>]) -> Source {
    let mut found = Source::default();
    for range in ranges {
        let source = read(language, &content[range.clone()], false);
        found.uses.extend(source.uses);
        found.open = found.open.or(source.open);
    }
    found
}

struct Parsed {
    source: Source,
    is_broken: bool,
    /// Whether names stand for what loads, or for paths.
    has_names: bool,
}

fn parsed(language: Language, content: &[u8], is_config: bool) -> Parsed {
    let Some(tree) = language.parse(content) else {
        let open = Some("it takes too long to be parsed".to_owned());
        return Parsed { source: Source { uses: Vec::new(), open }, is_broken: true, has_names: false };
    };
    let root = tree.root_node();
    let mut reader = Reader::new(content, language.kinds(), is_config);
    let mut cursor = root.walk();
    let mut parents: Vec<Node<'_>> = Vec::new();
    loop {
        let node = cursor.node();
        if reader.visit(node, parents.last().copied()) && cursor.goto_first_child() {
            parents.push(node);
        } else if !goto_next(&mut cursor, &mut parents) {
            break;
        }
    }
    let has_names = reader.has_names();
    let mut source = reader.into_source();
    if let Some(line) = broken::loading_line(root, content) {
        source.open.get_or_insert_with(|| format!("line {line} can't be parsed"));
    }
    Parsed { source, is_broken: root.has_error(), has_names }
}

/// Goes to the next node that is not below this one; false at the end.
fn goto_next<'t>(cursor: &mut TreeCursor<'t>, parents: &mut Vec<Node<'t>>) -> bool {
    while !cursor.goto_next_sibling() {
        if !cursor.goto_parent() {
            return false;
        }
        parents.pop();
    }
    true
}

//! A module's text to what it says.

use super::super::fact::{Source, Take};
use super::parse::parse;
use super::walk::Walk;

/// A text in a module that is longer is data.
const CODE_LENGTH: usize = 65_536;

/// What a module says.
pub(in super::super) fn read(content: &[u8]) -> Source {
    let text = String::from_utf8_lossy(content);
    let text = text.trim_start_matches('\u{feff}');
    let Some(parsed) = parse(text) else {
        let open = Some("its syntax can't be read".to_owned());
        return Source { open, has_unknown_path: true, ..Source::default() };
    };
    let mut walk = Walk::over(&parsed);
    walk.finish();
    let (mut source, code) = (walk.source, walk.code);
    for code in code.iter().filter(|code| code.len() <= CODE_LENGTH) {
        add_code(&mut source, code, false);
    }
    if parsed.root().has_error() {
        add_code(&mut source, &import_lines(text), true);
        source.open.get_or_insert_with(|| "its syntax can't be read whole".to_owned());
    }
    source.imports.sort();
    source.imports.dedup();
    for list in [&mut source.scripts, &mut source.reads, &mut source.all, &mut source.groups] {
        list.sort();
        list.dedup();
    }
    source.paths.sort();
    source.paths.dedup();
    source
}

/// Adds what code in a text imports, such as a program that a test writes and runs; `is_own` where it is
/// the module's own.
fn add_code(source: &mut Source, code: &str, is_own: bool) {
    let code = dedented(code);
    let Some(parsed) = parse(&code) else { return };
    let walk = Walk::over(&parsed);
    let imports =
        walk.source.imports.into_iter().filter(|import| import.take != Take::Mention && (is_own || import.level == 0));
    source.imports.extend(imports);
}

/// The lines of a text that look like imports, for a syntax that is newer than the grammar.
fn import_lines(text: &str) -> String {
    let mut lines = String::new();
    let mut is_open = false;
    for line in text.lines() {
        let bare = line.trim_start();
        let bare = bare.strip_prefix("lazy ").unwrap_or(bare);
        if is_open || bare.starts_with("import ") || bare.starts_with("from ") {
            lines.push_str(bare);
            lines.push('\n');
            is_open = (is_open || bare.contains('(')) && !bare.contains(')');
        }
    }
    lines
}

/// A text without the indentation that all its lines share.
fn dedented(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let least = text.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    if least == 0 {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(line.get(least..).unwrap_or_default());
        out.push('\n');
    }
    out
}

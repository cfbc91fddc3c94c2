//! Texts in quotes, wherever they stand.
//!
//! For what no grammar reads: it takes too much rather than too little, and what it takes counts only where it leads to
//! something in the tree.

use bstr::ByteSlice;

use super::fact::{How, Use};

/// Longer texts are no paths.
const MAX: usize = 260;

/// Every text between two of the same quotes in one line. Each quote may be the first, since which ones are can't be told.
pub(super) fn of(content: &[u8]) -> Vec<Use> {
    let is_quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`');
    let starts = content.iter().enumerate().filter(|(_, byte)| is_quote(**byte));
    starts.filter_map(|(at, quote)| within(&content[at + 1..], *quote)).collect()
}

/// The texts of a stylesheet that may be paths: those in quotes, and those of `url(…)` without quotes.
pub(super) fn of_style(content: &[u8]) -> Vec<Use> {
    // A leading `~` is how webpack's loaders tell a package from a file.
    let mut uses = of(content);
    uses.extend(content.find_iter("url(").filter_map(|at| within(&content[at + 4..], b')')));
    for Use(_, text) in &mut uses {
        *text = text.trim_start_matches('~').to_owned();
    }
    uses
}

fn within(rest: &[u8], end: u8) -> Option<Use> {
    let rest = &rest[..rest.len().min(MAX)];
    let length = rest.iter().position(|byte| *byte == end || matches!(byte, b'\n' | b' ' | b'\t' | b'$' | b'*'))?;
    let text = rest[..length].to_str().ok()?;
    (rest[length] == end && !text.is_empty()).then(|| Use(How::Maybe, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quote_may_be_the_first() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<String> = of_style(text.as_bytes()).into_iter().map(|Use(_, text)| text).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("import './a' // it's\nrequire \"../b\"", &["./a", "../b"]);
        check("@import url(../c.css); @use '@a/b';", &["@a/b", "../c.css"]);
        check("'no spaces here'", &[]);
        check("'open\n'", &[]);
    }
}

//! Scripts in markup: single-file components of Vue, Svelte and Astro.
//!
//! A script begins at a tag and ends at the next end tag, whatever stands between: the HTML standard says so of raw text,
//! <https://html.spec.whatwg.org/multipage/parsing.html#rcdata-state>, and the components' compilers follow it.

use std::ops::Range;

use bstr::ByteSlice;

use super::fact::Source;
use super::{quoted, source};

/// What a component says: its scripts, and what its markup and styles have in quotes.
pub(super) fn read(content: &[u8]) -> Source {
    let scripts = scripts(content);
    let mut found = source::read_ranges(source::Language::TypeScript, content, &scripts);
    // Which of both a script is written in is said in ways of each framework's own; the one that can be read it is.
    if found.open.is_some() {
        let jsx = source::read_ranges(source::Language::Tsx, content, &scripts);
        if jsx.open.is_none() {
            found = jsx;
        }
    }
    let mut last = 0;
    let end = content.len()..content.len();
    for range in scripts.iter().cloned().chain(std::iter::once(end)) {
        found.uses.extend(quoted::of_style(&content[last..range.start]));
        last = range.end;
    }
    found
}

/// Where scripts stand, sorted.
fn scripts(content: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = front_matter(content).into_iter().collect();
    let mut from = found.first().map_or(0, |range| range.end);
    while let Some(at) = find(content, from, b"<script") {
        let Some(start) = tag_end(content, at) else { break };
        let end = find(content, start, b"</script").unwrap_or(content.len());
        found.push(start..end);
        from = end;
    }
    found
}

/// Astro's script between two lines of dashes at the beginning.
fn front_matter(content: &[u8]) -> Option<Range<usize>> {
    let start = content.len() - content.trim_start().len();
    let rest = content[start..].strip_prefix(b"---")?;
    let length = rest.find(b"\n---")?;
    Some(start + 3..start + 3 + length)
}

/// Where a word stands, whatever the case of its letters.
fn find(content: &[u8], from: usize, word: &[u8]) -> Option<usize> {
    let mut at = from;
    loop {
        at += content.get(at..)?.find_byte(b'<')?;
        if content[at..].get(..word.len())?.eq_ignore_ascii_case(word) {
            return Some(at);
        }
        at += 1;
    }
}

/// Where the tag that begins at a place ends; `>` in an attribute's quotes doesn't end it.
fn tag_end(content: &[u8], at: usize) -> Option<usize> {
    let mut quote = None;
    for (offset, byte) in content[at..].iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + offset + 1),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    None
}

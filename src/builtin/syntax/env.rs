//! `.env`: names and values, as shells and the many programs that read it understand them alike.
//!
//! `NAME=value`, perhaps after `export`; values in quotes may go on over several lines. The grammar is gate's own, since
//! the crates for it put the values in place of variables, and tell no position.

use super::Fault;

/// Reads a text.
pub(super) fn faults(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = text[at..].split('\n').next().unwrap_or_default();
        let end = at + line.len();
        match pair(text, at, end) {
            Ok(end) => at = end + 1,
            Err(fault) => {
                faults.push(fault);
                at = end + 1;
            }
        }
    }
    faults
}

/// Reads a line, or several if a value goes on. Returns where the last one ends.
fn pair(text: &str, start: usize, end: usize) -> Result<usize, Fault> {
    let line = text[start..end].trim_end();
    let content = line.trim_start();
    let from = end - (text[start..end].len() - (line.len() - content.len()));
    if content.is_empty() || content.starts_with('#') {
        return Ok(end);
    }
    let exported = content.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim_start);
    let named = exported.unwrap_or(content);
    let name_at = from + (content.len() - named.len());
    let Some((name, value)) = named.split_once('=') else {
        return Err(Fault::new(from..from + content.len(), "a line without '='"));
    };
    let name_end = name_at + name.trim_end().len();
    if !is_name(name.trim_end()) {
        return Err(Fault::new(name_at..name_end.max(name_at + 1), "what stands before '=' is no name"));
    }
    let value_at = name_at + name.len() + 1 + (value.len() - value.trim_start().len());
    if text[value_at..].starts_with(['"', '\'', '`']) && value_at < end { quoted(text, value_at) } else { Ok(end) }
}

fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

/// A value that begins with a quote: quoted and bare parts until a blank, then a comment at most.
fn quoted(text: &str, start: usize) -> Result<usize, Fault> {
    let mut at = start;
    while let Some(first) = text[at..].chars().next() {
        match first {
            '"' | '\'' | '`' => {
                let Some(length) = closing(&text[at + 1..], first) else {
                    return Err(Fault::new(at..at + 1, "a quote that is not closed"));
                };
                at += length + 2;
            }
            ' ' | '\t' | '\r' | '\n' => break,
            other => at += other.len_utf8(),
        }
    }
    let rest = text[at..].split('\n').next().unwrap_or_default();
    let after = rest.trim();
    if after.is_empty() || after.starts_with('#') {
        return Ok(at + rest.len());
    }
    Err(Fault::new(at..at + rest.trim_end().len(), "something follows the quoted value"))
}

/// How far it is to the quote that closes.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped && quote == '"';
        ends.then_some(at)
    })
}

//! Compiler messages as rustc and cargo write them for programs
//! (<https://doc.rust-lang.org/rustc/json.html>, <https://doc.rust-lang.org/cargo/reference/external-tools.html>).

use bstr::ByteSlice;
use serde::Deserialize;

use super::message::Message;
use super::plain::text;
use super::problem::{Region, Severity};
use super::single::Found;

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    reason: Option<std::borrow::Cow<'a, str>>,
    message: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    level: String,
    code: Option<Code>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: u32,
    line_end: u32,
    column_start: u32,
    column_end: u32,
    is_primary: bool,
}

/// The problem of a line of JSON; `None` for other lines, and for messages without a place.
pub(super) fn found(line: &[u8]) -> Option<Found> {
    let line = line.trim();
    if !line.starts_with(b"{") || !line.contains_str("\"spans\"") {
        return None;
    }
    let of_cargo = serde_json::from_slice::<Line<'_>>(line).ok();
    let message = match of_cargo {
        Some(line) if line.reason.as_deref() == Some("compiler-message") => line.message?,
        _ => serde_json::from_slice::<Diagnostic>(line).ok()?,
    };
    let span = message.spans.iter().find(|span| span.is_primary)?;
    let told = Message {
        severity: Some(Severity::of(message.level.as_bytes()).unwrap_or(Severity::Error)),
        text: text(message.message.as_bytes()),
        rule: message.code.as_ref().map(|code| text(code.code.as_bytes())),
    };
    Some(Found::new(span.file_name.as_bytes(), region(span), told))
}

fn region(span: &Span) -> Option<Region> {
    let ordered = (span.line_start, span.column_start) <= (span.line_end, span.column_end);
    (span.line_start > 0).then(|| Region {
        line: span.line_start,
        column: (span.column_start > 0).then_some(span.column_start),
        end_line: ordered.then_some(span.line_end),
        end_column: (ordered && span.column_start > 0).then_some(span.column_end),
    })
}

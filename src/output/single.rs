//! Problems that stand on one line.

use bstr::ByteSlice;

use super::location::{Location, brackets, colons, digits};
use super::message::{self, Message, message};
use super::plain::text;
use super::problem::{Region, Severity};

/// A problem whose path is still as the tool printed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The path, as it was printed.
    pub(super) path: Vec<u8>,
    /// Where in the file.
    pub(super) region: Option<Region>,
    /// How bad it is.
    pub(super) severity: Severity,
    /// What is wrong.
    pub(super) message: String,
    /// The name of the rule.
    pub(super) rule: Option<String>,
}

impl Found {
    /// A problem at a place, out of a message.
    pub(super) fn new(path: &[u8], region: Option<Region>, message: Message) -> Self {
        let Message { severity, text, rule } = message;
        Self { path: path.to_vec(), region, severity: severity.unwrap_or(Severity::Error), message: text, rule }
    }
}

/// The problem that a line tells of.
pub(super) fn found(line: &[u8]) -> Option<Found> {
    annotation(line)
        .or_else(|| failed_test(line))
        .or_else(|| compact(line))
        .or_else(|| brackets(line).and_then(|place| placed(place, true)))
        .or_else(|| colons(line.trim_start()).and_then(|place| placed(place, false)))
}

/// What compilers and most linters write; with a place in brackets only where a severity follows.
fn placed(place: Location<'_>, severity_needed: bool) -> Option<Found> {
    let message = message(place.rest);
    let is_frame = message.text.is_empty() || message.text.starts_with("in ");
    let told = !severity_needed || message.severity.is_some();
    (told && !is_frame).then(|| Found::new(place.path, Some(place.region), message))
}

/// eslint's compact format: `path: line 1, col 2, Error - text (rule)`.
fn compact(line: &[u8]) -> Option<Found> {
    let (path, rest) = line.split_once_str(b": line ")?;
    let (number, rest) = digits(rest);
    let (column, rest) = digits(rest.strip_prefix(b", col ")?);
    let (word, rest) = rest.strip_prefix(b", ")?.split_once_str(b" - ")?;
    let severity = Severity::of(word)?;
    let message = Message { severity: Some(severity), ..message(rest) };
    let region = number.filter(|line| *line > 0).map(|line| Region::at(line, column));
    Some(Found::new(path, region, message))
}

/// pytest's summary: `FAILED path::test - text`.
fn failed_test(line: &[u8]) -> Option<Found> {
    let rest = line.strip_prefix(b"FAILED ").or_else(|| line.strip_prefix(b"ERROR "))?;
    let (test, why) = rest.split_once_str(b" - ").unwrap_or((rest, b""));
    let (path, name) = test.split_once_str(b"::").unwrap_or((test, b""));
    let parts = [name, why].map(text);
    let said = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
    let told = if said.is_empty() { "failed".to_owned() } else { said };
    Some(Found::new(path, None, Message { severity: Some(Severity::Error), text: told, rule: None }))
}

/// The line that has a CI mark a place: `::error file=path,line=1,col=2::text`
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).
fn annotation(line: &[u8]) -> Option<Found> {
    let (head, told) = line.strip_prefix(b"::")?.split_once_str(b"::")?;
    let (word, properties) = head.split_once_str(b" ")?;
    let severity = if word == b"notice" { Severity::Note } else { Severity::of(word)? };
    let value = |name: &[u8]| {
        let of = |property: &'_ [u8]| property.strip_prefix(name)?.strip_prefix(b"=").map(unescaped);
        properties.split_str(b",").find_map(of)
    };
    let number = |name: &[u8]| value(name).and_then(|value| digits(&value).0).filter(|number| *number > 0);
    let region = number(b"line").map(|line| {
        let end_line = number(b"endLine").filter(|end| *end >= line);
        let column = number(b"col");
        let end_column = number(b"endColumn").filter(|_| end_line.is_some() && column.is_some());
        Region { line, column, end_line, end_column }
    });
    let path = value(b"file")?;
    let told = unescaped(told);
    // Some say the place once more in the text, and the rule after it.
    if let Some(again) = colons(&told).filter(|again| path.ends_with(again.path)) {
        return Some(Found::new(&path, region, Message { severity: Some(severity), ..message(again.rest) }));
    }
    let rule = value(b"title").filter(|title| message::is_name(title)).map(|title| message::rule(&title));
    let found = Message { severity: Some(severity), text: text(&told), rule };
    Some(Found::new(&path, region, found))
}

fn unescaped(bytes: &[u8]) -> Vec<u8> {
    [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
        .iter()
        .fold(bytes.to_vec(), |bytes, (escape, plain)| bytes.replace(escape, plain))
}

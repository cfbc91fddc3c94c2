//! One file as TOML: its syntax, its tables, and which of them belong there.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::DeTable;

use super::fields::{Fields, Value, not_yet};
use super::keys::Table;
use super::nearest::nearest;
use super::problems::Problems;
use super::table::is_planned_table;
use super::text::describe;
use super::{File, Source};
use crate::diagnostic::Diagnostic;

/// A file's tables. After a syntax error, those that could still be made out.
pub(super) struct Document<'t> {
    root: DeTable<'t>,
    readable: Readable,
}

/// How much of the text could be read.
#[derive(PartialEq)]
enum Readable {
    All,
    /// All but these lines.
    AllBut(BTreeSet<usize>),
    /// What stands before this byte.
    Before(usize),
}

/// A `[check.NAME]`.
pub(super) struct Section<'t> {
    /// NAME.
    pub(super) name: &'t str,
    /// Where NAME stands.
    pub(super) span: Range<usize>,
    /// What it holds.
    pub(super) fields: Fields<'t>,
}

impl<'t> Document<'t> {
    /// Reads the text and reports its syntax errors.
    pub(super) fn parse(source: &'t Source, problems: &mut Problems<'_>) -> Self {
        let (root, errors) = DeTable::parse_recoverable(&source.text);
        let mut syntax = Vec::new();
        for error in errors {
            let span = error.span().unwrap_or_default();
            if error.message() == "duplicate key" {
                let name = source.text.get(span.clone()).unwrap_or_default();
                let problem = Diagnostic::error("config/duplicate-key", format!("'{name}' is defined twice"));
                problems.add(problem.hint("keep one of them, or give them different names"), span, "");
            } else {
                syntax.push((span, error.message().to_owned()));
            }
        }
        let readable = report_syntax(source, syntax, problems);
        Self { root: root.into_inner(), readable }
    }

    /// Whether it holds all that the text says.
    pub(super) fn is_complete(&self) -> bool {
        self.readable == Readable::All
    }

    /// Takes back what was reported of places that could not be read.
    pub(super) fn keep_readable(&self, problems: &mut Problems<'_>) {
        problems.retain(|problem| {
            let Some(place) = problem.place.as_ref().filter(|_| problem.code != "config/syntax") else { return true };
            match &self.readable {
                Readable::All => true,
                // What recovery made up stands nowhere: its span is empty.
                Readable::AllBut(lines) => !place.span.is_empty() && !lines.contains(&place.line_and_column().0),
                Readable::Before(end) => !place.span.is_empty() && place.span.end <= *end,
            }
        });
    }

    /// Reports tables that don't belong in a file of the kind.
    pub(super) fn check_tables(&self, file: File, problems: &mut Problems<'_>) {
        for key in self.root.keys() {
            let name: &str = key.get_ref();
            let known = || Table::ALL.into_iter().filter(|table| table.is_top());
            let problem = match known().find(|table| table.name() == name) {
                Some(table) if file.has(table) => continue,
                Some(table) => file.misplaced(table),
                None if is_planned_table(name) => not_yet(&format!("[{name}]")),
                None => unknown_table(name, known().filter(|table| file.has(*table)).map(Table::name)),
            };
            problems.add(problem, key.span(), "");
        }
    }

    /// A table by the name of its kind.
    pub(super) fn section(&self, table: Table, problems: &mut Problems<'_>) -> Fields<'_> {
        let Some((key, value)) = self.root.get_key_value(table.name()) else { return Fields::absent(table) };
        match as_table(table.header(), key.span(), value, problems) {
            Some(entries) => Fields::new(table, table.header().to_owned(), entries, problems),
            None => Fields::absent(table),
        }
    }

    /// Every `[check.NAME]`.
    pub(super) fn named(&self, table: Table, problems: &mut Problems<'_>) -> Vec<Section<'_>> {
        let Some((key, value)) = self.root.get_key_value(table.name()) else { return Vec::new() };
        let Some(named) = as_table(table.header(), key.span(), value, problems) else { return Vec::new() };
        let mut sections = Vec::new();
        for (key, value) in named {
            let title = format!("[{}.{}]", table.name(), key.get_ref());
            if let Some(entries) = as_table(&title, key.span(), value, problems) {
                let fields = Fields::new(table, title, entries, problems);
                sections.push(Section { name: key.get_ref(), span: key.span(), fields });
            }
        }
        sections
    }
}

/// The tables of a list of tables.
pub(super) fn tables<'t>(list: Option<&'t Value<'t>>, table: Table, problems: &mut Problems<'_>) -> Vec<Section<'t>> {
    let Some(value) = list else { return Vec::new() };
    let Some(items) = value.get_ref().as_array() else {
        not_a_table(table, value, problems);
        return Vec::new();
    };
    let mut sections = Vec::new();
    for item in items {
        let Some(entries) = item.get_ref().as_table() else {
            not_a_table(table, item, problems);
            continue;
        };
        let fields = Fields::new(table, table.header().to_owned(), entries, problems);
        sections.push(Section { name: table.name(), span: item.span(), fields });
    }
    sections
}

fn not_a_table(table: Table, value: &Value<'_>, problems: &mut Problems<'_>) {
    let problem = Diagnostic::error("config/wrong-type", format!("'{}' takes a list of tables", table.name()))
        .hint(format!("write each as a table of its own, below a line {}", table.header()));
    problems.add(problem, value.span(), format!("this is {}", describe(value.get_ref())));
}

/// Reports the first syntax error of each line, or only the very first where a bracket is never closed: what follows
/// it was then read as part of a list.
fn report_syntax(source: &Source, mut errors: Vec<(Range<usize>, String)>, problems: &mut Problems<'_>) -> Readable {
    errors.sort_by_key(|(span, _)| span.start);
    let unclosed = errors
        .iter()
        .any(|(_, message)| message.starts_with("unclosed array,") || message.starts_with("unclosed inline table,"));
    let mut lines = BTreeSet::new();
    let mut counted = (0, 1);
    for (span, message) in errors {
        let until = source.text.floor_char_boundary(span.start);
        let more = source.text.get(counted.0..until).unwrap_or_default().matches('\n').count();
        counted = (until, counted.1 + more);
        if !lines.insert(counted.1) {
            continue;
        }
        let start = span.start;
        let problem = Diagnostic::error("config/syntax", message);
        if unclosed {
            problems.add(problem.hint("a '[' or '{' before this place may never be closed"), span, "");
            return Readable::Before(start);
        }
        problems.add(problem, span, "");
    }
    if lines.is_empty() { Readable::All } else { Readable::AllBut(lines) }
}

fn as_table<'t>(
    title: &str,
    key: Range<usize>,
    value: &'t Value<'t>,
    problems: &mut Problems<'_>,
) -> Option<&'t DeTable<'t>> {
    let table = value.get_ref().as_table();
    if table.is_none() {
        let found = describe(value.get_ref());
        let problem = Diagnostic::error("config/wrong-type", format!("{title} is a table, not {found}"))
            .hint(format!("write its keys on lines of their own, below {title}"));
        problems.add(problem, key, "");
    }
    table
}

fn unknown_table<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Diagnostic {
    let hint = match nearest(name, known.clone()) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None => format!("the tables of this file are {}", known.collect::<Vec<_>>().join(", ")),
    };
    Diagnostic::error("config/unknown-key", format!("unknown table '{name}'")).hint(hint)
}

//! The units that a change affects: `gate.affected/1`, and as text.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::document::schema_of;
use super::words;
use crate::record::{Base, Change, NoBase};
use crate::report::View;
use crate::report::page::Page;
use crate::report::style::Label;
use crate::report::words::{base, count, no_base};
use crate::unit::{Affected, Because, Cause, Graph, Kind};

/// The name of the format.
const FORMAT: &str = "gate.affected/1";

/// A change, with the graphs of its two sides.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// The change.
    pub change: &'a Change,
    /// The candidate's graph.
    pub candidate: &'a Graph,
    /// The base's, where there is one.
    pub base: Option<&'a Graph>,
}

/// The units that a change affects.
#[derive(Debug, Serialize, JsonSchema)]
struct Document {
    /// The document's format: always `gate.affected/1`.
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    /// The candidate's tree.
    #[schemars(regex(pattern = "^[0-9a-f]{40}$"))]
    tree: String,
    /// The base's tree; null where there is none, so that every unit is affected.
    #[schemars(extend("pattern" = "^[0-9a-f]{40}$"))]
    base: Option<String>,
    /// Why there is nothing to compare with; null where there is a base.
    no_base: Option<NoBase>,
    /// The units of the candidate that come to something else than at the base.
    affected: Vec<AffectedEntry>,
    /// The units of the base that the candidate does not have.
    gone: Vec<GoneEntry>,
}

/// A unit that comes to something else.
#[derive(Debug, Serialize, JsonSchema)]
struct AffectedEntry {
    /// What it is called.
    unit: String,
    /// Whose manifest declares it.
    kind: Kind,
    /// Its folder; `.` for the root of the repository.
    root: String,
    /// Why; null where there is no base.
    because: Option<CauseEntry>,
    /// The units from it to the one that differs by itself, which is the last; itself alone where that is it.
    way: Vec<String>,
}

/// Why a unit comes to something else by itself.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum CauseEntry {
    /// There was no such unit.
    New,
    /// Paths that matter to it differ.
    Path {
        /// The first of them.
        path: String,
        /// How it differs: `added`, `deleted`, `modified` or `mode-changed`.
        edit: &'static str,
        /// How many there are.
        paths: usize,
        /// Why it matters.
        why: String,
    },
    /// What it takes of a file that is not its own differs, such as its part of a lock file.
    Field {
        /// What that is.
        field: String,
    },
    /// It depends on a unit now on which it did not depend.
    Depends {
        /// The unit.
        on: String,
    },
    /// It depends on a unit no longer.
    NoLonger {
        /// The unit.
        on: String,
    },
    /// Files of no unit affect it by other rules, or it reads another place.
    Otherwise,
}

/// A unit that is gone.
#[derive(Debug, Serialize, JsonSchema)]
struct GoneEntry {
    /// Its name.
    unit: String,
    /// Whose manifest declared it.
    kind: Kind,
    /// Its folder.
    root: String,
}

/// The units that a change affects, each with why, with a newline at the end.
#[must_use]
pub fn affected(compared: &Compared<'_>, view: &View<'_>) -> String {
    let Compared { change, candidate, .. } = compared;
    let mut page = Page::new(view.style, view.width);
    let found = found(compared);
    for (unit, affected) in &found {
        let name = candidate.full_name(*unit);
        let text = match affected {
            Some(affected) => format!("{name}: {}", because(candidate, affected)),
            None => name,
        };
        page.line("affected", Label::Running, &text);
    }
    let gone = compared.base.map(|old| candidate.gone(old)).unwrap_or_default();
    for unit in &gone {
        page.line("gone", Label::Faint, &format!("{} {} at {}", unit.kind, unit.name, unit.root));
    }
    let against = match &change.base {
        Base::Known { tree, commit, choice } => {
            format!("against {} ({})", base(choice), commit.unwrap_or(*tree).short())
        }
        Base::None(why) => format!("against nothing: {}", no_base(why)),
    };
    let all = count(candidate.units().len() as u64, "unit");
    let gone = if gone.is_empty() { String::new() } else { format!(", {} gone", gone.len()) };
    page.sentence("", Label::Strong, &format!("{} of {all} affected{gone}, {against}", found.len()));
    page.finish()
}

/// The same for programs, with a newline at the end.
///
/// # Errors
/// When it can't be written as JSON.
pub fn affected_json(compared: &Compared<'_>) -> Result<String, serde_json::Error> {
    let Compared { change, candidate, base } = compared;
    let (tree, no_base) = match &change.base {
        Base::Known { tree, .. } => (Some(tree.to_string()), None),
        Base::None(why) => (None, Some(why.clone())),
    };
    let entry = |(unit, affected): (usize, Option<Affected<'_>>)| {
        let of = &candidate.units()[unit];
        let way = affected.as_ref().and_then(|affected| candidate.way(unit, affected.by)).unwrap_or_default();
        let way = std::iter::once(unit).chain(way.into_iter().map(|(at, _)| at));
        AffectedEntry {
            unit: candidate.full_name(unit),
            kind: of.kind,
            root: of.root.to_string(),
            because: affected.map(|affected| cause(&affected.cause)),
            way: way.map(|at| candidate.full_name(at)).collect(),
        }
    };
    let gone = base.map(|old| candidate.gone(old)).unwrap_or_default().into_iter();
    let document = Document {
        format: FORMAT,
        tree: change.candidate.tree.to_string(),
        base: tree,
        no_base,
        affected: found(compared).into_iter().map(entry).collect(),
        gone: gone
            .map(|unit| GoneEntry { unit: unit.name.clone(), kind: unit.kind, root: unit.root.to_string() })
            .collect(),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The JSON schema of [`affected_json`], as it is committed.
#[must_use]
pub fn affected_schema() -> Value {
    schema_of::<Document>(FORMAT, "The units that a change affects")
}

/// The units that are affected, each with why where there is a base.
fn found<'a>(compared: &Compared<'a>) -> Vec<(usize, Option<Affected<'a>>)> {
    match compared.base {
        Some(old) => {
            let affected = compared.candidate.affected(old, &compared.change.deltas);
            affected.into_iter().map(|affected| (affected.unit, Some(affected))).collect()
        }
        None => (0..compared.candidate.units().len()).map(|unit| (unit, None)).collect(),
    }
}

fn because(graph: &Graph, affected: &Affected<'_>) -> String {
    let by = graph.full_name(affected.by);
    let why = match &affected.cause {
        Cause::New if affected.by == affected.unit => "it is new".to_owned(),
        Cause::New => format!("{by} is new"),
        Cause::Path { path, edit, because, paths } => {
            let more = if *paths > 1 { format!(", and {} more", paths - 1) } else { String::new() };
            let why = matter(because);
            format!("{path} is {}{more}{}", edit.as_str(), if why.is_empty() { why } else { format!(": {why}") })
        }
        Cause::Field(field) => format!("its part of {field} is another"),
        Cause::Depends(on, why) => format!("it depends on {on} now: {} ({})", why.what, why.file),
        Cause::NoLonger(on) => format!("it depends on {on} no longer"),
        Cause::Otherwise => "the rules for files of no unit, or the places that it reads, are others".to_owned(),
    };
    let way = graph.way(affected.unit, affected.by).unwrap_or_default();
    let way: Vec<String> = way.iter().map(|(at, _)| graph.full_name(*at)).collect();
    if way.is_empty() { why } else { format!("through {}: {why}", way.join(" -> ")) }
}

/// Why a path matters, unless it is the unit's own.
fn matter(because: &Because<'_>) -> String {
    match because {
        Because::Own | Because::Told => String::new(),
        Because::Read(place, why) => format!("{place} is read: {} ({})", why.what, why.file),
        Because::Rule(rule) => words::rule(*rule),
        Because::Wide(widening) => format!("every file counts: {}: {}", widening.file, widening.why),
    }
}

fn cause(cause: &Cause<'_>) -> CauseEntry {
    match cause {
        Cause::New => CauseEntry::New,
        Cause::Path { path, edit, because, paths } => CauseEntry::Path {
            path: path.to_string(),
            edit: edit.as_str(),
            paths: *paths,
            why: if matches!(because, Because::Own) { "it is its own".to_owned() } else { matter(because) },
        },
        Cause::Field(field) => CauseEntry::Field { field: field.clone() },
        Cause::Depends(on, _) => CauseEntry::Depends { on: on.clone() },
        Cause::NoLonger(on) => CauseEntry::NoLonger { on: on.clone() },
        Cause::Otherwise => CauseEntry::Otherwise,
    }
}

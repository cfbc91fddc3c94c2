//! `[unit.NAME]` and `[[units.rule]]` as they were read.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use super::document::{Section, tables};
use super::fields::{Context, Field, Fields, Items, Reported, Value};
use super::keys::Table;
use super::problems::Problems;
use super::{Affects, DeclaredUnit, UnitRule, UnitRules, Units, read, text};
use crate::check::UnitKind;
use crate::diagnostic::Diagnostic;
use crate::path::{Pattern, RepoPath};

/// What a file says of units, as it was read.
pub(super) struct UnitsDraft {
    declared: Vec<DeclaredDraft>,
    rules: Vec<RuleDraft>,
}

struct DeclaredDraft {
    name: Spanned<String>,
    root: Field<RepoPath>,
    depends: Items<String>,
}

struct RuleDraft {
    span: Range<usize>,
    paths: Items<Pattern>,
    affects: Items<String>,
}

impl UnitsDraft {
    /// Reads both and reports what is wrong with them.
    pub(super) fn read(units: &Fields<'_>, named: &[Section<'_>], problems: &mut Problems<'_>) -> Self {
        let rules = tables(units.value("rule"), Table::UnitRule, problems);
        let draft = Self {
            declared: named.iter().map(|section| DeclaredDraft::read(section, problems)).collect(),
            rules: rules.iter().map(|section| RuleDraft::read(section, problems)).collect(),
        };
        draft.rules.iter().for_each(|rule| rule.check(problems));
        draft.declared.iter().for_each(|unit| unit.check(problems));
        draft
    }

    /// The rules, with every default filled in.
    pub(super) fn finish(self) -> Result<UnitRules, Reported> {
        let mut rules = UnitRules::default();
        for unit in self.declared {
            let declared = DeclaredUnit { root: unit.root.optional()?, depends: unit.depends.values()? };
            rules.declared.insert(unit.name.into_inner(), declared);
        }
        for rule in self.rules {
            let affects = affects(&rule.affects.values::<Vec<String>>()?);
            rules.rules.push(UnitRule { paths: rule.paths.values()?, affects });
        }
        Ok(rules)
    }
}

impl DeclaredDraft {
    fn read(section: &Section<'_>, problems: &mut Problems<'_>) -> Self {
        Self {
            name: Spanned::new(section.span.clone(), section.name.to_owned()),
            root: section.fields.take("root", problems, read::path),
            depends: section.fields.take("depends", problems, read::texts),
        }
    }

    fn check(&self, problems: &mut Problems<'_>) {
        let name = self.name.get_ref();
        if text::flaw(name).is_some() || name.contains(char::is_control) {
            let problem = Diagnostic::error("config/bad-name", format!("{name:?} can't name a unit"));
            problems.add(problem.hint("name it as its own tool does, or as you like"), self.name.span(), "");
        }
        if matches!((&self.root, &self.depends), (Field::Absent, Field::Absent)) {
            let problem = Diagnostic::error("config/empty-unit", format!("[unit.{name:?}] says nothing"));
            let hint = "give it a folder, as in root = \"tools\", or what it depends on, as in depends = [\"core\"]";
            problems.add(problem.hint(hint), self.name.span(), "");
        }
        for needed in self.depends.items().iter().filter(|needed| needed.get_ref() == name) {
            let problem = Diagnostic::error("config/self", format!("unit '{name}' depends on itself"));
            problems.add(problem.hint("remove its own name"), needed.span(), "");
        }
    }
}

impl RuleDraft {
    fn read(section: &Section<'_>, problems: &mut Problems<'_>) -> Self {
        Self {
            span: section.span.clone(),
            paths: section.fields.take("paths", problems, read::patterns),
            affects: section.fields.take("affects", problems, read::texts),
        }
    }

    fn check(&self, problems: &mut Problems<'_>) {
        let missing =
            [("paths", matches!(self.paths, Field::Absent)), ("affects", matches!(self.affects, Field::Absent))];
        for (key, _) in missing.into_iter().filter(|(_, is_missing)| *is_missing) {
            let problem = Diagnostic::error("config/missing-key", format!("[[units.rule]] has no '{key}'"));
            let hint = "write it as in paths = [\"docs/**\"] and affects = [\"nothing\"]";
            problems.add(problem.hint(hint), self.span.clone(), "");
        }
        if self.paths.given().is_some_and(|paths| paths.get_ref().is_empty()) {
            let problem = Diagnostic::error("config/no-files", "[[units.rule]] is about no files");
            problems.add(problem.hint("say which, or leave the rule out"), self.span.clone(), "");
        }
        let words = self.affects.items();
        let alone = |word: &Spanned<String>| matches!(word.get_ref().as_str(), "everything" | "nothing");
        if self.affects.given().is_some_and(|affects| affects.get_ref().is_empty()) {
            let problem = Diagnostic::error("config/bad-value", "'affects' names nothing");
            let hint = "write affects = [\"nothing\"] if these files affect no unit";
            problems.add(problem.hint(hint), self.span.clone(), "");
        }
        if let Some(word) = words.iter().find(|word| words.len() > 1 && alone(word)) {
            let problem = Diagnostic::error("config/bad-value", format!("'{}' stands with others", word.get_ref()));
            problems.add(problem.hint("it is the whole answer or none of it"), word.span(), "");
        }
    }
}

fn affects(words: &[String]) -> Affects {
    match words.first().map(String::as_str) {
        Some("everything") => Affects::Everything,
        Some("nothing") => Affects::Nothing,
        _ => {
            let (kinds, names): (Vec<_>, Vec<_>) = words.iter().partition(|word| UnitKind::named(word).is_some());
            let kinds = kinds.into_iter().filter_map(|word| UnitKind::named(word)).collect();
            Affects::Some(kinds, names.into_iter().cloned().collect())
        }
    }
}

/// Reads `units`: the word of a kind, or a list of names.
pub(super) fn units(cx: &mut Context<'_, '_>, value: &Value<'_>) -> Option<Units> {
    if value.get_ref().as_str().is_none() {
        let names = read::texts(cx, value)?;
        if names.is_empty() {
            let problem = Diagnostic::error("config/bad-value", "'units' names no unit");
            cx.problems.add(problem.hint("name some, or a kind, as in units = \"cargo\""), value.span(), "");
            return None;
        }
        return Some(Units::Named(names.into_iter().map(Spanned::into_inner).collect::<BTreeSet<_>>()));
    }
    let word = read::text(cx, value)?;
    UnitKind::named(&word).map(Units::Kind).or_else(|| {
        let problem = Diagnostic::error("config/unknown-units", format!("there is no kind of units '{word}'"));
        let hint = text::one_of(&word, UnitKind::ALL.map(UnitKind::as_str));
        let hint = format!("{hint}; units by name are a list, as in units = [{word:?}]");
        cx.problems.add(problem.hint(hint), value.span(), "");
        None
    })
}

//! A `[check.NAME]` as it was read.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;

use super::builtin_draft::BuiltinDraft;
use super::document::Section;
use super::fields::{Field, Items, Reported};
use super::problems::Problems;
use super::{Check, CommandLine, File, GitView, PerUnit, Reuse, Units, Work, read, unit_draft};
use crate::check::{Builtin, CheckName, NameError, Stage};
use crate::diagnostic::Diagnostic;
use crate::path::{Pattern, RepoPath};

/// A `[check.NAME]` as it was read.
pub(super) struct CheckDraft {
    /// NAME, which may be none that a check can have.
    pub(super) name: Spanned<String>,
    /// `[check.NAME]`, for messages.
    pub(super) title: String,
    /// The file it stands in.
    pub(super) file: File,
    pub(super) description: Field<String>,
    pub(super) files: Items<Pattern>,
    pub(super) exclude: Items<Pattern>,
    pub(super) inputs: Items<Pattern>,
    pub(super) units: Field<Units>,
    pub(super) tests: Field<bool>,
    pub(super) groups: Field<NonZeroUsize>,
    pub(super) run: Field<CommandLine>,
    pub(super) fix: Field<CommandLine>,
    pub(super) builtin: BuiltinDraft,
    pub(super) on: Items<Stage>,
    pub(super) needs: Items<String>,
    pub(super) after: Items<String>,
    pub(super) dir: Field<RepoPath>,
    pub(super) env: Items<String>,
    pub(super) pass_env: Items<String>,
    pub(super) tools: Items<String>,
    pub(super) junit: Items<Pattern>,
    pub(super) timeout: Field<Duration>,
    pub(super) idle_timeout: Field<Duration>,
    pub(super) retries: Field<u32>,
    pub(super) slots: Field<NonZeroUsize>,
    pub(super) locks: Items<String>,
    pub(super) reuse: Field<Reuse>,
    pub(super) cleanup: Field<CommandLine>,
    pub(super) git: Field<GitView>,
    pub(super) required: Field<bool>,
    pub(super) skippable: Field<bool>,
    pub(super) platforms: Items<String>,
    pub(super) allow_empty: Field<bool>,
}

impl CheckDraft {
    /// Reads a check and reports what is wrong with each value by itself.
    pub(super) fn read(section: &Section<'_>, file: File, problems: &mut Problems<'_>) -> Self {
        let fields = &section.fields;
        let name = section.name.parse::<CheckName>();
        let name =
            name.and_then(|name| name.is_whole().then_some(()).ok_or(NameError::Character(section.name.to_owned())));
        if let Err(error) = name {
            report_name(&error, section.span.clone(), problems);
        }
        Self {
            name: Spanned::new(section.span.clone(), section.name.to_owned()),
            title: fields.title().to_owned(),
            file,
            description: fields.take("description", problems, read::text),
            files: fields.take("files", problems, read::patterns),
            exclude: fields.take("exclude", problems, read::patterns),
            inputs: fields.take("inputs", problems, read::patterns),
            units: fields.take("units", problems, unit_draft::units),
            tests: fields.take("tests", problems, read::test_files),
            groups: fields.take("groups", problems, read::slots),
            run: fields.take("run", problems, read::command),
            fix: fields.take("fix", problems, read::command),
            builtin: BuiltinDraft::read(fields, problems),
            on: fields.take("on", problems, read::stages),
            needs: fields.take("needs", problems, read::texts),
            after: fields.take("after", problems, read::texts),
            dir: fields.take("dir", problems, read::path),
            env: fields.take("env", problems, read::variables),
            pass_env: fields.take("pass-env", problems, read::variables),
            tools: fields.take("tools", problems, read::texts),
            junit: fields.take("junit", problems, read::patterns),
            timeout: fields.take("timeout", problems, read::duration),
            idle_timeout: fields.take("idle-timeout", problems, read::duration),
            retries: fields.take("retries", problems, read::count),
            slots: fields.take("slots", problems, read::slots),
            locks: fields.take("locks", problems, read::names),
            reuse: fields.take("reuse", problems, read::reuse),
            cleanup: fields.take("cleanup", problems, read::command),
            git: fields.take("git", problems, read::git_view),
            required: fields.take("required", problems, read::boolean),
            skippable: fields.take("skippable", problems, read::boolean),
            platforms: fields.take("platforms", problems, read::names),
            allow_empty: fields.take("allow-empty", problems, read::boolean),
        }
    }

    /// The name as text.
    pub(super) fn name(&self) -> &str {
        self.name.get_ref()
    }

    /// Whether nothing is deployable without its pass.
    pub(super) fn is_required(&self) -> bool {
        self.file == File::Shared && self.required.given().is_none_or(|required| *required.get_ref())
    }

    /// The stages it belongs to; `None` if what says so is wrong.
    pub(super) fn stages(&self) -> Option<BTreeSet<Stage>> {
        if self.on.is_bad() || self.required.is_bad() {
            return None;
        }
        if self.is_about_message() {
            return Some(BTreeSet::from([Stage::CommitMsg]));
        }
        let mut stages: BTreeSet<Stage> = self.on.items().iter().map(|stage| *stage.get_ref()).collect();
        if self.is_required() {
            stages.insert(Stage::Merge);
        }
        Some(stages)
    }

    /// Whether it is about the message of a commit, and so belongs to no other stage.
    pub(super) fn is_about_message(&self) -> bool {
        let takes = self.run.given().is_some_and(|run| run.get_ref().takes_message());
        takes || self.builtin.name().is_some_and(|name| name == "commit-message")
    }

    /// The names in `needs` and `after`.
    pub(super) fn waits_for(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.needs.items().iter().chain(self.after.items())
    }

    /// The check, with every default filled in.
    pub(super) fn finish(self) -> Result<Check, Reported> {
        let (on, required) = (self.stages().ok_or(Reported)?, self.is_required());
        let work = match self.builtin.finish()? {
            Some(builtin) => Work::Builtin(builtin),
            None => Work::Command(self.run.required()?),
        };
        let inputs = match &work {
            Work::Builtin(Builtin::Schema(path)) => vec![literal(path)?],
            _ => self.inputs.values()?,
        };
        let per_unit = match self.units.optional()? {
            None => None,
            Some(units) => {
                let groups = self.groups.or(NonZeroUsize::MIN)?;
                Some(PerUnit { units, by_test_file: self.tests.or(false)?, groups })
            }
        };
        Ok(Check {
            name: self.name.get_ref().parse().map_err(|_| Reported)?,
            description: self.description.optional()?,
            files: self.files.values()?,
            exclude: self.exclude.values()?,
            inputs,
            per_unit,
            subject: None,
            work,
            fix: self.fix.optional()?,
            on,
            needs: names(self.needs)?,
            after: names(self.after)?,
            dir: self.dir.optional()?,
            env: self.env.values()?,
            pass_env: self.pass_env.values()?,
            tools: self.tools.values()?,
            junit: self.junit.values()?,
            timeout: self.timeout.or(Check::TIMEOUT)?,
            idle_timeout: self.idle_timeout.optional()?,
            retries: self.retries.or(0)?,
            slots: self.slots.or(NonZeroUsize::MIN)?,
            locks: self.locks.values()?,
            reuse: self.reuse.or(Reuse::Always)?,
            cleanup: self.cleanup.optional()?,
            git: self.git.or(GitView::Snapshot)?,
            required,
            skippable: self.skippable.or(true)?,
            platforms: self.platforms.values()?,
            allow_empty: self.allow_empty.or(false)?,
            local: self.file == File::Local,
        })
    }
}

/// The pattern that matches this path only.
fn literal(path: &RepoPath) -> Result<Pattern, Reported> {
    let special = |c: char| matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\');
    let text = path.as_bstr().to_string();
    let escaped = text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect::<String>();
    Pattern::parse(&escaped).map_err(|_| Reported)
}

fn names(items: Items<String>) -> Result<BTreeSet<CheckName>, Reported> {
    items.values::<Vec<String>>()?.iter().map(|name| name.parse().map_err(|_| Reported)).collect()
}

fn report_name(error: &NameError, span: Range<usize>, problems: &mut Problems<'_>) {
    problems.add(Diagnostic::error("config/bad-name", error.to_string()), span, "");
}

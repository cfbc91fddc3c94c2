//! A file as it was read: every value valid by itself, and where it stands, so that what is wrong between them can be
//! shown in its place.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::ops::Range;

use super::check_draft::CheckDraft;
use super::document::{Document, Section, tables};
use super::fields::{Field, Fields, Items, Reported};
use super::hook_draft::HookDraft;
use super::keys::Table;
use super::problems::Problems;
use super::server_draft::ServerDraft;
use super::unit_draft::UnitsDraft;
use super::{
    CommandLine, Condition, File, Main, Policy, Prepare, Queue, Rules, Source, Trust, UnprovedBase, WorkspaceRules,
    read,
};
use crate::check::CheckName;
use crate::path::{Pattern, RepoPath};

/// A file as it was read.
pub(super) struct Draft {
    /// `[gate] version`.
    pub(super) version: Field<semver::VersionReq>,
    /// `[main] branches`.
    pub(super) branches: Items<Pattern>,
    /// `[policy]`.
    policy: PolicyDraft,
    /// `[server]`.
    server: ServerDraft,
    /// `[workspace]`.
    pub(super) workspace: WorkspaceDraft,
    /// `[unit.NAME]` and `[[units.rule]]`.
    units: UnitsDraft,
    /// `[check.NAME]`.
    pub(super) checks: Vec<CheckDraft>,
    /// `[hook.NAME]`.
    hooks: Vec<HookDraft>,
    /// `[local]`.
    pub(super) local: LocalDraft,
    /// Whether the draft holds all that the text says: there were no syntax errors.
    pub(super) complete: bool,
}

struct PolicyDraft {
    unproved_base: Field<UnprovedBase>,
    queue: Field<Queue>,
    reject_flaky: Field<bool>,
    reject_fewer_tests: Field<bool>,
    guarded: Items<Pattern>,
    override_by: Items<String>,
    warm: Field<bool>,
    trust: Vec<TrustDraft>,
}

/// `[[policy.trust]]` as it was read.
struct TrustDraft {
    key: Field<String>,
    environment: Items<Condition>,
}

/// `[workspace]` as it was read.
pub(super) struct WorkspaceDraft {
    share: Items<RepoPath>,
    keep: Items<Pattern>,
    max_size: Field<u64>,
    /// `[[workspace.prepare]]`.
    pub(super) prepare: Vec<PrepareDraft>,
}

/// `[[workspace.prepare]]` as it was read.
pub(super) struct PrepareDraft {
    /// Where its header stands.
    pub(super) span: Range<usize>,
    /// `run`.
    pub(super) run: Field<CommandLine>,
    inputs: Items<Pattern>,
    dir: Field<RepoPath>,
    env: Items<String>,
}

/// `[local]` as it was read.
pub(super) struct LocalDraft {
    slots: Field<NonZeroUsize>,
    /// `skip`.
    pub(super) skip: Items<String>,
}

impl Draft {
    /// Reads a file and reports what is wrong with each value by itself.
    pub(super) fn read(source: &Source, file: File, problems: &mut Problems<'_>) -> Self {
        let document = Document::parse(source, problems);
        document.check_tables(file, problems);
        let section = |table, problems: &mut Problems<'_>| {
            if file.has(table) { document.section(table, problems) } else { Fields::absent(table) }
        };
        let gate = section(Table::Gate, problems);
        let main = section(Table::Main, problems);
        let policy = section(Table::Policy, problems);
        let server = section(Table::Server, problems);
        let workspace = section(Table::Workspace, problems);
        let local = section(Table::Local, problems);
        let units = section(Table::Units, problems);
        let units_named = if file.has(Table::Unit) { document.named(Table::Unit, problems) } else { Vec::new() };
        let draft = Self {
            version: gate.take("version", problems, read::version),
            branches: main.take("branches", problems, read::patterns),
            policy: PolicyDraft::read(&policy, problems),
            server: ServerDraft::read(&server, problems),
            workspace: WorkspaceDraft::read(&workspace, problems),
            units: UnitsDraft::read(&units, &units_named, problems),
            checks: document
                .named(Table::Check, problems)
                .iter()
                .map(|check| CheckDraft::read(check, file, problems))
                .collect(),
            hooks: if file.has(Table::Hook) {
                document.named(Table::Hook, problems).iter().map(|hook| HookDraft::read(hook, problems)).collect()
            } else {
                Vec::new()
            },
            local: LocalDraft {
                slots: local.take("slots", problems, read::slots),
                skip: local.take("skip", problems, read::texts),
            },
            complete: document.is_complete(),
        };
        document.keep_readable(problems);
        draft
    }

    /// The rules, with every default filled in.
    pub(super) fn finish(self) -> Result<Rules, Reported> {
        let branches = match self.branches {
            Field::Absent => Main::default().branches,
            given => given.values()?,
        };
        let mut checks = BTreeMap::new();
        for check in self.checks {
            let check = check.finish()?;
            checks.insert(check.name.clone(), check);
        }
        Ok(Rules {
            version: self.version.optional()?.map(|version| version.to_string()),
            main: Main { branches },
            policy: self.policy.finish()?,
            server: self.server.finish()?,
            workspace: self.workspace.finish()?,
            units: self.units.finish()?,
            checks,
            hooks: self.hooks.into_iter().map(HookDraft::finish).collect::<Result<_, _>>()?,
            slots: None,
            local_skips: BTreeSet::new(),
        })
    }
}

impl LocalDraft {
    /// Adds the settings to rules.
    pub(super) fn finish(self, rules: &mut Rules) -> Result<(), Reported> {
        rules.slots = self.slots.optional()?;
        let skips: Vec<String> = self.skip.values()?;
        let skips = skips.iter().filter_map(|name| name.parse::<CheckName>().ok());
        rules.local_skips = skips.filter(|name| rules.checks.contains_key(name)).collect();
        Ok(())
    }
}

impl PolicyDraft {
    fn read(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Self {
        let trust = tables(fields.value("trust"), Table::Trust, problems);
        Self {
            unproved_base: fields.take("unproved-base", problems, read::unproved_base),
            queue: fields.take("queue", problems, read::queue),
            reject_flaky: fields.take("flaky", problems, read::flaky),
            reject_fewer_tests: fields.take("fewer-tests", problems, read::fewer_tests),
            guarded: fields.take("guarded", problems, read::patterns),
            override_by: fields.take("override", problems, read::texts),
            warm: fields.take("warm", problems, read::boolean),
            trust: trust.iter().map(|section| TrustDraft::read(&section.fields, problems)).collect(),
        }
    }

    fn finish(self) -> Result<Policy, Reported> {
        Ok(Policy {
            unproved_base: self.unproved_base.or(UnprovedBase::Assume)?,
            queue: self.queue.or(Queue::Tip)?,
            reject_flaky: self.reject_flaky.or(false)?,
            reject_fewer_tests: self.reject_fewer_tests.or(false)?,
            guarded: self.guarded.values()?,
            override_by: self.override_by.values()?,
            warm: self.warm.or(false)?,
            trust: self.trust.into_iter().map(TrustDraft::finish).collect::<Result<_, _>>()?,
        })
    }
}

impl TrustDraft {
    fn read(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Self {
        Self {
            key: fields.take("key", problems, read::public_key),
            environment: fields.take("environment", problems, read::conditions),
        }
    }

    fn finish(self) -> Result<Trust, Reported> {
        Ok(Trust { key: self.key.required()?, environment: self.environment.values()? })
    }
}

impl WorkspaceDraft {
    fn read(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Self {
        let prepare = tables(fields.value("prepare"), Table::Prepare, problems);
        Self {
            share: fields.take("share", problems, read::paths),
            keep: fields.take("keep", problems, read::patterns),
            max_size: fields.take("max-size", problems, read::bytes),
            prepare: prepare.iter().map(|section| PrepareDraft::read(section, problems)).collect(),
        }
    }

    fn finish(self) -> Result<WorkspaceRules, Reported> {
        Ok(WorkspaceRules {
            share: self.share.values()?,
            keep: self.keep.values()?,
            prepare: self.prepare.into_iter().map(PrepareDraft::finish).collect::<Result<_, _>>()?,
            max_size: self.max_size.or(WorkspaceRules::MAX_SIZE)?,
        })
    }
}

impl PrepareDraft {
    fn read(section: &Section<'_>, problems: &mut Problems<'_>) -> Self {
        let fields = &section.fields;
        Self {
            span: section.span.clone(),
            run: fields.take("run", problems, read::command),
            inputs: fields.take("inputs", problems, read::patterns),
            dir: fields.take("dir", problems, read::path),
            env: fields.take("env", problems, read::variables),
        }
    }

    fn finish(self) -> Result<Prepare, Reported> {
        Ok(Prepare {
            run: self.run.required()?,
            inputs: self.inputs.values()?,
            dir: self.dir.optional()?,
            env: self.env.values()?,
        })
    }
}

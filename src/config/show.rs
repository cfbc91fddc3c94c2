//! Rules as gate.toml would write them, with every default filled in.

use std::collections::BTreeMap;
use std::fmt::Display;

use toml::Value;

use super::keys::{Key, Table};
use super::{
    Check, CommandLine, DeclaredUnit, GitView, HookRules, Main, Policy, Prepare, Queue, Reuse, Rules, Trust, UnitRule,
    Units, UnprovedBase, Work, WorkspaceRules, duration, size,
};
use crate::check::{Builtin, Hook, LineEnding, MessageRules};
use crate::path::{Pattern, RepoPath};

impl Rules {
    /// gate.toml as it is understood: every key that holds, defaults included. Reading it gives the same rules.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let Self { version, main, policy, server, workspace, units, checks, hooks, slots: _, local_skips: _ } = self;
        let mut text = String::new();
        if version.is_some() {
            write_table(
                &mut text,
                Table::Gate,
                Table::Gate.header(),
                [("version", version.as_deref().map(Value::from))],
            );
        }
        write_table(&mut text, Table::Main, Table::Main.header(), main.values());
        write_table(&mut text, Table::Policy, Table::Policy.header(), policy.values());
        for trust in &policy.trust {
            write_table(&mut text, Table::Trust, Table::Trust.header(), trust.values());
        }
        write_table(&mut text, Table::Server, Table::Server.header(), server.values());
        write_table(&mut text, Table::Workspace, Table::Workspace.header(), workspace.values());
        for prepare in &workspace.prepare {
            write_table(&mut text, Table::Prepare, Table::Prepare.header(), prepare.values());
        }
        for rule in &units.rules {
            write_table(&mut text, Table::UnitRule, Table::UnitRule.header(), rule.values());
        }
        for (name, unit) in &units.declared {
            write_table(&mut text, Table::Unit, &format!("[unit.{}]", Value::from(name.as_str())), unit.values());
        }
        for check in checks.values().filter(|check| !check.local) {
            write_table(&mut text, Table::Check, &check.header(), check.values());
        }
        for (hook, rules) in hooks {
            write_table(&mut text, Table::Hook, &format!("[hook.{hook}]"), rules.values(*hook));
        }
        text
    }

    /// gate.local.toml likewise; `None` if it says nothing.
    #[must_use]
    pub fn to_local_toml(&self) -> Option<String> {
        let mut text = String::new();
        if self.slots.is_some() || !self.local_skips.is_empty() {
            let slots = self.slots.map(|slots| number(slots.get()));
            let values = [("slots", slots), ("skip", Some(list(&self.local_skips)))];
            write_table(&mut text, Table::Local, Table::Local.header(), values);
        }
        for check in self.checks.values().filter(|check| check.local) {
            let values = check.values().into_iter().filter(|(name, _)| *name != "required");
            write_table(&mut text, Table::Check, &check.header(), values);
        }
        (!text.is_empty()).then_some(text)
    }
}

/// Values by key; `None` where the key is left out.
type Values = Vec<(&'static str, Option<Value>)>;

/// Writes a table, its keys in the order of the list of keys.
fn write_table(
    text: &mut String,
    table: Table,
    header: &str,
    values: impl IntoIterator<Item = (&'static str, Option<Value>)>,
) {
    let values: BTreeMap<&str, Value> =
        values.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect();
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(header);
    text.push('\n');
    for key in Key::of(table) {
        if let Some(value) = values.get(key.name) {
            text.extend([key.name, " = ", &value.to_string(), "\n"]);
        }
    }
}

impl Main {
    fn values(&self) -> Values {
        let Self { branches } = self;
        vec![("branches", Some(patterns(branches)))]
    }
}

impl Policy {
    fn values(&self) -> Values {
        let Self { unproved_base, queue, reject_flaky, reject_fewer_tests, guarded, override_by, warm, trust: _ } =
            self;
        let base = match unproved_base {
            UnprovedBase::Assume => "assume",
            UnprovedBase::Run => "run",
        };
        let queue = match queue {
            Queue::Tip => "tip",
            Queue::Ahead => "ahead",
        };
        vec![
            ("unproved-base", Some(base.into())),
            ("queue", Some(queue.into())),
            ("flaky", Some(if *reject_flaky { "reject" } else { "accept" }.into())),
            ("fewer-tests", Some(if *reject_fewer_tests { "reject" } else { "report" }.into())),
            ("guarded", Some(patterns(guarded))),
            ("override", Some(list(override_by))),
            ("warm", Some((*warm).into())),
        ]
    }
}

impl Trust {
    fn values(&self) -> Values {
        let Self { key, environment } = self;
        vec![("key", Some(key.as_str().into())), ("environment", Some(list(environment)))]
    }
}

impl WorkspaceRules {
    fn values(&self) -> Values {
        let Self { share, keep, prepare: _, max_size } = self;
        vec![
            ("share", Some(list(share.iter().map(RepoPath::as_bstr)))),
            ("keep", Some(patterns(keep))),
            ("max-size", Some(size::show(*max_size).into())),
        ]
    }
}

impl Prepare {
    fn values(&self) -> Values {
        let Self { run, inputs, dir, env } = self;
        vec![
            ("run", Some(command(run))),
            ("inputs", Some(patterns(inputs))),
            ("dir", dir.as_ref().map(|dir| dir.as_bstr().to_string().into())),
            ("env", Some(list(env))),
        ]
    }
}

impl UnitRule {
    fn values(&self) -> Values {
        let Self { paths, affects } = self;
        vec![("paths", Some(patterns(paths))), ("affects", Some(list(affects.words())))]
    }
}

impl DeclaredUnit {
    fn values(&self) -> Values {
        let Self { root, depends } = self;
        let root = root.as_ref().map(|root| root.as_bstr().to_string().into());
        vec![("root", root), ("depends", Some(list(depends)))]
    }
}

impl Units {
    fn value(&self) -> Value {
        match self {
            Self::Kind(kind) => kind.as_str().into(),
            Self::Named(names) => list(names),
        }
    }
}

impl HookRules {
    fn values(&self, hook: Hook) -> Values {
        let Self { fix, each_commit, skip_during } = self;
        vec![
            ("fix", (hook == Hook::PreCommit).then(|| (*fix).into())),
            ("each-commit", (hook == Hook::PrePush).then(|| (*each_commit).into())),
            ("skip-during", Some(list(skip_during.iter().map(|doing| doing.as_str())))),
        ]
    }
}

impl Check {
    /// The line that opens its table. Only a dot makes quotes necessary in what can name a check.
    fn header(&self) -> String {
        let name = self.name.as_str();
        if name.contains('.') { format!("[check.\"{name}\"]") } else { format!("[check.{name}]") }
    }

    fn values(&self) -> Values {
        let Self {
            name: _,
            description,
            files,
            exclude,
            inputs,
            per_unit,
            work,
            fix,
            on,
            needs,
            after,
            dir,
            env,
            pass_env,
            tools,
            ..
        } = self;
        let mut values = vec![
            ("description", description.as_deref().map(Value::from)),
            ("files", Some(patterns(files))),
            ("exclude", Some(patterns(exclude))),
            ("inputs", Some(patterns(inputs))),
            ("units", per_unit.as_ref().map(|per_unit| per_unit.units.value())),
            ("tests", per_unit.as_ref().filter(|per_unit| per_unit.by_test_file).map(|_| "files".into())),
            ("groups", per_unit.as_ref().map(|per_unit| number(per_unit.groups.get()))),
            ("fix", fix.as_ref().map(command)),
            ("on", Some(list(on))),
            ("needs", Some(list(needs))),
            ("after", Some(list(after))),
            ("dir", dir.as_ref().map(|dir| dir.as_bstr().to_string().into())),
            ("env", Some(list(env))),
            ("pass-env", Some(list(pass_env))),
            ("tools", Some(list(tools))),
        ];
        match work {
            Work::Command(run) => {
                values.push(("run", Some(command(run))));
                values.extend(self.how_it_runs());
            }
            // Keys of a command mean nothing to it.
            Work::Builtin(builtin) => {
                values.retain(|(key, _)| matches!(*key, "description" | "files" | "exclude" | "on"));
                values.extend(builtin_values(builtin));
                let general = ["reuse", "required", "skippable", "allow-empty"];
                values.extend(self.how_it_runs().into_iter().filter(|(key, _)| general.contains(key)));
            }
        }
        values
    }

    fn how_it_runs(&self) -> Values {
        let Self { junit, timeout, idle_timeout, retries, slots, locks, reuse, cleanup, git, .. } = self;
        let Self { required, skippable, platforms, allow_empty, local: _, .. } = self;
        let reuse = match reuse {
            Reuse::Always => true.into(),
            Reuse::Never => false.into(),
            Reuse::For(age) => duration::show(*age).into(),
        };
        let git = match git {
            GitView::Snapshot => "snapshot",
            GitView::History => "history",
        };
        vec![
            ("junit", Some(patterns(junit))),
            ("timeout", Some(duration::show(*timeout).into())),
            ("idle-timeout", idle_timeout.map(|timeout| duration::show(timeout).into())),
            ("retries", Some((*retries).into())),
            ("slots", Some(number(slots.get()))),
            ("locks", Some(list(locks))),
            ("reuse", Some(reuse)),
            ("cleanup", cleanup.as_ref().map(command)),
            ("git", Some(git.into())),
            ("required", Some((*required).into())),
            ("skippable", Some((*skippable).into())),
            ("platforms", Some(list(platforms))),
            ("allow-empty", Some((*allow_empty).into())),
        ]
    }
}

fn builtin_values(builtin: &Builtin) -> Values {
    let mut values = vec![("builtin", Some(builtin.name().into()))];
    match builtin {
        Builtin::Schema(path) => values.push(("schema", Some(path.as_bstr().to_string().into()))),
        Builtin::LargeFiles(max) => values.push(("max-size", Some(size::show(*max).into()))),
        Builtin::LineEndings(ending) => {
            let ending = match ending {
                LineEnding::Consistent => "consistent",
                LineEnding::Lf => "lf",
                LineEnding::Crlf => "crlf",
            };
            values.push(("line-ending", Some(ending.into())));
        }
        Builtin::CommitMessage(rules) => {
            let MessageRules { conventional, types, scopes, max_subject, trailers, forbid } = rules;
            values.extend([
                ("conventional", Some((*conventional).into())),
                ("types", Some(list(types))),
                ("scopes", Some(list(scopes))),
                ("max-subject", Some((*max_subject).into())),
                ("trailers", Some(list(trailers))),
                ("forbid", Some(list(forbid))),
            ]);
        }
        _ => {}
    }
    values
}

fn patterns(patterns: &[Pattern]) -> Value {
    list(patterns.iter().map(Pattern::as_str))
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> Value {
    Value::Array(items.into_iter().map(|item| item.to_string().into()).collect())
}

fn number(number: usize) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn command(command: &CommandLine) -> Value {
    match command {
        CommandLine::Shell(line) => line.as_str().into(),
        CommandLine::Words(words) => list(words),
    }
}

//! The keys of gate.toml and gate.local.toml: the one list that reader, schema and reference follow.

use super::keys::Fallback::{Nothing, Required, Value};
use super::keys::{Fallback, Key, Kind, Table};
use crate::check::Builtin;

/// Every key of gate.toml and gate.local.toml, table by table, in the order in which people should read them.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    KEYS.iter()
}

impl Key {
    /// The key of a table that has the name.
    pub(super) fn find(table: Table, name: &str) -> Option<&'static Self> {
        keys().find(|key| key.table == table && key.name == name)
    }

    /// The keys of a table.
    pub(super) fn of(table: Table) -> impl Iterator<Item = &'static Self> {
        keys().filter(move |key| key.table == table)
    }
}

const fn key(table: Table, name: &'static str, kind: Kind, fallback: Fallback, doc: &'static str) -> Key {
    Key { table, name, kind, fallback, doc }
}

/// Every key, table by table.
pub(super) static KEYS: &[Key] = &[
    key(
        Table::Gate,
        "version",
        Kind::Version,
        Nothing,
        "The versions of gate that the file is for, such as `\">=0.1\"`. Another version refuses it. Left out: every version.",
    ),
    key(
        Table::Main,
        "branches",
        Kind::Patterns,
        Value(r#"["main", "master"]"#),
        "The branches that must stay deployable: names, or patterns such as `release/*`.",
    ),
    key(
        Table::Policy,
        "unproved-base",
        Kind::Choice(&["assume", "run"]),
        Value(r#""assume""#),
        "What a check is worth that nothing was changed for, on a base that no receipt proves: `\"assume\"` skips it, and the verdict is relative to the base; `\"run\"` runs it.",
    ),
    key(
        Table::Policy,
        "queue",
        Kind::Choice(&["tip", "ahead"]),
        Value(r#""tip""#),
        "Against what a group of a merge queue is judged: `\"tip\"` is where the branch is, `\"ahead\"` the group ahead of it, which is right only where the host lands nothing past a group that failed. What counts is the branch's own gate.toml.",
    ),
    key(
        Table::Policy,
        "flaky",
        Kind::Choice(&["accept", "reject"]),
        Value(r#""accept""#),
        "Whether a check that passes only on a retry lets a change through.",
    ),
    key(
        Table::Policy,
        "guarded",
        Kind::Patterns,
        Value("[]"),
        "Files that decide what the checks do, such as a Makefile: the verdict names a change to them, and no merge check lets one land that nobody allows.",
    ),
    key(
        Table::Policy,
        "override",
        Kind::Texts,
        Value("[]"),
        "Who may let a change land that weakens the gate or does not pass, by the names that the file `trusted-keys` gives their keys, or that a server knows them by. With nobody listed, nobody may.",
    ),
    key(
        Table::Policy,
        "warm",
        Kind::Bool,
        Value("false"),
        "Whether evidence for others may come from a checkout that kept folders from earlier runs.",
    ),
    key(
        Table::Policy,
        "trust",
        Kind::Tables(Table::Trust),
        Value("[]"),
        "Whose signed evidence stands in for a run where a change is to land.",
    ),
    key(
        Table::Trust,
        "key",
        Kind::PublicKey,
        Required,
        "The public key, as a `.pub` file of ssh-keygen's holds it: Ed25519 or ECDSA. What is merged can't add one: the target's gate.toml decides.",
    ),
    key(
        Table::Trust,
        "environment",
        Kind::Conditions,
        Value("[]"),
        "What the environment of a run has to be so that its evidence counts: `NAME=PATTERN` by the names that `gate evidence show` lists, `*` standing for any text, such as `\"platform=linux x86_64 *\"`. Left out: any.",
    ),
    key(
        Table::Server,
        "run",
        Kind::Bool,
        Value("false"),
        "Whether checks that nothing proves are run there, by a user who can't write to the repository. `false`: they are only looked up.",
    ),
    key(
        Table::Server,
        "budget",
        Kind::Duration,
        Value(r#""2m""#),
        "The longest that running them may hold up a push, all together.",
    ),
    key(
        Table::Server,
        "force-push",
        Kind::Choice(&["allow", "refuse"]),
        Value(r#""refuse""#),
        "What becomes of a push that leaves out commits of a branch that must stay deployable: `\"allow\"` judges it like any other.",
    ),
    key(
        Table::Server,
        "delete",
        Kind::Choice(&["allow", "refuse"]),
        Value(r#""refuse""#),
        "What becomes of a push that deletes a branch that must stay deployable.",
    ),
    key(
        Table::Server,
        "create",
        Kind::Choice(&["check", "refuse"]),
        Value(r#""check""#),
        "What becomes of a push that makes a branch that must stay deployable: `\"check\"` judges it by the rules of the repository's main branch.",
    ),
    key(
        Table::Workspace,
        "share",
        Kind::Paths,
        Value("[]"),
        "Files and folders of your own checkout that git does not hold and that the checks need, such as `.env.test`.",
    ),
    key(
        Table::Workspace,
        "keep",
        Kind::Patterns,
        Value("[]"),
        "Ignored folders that stay between runs, because the tools that own them check their own inputs, such as `target`. All other leftovers are removed before a run.",
    ),
    key(
        Table::Workspace,
        "max-size",
        Kind::Size,
        Value(r#""20GB""#),
        "The most that the idle checkouts of one repository may take together: bytes, or a text such as `\"10GB\"`.",
    ),
    key(
        Table::Workspace,
        "prepare",
        Kind::Tables(Table::Prepare),
        Value("[]"),
        "Commands that make what the repository does not hold, in this order.",
    ),
    key(
        Table::Prepare,
        "run",
        Kind::Command,
        Required,
        "What to run: a shell line, or a list of words without a shell.",
    ),
    key(
        Table::Prepare,
        "inputs",
        Kind::Patterns,
        Value("[]"),
        "What it depends on: it runs again when these change, or what it made did. Left out: the whole tree.",
    ),
    key(Table::Prepare, "dir", Kind::Path, Nothing, "Where to run it. Left out: the root of the repository."),
    key(
        Table::Prepare,
        "env",
        Kind::Variables,
        Value("[]"),
        "Variables of your environment that it gets, and that count among its inputs.",
    ),
    key(Table::Check, "description", Kind::Text, Nothing, "What it is for, for people."),
    key(
        Table::Check,
        "files",
        Kind::Patterns,
        Value("[]"),
        "The files it is about. With `{files}` in `run`, those that changed are its arguments.",
    ),
    key(Table::Check, "exclude", Kind::Patterns, Value("[]"), "What is left out of `files` and `inputs`."),
    key(
        Table::Check,
        "inputs",
        Kind::Patterns,
        Value("[]"),
        "What its result depends on beside `files`. A check with neither depends on the whole tree.",
    ),
    key(
        Table::Check,
        "run",
        Kind::Command,
        Nothing,
        "What to run: a shell line, or a list of words without a shell. `{files}` stands for the files, `{message_file}` for a copy of the commit's message. A check has either this or `builtin`.",
    ),
    key(
        Table::Check,
        "fix",
        Kind::Command,
        Nothing,
        "What mends what the check finds, for `gate check --fix`. `{files}` stands for the files here too.",
    ),
    key(Table::Check, "builtin", Kind::Choice(Builtin::NAMES), Nothing, "Which of gate's own checks it is."),
    key(
        Table::Check,
        "schema",
        Kind::Path,
        Nothing,
        "For `schema`, which needs it: where the JSON Schema lies that JSON, YAML and TOML files must fit.",
    ),
    key(
        Table::Check,
        "max-size",
        Kind::Size,
        Value(r#""500kB""#),
        "For `large-files`: the largest that a file may be.",
    ),
    key(
        Table::Check,
        "line-ending",
        Kind::Choice(&["consistent", "lf", "crlf"]),
        Value(r#""consistent""#),
        "For `line-endings`: how lines end, `\"consistent\"` meaning all of a file alike.",
    ),
    key(
        Table::Check,
        "conventional",
        Kind::Bool,
        Value("true"),
        "For `commit-message`: whether subjects follow Conventional Commits, as in `fix(parser): ...`.",
    ),
    key(
        Table::Check,
        "types",
        Kind::Texts,
        Value(r#"["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"]"#),
        "For `commit-message`: the types that a subject may begin with.",
    ),
    key(
        Table::Check,
        "scopes",
        Kind::Texts,
        Value("[]"),
        "For `commit-message`: the scopes that a subject may have. None listed: any.",
    ),
    key(
        Table::Check,
        "max-subject",
        Kind::Count(1, 1000),
        Value("72"),
        "For `commit-message`: how many characters a subject has at most.",
    ),
    key(
        Table::Check,
        "trailers",
        Kind::Texts,
        Value("[]"),
        "For `commit-message`: trailers that it must have, such as `Signed-off-by`.",
    ),
    key(
        Table::Check,
        "forbid",
        Kind::Texts,
        Value("[]"),
        "For `commit-message`: words that it must not hold, in any case of letters.",
    ),
    key(
        Table::Check,
        "on",
        Kind::Stages,
        Nothing,
        "The stages it runs at beside the merge stage: `pre-commit`, `commit-msg`, `pre-push`. With `required = false`, the only ones.",
    ),
    key(
        Table::Check,
        "needs",
        Kind::Checks,
        Value("[]"),
        "Checks whose products it uses. They pass before it starts, in the same checkout.",
    ),
    key(Table::Check, "after", Kind::Checks, Value("[]"), "Checks that run before it, if they run at all."),
    key(Table::Check, "dir", Kind::Path, Nothing, "Where to run it. Left out: the root of the repository."),
    key(
        Table::Check,
        "env",
        Kind::Variables,
        Value("[]"),
        "Variables of your environment that it gets, and whose values its result depends on.",
    ),
    key(
        Table::Check,
        "pass-env",
        Kind::Variables,
        Value("[]"),
        "Variables of your environment that it gets, such as tokens: masked in logs, and no part of what its result depends on.",
    ),
    key(
        Table::Check,
        "tools",
        Kind::Texts,
        Value("[]"),
        "Programs that it starts beside the first word of `run`: another version runs it again.",
    ),
    key(Table::Check, "timeout", Kind::Duration, Value(r#""1h""#), "The longest it may take."),
    key(
        Table::Check,
        "idle-timeout",
        Kind::Duration,
        Nothing,
        "The longest it may go without writing anything. Left out: no limit.",
    ),
    key(Table::Check, "retries", Kind::Count(0, 100), Value("0"), "How often it is tried again after a failure."),
    key(Table::Check, "slots", Kind::Count(1, 1024), Value("1"), "How many of the jobs that run at once it takes."),
    key(
        Table::Check,
        "locks",
        Kind::Names,
        Value("[]"),
        "Names of your choice for what it uses alone, such as `port-8080`: checks that share one never overlap, on the whole machine.",
    ),
    key(
        Table::Check,
        "reuse",
        Kind::Reuse,
        Value("true"),
        "For how long a pass counts: `true`, as long as nothing that it depends on changes; `false`, not at all; or a duration.",
    ),
    key(Table::Check, "cleanup", Kind::Command, Nothing, "What to run after it, however it ended."),
    key(
        Table::Check,
        "git",
        Kind::Choice(&["snapshot", "history"]),
        Value(r#""snapshot""#),
        "What it sees of git's history: `\"snapshot\"`, a single commit; `\"history\"`, the real one.",
    ),
    key(
        Table::Check,
        "required",
        Kind::Bool,
        Value("true"),
        "Whether nothing is deployable without its pass. `false`: it runs only where `on` says, and never blocks. Not in `gate.local.toml`.",
    ),
    key(Table::Check, "skippable", Kind::Bool, Value("true"), "Whether one may skip it before the merge stage."),
    key(
        Table::Check,
        "platforms",
        Kind::Names,
        Value("[]"),
        "The systems on which it has to pass, each for itself, such as `[\"linux-x86_64\", \"macos-aarch64\"]`. What runs elsewhere is proved by evidence. Left out: wherever it is run.",
    ),
    key(
        Table::Check,
        "allow-empty",
        Kind::Bool,
        Value("false"),
        "Whether it passes where its patterns match nothing. `false`: nothing is deployable then.",
    ),
    key(
        Table::Hook,
        "fix",
        Kind::Bool,
        Value("false"),
        "For `pre-commit`: whether what can be mended is mended first, in what is committed and in the working tree.",
    ),
    key(
        Table::Hook,
        "each-commit",
        Kind::Bool,
        Value("false"),
        "For `pre-push`: whether every commit that is pushed is judged, so that bisecting stays possible, and not only the last.",
    ),
    key(
        Table::Hook,
        "skip-during",
        Kind::Doings,
        Value("[]"),
        "What git may be in the middle of so that the hook runs nothing: `merge`, `rebase`, `cherry-pick`, `revert`. What was skipped is owed at the merge stage.",
    ),
    key(
        Table::Local,
        "slots",
        Kind::Count(1, 1024),
        Nothing,
        "How many jobs run at once. Left out: as many as there are processors.",
    ),
    key(Table::Local, "skip", Kind::Checks, Value("[]"), "Checks that are skipped before the merge stage."),
];

/// Keys of a table that gate is going to have: they are refused, because to pass over them would check less than asked.
pub(super) fn is_planned(table: Table, name: &str) -> bool {
    table == Table::Check && matches!(name, "units")
}

/// Tables that gate is going to have, refused likewise.
pub(super) fn is_planned_table(name: &str) -> bool {
    matches!(name, "environment" | "unit" | "notify")
}

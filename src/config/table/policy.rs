//! The keys that say what has to hold and whom to believe: `[gate]`, `[main]`, `[policy]`, `[[policy.trust]]`, `[server]`.

use super::key;
use crate::config::keys::Fallback::{Nothing, Required, Value};
use crate::config::keys::{Key, Kind, Table};

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
        "fewer-tests",
        Kind::Choice(&["report", "reject"]),
        Value(r#""report""#),
        "What becomes of a pass with fewer tests than the same inputs had before, or with none where there were some: `\"report\"` says so; `\"reject\"` takes it for no pass, and leaves the change undecided. Fewer tests of other inputs are only ever reported.",
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
];

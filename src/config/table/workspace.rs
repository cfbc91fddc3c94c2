//! The keys that say what a private checkout is made of: `[workspace]`, `[[workspace.prepare]]`.

use super::key;
use crate::config::keys::Fallback::{Nothing, Required, Value};
use crate::config::keys::{Key, Kind, Table};

pub(super) static KEYS: &[Key] = &[
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
];

//! The keys of git's hooks and of one user's own settings: `[hook.NAME]`, `[local]`.

use super::key;
use crate::config::keys::Fallback::{Nothing, Value};
use crate::config::keys::{Key, Kind, Table};

pub(super) static KEYS: &[Key] = &[
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

//! The keys about units: `[[units.rule]]` and `[unit.NAME]`.

use super::key;
use crate::config::keys::Fallback::{Nothing, Required, Value};
use crate::config::keys::{Key, Kind, Table};

pub(super) static KEYS: &[Key] = &[
    key(
        Table::Units,
        "rule",
        Kind::Tables(Table::UnitRule),
        Value("[]"),
        "What files that belong to no unit affect: see `[[units.rule]]`.",
    ),
    key(Table::UnitRule, "paths", Kind::Patterns, Required, "The files."),
    key(
        Table::UnitRule,
        "affects",
        Kind::Texts,
        Required,
        "Which units they affect: `[\"nothing\"]`, `[\"everything\"]`, or kinds and names of units.",
    ),
    key(Table::Unit, "root", Kind::Path, Nothing, "Its folder. Left out: it is a unit that a manifest declares."),
    key(
        Table::Unit,
        "depends",
        Kind::Texts,
        Value("[]"),
        "Units that it depends on; `KIND:NAME` where a name means several.",
    ),
];

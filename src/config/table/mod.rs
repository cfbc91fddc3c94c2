//! The keys of gate.toml and gate.local.toml: the one list that reader, schema and reference follow.

mod policy;
mod workspace;
mod unit;
mod check;
mod hook;

use super::keys::{Fallback, Key, Kind, Table};

/// Every key of gate.toml and gate.local.toml, table by table, in the order in which people should read them.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    [policy::KEYS, workspace::KEYS, unit::KEYS, check::KEYS, hook::KEYS].into_iter().flatten()
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

/// Keys of a table that gate is going to have: they are refused, because to pass over them would check less than asked.
pub(super) fn is_planned(table: Table, name: &str) -> bool {
    table == Table::Check && matches!(name, "environment")
}

/// Tables that gate is going to have, refused likewise.
pub(super) fn is_planned_table(name: &str) -> bool {
    matches!(name, "environment" | "notify")
}

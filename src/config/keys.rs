//! What a key of gate.toml is: its table, its kind of value, and what holds where it is left out.
//!
//! The list itself is in [`super::table`]. The reader, the hints for misspelt keys, the JSON schema, the resolved
//! configuration and the reference for people all follow it.

/// One key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The table it belongs to.
    pub table: Table,
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What holds where it is left out.
    pub fallback: Fallback,
    /// What it means, in Markdown.
    pub doc: &'static str,
}

/// A table of gate.toml or gate.local.toml.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// `[gate]`.
    Gate,
    /// `[main]`.
    Main,
    /// `[policy]`.
    Policy,
    /// `[[policy.trust]]`.
    Trust,
    /// `[server]`.
    Server,
    /// `[workspace]`.
    Workspace,
    /// `[[workspace.prepare]]`.
    Prepare,
    /// `[units]`.
    Units,
    /// `[[units.rule]]`.
    UnitRule,
    /// `[unit.NAME]`.
    Unit,
    /// `[check.NAME]`.
    Check,
    /// `[hook.NAME]`.
    Hook,
    /// `[local]`, in gate.local.toml only.
    Local,
}

/// What holds where a key is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// It can't be left out.
    Required,
    /// Nothing: the key's text says what that means.
    Nothing,
    /// This value, as TOML.
    Value(&'static str),
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A text that is not empty.
    Text,
    /// A list of texts.
    Texts,
    /// A requirement on gate's version.
    Version,
    /// A list of patterns.
    Patterns,
    /// A list of names of checks.
    Checks,
    /// A list of stages.
    Stages,
    /// A list of names of environment variables.
    Variables,
    /// A list of names made of letters, digits, `.`, `_` and `-`.
    Names,
    /// A path below the root of the repository.
    Path,
    /// A list of paths below the root of the repository.
    Paths,
    /// A shell line, or a list of words.
    Command,
    /// A duration, such as `"90s"`.
    Duration,
    /// For how long a pass counts: `true`, `false` or a duration.
    Reuse,
    /// A number of bytes, or a text such as `"10GB"`.
    Size,
    /// A whole number between two others, both included.
    Count(u32, u32),
    /// One of some words.
    Choice(&'static [&'static str]),
    /// A list of what git can be in the middle of.
    Doings,
    /// A public key of SSH's, as a `.pub` file holds it.
    PublicKey,
    /// A list of conditions `NAME=PATTERN`.
    Conditions,
    /// The word of a kind of units, or a list of units.
    Units,
    /// A list of tables of their own.
    Tables(Table),
}

impl Table {
    /// Every table, in the order of [`keys`].
    pub const ALL: [Self; 13] = [
        Self::Gate,
        Self::Main,
        Self::Policy,
        Self::Trust,
        Self::Server,
        Self::Workspace,
        Self::Prepare,
        Self::Units,
        Self::UnitRule,
        Self::Unit,
        Self::Check,
        Self::Hook,
        Self::Local,
    ];

    /// The line that opens it.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Gate => "[gate]",
            Self::Main => "[main]",
            Self::Policy => "[policy]",
            Self::Trust => "[[policy.trust]]",
            Self::Server => "[server]",
            Self::Workspace => "[workspace]",
            Self::Prepare => "[[workspace.prepare]]",
            Self::Units => "[units]",
            Self::UnitRule => "[[units.rule]]",
            Self::Unit => "[unit.NAME]",
            Self::Check => "[check.NAME]",
            Self::Hook => "[hook.NAME]",
            Self::Local => "[local]",
        }
    }

    /// Its own name: the last word of the header, or the one before a name of the user's.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gate => "gate",
            Self::Main => "main",
            Self::Policy => "policy",
            Self::Trust => "trust",
            Self::Server => "server",
            Self::Workspace => "workspace",
            Self::Prepare => "prepare",
            Self::Units => "units",
            Self::UnitRule => "rule",
            Self::Unit => "unit",
            Self::Check => "check",
            Self::Hook => "hook",
            Self::Local => "local",
        }
    }

    /// Whether it stands by itself in a file.
    pub(super) fn is_top(self) -> bool {
        !matches!(self, Self::Prepare | Self::Trust | Self::UnitRule)
    }

    /// What it is for.
    #[must_use]
    pub fn doc(self) -> &'static str {
        match self {
            Self::Gate => "The gate that reads the file.",
            Self::Main => "What must stay deployable.",
            Self::Policy => "How strict gate is.",
            Self::Trust => "A key whose signed evidence stands in for a run in a merge check and on a server.",
            Self::Server => {
                "What holds where the repository is pushed to and gate answers `pre-receive`: as the branch has it before the push."
            }
            Self::Workspace => "What the private checkout needs beside the files of the change.",
            Self::Prepare => "A command that makes what the repository does not hold, such as installed packages.",
            Self::Units => "What files that belong to no unit affect.",
            Self::UnitRule => {
                "Files that belong to no unit, and the units that they affect. The first rule that matches a file decides, before those that gate brings: `gate unit rules` lists all."
            }
            Self::Unit => {
                "A unit that no manifest declares, or what one depends on that no manifest, lock file or import tells. It adds to what is found."
            }
            Self::Check => {
                "A check. Its name is made of letters, digits, `.`, `_` and `-`, and begins with a letter or digit."
            }
            Self::Hook => {
                "What a git hook does beside running the checks of its stage. Its name is `pre-commit`, `commit-msg` or `pre-push`."
            }
            Self::Local => "One user's own settings, in `gate.local.toml` only. They never touch the merge stage.",
        }
    }
}

impl Kind {
    /// What it is called in a sentence: "`files` takes a list of patterns".
    #[must_use]
    pub fn name(self) -> String {
        let name = match self {
            Self::Bool => "true or false",
            Self::Text => "a text",
            Self::Texts => "a list of texts",
            Self::Version => "a version requirement",
            Self::Patterns => "a list of patterns",
            Self::Checks => "a list of checks",
            Self::Stages => "a list of stages",
            Self::Variables => "a list of variables",
            Self::Names => "a list of names",
            Self::Path => "a path",
            Self::Paths => "a list of paths",
            Self::Command => "a shell line or a list of words",
            Self::Duration => "a duration",
            Self::Reuse => "true, false or a duration",
            Self::Size => "a size",
            Self::Count(min, max) => return format!("a whole number from {min} to {max}"),
            Self::Choice(words) => {
                return words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or ");
            }
            Self::Doings => "a list of what git is in the middle of",
            Self::PublicKey => "a public key",
            Self::Conditions => "a list of conditions NAME=PATTERN",
            Self::Units => "a kind of units or a list of units",
            Self::Tables(_) => "a list of tables",
        };
        name.to_owned()
    }

    /// A value that it takes, as TOML.
    #[must_use]
    pub fn example(self) -> String {
        let example = match self {
            Self::Bool => "true",
            Self::Text => "\"text\"",
            Self::Texts | Self::Names => "[\"name\"]",
            Self::Version => "\">=0.1\"",
            Self::Patterns => "[\"src/**\"]",
            Self::Checks => "[\"build\"]",
            Self::Stages => "[\"pre-commit\"]",
            Self::Variables => "[\"RUSTFLAGS\"]",
            Self::Path => "\"web\"",
            Self::Paths => "[\".env.test\"]",
            Self::Command => "\"make test\"",
            Self::Duration => "\"10m\"",
            Self::Reuse => "\"24h\"",
            Self::Size => "\"10GB\"",
            Self::Count(min, _) => return min.to_string(),
            Self::Choice(words) => return words.first().map_or_else(String::new, |word| format!("\"{word}\"")),
            Self::Doings => "[\"rebase\"]",
            Self::PublicKey => {
                "\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPQ0nY0i8aYHy7oWR6tVJBRHGDkEovKCLbDA5gXwrxD ci\""
            }
            Self::Conditions => "[\"platform=linux *\"]",
            Self::Units => "\"cargo\"",
            Self::Tables(Table::Trust) => {
                "[{ key = \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPQ0nY0i8aYHy7oWR6tVJBRHGDkEovKCLbDA5gXwrxD\" }]"
            }
            Self::Tables(Table::UnitRule) => "[{ paths = [\"docs/**\"], affects = [\"nothing\"] }]",
            Self::Tables(_) => "[{ run = \"npm ci\" }]",
        };
        example.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::keys;

    #[test]
    fn every_key_is_listed_once_and_says_what_it_means() {
        let mut seen = BTreeSet::new();
        for key in keys() {
            assert!(seen.insert((key.table, key.name)), "{key:?}");
            assert!(key.doc.ends_with('.'), "{key:?}");
        }
        let order: Vec<Table> = keys().map(|key| key.table).collect();
        assert!(order.is_sorted(), "tables come one after the other");
    }
}

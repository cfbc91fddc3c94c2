//! The keys of a `[check.NAME]` that say which check of gate's own it is, as they were read.

use super::fields::{Field, Fields, Items, Reported};
use super::problems::Problems;
use super::read;
use crate::check::{Builtin, LineEnding, MessageRules};
use crate::diagnostic::Diagnostic;
use crate::path::RepoPath;

/// `builtin` and the keys that belong to it.
pub(super) struct BuiltinDraft {
    /// `builtin`.
    name: Field<String>,
    schema: Field<RepoPath>,
    max_size: Field<u64>,
    line_ending: Field<LineEnding>,
    conventional: Field<bool>,
    types: Items<String>,
    scopes: Items<String>,
    max_subject: Field<u32>,
    trailers: Items<String>,
    forbid: Items<String>,
}

/// The keys that belong to one built-in check.
pub(super) const OWN: &[(&str, &str)] = &[
    ("schema", "schema"),
    ("max-size", "large-files"),
    ("line-ending", "line-endings"),
    ("conventional", "commit-message"),
    ("types", "commit-message"),
    ("scopes", "commit-message"),
    ("max-subject", "commit-message"),
    ("trailers", "commit-message"),
    ("forbid", "commit-message"),
];

/// The keys that belong to a command.
const OF_A_COMMAND: &[&str] = &[
    "run",
    "fix",
    "inputs",
    "needs",
    "after",
    "dir",
    "env",
    "pass-env",
    "tools",
    "timeout",
    "idle-timeout",
    "retries",
    "slots",
    "locks",
    "junit",
    "cleanup",
    "git",
    "platforms",
];

impl BuiltinDraft {
    /// Reads the keys, and reports those that don't belong together.
    pub(super) fn read(fields: &Fields<'_>, problems: &mut Problems<'_>) -> Self {
        let draft = Self {
            name: fields.take("builtin", problems, read::builtin),
            schema: fields.take("schema", problems, read::path),
            max_size: fields.take("max-size", problems, read::bytes),
            line_ending: fields.take("line-ending", problems, read::line_ending),
            conventional: fields.take("conventional", problems, read::boolean),
            types: fields.take("types", problems, read::texts),
            scopes: fields.take("scopes", problems, read::texts),
            max_subject: fields.take("max-subject", problems, read::count),
            trailers: fields.take("trailers", problems, read::texts),
            forbid: fields.take("forbid", problems, read::texts),
        };
        draft.belong(fields, problems);
        draft
    }

    /// Which one it is.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.given().map(|name| name.get_ref().as_str())
    }

    /// Whether the check is one of gate's own, be it wrong.
    pub(super) fn is_there(&self) -> bool {
        !matches!(self.name, Field::Absent)
    }

    fn belong(&self, fields: &Fields<'_>, problems: &mut Problems<'_>) {
        if self.name.is_bad() {
            return;
        }
        for (key, owner) in OWN.iter().filter(|(_, owner)| self.name() != Some(owner)) {
            let Some(span) = fields.span(key) else { continue };
            let problem = Diagnostic::error("config/not-its-key", format!("'{key}' belongs to builtin = \"{owner}\""));
            problems.add(problem.hint("leave it out"), span, "");
        }
        let Some(name) = self.name() else { return };
        for key in OF_A_COMMAND {
            let Some(span) = fields.span(key) else { continue };
            let problem = Diagnostic::error("config/not-its-key", format!("'{key}' means nothing to a built-in check"));
            problems.add(problem.hint("it belongs to a check with 'run': leave it out"), span, "");
        }
        if name == "schema" && matches!(self.schema, Field::Absent) {
            let problem =
                Diagnostic::error("config/no-schema", format!("{} does not say which schema", fields.title()))
                    .hint("say where it lies, as in schema = \"schemas/deploy.json\"");
            problems.add(problem, fields.span("builtin").unwrap_or_default(), "");
        }
    }

    /// The check, with every default filled in; `None` if it is none of gate's own.
    pub(super) fn finish(self) -> Result<Option<Builtin>, Reported> {
        let Some(name) = self.name.optional()? else { return Ok(None) };
        Ok(Some(match name.as_str() {
            "syntax" => Builtin::Syntax,
            "schema" => Builtin::Schema(self.schema.required()?),
            "merge-conflict" => Builtin::MergeConflict,
            "large-files" => Builtin::LargeFiles(self.max_size.or(Builtin::LARGE)?),
            "private-key" => Builtin::PrivateKey,
            "case-conflict" => Builtin::CaseConflict,
            "symlinks" => Builtin::Symlinks,
            "executables" => Builtin::Executables,
            "line-endings" => Builtin::LineEndings(self.line_ending.or(LineEnding::Consistent)?),
            "trailing-whitespace" => Builtin::TrailingWhitespace,
            "final-newline" => Builtin::FinalNewline,
            "filenames" => Builtin::Filenames,
            "submodules" => Builtin::Submodules,
            "unicode-bidi" => Builtin::UnicodeBidi,
            "commit-message" => Builtin::CommitMessage(MessageRules {
                conventional: self.conventional.or(true)?,
                types: match self.types {
                    Field::Absent => MessageRules::TYPES.iter().map(ToString::to_string).collect(),
                    given => given.values()?,
                },
                scopes: self.scopes.values()?,
                max_subject: self.max_subject.or(MessageRules::MAX_SUBJECT)?,
                trailers: self.trailers.values()?,
                forbid: self.forbid.values()?,
            }),
            _ => return Err(Reported),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::keys::{Key, Table};

    #[test]
    fn every_key_named_here_is_a_key() {
        let known = |key: &str| Key::find(Table::Check, key).is_some();
        assert!(OWN.iter().all(|(key, owner)| known(key) && Builtin::NAMES.contains(owner)));
        assert!(OF_A_COMMAND.iter().all(|key| known(key)));
    }
}

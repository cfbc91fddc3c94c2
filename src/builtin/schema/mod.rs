//! `schema`: whether JSON, YAML and TOML files fit a JSON Schema of the repository.
//!
//! Other schemas that it refers to are taken from the tree too, and nothing is ever fetched. Every document of a YAML
//! stream has to fit, with its aliases and merge keys followed; dates of TOML are strings. A file whose name tells none
//! of these formats was chosen by a pattern for this check alone, so that it fails.

mod compile;
mod part;
mod document;
mod yaml;
mod toml_value;
#[cfg(test)]
mod tests;

use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::LocationSegment;
use jsonschema::{ValidationError, Validator};

use super::file::{File, Found};
use super::findings::Gathering;
use super::sweep::{Stop, contents, regular};
use super::syntax::{self, Format};
use super::{Error, Findings};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::Repo;
use crate::input::Input;
use crate::path::RepoPath;
use part::{Document, Step};

const CODE: &str = "builtin/schema";

/// The longest that a message may be, in characters: it quotes the value.
const LONGEST: usize = 300;

/// Holds files to the schema at a path.
pub(super) fn look(
    repo: &Repo,
    tree: ObjectId,
    schema: &RepoPath,
    files: &[Input],
    stop: Stop<'_>,
) -> Result<Findings, Error> {
    match compile::compile(repo, tree, schema)? {
        Ok(validator) => {
            contents(repo, regular(files), None, &|file, found| judge(file, schema, &validator, found), stop)
        }
        Err(problem) => {
            let mut all = Gathering::default();
            all.add(schema, vec![*problem]);
            files.iter().filter(|input| input.mode.is_file()).for_each(|input| all.fail(&input.path));
            Ok(all.finish())
        }
    }
}

fn judge(file: &File<'_>, schema: &RepoPath, validator: &Validator, found: &mut Found<'_>) {
    let format = Format::of(file.path, file.bytes).filter(|format| document::has_values(*format));
    let Some(format) = format else {
        let message = format!("'{}' can't be held to a schema: its name tells none of JSON, YAML and TOML", file.path);
        return found.whole(Diagnostic::error(CODE, message).hint("leave it out: exclude"));
    };
    let (text, base, documents) = match document::read(format, file.bytes) {
        Ok(read) => read,
        Err(faults) => {
            for syntax::Fault { span, what } in faults {
                found.at(span, "", Diagnostic::error(CODE, format!("invalid {}: {what}", format.name())));
            }
            return;
        }
    };
    for (number, document) in documents.iter().enumerate() {
        for error in validator.iter_errors(&document.value) {
            if found.is_full() {
                return;
            }
            let span = locate(format, text, number, document, &error);
            let end = text[span.clone()].find(['\n', '\r']).map_or(span.end, |end| span.start + end);
            found.at(base + span.start..base + end, "", problem(&error, schema));
        }
    }
}

fn problem(error: &ValidationError<'_>, schema: &RepoPath) -> Diagnostic {
    let path = error.instance_path().as_str();
    let which = if path.is_empty() { "the document".to_owned() } else { format!("'{path}'") };
    let mut what: String = error.to_string().replace('\n', " ");
    if let Some((cut, _)) = what.char_indices().nth(LONGEST) {
        what.truncate(cut);
        what.push('…');
    }
    Diagnostic::error(CODE, format!("{which} does not fit the schema: {what}"))
        .hint(format!("'{schema}' says so at '{}'", error.schema_path().as_str()))
}

/// Where the value stands that the error is about; of names that must not be there, where the first one stands.
fn locate(
    format: Format,
    text: &str,
    number: usize,
    document: &Document,
    error: &ValidationError<'_>,
) -> std::ops::Range<usize> {
    let step = |segment| match segment {
        LocationSegment::Property(name) => Step::Name(name.into_owned()),
        LocationSegment::Index(position) => Step::Position(position),
    };
    let mut steps: Vec<Step> = error.instance_path().segments().map(step).collect();
    let unexpected = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected.first(),
        _ => None,
    };
    steps.extend(unexpected.map(|name| Step::Key(name.clone())));
    document::locate(format, text, number, document, &steps).unwrap_or_default()
}

//! A schema, with those that it refers to, from a tree.

use std::sync::{Mutex, PoisonError};

use bstr::ByteSlice;
use jsonschema::{Retrieve, Uri, Validator};
use serde_json::Value;

use super::document;
use crate::builtin::Error;
use crate::builtin::syntax::Format;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{self, Kind, Repo};
use crate::path::RepoPath;

const CODE: &str = "builtin/bad-schema";

/// How URIs of schemas in the tree begin.
const SCHEME: &str = "repository:///";

/// A schema that can be used, or what is wrong with it.
pub(super) type Compiled = Result<Validator, Box<Diagnostic>>;

/// Makes a validator of the schema at a path of a tree.
pub(super) fn compile(repo: &Repo, tree: ObjectId, path: &RepoPath) -> Result<Compiled, Error> {
    let refused = |what: String| {
        let problem = Diagnostic::error(CODE, format!("'{path}' can't be used as a schema: {what}"));
        Ok(Err(Box::new(problem)))
    };
    let Some(bytes) = blob(repo, tree, path)? else {
        return refused("the tree has no such file".to_owned());
    };
    let schema = match read(path, &bytes) {
        Ok(schema) => schema,
        Err(what) => return refused(what),
    };
    let id = ["$id", "id"].iter().find_map(|key| schema.get(key)?.as_str()).unwrap_or_default();
    let others = Others {
        repo: Mutex::new(repo.reopen()?),
        tree,
        // What is beside the schema is beside it by its own name too.
        alias: folder(id).to_owned(),
        folder: folder(&uri(path)).to_owned(),
    };
    let options = jsonschema::options().with_base_uri(uri(path)).with_retriever(others);
    match options.build(&schema) {
        Ok(validator) => Ok(Ok(validator)),
        Err(error) => refused(error.to_string()),
    }
}

/// The other schemas.
struct Others {
    repo: Mutex<Repo>,
    tree: ObjectId,
    /// The folder of the schema, as its own name says.
    alias: String,
    /// The same, in the tree.
    folder: String,
}

impl Retrieve for Others {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let uri = uri.as_str();
        let named = (!self.alias.is_empty()).then(|| uri.strip_prefix(&self.alias)).flatten();
        let uri = named.map_or_else(|| uri.to_owned(), |rest| format!("{}{rest}", self.folder));
        let Some(path) = uri.strip_prefix(SCHEME) else {
            return Err(format!("'{uri}' is not in the repository, and nothing is fetched").into());
        };
        let path = RepoPath::new(decoded(path));
        let repo = self.repo.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = blob(&repo, self.tree, &path)?.ok_or_else(|| format!("the tree has no file '{path}'"))?;
        Ok(read(&path, &bytes).map_err(|what| format!("'{path}': {what}"))?)
    }
}

/// The file at a path of a tree.
fn blob(repo: &Repo, tree: ObjectId, path: &RepoPath) -> Result<Option<Vec<u8>>, git::Error> {
    let mut at = Some((Kind::Folder, tree));
    for name in path.components() {
        at = match at {
            Some((Kind::Folder, id)) => repo.tree(id)?.get(name).map(|entry| (entry.kind, entry.id)),
            _ => None,
        };
    }
    match at {
        Some((Kind::Leaf(mode), id)) if mode.is_file() => repo.blob(id).map(Some),
        _ => Ok(None),
    }
}

/// The one value that a schema's file holds.
fn read(path: &RepoPath, bytes: &[u8]) -> Result<Value, String> {
    let format = Format::of(path, bytes).filter(|format| document::has_values(*format)).unwrap_or(Format::Json);
    let (text, base, mut documents) = document::read(format, bytes).map_err(|faults| {
        let fault = faults.into_iter().next();
        let (at, what) = fault.map(|fault| (fault.span.start, fault.what)).unwrap_or_default();
        let line = bytes[..at.min(bytes.len())].find_iter("\n").count() + 1;
        format!("invalid {} in line {line}: {what}", format.name())
    })?;
    let _: (&str, usize) = (text, base);
    match (documents.pop(), documents.pop()) {
        (Some(only), None) => Ok(only.value),
        _ => Err("it holds more than one document".to_owned()),
    }
}

/// A path as a URI: <https://www.rfc-editor.org/rfc/rfc3986>.
fn uri(path: &RepoPath) -> String {
    let mut uri = SCHEME.to_owned();
    for byte in path.as_bstr().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    uri
}

fn hex(digit: u8) -> char {
    char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase()
}

fn decoded(uri: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes
}

fn folder(uri: &str) -> &str {
    uri.rfind('/').map_or("", |slash| &uri[..=slash])
}

//! Which paths must be written by git, because an attribute may change what they hold.
//!
//! Only lines of attribute files that can change a checked-out file count, and their patterns are taken wider than they
//! are where they are not plain: a file that is written by git though it had no need to be is only slower.

use bstr::{BStr, ByteSlice};
use serde::{Deserialize, Serialize};

use super::Error;
use super::manifest::Manifest;
use super::root::split;
use super::settings::Settings;
use crate::digest::ObjectId;
use crate::git::{self, Repo};
use crate::path::Mode;

/// The name of the files that hold attributes.
pub(super) const FILE: &str = ".gitattributes";

/// Paths that git must write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rules {
    rules: Vec<Rule>,
}

/// Paths below a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Rule {
    /// The folder, with a closing slash; empty at the root.
    below: Vec<u8>,
    names: Names,
    /// What is said of them: another rule for the same paths is another rule.
    says: Vec<u8>,
    /// The whole file it comes from, as lines that matter not here may still undo it.
    within: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Names {
    All,
    EndingIn(Vec<u8>),
    Named(Vec<u8>),
}

impl Rules {
    /// Reads what the candidate's attribute files and those outside it say.
    pub(super) fn read(repo: &Repo, settings: &Settings, manifest: &Manifest) -> Result<Self, Error> {
        let mut inner = Vec::new();
        for item in manifest.items().filter(|item| item.side.mode != Mode::Submodule) {
            let (folder, name) = split(item.path);
            if name == FILE {
                inner.push((folder, repo.blob(item.side.id)?));
            }
        }
        Ok(Self::of(settings, inner.iter().map(|(folder, text)| (*folder, text.as_slice()))))
    }

    /// What attribute files say, each with its folder, and those outside the candidate.
    pub(super) fn of<'a>(settings: &Settings, inner: impl Iterator<Item = (&'a BStr, &'a [u8])>) -> Self {
        let mut found = Self::default();
        let everything =
            |says: &str| Rule { below: Vec::new(), names: Names::All, says: says.into(), within: Vec::new() };
        if settings.get("core.autocrlf").is_some_and(is_on) {
            found.rules.push(everything("autocrlf"));
        }
        if settings.get("core.eol").is_some_and(|eol| eol.eq_ignore_ascii_case("crlf")) {
            found.rules.push(everything("eol"));
        }
        found.add(BStr::new(""), &settings.outer);
        inner.for_each(|(folder, text)| found.add(folder, text));
        found.add(BStr::new(""), &settings.attributes);
        found
    }

    /// Whether no path needs git.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether a path may need git.
    pub(super) fn may_change(&self, path: &BStr) -> bool {
        self.rules.iter().any(|rule| rule.may_match(path))
    }

    fn add(&mut self, folder: &BStr, text: &[u8]) {
        let mut below = folder.to_vec();
        if !below.is_empty() {
            below.push(b'/');
        }
        let lines = text.lines().map(|line| line.trim_start().as_bstr());
        let relevant: Vec<&BStr> =
            lines.filter(|line| !line.is_empty() && !line.starts_with(b"#") && changes_content(line)).collect();
        let within = git::blob_id(text).map_or_else(|_| text.to_vec(), |id: ObjectId| id.as_bytes().to_vec());
        for line in relevant {
            let end = line.find_byteset(b" \t").unwrap_or(line.len());
            let (pattern, says) = line.split_at(end);
            let (below, within) = (below.clone(), within.clone());
            self.rules.push(Rule { below, names: names(pattern), says: says.to_vec(), within });
        }
    }
}

impl Rule {
    fn may_match(&self, path: &BStr) -> bool {
        if !path.starts_with(&self.below) {
            return false;
        }
        let name = split(path).1;
        match &self.names {
            Names::All => true,
            Names::EndingIn(end) => name.len() >= end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end),
            Names::Named(known) => name.eq_ignore_ascii_case(known),
        }
    }
}

fn is_on(value: &str) -> bool {
    !matches!(value.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "0" | "")
}

/// Whether a line of an attribute file can change what a file holds after checkout. `text` alone can't: files have LF in
/// the repository and LF is what they get.
fn changes_content(line: &BStr) -> bool {
    // A macro may stand for any attribute; `binary` is built in and only turns things off.
    if line.starts_with(b"[attr]") {
        return changes_attribute(line);
    }
    changes_attribute(line)
}

fn changes_attribute(line: &BStr) -> bool {
    line.fields().skip(1).any(|word| {
        let word = word.as_bytes();
        let (name, value) = word.split_once_str("=").unwrap_or((word, b""));
        match name {
            b"eol" => !value.eq_ignore_ascii_case(b"lf"),
            b"filter" | b"ident" | b"working-tree-encoding" | b"crlf" => true,
            _ => false,
        }
    })
}

/// What names a pattern can match; all of them if it is not plain.
fn names(pattern: &[u8]) -> Names {
    let special = |bytes: &[u8]| bytes.iter().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'\\' | b'"' | b'/'));
    match pattern.strip_prefix(b"*") {
        _ if pattern.starts_with(b"[attr]") => Names::All,
        Some(end) if !end.is_empty() && !special(end) => Names::EndingIn(end.to_vec()),
        None if !special(pattern) => Names::Named(pattern.to_vec()),
        _ => Names::All,
    }
}

/// Whether a changed path is a file of attributes.
pub(super) fn is_attributes(path: &BStr) -> bool {
    split(path).1 == FILE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(folder: &str, text: &str) -> Rules {
        let mut rules = Rules::default();
        rules.add(BStr::new(folder), text.as_bytes());
        rules
    }

    #[test]
    fn what_can_not_change_a_checkout_needs_no_git() {
        assert!(
            rules("", "* text=auto\n*.sh text eol=lf\n*.png binary\n# *.x filter=lfs\n\n*.rs diff=rust\n").is_empty()
        );
    }

    #[test]
    fn patterns_are_taken_wide() {
        let check = |text: &str, path: &str| rules("", text).may_change(BStr::new(path));
        assert!(check("*.psd filter=lfs diff=lfs -text", "art/A.PSD"));
        assert!(!check("*.psd filter=lfs", "src/a.rs"));
        assert!(check("build.bat eol=crlf", "x/build.bat"));
        assert!(!check("build.bat eol=crlf", "x/build.sh"));
        assert!(check("art/** filter=lfs", "src/a.rs"));
        assert!(check("[attr]heavy filter=lfs\n", "a"));
        assert!(!rules("art", "* filter=lfs").may_change(BStr::new("src/art/a")));
        assert!(rules("art", "* filter=lfs").may_change(BStr::new("art/a")));
    }
}

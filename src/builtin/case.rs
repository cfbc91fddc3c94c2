//! `case-conflict`: names that are one and the same where the case of letters, or how accents are put together, doesn't
//! count.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use bstr::{BStr, ByteSlice};
use unicode_normalization::UnicodeNormalization;

use super::Findings;
use super::findings::Gathering;
use crate::diagnostic::Diagnostic;
use crate::input::Input;
use crate::path::RepoPath;

/// Looks at all entries of a tree, and at the folders above them.
pub(super) fn look(files: &[Input]) -> Findings {
    let mut files: Vec<&Input> = files.iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut first: HashMap<Cow<'_, [u8]>, &BStr> = HashMap::new();
    let mut clashing: HashSet<&BStr> = HashSet::new();
    let mut all = Gathering::default();
    let mut last = BStr::new("");
    for input in &files {
        let path = input.path.as_bstr();
        let mut told = false;
        for end in ends(last, path) {
            let name = path[..end].as_bstr();
            let known = *first.entry(folded(name)).or_insert(name);
            if known == name {
                continue;
            }
            clashing.extend([known, name]);
            // Below a folder that clashes everything may; once is enough.
            if !told {
                all.add(&input.path, vec![problem(known, name)]);
                told = true;
            }
        }
        last = path;
    }
    if !clashing.is_empty() {
        let clashes = |input: &&&Input| {
            ends(BStr::new(""), input.path.as_bstr())
                .any(|end| clashing.contains(input.path.as_bstr()[..end].as_bstr()))
        };
        files.iter().filter(clashes).for_each(|input| all.fail(&input.path));
    }
    all.finish()
}

/// Where the components of a path end, but for those of folders that the path before it lies in as well.
fn ends<'a>(last: &BStr, path: &'a BStr) -> impl Iterator<Item = usize> + use<'a> {
    let same = last.iter().zip(path.iter()).take_while(|(a, b)| a == b).count();
    path.find_iter("/").filter(move |slash| *slash >= same).chain([path.len()])
}

fn problem(known: &BStr, name: &BStr) -> Diagnostic {
    let (known, name) = (RepoPath::new(known), RepoPath::new(name));
    let message = format!("'{name}' and '{known}' are one name where case doesn't count");
    Diagnostic::error("builtin/case-conflict", message)
        .hint("macOS and Windows can check out only one of them: rename one")
}

/// What names are compared by: their letters without case, composed. File systems differ in the details: APFS folds
/// case and composition, NTFS case only. What is one name on any of them is one here.
fn folded(name: &BStr) -> Cow<'_, [u8]> {
    if name.is_ascii() {
        return if name.iter().any(u8::is_ascii_uppercase) {
            Cow::Owned(name.to_ascii_lowercase())
        } else {
            Cow::Borrowed(name)
        };
    }
    match name.to_str() {
        // Letters that have several small forms, such as the final sigma, are one through their capital.
        Ok(text) => {
            let capitals = text.nfd().flat_map(char::to_uppercase);
            Cow::Owned(capitals.flat_map(char::to_lowercase).nfc().collect::<String>().into_bytes())
        }
        Err(_) => Cow::Owned(name.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::ObjectId;
    use crate::path::Mode;

    fn failed(paths: &[&[u8]]) -> Vec<String> {
        let input = |path: &&[u8]| Input {
            path: RepoPath::new(*path),
            mode: Mode::File,
            id: ObjectId::EMPTY_TREE,
            through: false,
        };
        let findings = look(&paths.iter().map(input).collect::<Vec<_>>());
        assert_eq!(findings.problems.is_empty(), findings.failed.is_empty());
        findings.failed.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn files_and_folders_clash() {
        assert_eq!(failed(&[b"a/README", b"a/readme", b"b/readme"]), ["a/README", "a/readme"]);
        assert_eq!(failed(&[b"Src/x", b"src/y", b"src/z", b"srcs"]), ["Src/x", "src/y", "src/z"]);
        assert_eq!(failed(&[b"DOC", b"doc/x"]), ["DOC", "doc/x"]);
        assert_eq!(failed(&[b"a/b", b"a/c", b"ab"]), <[&str; 0]>::default());
    }

    #[test]
    fn accents_are_composed() {
        assert_eq!(failed(&["e\u{301}".as_bytes(), "\u{c9}".as_bytes()]).len(), 2);
        assert_eq!(failed(&["\u{3c3}".as_bytes(), "\u{3c2}".as_bytes()]).len(), 2);
        assert_eq!(failed(&["stra\u{df}e".as_bytes(), b"STRASSE"]).len(), 2);
        assert_eq!(failed(&[b"A\xff", b"a\xff", b"a\xfe"]).len(), 2);
    }

    #[test]
    fn one_clash_of_folders_is_told_once_for_a_path() {
        let input = |path: &str| Input {
            path: RepoPath::from(path),
            mode: Mode::File,
            id: ObjectId::EMPTY_TREE,
            through: false,
        };
        let found = look(&["A/b/c", "a/b/c", "a/b/d"].map(input));
        let told: Vec<_> = found.problems.iter().map(|problem| problem.diagnostic.message.as_str()).collect();
        assert_eq!(told[0], "'a' and 'A' are one name where case doesn't count");
        assert_eq!((told.len(), found.failed.len()), (1, 3));
    }
}

//! `submodules`: whether `.gitmodules` and the tree name the same submodules, and name them safely.
//! <https://git-scm.com/docs/gitmodules>

mod config;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bstr::ByteSlice;

use super::file::Found;
use super::findings::Gathering;
use super::{Error, Findings};
use crate::diagnostic::Diagnostic;
use crate::git::Repo;
use crate::input::Input;
use crate::path::{Mode, RepoPath};
use config::{Fault, Module};

const FILE: &str = ".gitmodules";
const CODE: &str = "builtin/submodule";

/// Looks at all entries of a tree.
pub(super) fn look(repo: &Repo, files: &[Input]) -> Result<Findings, Error> {
    let links: BTreeSet<&RepoPath> =
        files.iter().filter(|input| input.mode == Mode::Submodule).map(|input| &input.path).collect();
    let file = files.iter().find(|input| input.path.as_bstr() == FILE);
    let mut all = Gathering::default();
    let text = match file {
        Some(input) if input.mode.is_file() => repo.blob(input.id)?,
        Some(input) => {
            let problem = Diagnostic::error(CODE, format!("'{FILE}' is no file, and git does not read it"));
            all.add(&input.path, vec![problem]);
            Vec::new()
        }
        None => Vec::new(),
    };
    let path = RepoPath::from(FILE);
    let mut found = Found::new(FILE, &text);
    let named = match config::read(&text) {
        Ok(modules) => judge(&modules, &links, &mut found),
        Err(Fault { at, what }) => {
            found.at(at..at, "", Diagnostic::error(CODE, format!("git can't read '{FILE}': {what}")));
            links.iter().map(|path| (*path).clone()).collect()
        }
    };
    all.add(&path, found.finish());
    for link in links.into_iter().filter(|link| !named.contains(link)) {
        let problem = Diagnostic::error(CODE, format!("the submodule '{link}' has no entry in '{FILE}'"));
        let hint = format!("git submodule add URL '{link}', or take it out of the tree: git rm --cached '{link}'");
        all.add(link, vec![problem.hint(hint)]);
    }
    Ok(all.finish())
}

/// Looks at every entry. Returns the paths that they name.
fn judge(modules: &[Module], links: &BTreeSet<&RepoPath>, found: &mut Found<'_>) -> BTreeSet<RepoPath> {
    let mut named: BTreeMap<RepoPath, Range<usize>> = BTreeMap::new();
    for module in modules {
        let name = module.name.as_bstr();
        let mut tell = |span: &Range<usize>, what: String| {
            found.at(span.clone(), "", Diagnostic::error(CODE, format!("the submodule '{name}' {what}")));
        };
        if name.is_empty() || name.split(|byte| matches!(byte, b'/' | b'\\')).any(|part| part == b"..") {
            tell(&module.span, "has a name that git refuses".to_owned());
        }
        match &module.url {
            Some((url, span)) if url.starts_with(b"-") => tell(span, "has a URL that reads as an option".to_owned()),
            Some((url, span)) if is_helper(url) => {
                tell(span, format!("has the URL '{}', which runs a program", RepoPath::new(url.clone())));
            }
            Some((url, _)) if !url.is_empty() => {}
            _ => tell(&module.span, "has no URL".to_owned()),
        }
        let Some((path, span)) = &module.path else {
            tell(&module.span, "has no path".to_owned());
            continue;
        };
        let path = RepoPath::new(path.strip_suffix(b"/").unwrap_or(path));
        if path.as_bstr().starts_with(b"-") {
            tell(span, format!("has the path '{path}', which reads as an option"));
        } else if !links.contains(&path) {
            tell(span, format!("has the path '{path}', where the tree has no submodule"));
        }
        if named.insert(path.clone(), span.clone()).is_some() {
            tell(span, format!("has the path '{path}', which another one has too"));
        }
    }
    named.into_keys().collect()
}

/// Whether git would run a program for a URL: `ext::`, `fd::` and other helpers.
/// <https://git-scm.com/docs/gitremote-helpers>
fn is_helper(url: &[u8]) -> bool {
    let helper = url.find("::").map(|end| &url[..end]);
    helper.is_some_and(|helper| helper.iter().all(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::ObjectId;
    use crate::git::testing::TestRepo;

    fn told(text: &str, links: &[&str]) -> Vec<String> {
        let repo = TestRepo::empty();
        let id = repo.git_input(&["hash-object", "-w", "--stdin"], text).parse().unwrap();
        let link = |path: &&str| Input {
            path: RepoPath::from(*path),
            mode: Mode::Submodule,
            id: ObjectId::EMPTY_TREE,
            through: false,
        };
        let mut files: Vec<Input> = links.iter().map(link).collect();
        if !text.is_empty() {
            files.push(Input { path: RepoPath::from(FILE), mode: Mode::File, id, through: false });
        }
        let found = look(&repo.open(), &files).unwrap();
        let number = |place: &crate::diagnostic::Place| format!("{}: ", place.line_and_column().0);
        let told = found.problems.into_iter().map(|problem| problem.diagnostic);
        told.map(|told| told.place.as_deref().map(number).unwrap_or_default() + &told.message).collect()
    }

    #[test]
    fn entries_and_submodules_agree() {
        let text = "[submodule \"x\"]\n\tpath = lib/x\n\turl = https://example.org/x.git\n";
        assert_eq!(told(text, &["lib/x"]), <[&str; 0]>::default());
        assert_eq!(told("", &[]), <[&str; 0]>::default());
        assert_eq!(told(text, &[]), ["2: the submodule 'x' has the path 'lib/x', where the tree has no submodule"]);
        assert_eq!(told(text, &["lib/x", "lib/y"]), ["the submodule 'lib/y' has no entry in '.gitmodules'"]);
        assert_eq!(told("", &["a"]), ["the submodule 'a' has no entry in '.gitmodules'"]);
    }

    #[test]
    fn entries_that_harm_are_told() {
        let entry = |name: &str, path: &str, url: &str| format!("[submodule \"{name}\"]\npath = {path}\nurl = {url}\n");
        assert_eq!(told(&entry("a", "a", "-u./x"), &["a"]), ["3: the submodule 'a' has a URL that reads as an option"]);
        assert_eq!(
            told(&entry("a", "a", "ext::sh -c id"), &["a"]),
            ["3: the submodule 'a' has the URL 'ext::sh -c id', which runs a program"]
        );
        assert_eq!(told(&entry("../a", "a", "u"), &["a"]), ["1: the submodule '../a' has a name that git refuses"]);
        let twice = entry("a", "a", "u") + &entry("b", "a", "u");
        assert_eq!(told(&twice, &["a"]), ["5: the submodule 'b' has the path 'a', which another one has too"]);
        assert_eq!(
            told("[submodule \"a\"]\n", &[]),
            ["1: the submodule 'a' has no URL", "1: the submodule 'a' has no path",]
        );
        assert_eq!(
            told("[submodule \"a\"\npath = a", &["a"]),
            ["1: git can't read '.gitmodules': a section without its ']'"]
        );
    }
}

//! `symlinks`: whether every link leads to something in the tree.
//!
//! What is behind a submodule is not known, and let through.

use std::collections::{HashMap, HashSet};

use bstr::{BStr, BString, ByteSlice};

use super::findings::Gathering;
use super::{Error, Findings};
use crate::diagnostic::Diagnostic;
use crate::git::Repo;
use crate::input::Input;
use crate::path::{Mode, RepoPath};

/// How many links Linux follows on the way to one file.
const MOST_HOPS: usize = 40;

/// No system follows a longer text.
const LONGEST_TEXT: usize = 4096;

const CODE: &str = "builtin/symlink";

/// Looks at all entries of a tree.
pub(super) fn look(repo: &Repo, files: &[Input]) -> Result<Findings, Error> {
    let mut all = Gathering::default();
    if !files.iter().any(|input| input.mode == Mode::Link) {
        return Ok(all.finish());
    }
    let tree = Tree::read(repo, files)?;
    for input in files.iter().filter(|input| input.mode == Mode::Link) {
        let told = tree.follow(&input.path).err().map(|fault| tree.problem(&input.path, &fault));
        all.add(&input.path, told.into_iter().collect());
    }
    Ok(all.finish())
}

/// A tree, as far as links go through it.
struct Tree<'a> {
    leaves: HashMap<&'a BStr, Mode>,
    folders: HashSet<&'a BStr>,
    links: HashMap<&'a BStr, Vec<u8>>,
}

/// Why a link leads nowhere.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    Absolute,
    Outside,
    Missing(RepoPath),
    Circle,
    Unfit,
}

impl<'a> Tree<'a> {
    fn read(repo: &Repo, files: &'a [Input]) -> Result<Self, Error> {
        let mut tree = Self { leaves: HashMap::new(), folders: HashSet::new(), links: HashMap::new() };
        for input in files {
            let path = input.path.as_bstr();
            tree.leaves.insert(path, input.mode);
            // The folders above one that is known are known.
            let slashes = path.rfind_iter("/").map(|slash| path[..slash].as_bstr());
            let _known = slashes.take_while(|folder| tree.folders.insert(folder)).count();
            if input.mode == Mode::Link {
                tree.links.insert(path, repo.blob(input.id)?);
            }
        }
        Ok(tree)
    }

    /// Goes where the operating system would go.
    fn follow(&self, link: &RepoPath) -> Result<(), Fault> {
        let mut at = BString::default();
        let mut pending: Vec<BString> = link.as_bstr().rsplit_str("/").map(BString::from).collect();
        let mut hops = 0;
        while let Some(name) = pending.pop() {
            match name.as_slice() {
                b"" | b"." => continue,
                b".." if at.is_empty() => return Err(Fault::Outside),
                b".." => {
                    let parent = at.rfind_byte(b'/').unwrap_or_default();
                    at.truncate(parent);
                    continue;
                }
                _ => {}
            }
            let parent = at.len();
            if parent > 0 {
                at.push(b'/');
            }
            at.extend_from_slice(&name);
            match self.leaves.get(at.as_bstr()) {
                Some(Mode::Submodule) => return Ok(()),
                Some(Mode::Link) => {
                    hops += 1;
                    let text = self.text(at.as_bstr(), hops)?;
                    pending.extend(text.rsplit_str("/").map(BString::from));
                    at.truncate(parent);
                }
                Some(_) if pending.is_empty() => {}
                None if self.folders.contains(at.as_bstr()) => {}
                _ => return Err(Fault::Missing(RepoPath::new(at))),
            }
        }
        Ok(())
    }

    fn text(&self, link: &BStr, hops: usize) -> Result<&[u8], Fault> {
        let text = self.links.get(link).map(Vec::as_slice).unwrap_or_default();
        if hops > MOST_HOPS {
            return Err(Fault::Circle);
        }
        if text.is_empty() || text.len() > LONGEST_TEXT || text.contains(&0) {
            return Err(Fault::Unfit);
        }
        if text.starts_with(b"/") { Err(Fault::Absolute) } else { Ok(text) }
    }

    fn problem(&self, link: &RepoPath, fault: &Fault) -> Diagnostic {
        let text = self.links.get(link.as_bstr()).map(|text| text.as_bstr().to_owned()).unwrap_or_default();
        let text = RepoPath::new(text);
        let message = match fault {
            Fault::Absolute => format!("'{link}' leads to '{text}', by an absolute path"),
            Fault::Outside => format!("'{link}' leads to '{text}', out of the repository"),
            Fault::Missing(missing) => format!("'{link}' leads to '{text}', but there is no '{missing}'"),
            Fault::Circle => format!("'{link}' leads to '{text}', and round in a circle"),
            Fault::Unfit => format!("'{link}' has a text that no system follows"),
        };
        Diagnostic::error(CODE, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::TestRepo;
    use crate::input::list;
    use crate::path::Selection;

    fn told(links: &[(&str, &str)]) -> Vec<String> {
        let repo = TestRepo::empty();
        repo.write("d/e/f", "x");
        for (path, target) in links {
            repo.link(path, target);
        }
        repo.commit("links");
        let open = repo.open();
        let files = list(&open, repo.id("HEAD^{tree}"), &Selection::everything()).unwrap();
        let found = look(&open, &files).unwrap();
        assert_eq!(found.problems.len(), found.failed.len());
        found.problems.into_iter().map(|problem| problem.diagnostic.message).collect()
    }

    #[test]
    fn links_within_the_tree_are_fine() {
        assert_eq!(
            told(&[
                ("l", "d/e/f"),
                ("d/m", "../l"),
                ("d/n", "e/"),
                ("o", "d/n/./f"),
                ("p", "."),
                ("q", "p/p/d/../d/e")
            ]),
            <[&str; 0]>::default()
        );
    }

    #[test]
    fn links_that_lead_nowhere_are_told() {
        assert_eq!(
            told(&[
                ("a", "/etc/passwd"),
                ("b", "../x"),
                ("c", "d/gone/f"),
                ("d/i", "j"),
                ("d/j", "i"),
                ("k", "d/e/f/g"),
                ("m", "a"),
                ("n", "d/../../r/d"),
            ]),
            [
                "'a' leads to '/etc/passwd', by an absolute path",
                "'b' leads to '../x', out of the repository",
                "'c' leads to 'd/gone/f', but there is no 'd/gone'",
                "'d/i' leads to 'j', and round in a circle",
                "'d/j' leads to 'i', and round in a circle",
                "'k' leads to 'd/e/f/g', but there is no 'd/e/f'",
                "'m' leads to 'a', by an absolute path",
                "'n' leads to 'd/../../r/d', out of the repository",
            ]
        );
    }
}

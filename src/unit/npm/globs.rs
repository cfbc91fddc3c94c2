//! Which folders the patterns of a workspace claim.
//!
//! npm goes through them in order, and a later one overrules (<https://github.com/npm/map-workspaces>); with pnpm an
//! excluded folder is excluded wherever that stands (<https://pnpm.io/pnpm-workspace_yaml>).

use crate::path::{Mode, Pattern, RepoPath, Selection};
use crate::unit::Folder;

/// The patterns of a workspace.
#[derive(Debug)]
pub(super) struct Globs {
    rules: Vec<Rule>,
    in_order: bool,
}

#[derive(Debug)]
struct Rule {
    excludes: bool,
    /// The folder that it is relative to, where it is not empty.
    base: Folder,
    /// `None` for the folder itself.
    below: Option<Selection>,
    takes_dots: bool,
}

impl Globs {
    /// Reads patterns that are relative to a folder. Those that can't be read are given back, with what is wrong.
    pub(super) fn read(root: &Folder, patterns: &[String], in_order: bool) -> (Self, Vec<String>) {
        let (mut rules, mut faults) = (Vec::new(), Vec::new());
        for text in patterns {
            match Rule::read(root, text.trim()) {
                Ok(rule) => rules.extend(rule),
                Err(fault) => faults.push(fault),
            }
        }
        (Self { rules, in_order }, faults)
    }

    /// Whether they claim a folder.
    pub(super) fn claim(&self, folder: &Folder) -> bool {
        if self.in_order {
            return self.rules.iter().rev().find(|rule| rule.matches(folder)).is_some_and(|rule| !rule.excludes);
        }
        let any = |excludes: bool| self.rules.iter().any(|rule| rule.excludes == excludes && rule.matches(folder));
        any(false) && !any(true)
    }

    /// The folders above the workspace's own that they claim others from.
    pub(super) fn bases(&self) -> impl Iterator<Item = &Folder> {
        self.rules.iter().filter(|rule| !rule.excludes).map(|rule| &rule.base)
    }
}

impl Rule {
    fn read(root: &Folder, text: &str) -> Result<Option<Self>, String> {
        let (excludes, mut path) = match text.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let unread = |why: &dyn std::fmt::Display| format!("its pattern '{text}' can't be read: {why}");
        if ["@(", "+(", "*(", "?(", "!("].iter().any(|group| path.contains(group)) {
            return Err(unread(&"groups of patterns are not understood"));
        }
        let mut base = root.clone();
        path = path.trim_start_matches('/');
        while let Some((first, rest)) = path.split_once('/').or((!path.is_empty()).then_some((path, ""))) {
            match first {
                "" | "." => {}
                ".." => match base.parent() {
                    Some(parent) => base = parent,
                    // Nothing outside of the repository is in the tree.
                    None => return Ok(None),
                },
                _ => break,
            }
            path = rest;
        }
        let path = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/");
        let takes_dots = path.split('/').any(|part| part.starts_with('.'));
        let below = if path.is_empty() { None } else { Some(selection(&path).map_err(|error| unread(&error))?) };
        Ok(Some(Self { excludes, base, below, takes_dots }))
    }

    fn matches(&self, folder: &Folder) -> bool {
        let Some(rest) = self.base.within(folder.as_bstr()) else { return false };
        let Some(selection) = &self.below else { return rest.is_empty() };
        let has_dots = || rest.split(|byte| *byte == b'/').any(|part| part.starts_with(b"."));
        !rest.is_empty() && (self.takes_dots || !has_dots()) && selection.matches(&RepoPath::new(rest), Mode::File)
    }
}

/// What a pattern selects. The tools look for `PATTERN/package.json`, and there a `**` stands for no folder too.
fn selection(path: &str) -> Result<Selection, crate::path::PatternError> {
    let mut patterns = vec![Pattern::parse(path)?];
    if let Some(whole) = path.strip_suffix("/**") {
        patterns.push(Pattern::parse(whole)?);
    }
    Ok(Selection::new(&patterns, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claimed(patterns: &[&str], in_order: bool) -> Vec<&'static str> {
        let patterns: Vec<String> = patterns.iter().map(|text| (*text).to_owned()).collect();
        let (globs, faults) = Globs::read(&Folder::from("w"), &patterns, in_order);
        assert_eq!(faults, Vec::<String>::new());
        ["w", "w/a", "w/p", "w/p/a", "w/p/b", "w/p/a/test", "w/p/.c", "x/a", "w/[x]"]
            .into_iter()
            .filter(|folder| globs.claim(&Folder::from(*folder)))
            .collect()
    }

    #[test]
    fn patterns_claim_folders_as_the_tools_do() {
        for (patterns, expected) in [
            (["p/*"].as_slice(), ["w/p/a", "w/p/b"].as_slice()),
            (&["./p/*/", "/a"], &["w/a", "w/p/a", "w/p/b"]),
            (&["p/**"], &["w/p", "w/p/a", "w/p/b", "w/p/a/test"]),
            (&["p/{a,c}"], &["w/p/a"]),
            (&["p/.c"], &["w/p/.c"]),
            (&["."], &["w"]),
            (&["../x/*"], &["x/a"]),
            (&["../../*"], &[]),
            (&["\\[x]"], &["w/[x]"]),
            (&["p/**", "!**/test/**"], &["w/p", "w/p/a", "w/p/b"]),
            (&["**", "!p/**"], &["w/a", "w/[x]"]),
        ] {
            assert_eq!(claimed(patterns, false), expected, "{patterns:?}");
            assert_eq!(claimed(patterns, true), expected, "{patterns:?} in order");
        }
        assert_eq!(claimed(&["p/*", "!p/a", "p/a"], true), ["w/p/a", "w/p/b"]);
        assert_eq!(claimed(&["p/*", "!p/a", "p/a"], false), ["w/p/b"]);
    }

    #[test]
    fn what_can_not_be_read_is_said() {
        let (_, faults) = Globs::read(&Folder::root(), &["p/!(a)".to_owned(), "p/[".to_owned()], true);
        assert_eq!(faults.len(), 2);
        assert!(faults[0].contains("'p/!(a)'"), "{faults:?}");
    }
}

//! Where a path of a tree leads, through the links on the way.

use std::collections::BTreeMap;

use bstr::ByteSlice;

use crate::path::RepoPath;
use crate::unit::Folder;

/// The links of a tree, with their texts.
pub(in crate::unit) type Links = BTreeMap<RepoPath, Vec<u8>>;

/// How many links Linux follows on the way to one file.
const MAX_HOPS: usize = 40;

/// Every place that somebody depends on who goes to one: the links on the way, and where they lead in the end. A link
/// that leaves the repository leads nowhere.
pub(super) fn places(links: &Links, to: &Folder) -> Vec<Folder> {
    let (mut places, mut to) = (Vec::new(), to.clone());
    for _ in 0..MAX_HOPS {
        let on_the_way: Vec<RepoPath> = to.upwards().filter_map(|at| at.to_path()).collect();
        let Some((link, text)) = on_the_way.iter().rev().find_map(|at| links.get_key_value(at)) else { break };
        places.push(Folder::from(link.clone()));
        let rest = Folder::from(link.clone()).within(to.as_bstr()).unwrap_or_default().to_owned();
        match target(link, text).and_then(|target| target.resolve(rest)) {
            Some(next) => to = next,
            None => return places,
        }
    }
    places.push(to);
    places
}

/// Where a link leads in the end; `None` where that is no place of the repository, or not to be found.
pub(in crate::unit) fn end(links: &Links, link: &RepoPath) -> Option<RepoPath> {
    let end = places(links, &Folder::from(link.clone())).pop()?.to_path()?;
    (!links.contains_key(&end)).then_some(end)
}

/// Where a link leads by its text alone.
pub(super) fn target(link: &RepoPath, text: &[u8]) -> Option<Folder> {
    // Git's trees hold `/` only; a backslash is part of a name here.
    (!text.contains(&b'\\') && !text.as_bstr().is_empty()).then(|| Folder::of(link).resolve(text)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_and_all_that_is_met_counts() {
        let links: Links = [("a/l", "../c/x"), ("d", "c"), ("e", "d"), ("o", "/etc"), ("p", ".."), ("r", "r")]
            .map(|(link, text)| (RepoPath::from(link), text.as_bytes().to_vec()))
            .into();
        let places =
            |to: &str| super::places(&links, &Folder::from(to)).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(places("b/x"), ["b/x"]);
        assert_eq!(places("a/l"), ["a/l", "c/x"]);
        assert_eq!(places("e/y"), ["e", "d", "c/y"]);
        assert_eq!(places("o/passwd"), ["o"]);
        assert_eq!(places("p"), ["p"]);
        assert_eq!(places("r").len(), MAX_HOPS + 1);
        assert_eq!(places(""), ["."]);
    }
}

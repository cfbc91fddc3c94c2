//! Where a path of a tree leads, through the links on the way.

use std::collections::BTreeMap;

use bstr::{BStr, BString, ByteSlice};

use crate::path::RepoPath;
use crate::unit::Folder;

/// The links of a tree, with their texts.
pub(in crate::unit) type Links = BTreeMap<RepoPath, Vec<u8>>;

/// How many links Linux follows on the way to one file.
const MAX_HOPS: usize = 40;

/// Every place that somebody depends on who goes to one: the links on the way, and where they lead in the end. A link
/// that leaves the repository leads nowhere. The way is walked as the system walks it, so that `..` after a link is the
/// folder above what the link leads to: `path_resolution(7)`.
pub(super) fn places(links: &Links, to: &Folder) -> Vec<Folder> {
    let mut places = Vec::new();
    if links.is_empty() {
        return vec![to.clone()];
    }
    let mut at = Folder::root();
    let mut ahead: Vec<BString> = parts(to.as_bstr()).rev().collect();
    while let Some(part) = ahead.pop() {
        match part.as_slice() {
            b"." => continue,
            b".." => match at.parent() {
                Some(above) => at = above,
                None => return places,
            },
            name => at = Folder::from(at.file(name)),
        }
        let Some((link, text)) = at.to_path().and_then(|path| links.get_key_value(&path)) else { continue };
        places.push(at.clone());
        if places.len() > MAX_HOPS || text.starts_with(b"/") {
            return places;
        }
        ahead.extend(parts(text.as_bstr()).rev());
        at = Folder::of(link);
    }
    places.push(at);
    places
}

/// The components of a path as git and the system write it. A backslash is part of a name.
fn parts(path: &BStr) -> impl DoubleEndedIterator<Item = BString> {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).map(BString::from)
}

/// Where a link leads in the end; `None` where that is no place of the repository, or not to be found.
pub(in crate::unit) fn end(links: &Links, link: &RepoPath) -> Option<RepoPath> {
    let end = places(links, &Folder::from(link.clone())).pop()?.to_path()?;
    (!links.contains_key(&end)).then_some(end)
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

    #[test]
    fn links_are_walked_as_the_system_walks_them() {
        let links: Links = [("d", "other/deep"), ("p", "d/../x"), ("s", r"a\b/y"), ("up", "../x")]
            .map(|(link, text)| (RepoPath::from(link), text.as_bytes().to_vec()))
            .into();
        let places =
            |to: &str| super::places(&links, &Folder::from(to)).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(places("p"), ["p", "d", "other/x"]);
        assert_eq!(places("s"), ["s", r#""a\\b/y""#]);
        assert_eq!(places("up"), ["up"]);
        assert_eq!(end(&links, &RepoPath::from("up")), None);
    }
}

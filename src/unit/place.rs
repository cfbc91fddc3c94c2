//! Texts of manifests that name places of the tree, some of them known in part.

use super::Folder;

/// Stands for what can't be told in a text whose properties are replaced.
pub(super) const UNKNOWN: char = '\u{1}';

/// Stands for the root of the repository at the start of an absolute path.
pub(super) const ROOT: char = '\u{2}';

/// Where a text leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A file or a folder. Of what is known in part, the folder that surely holds it.
    At(Folder),
    /// It may be anywhere in the repository.
    Anywhere,
}

/// Whether a text may name a place outside of the folder that it is read in.
pub(super) fn may_name(text: &str) -> bool {
    text.contains("${") || climbs(text)
}

/// Whether `..` is among the components of a text's paths.
pub(super) fn climbs(text: &str) -> bool {
    text.match_indices("..").any(|(at, _)| {
        let is_part = |c: char| c == '.' || c.is_alphanumeric() || c == '_' || c == '-';
        !text[..at].ends_with(is_part) && !text[at + 2..].starts_with(is_part)
    })
}

/// Where a text leads that is one path, as seen from a folder; `None` outside of the repository.
pub(super) fn path(text: &str, from: &Folder) -> Option<Place> {
    let (text, base) = match text.rsplit_once(ROOT) {
        Some((_, text)) => (text.trim_start_matches('/'), &Folder::root()),
        None => (text, from),
    };
    let Some((known, rest)) = text.split_once(UNKNOWN) else { return base.resolve(text).map(Place::At) };
    if climbs(rest) {
        return Some(Place::Anywhere);
    }
    match known.rfind(['/', '\\']) {
        Some(slash) => base.resolve(&known[..slash]).map(Place::At),
        // It begins with what is unknown, or with a part of a name that does.
        None if std::ptr::eq(base, from) && known.is_empty() => Some(Place::Anywhere),
        None => Some(Place::At(base.clone())),
    }
}

/// Where the paths lead that a text holds among other words: those that climb with `..`, and those that begin at a folder
/// whose place is known.
pub(super) fn within(text: &str, from: &Folder) -> Vec<Place> {
    let is_between = |c: char| c.is_whitespace() || ",;:=\"'<>()[]|&!".contains(c);
    let words = text.split(is_between).filter(|word| word.contains(ROOT) || climbs(word));
    words.filter_map(|word| path(word, from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(place: &str) -> Place {
        Place::At(Folder::from(place))
    }

    #[test]
    fn a_path_leads_from_the_folder_that_it_is_read_in() {
        let from = Folder::from("a/b");
        assert_eq!(path("../x", &from), Some(at("a/x")));
        assert_eq!(path("\u{2}c/../x", &from), Some(at("x")));
        assert_eq!(path("../../../x", &from), None);
        assert_eq!(path("../x/\u{1}.txt", &from), Some(at("a/x")));
        assert_eq!(path("\u{1}/x", &from), Some(Place::Anywhere));
        assert_eq!(path("gen-\u{1}/../../x", &from), Some(Place::Anywhere));
        assert_eq!(path("gen-\u{1}/x", &from), Some(at("a/b")));
    }

    #[test]
    fn paths_are_found_among_other_words() {
        let from = Folder::from("a");
        assert_eq!(within("-javaagent:\u{2}lib/x.jar -Dy=../z", &from), [at("lib/x.jar"), at("z")]);
        assert_eq!(within("1..10, a...b, file:///\u{2}x", &from), [at("x")]);
        assert_eq!(within("\u{1}/bin/java", &from), []);
        assert_eq!(within("\u{1}/../x", &from), [Place::Anywhere]);
    }
}

//! Which files `//go:embed` takes: <https://pkg.go.dev/embed#hdr-Directives>.

use std::collections::BTreeSet;

use bstr::{BStr, ByteSlice};

use crate::unit::{Folder, Listing};

/// How many names may be compared for one tree, before whole folders are taken instead.
pub(super) const MOST: usize = 1_000_000;

/// The files and folders of a package's folder that a pattern takes, each as a place in the tree.
pub(super) fn places(tree: &Listing, folder: &Folder, pattern: &str, budget: &mut usize) -> BTreeSet<Folder> {
    let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let plain = parts.iter().take_while(|part| !part.contains(['*', '?', '[', '\\'])).count();
    let base = folder.resolve(parts[..plain].join("/")).filter(|_| !parts.contains(&".."));
    let Some(base) = base else { return BTreeSet::new() };
    let wild: Vec<Vec<Token>> = parts[plain..].iter().map(|part| tokens(part.as_bytes())).collect();
    let below = tree.below(&base);
    if wild.is_empty() || below.len() > *budget {
        return BTreeSet::from([base]);
    }
    *budget -= below.len();
    let mut places = BTreeSet::new();
    let mut last: Option<&BStr> = None;
    for entry in below {
        let Some(rest) = base.within(entry.path.as_bstr()) else { continue };
        let mut ends = rest.find_iter("/").chain([rest.len()]);
        let Some(end) = ends.nth(wild.len() - 1) else { continue };
        let place = rest[..end].as_bstr();
        let fits = || wild.iter().zip(place.split(|byte| *byte == b'/')).all(|(tokens, name)| matches(tokens, name));
        if last.replace(place) != Some(place) && fits() {
            places.extend(base.resolve(place));
        }
    }
    places
}

/// Whether a name may match a pattern of one component; a class of characters is taken for any.
fn matches(tokens: &[Token], name: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while read < name.len() {
        match tokens.get(at) {
            Some(Token::Run) => {
                back = Some((at, read));
                at += 1;
            }
            Some(token) if token.takes(name[read]) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((run, from)) = back else { return false };
                back = Some((run, from + 1));
                (at, read) = (run + 1, from + 1);
            }
        }
    }
    tokens[at..].iter().all(|token| *token == Token::Run)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Run,
    Any,
    One(u8),
}

impl Token {
    fn takes(self, byte: u8) -> bool {
        matches!(self, Self::Any) || self == Self::One(byte)
    }
}

fn tokens(pattern: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = pattern;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after.first()) {
            (b'*', _) if tokens.last() == Some(&Token::Run) => {}
            // Characters of more than one byte match `?` and classes by as many.
            (b'*', _) => tokens.push(Token::Run),
            (b'?', _) => tokens.extend([Token::Any, Token::Run]),
            (b'[', _) => {
                tokens.extend([Token::Any, Token::Run]);
                rest = after.find_byte(b']').map_or(&[], |end| &after[end + 1..]);
            }
            (b'\\', Some(&next)) => {
                tokens.push(Token::One(next));
                rest = &after[1..];
            }
            _ => tokens.push(Token::One(byte)),
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_as_path_match_says_or_more() {
        for (pattern, name, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "a.txt.go", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXbY", false),
            ("?", "\u{e9}", true),
            ("[a-c].x", "b.x", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(&tokens(pattern.as_bytes()), name.as_bytes()), expected, "{pattern} {name}");
        }
        assert!(!matches(&tokens("*a".repeat(2_000).as_bytes()), "a".repeat(1_000).as_bytes()));
    }
}

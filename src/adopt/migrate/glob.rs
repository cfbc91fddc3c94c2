//! The globs of other managers, as patterns of gate's.

use crate::path::Pattern;

use super::globs;
use super::regex::{Piece, Row};

/// What a manager's globs mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `*` and `**` stand for anything, `/` included: <https://github.com/gobwas/glob> without separators.
    Gobwas,
    /// The same, except that `**/` may also stand for nothing: <https://docs.rs/globset> without literal separators.
    Globset,
    /// `*` stays between slashes, as in gate's own.
    Doublestar,
    /// The same; a glob without `/` is about names in every folder: <https://github.com/micromatch/micromatch>.
    Micromatch,
}

/// More alternatives than this are none that a person wants to read.
const MOST: usize = 64;

/// The patterns that match what the glob does; `None` if that can't be said exactly.
pub(super) fn patterns(glob: &str, dialect: Dialect) -> Option<Vec<String>> {
    match dialect {
        Dialect::Gobwas | Dialect::Globset => {
            let folders = |glob: &str| if dialect == Dialect::Globset { folders(glob) } else { vec![glob.to_owned()] };
            let rows = alternatives(glob)?.iter().flat_map(|glob| folders(glob)).map(|glob| row(&glob)).collect();
            let rows: Option<Vec<Row>> = rows;
            globs::patterns(&rows?)
        }
        Dialect::Doublestar => own(glob).map(|pattern| vec![pattern]),
        Dialect::Micromatch => {
            if glob.starts_with('!') {
                return None;
            }
            let glob = extended(glob.strip_prefix("./").unwrap_or(glob))?;
            let pattern = if glob.contains('/') { glob } else { format!("**/{}", glob.replace("**", "*")) };
            own(pattern.strip_prefix('/').unwrap_or(&pattern)).map(|pattern| vec![pattern])
        }
    }
}

/// A glob that means the same here, if it does.
fn own(glob: &str) -> Option<String> {
    let is_known = !glob.contains("..") && !glob.contains("[^") && !glob.contains("[!");
    let stars = glob.split('/').all(|name| name == "**" || !name.contains("**"));
    (is_known && stars && !glob.contains('(') && Pattern::parse(glob).is_ok()).then(|| glob.to_owned())
}

/// A glob with `@(a|b)`, `+(a|b)` and `?(a|b)` written as braces. One or more of them is read as one.
fn extended(glob: &str) -> Option<String> {
    let (mut out, mut rest) = (String::new(), glob);
    while let Some(at) = rest.find('(') {
        let (before, group) = rest.split_at(at);
        let sign = before.chars().next_back()?;
        let (inside, after) = group[1..].split_once(')')?;
        if !matches!(sign, '@' | '+' | '?') || inside.contains(['(', '{', ',']) {
            return None;
        }
        out.push_str(&before[..before.len() - 1]);
        let empty = if sign == '?' { "," } else { "" };
        let inside = inside.replace('|', ",");
        out.extend(["{", empty, &inside, "}"]);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// The globs without braces that one with braces stands for.
fn alternatives(glob: &str) -> Option<Vec<String>> {
    let mut pending = vec![glob.to_owned()];
    let mut done = Vec::new();
    while let Some(next) = pending.pop() {
        if pending.len() + done.len() > MOST {
            return None;
        }
        // The innermost group, so that the others still stand whole around it.
        let Some(close) = next.find('}') else {
            if next.contains('{') {
                return None;
            }
            done.push(next);
            continue;
        };
        let open = next[..close].rfind('{')?;
        let parts: Vec<&str> = next[open + 1..close].split(',').collect();
        pending.extend(parts.iter().rev().map(|part| [&next[..open], *part, &next[close + 1..]].concat()));
    }
    Some(done)
}

/// The globs in which folders of any number are written as a star, or left out. Before a star they are what the star
/// takes in anyway.
fn folders(glob: &str) -> Vec<String> {
    let glob = glob.replace("**/*", "*");
    match glob.split_once("**/") {
        Some((before, after)) => vec![format!("{before}{after}"), format!("{before}*/{after}")],
        None => vec![glob],
    }
}

fn row(glob: &str) -> Option<Row> {
    let any = Piece::Any { slash: true, some: false };
    let mut row = Row::new();
    let mut chars = glob.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' => {
                if row.last() != Some(&any) {
                    row.push(any.clone());
                }
            }
            '?' => row.push(Piece::One { slash: true }),
            '[' | ']' | '(' | ')' | '!' => return None,
            '\\' => row.push(Piece::Char(chars.next()?)),
            c => row.push(Piece::Char(c)),
        }
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_become_patterns() {
        for (glob, dialect, expected) in [
            ("*.js", Dialect::Gobwas, Some(&["**/*.js"][..])),
            ("*.{js,ts}", Dialect::Gobwas, Some(&["**/*.{js,ts}"])),
            ("src/*.js", Dialect::Gobwas, Some(&["src/**/*.js"])),
            ("**/*.js", Dialect::Gobwas, Some(&["*/**/*.js"])),
            ("**/*.js", Dialect::Globset, Some(&["**/*.js"])),
            ("docs/**", Dialect::Globset, Some(&["docs/**"])),
            ("*.js", Dialect::Globset, Some(&["**/*.js"])),
            ("a/**/b", Dialect::Globset, Some(&["a/b", "a/*/**/b"])),
            ("a/**/*.b", Dialect::Globset, Some(&["a/**/*.b"])),
            ("**/b", Dialect::Globset, Some(&["**/b"])),
            ("*.js", Dialect::Doublestar, Some(&["*.js"])),
            ("**/*.js", Dialect::Doublestar, Some(&["**/*.js"])),
            ("*.js", Dialect::Micromatch, Some(&["**/*.js"])),
            ("*.{js,jsx}", Dialect::Micromatch, Some(&["**/*.{js,jsx}"])),
            ("*.+(js|jsx)", Dialect::Micromatch, Some(&["**/*.{js,jsx}"])),
            ("*.@(js|jsx)", Dialect::Micromatch, Some(&["**/*.{js,jsx}"])),
            ("*.ts?(x)", Dialect::Micromatch, Some(&["**/*.ts{,x}"])),
            ("**/*.ts", Dialect::Micromatch, Some(&["**/*.ts"])),
            ("./src/*.ts", Dialect::Micromatch, Some(&["src/*.ts"])),
            ("*", Dialect::Micromatch, Some(&["**/*"])),
            ("**", Dialect::Micromatch, Some(&["**/*"])),
            ("!(*.md)", Dialect::Micromatch, None),
            ("!*.md", Dialect::Micromatch, None),
            ("a{1..3}", Dialect::Micromatch, None),
            ("{a", Dialect::Gobwas, None),
            ("a}", Dialect::Gobwas, None),
        ] {
            let found = patterns(glob, dialect).map(|patterns| globs::tidy(&patterns));
            let expected = expected.map(|patterns| patterns.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(found, expected, "{glob} {dialect:?}");
        }
        assert_eq!(patterns(&"{a,b}".repeat(50), Dialect::Gobwas), None);
    }
}

//! From rows of pieces to patterns, and what can be said of several patterns at once.

use crate::path::{Mode, Pattern, RepoPath, Selection};

use super::regex::{Piece, Row};

/// More patterns than this for one row are none that a person wants to read.
const MOST: usize = 12;

/// More patterns than this in all are none, either.
pub(super) const MOST_IN_ALL: usize = 80;

/// The patterns that together match exactly the paths that any of the rows does; `None` if there are too many.
pub(super) fn patterns(rows: &[Row]) -> Option<Vec<String>> {
    let mut patterns: Vec<String> = Vec::new();
    for row in rows {
        for pattern in of_row(row)?.into_iter().filter(|pattern| is_possible(pattern)) {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
    }
    let are_sound = patterns.len() <= MOST_IN_ALL && patterns.iter().all(|pattern| Pattern::parse(pattern).is_ok());
    are_sound.then(|| without_covered(&at_any_depth(&patterns)))
}

/// The rows with a dot where any one character may stand: what is meant, nearly always, and no more than what is said.
pub(super) fn with_dots(rows: Vec<Row>) -> Vec<Row> {
    let dotted = |piece| if piece == (Piece::One { slash: true }) { Piece::Char('.') } else { piece };
    rows.into_iter().map(|row| row.into_iter().map(dotted).collect()).collect()
}

/// A text as a pattern that matches nothing else.
pub(super) fn literal(text: &str) -> String {
    let mut pattern: String = text.chars().flat_map(escaped).collect();
    if pattern.starts_with('!') {
        pattern.insert(0, '\\');
    }
    pattern
}

fn escaped(c: char) -> impl Iterator<Item = char> {
    let special = matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\');
    special.then_some('\\').into_iter().chain([c])
}

/// No path begins or ends in `/`, or has two beside each other.
fn is_possible(pattern: &str) -> bool {
    !pattern.is_empty() && !pattern.starts_with('/') && !pattern.ends_with('/') && !pattern.contains("//")
}

fn of_row(row: &Row) -> Option<Vec<String>> {
    let row = joined(row);
    let mut patterns = vec![String::new()];
    for (at, piece) in row.iter().enumerate() {
        let next = row.get(at + 1);
        patterns = patterns.iter().flat_map(|before| extended(before, piece, next)).collect();
        if patterns.len() > MOST {
            return None;
        }
    }
    for pattern in &mut patterns {
        while pattern.contains("**/**/") {
            *pattern = pattern.replace("**/**/", "**/");
        }
        if pattern.starts_with('!') {
            pattern.insert(0, '\\');
        }
    }
    Some(patterns)
}

/// The row with what stands for anything put together: `.*` and `.` beside each other are `.+`.
fn joined(row: &Row) -> Row {
    let mut joined = Row::new();
    for piece in row {
        let last = joined.last_mut();
        match (last, piece) {
            (Some(Piece::Any { slash: true, some }), Piece::Any { some: more, .. }) => *some |= more,
            (Some(Piece::Any { slash: true, some }), Piece::One { slash: true }) => *some = true,
            (Some(last @ Piece::One { slash: true }), Piece::Any { slash: true, .. }) => {
                *last = Piece::Any { slash: true, some: true };
            }
            (Some(last @ Piece::Any { slash: false, .. }), Piece::Any { slash: true, some }) => {
                let some = *some || matches!(last, Piece::Any { some: true, .. });
                *last = Piece::Any { slash: true, some };
            }
            _ => joined.push(piece.clone()),
        }
    }
    joined
}

/// What is already written, with a piece after it; `next` is the one that follows.
fn extended(before: &str, piece: &Piece, next: Option<&Piece>) -> Vec<String> {
    let opens = before.is_empty() || before.ends_with('/');
    let closes = matches!(next, None | Some(Piece::Char('/')));
    let after: &[&str] = match piece {
        Piece::Char(c) => return vec![before.chars().chain(escaped(*c)).collect()],
        Piece::Set(set) => return vec![format!("{before}{set}")],
        Piece::One { slash: true } if !opens && !closes => &["?", "/"],
        Piece::One { .. } => &["?"],
        Piece::Any { slash: false, some } => {
            if *some && !(opens && closes) {
                &["?*"]
            } else {
                &["*"]
            }
        }
        Piece::Any { slash: true, some } => anything(opens, next, if *some { Least::One } else { Least::None }),
        Piece::Start | Piece::End => &[""],
    };
    after.iter().map(|after| format!("{before}{after}")).collect()
}

/// How many characters something stands for at least.
#[derive(Clone, Copy)]
enum Least {
    None,
    One,
}

/// What stands for any characters, `/` among them. A component that begins and ends with it has at least one character,
/// since no path has an empty one.
fn anything(opens: bool, next: Option<&Piece>, least: Least) -> &'static [&'static str] {
    let is_last = next.is_none();
    let closes = is_last || next == Some(&Piece::Char('/'));
    match (opens, closes, least) {
        (true, true, _) if is_last => &["**"],
        (false, true, Least::None) if is_last => &["*", "*/**"],
        (false, true, Least::One) if is_last => &["?*", "*/**"],
        (true, true, _) | (false, true, Least::None) => &["*/**"],
        (false, true, Least::One) => &["?*", "*/*/**"],
        (true, false, Least::None) => &["**/*"],
        (false, false, Least::None) => &["*", "*/**/*"],
        (_, false, Least::One) => &["?*", "*/**/*"],
    }
}

/// The patterns with those for the root and for any folder below it put together.
fn at_any_depth(patterns: &[String]) -> Vec<String> {
    let below = |pattern: &String| patterns.contains(&format!("*/**/{pattern}"));
    let is_below =
        |pattern: &String| pattern.strip_prefix("*/**/").is_some_and(|rest| patterns.iter().any(|p| p == rest));
    let kept = patterns.iter().filter(|pattern| !is_below(pattern));
    kept.map(|pattern| if below(pattern) { format!("**/{pattern}") } else { pattern.clone() }).collect()
}

/// The patterns without those that a wider one of the usual forms takes in.
fn without_covered(patterns: &[String]) -> Vec<String> {
    if patterns.iter().any(|pattern| pattern == "**") {
        return vec!["**".to_owned()];
    }
    let is_covered = |pattern: &String| {
        patterns.iter().any(|other| {
            let tail = other.strip_prefix("**/*").filter(|tail| !tail.contains(['/', '*', '?', '[']));
            other != pattern && tail.is_some_and(|tail| !tail.is_empty() && pattern.ends_with(tail))
        })
    };
    patterns.iter().filter(|pattern| !is_covered(pattern)).cloned().collect()
}

/// The patterns that match exactly what both lists do, an empty list standing for everything; `None` if that can't be
/// told.
pub(super) fn both(first: &[String], second: &[String]) -> Option<Vec<String>> {
    if first.is_empty() || second.is_empty() {
        return Some(if first.is_empty() { second } else { first }.to_vec());
    }
    let pairs = first.iter().flat_map(|one| second.iter().map(move |other| (one, other)));
    let found: Option<Vec<Vec<String>>> =
        pairs.map(|(one, other)| intersection(one, other).or_else(|| intersection(other, one))).collect();
    let mut patterns: Vec<String> = Vec::new();
    for pattern in found?.concat() {
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    Some(patterns)
}

/// What both patterns match; `None` if this order of them tells nothing.
fn intersection(one: &str, other: &str) -> Option<Vec<String>> {
    if one == "**" || one == other {
        return Some(vec![other.to_owned()]);
    }
    if is_literal(one) {
        let is_in = matches(&[other.to_owned()], one);
        return Some(if is_in { vec![one.to_owned()] } else { Vec::new() });
    }
    let name = other.strip_prefix("**/").filter(|name| !name.contains('/'))?;
    if let Some(folder) = one.strip_suffix("/**") {
        return Some(vec![format!("{folder}/**/{name}")]);
    }
    // What ends in different texts has nothing in common.
    let ending = name.strip_prefix('*').filter(|ending| is_literal(ending))?;
    let last = one.rsplit(['*', '?', ']']).next().unwrap_or(one);
    match (last.ends_with(ending), ending.ends_with(last)) {
        (true, _) => Some(vec![one.to_owned()]),
        (false, false) => Some(Vec::new()),
        (false, true) => None,
    }
}

fn is_literal(pattern: &str) -> bool {
    !pattern.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

/// Whether any of the patterns matches a path.
pub(super) fn matches(patterns: &[String], path: &str) -> bool {
    let patterns: Vec<Pattern> = patterns.iter().filter_map(|pattern| Pattern::parse(pattern).ok()).collect();
    !patterns.is_empty() && Selection::new(&patterns, &[]).matches(&RepoPath::from(path), Mode::File)
}

/// The patterns as a person would write them: those that differ only in what follows the last dot become one.
pub(super) fn tidy(patterns: &[String]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for pattern in patterns {
        let (stem, ending) = split(pattern);
        match groups.iter_mut().find(|(other, endings)| !ending.is_empty() && *other == stem && !endings[0].is_empty())
        {
            Some((_, endings)) if !endings.contains(&ending) => endings.push(ending),
            Some(_) => {}
            None => groups.push((stem, vec![ending])),
        }
    }
    let text = |(stem, endings): &(&str, Vec<&str>)| match endings.as_slice() {
        [ending] => format!("{stem}{ending}"),
        endings => format!("{stem}{{{}}}", endings.join(",")),
    };
    groups.iter().map(text).collect()
}

/// A pattern up to its last dot, and what follows that if it is plain.
fn split(pattern: &str) -> (&str, &str) {
    let at = pattern.rfind('.').map_or(pattern.len(), |at| at + 1);
    let (stem, ending) = pattern.split_at(at);
    let is_plain = ending.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+'));
    if is_plain && stem.ends_with("*.") { (stem, ending) } else { (pattern, "") }
}

#[cfg(test)]
mod tests {
    use super::super::regex::rows;
    use super::*;

    fn of(expression: &str) -> Vec<String> {
        tidy(&patterns(&rows(expression).unwrap()).unwrap())
    }

    #[test]
    fn expressions_become_patterns() {
        for (expression, expected) in [
            ("", &["**"][..]),
            (r"\.py$", &["**/*.py"]),
            (r"\.(js|ts)$", &["**/*.{js,ts}"]),
            (r"\.[jt]sx?$", &["**/*.[jt]sx", "**/*.[jt]s"]),
            (r"\.pyi?$", &["**/*.{pyi,py}"]),
            ("^src/", &["src/**"]),
            (r"^src/.*\.py$", &["src/**/*.py"]),
            (r"^src/.+\.py$", &["src/?*.py", "src/*/**/*.py"]),
            (r"^src/[^/]+\.py$", &["src/?*.py"]),
            (r"^(a|b)/", &["a/**", "b/**"]),
            (r"^README\.md$", &["README.md"]),
            (r"(^|/)Makefile$", &["**/Makefile"]),
            ("docs/", &["**/*docs/**"]),
            ("foo", &["**/*foo*", "**/*foo*/**"]),
            (".*", &["**"]),
            (r"^a\[1\]$", &[r"a\[1\]"]),
            ("^!a$", &[r"\!a"]),
            ("^a.b$", &["a?b", "a/b"]),
            (".py$", &["?*py", "*/**/*py"]),
            ("^vendor/.*/gen/", &["vendor/*/**/gen/**"]),
            ("^/a", &[]),
        ] {
            assert_eq!(of(expression), expected, "{expression}");
        }
    }

    /// Every path of up to three components made of a few texts.
    fn paths() -> Vec<String> {
        let names = ["a", "b.py", "a.py", ".py", "py", "src", "xsrc", "srcx", "b.pyi"];
        let mut paths: Vec<String> = names.iter().map(ToString::to_string).collect();
        for _ in 0..2 {
            let longer: Vec<String> =
                paths.iter().flat_map(|path| names.iter().map(move |name| format!("{path}/{name}"))).collect();
            paths.extend(longer);
        }
        paths
    }

    /// Whether a row fits a text from its beginning to its end.
    fn fits(row: &[Piece], text: &str) -> bool {
        let Some((piece, rest)) = row.split_first() else { return text.is_empty() };
        let mut chars = text.chars();
        match piece {
            Piece::Start | Piece::End => fits(rest, text),
            Piece::Char(c) => chars.next() == Some(*c) && fits(rest, chars.as_str()),
            Piece::One { slash } => chars.next().is_some_and(|c| *slash || c != '/') && fits(rest, chars.as_str()),
            Piece::Set(set) => chars.next().is_some_and(|c| set.contains(c)) && fits(rest, chars.as_str()),
            Piece::Any { slash, some } => {
                let is_here = !some && fits(rest, text);
                let again = [&[Piece::Any { slash: *slash, some: false }], rest].concat();
                is_here || (chars.next().is_some_and(|c| *slash || c != '/') && fits(&again, chars.as_str()))
            }
        }
    }

    #[test]
    fn patterns_match_what_the_rows_do() {
        let paths = paths();
        for expression in [
            "",
            "a",
            "^a",
            "a$",
            "src",
            "src/",
            "/src",
            "^src/.*py",
            "^src/.+py$",
            "^src.*py$",
            ".py",
            "^.py$",
            "s.c",
            "src/.*/a",
            "src.*/a",
            "src.+/a",
            "^.+/a",
            "a/.*",
            "a.*",
            "^a.+",
            r"[^/]*\.py$",
            r"^[^/]+/[^/]+$",
            "p.",
            "c/.",
            "a(/|$)",
            r"(^|/)a\.py$",
            "x?src/",
            "^.*$",
            "^.+$",
            "r.*/.*y$",
            r"/[^/]*\.pyi?$",
        ] {
            let rows = rows(expression).unwrap();
            let patterns = patterns(&rows).unwrap();
            for path in &paths {
                let expected = rows.iter().any(|row| fits(row, path));
                assert_eq!(matches(&patterns, path), expected, "{expression} as {patterns:?} on {path}");
            }
        }
    }

    #[test]
    fn both_is_what_two_lists_have_in_common() {
        let list = |patterns: &[&str]| patterns.iter().map(ToString::to_string).collect::<Vec<_>>();
        for (one, other, expected) in [
            (&["src/**"][..], &["**/*.py", "**/*.pyi"][..], Some(&["src/**/*.py", "src/**/*.pyi"][..])),
            (&["src/**/*.py"], &["**/*.py", "**/*.pyi"], Some(&["src/**/*.py"])),
            (&[], &["**/*.py"], Some(&["**/*.py"])),
            (&["**/*.js"], &["**/*.py"], Some(&[])),
            (&["bin/run", "run"], &["bin/**"], Some(&["bin/run"])),
            (&["src/a*"], &["**/*.py"], None),
        ] {
            assert_eq!(both(&list(one), &list(other)), expected.map(list), "{one:?} {other:?}");
        }
    }
}

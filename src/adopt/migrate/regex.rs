//! What paths a regular expression finds, as rows of pieces.
//!
//! Only what can be said exactly in patterns is read: texts, anchors, alternatives, what may be left out, `.*` and its
//! kin, and sets of characters. Everything else is not read at all. pre-commit searches with Python's `re.search`:
//! <https://docs.python.org/3/library/re.html>.

/// A piece of what a path is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// This character.
    Char(char),
    /// Any one character; with `slash`, also `/`.
    One { slash: bool },
    /// One of a set, as a pattern writes it.
    Set(String),
    /// Any characters; with `slash`, also `/`; with `some`, at least one.
    Any { slash: bool, some: bool },
    /// The beginning of the path.
    Start,
    /// Its end.
    End,
}

/// The pieces of a whole path, one after the other.
pub(super) type Row = Vec<Piece>;

/// More rows than this are no pattern that a person wants to read.
const MOST: usize = 64;

/// The deepest that groups may lie in each other.
const DEPTH: usize = 16;

/// The rows any of which a path that the expression finds is made of; `None` if that can't be said exactly.
pub(super) fn rows(expression: &str) -> Option<Vec<Row>> {
    let text = match expression.trim().strip_prefix("(?x)") {
        Some(verbose) => without_blanks(verbose),
        None => expression.to_owned(),
    };
    let mut reader = Reader { rest: &text, depth: 0 };
    let rows = reader.alternatives()?;
    if !reader.rest.is_empty() {
        return None;
    }
    rows.iter().map(whole).collect()
}

/// A row of the whole path, without anchors.
fn whole(row: &Row) -> Option<Row> {
    let any = Piece::Any { slash: true, some: false };
    let is_anchored = row.first() == Some(&Piece::Start);
    let is_closed = row.last() == Some(&Piece::End);
    let inner: Row = row[usize::from(is_anchored)..row.len() - usize::from(is_closed && row.len() > 1)].to_vec();
    let inner: Row = if is_closed && inner == [Piece::End] { Row::new() } else { inner };
    if inner.iter().any(|piece| matches!(piece, Piece::Start | Piece::End)) {
        return None;
    }
    let before = (!is_anchored).then(|| any.clone());
    let after = (!is_closed).then_some(any);
    Some(before.into_iter().chain(inner).chain(after).collect())
}

/// A verbose expression without what only people read.
fn without_blanks(text: &str) -> String {
    let (mut out, mut chars, mut in_set) = (String::new(), text.chars(), false);
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            '[' => in_set = true,
            ']' => in_set = false,
            '#' if !in_set => {
                chars.find(|c| *c == '\n');
                continue;
            }
            c if c.is_whitespace() && !in_set => continue,
            _ => {}
        }
        out.push(c);
    }
    out
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl Reader<'_> {
    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    /// What stands between bars, up to the end or a closing bracket.
    fn alternatives(&mut self) -> Option<Vec<Row>> {
        let mut rows = Vec::new();
        loop {
            rows.extend(self.sequence()?);
            if rows.len() > MOST {
                return None;
            }
            if !self.take("|") {
                return Some(rows);
            }
        }
    }

    fn sequence(&mut self) -> Option<Vec<Row>> {
        let mut rows = vec![Row::new()];
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            let next = self.quantified()?;
            rows = rows.iter().flat_map(|row| next.iter().map(|tail| [row.as_slice(), tail].concat())).collect();
            if rows.len() > MOST {
                return None;
            }
        }
        Some(rows)
    }

    /// A piece or a group, with what says how often.
    fn quantified(&mut self) -> Option<Vec<Row>> {
        let mut rows = self.atom()?;
        let any = match rows.as_slice() {
            [row] => match row.as_slice() {
                [Piece::One { slash }] => Some(*slash),
                _ => None,
            },
            _ => None,
        };
        let quantifier = self.rest.chars().next().filter(|c| matches!(c, '*' | '+' | '?' | '{'));
        let Some(quantifier) = quantifier else { return Some(rows) };
        self.next();
        // Whether it takes much or little makes no difference to whether it fits.
        self.take("?");
        match (quantifier, any) {
            ('*' | '+', Some(slash)) => Some(vec![vec![Piece::Any { slash, some: quantifier == '+' }]]),
            ('?', _) if !rows.iter().flatten().any(|piece| matches!(piece, Piece::Start | Piece::End)) => {
                rows.push(Row::new());
                Some(rows)
            }
            _ => None,
        }
    }

    fn atom(&mut self) -> Option<Vec<Row>> {
        let piece = match self.next()? {
            '(' => return self.group(),
            '[' => self.set()?,
            '.' => Piece::One { slash: true },
            '^' => Piece::Start,
            '$' => Piece::End,
            '\\' => match self.next()? {
                'A' => Piece::Start,
                'Z' | 'z' => Piece::End,
                c if c.is_ascii_alphanumeric() => return None,
                c => Piece::Char(c),
            },
            '*' | '+' | '?' | '{' | '}' | ']' => return None,
            c => Piece::Char(c),
        };
        Some(vec![vec![piece]])
    }

    fn group(&mut self) -> Option<Vec<Row>> {
        if self.depth == DEPTH || (!self.take("?:") && self.rest.starts_with('?')) {
            return None;
        }
        self.depth += 1;
        let rows = self.alternatives()?;
        self.depth -= 1;
        self.take(")").then_some(rows)
    }

    /// A set of single ASCII characters and ranges of them, or all but `/`.
    fn set(&mut self) -> Option<Piece> {
        let (inside, rest) = self.rest.split_once(']')?;
        self.rest = rest;
        if inside == "^/" {
            return Some(Piece::One { slash: false });
        }
        if let [single] = inside.chars().collect::<Vec<_>>()[..] {
            return (single != '^' && single != '\\').then_some(Piece::Char(single));
        }
        if inside == "\\." {
            return Some(Piece::Char('.'));
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        // What stands for itself in both notations, a `-` only between two characters of a range.
        let dashes = inside.char_indices().filter(|(_, c)| *c == '-');
        let is_range = |at: usize| {
            let bytes = inside.as_bytes();
            let ends = bytes.get(at.wrapping_sub(1)).zip(bytes.get(at + 1));
            ends.is_some_and(|(from, to)| {
                let is_end = |byte: &u8| byte.is_ascii_alphanumeric();
                is_end(from) && is_end(to) && from <= to
            })
        };
        let is_sound =
            !inside.is_empty() && inside.chars().all(is_plain) && dashes.into_iter().all(|(at, _)| is_range(at));
        is_sound.then(|| Piece::Set(format!("[{inside}]")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_said_exactly_is_not_read() {
        for expression in [
            "(?i)readme",
            r"\w+\.py",
            r"a\b",
            "(?!docs/).*",
            "(?<=a)b",
            "a{2}",
            "(ab)+",
            "[^a]",
            "[a-z]*",
            "a*",
            "x(^a)",
            "a$b",
            "(",
            ")",
            "[",
            "*",
            r"(\1)",
            "[z-a]",
            "[a-]",
            "a|(b",
            "(a?)?{2}",
        ] {
            assert_eq!(rows(expression), None, "{expression}");
        }
        assert_eq!(rows(&"(".repeat(10_000)), None);
        assert_eq!(rows(&"(a|b)".repeat(100)), None);
    }

    #[test]
    fn verbose_expressions_lose_their_blanks() {
        let verbose = "(?x)^(\n    a\\ b/ |  # the first\n    [ c]  # the second\n)$";
        assert_eq!(without_blanks(&verbose["(?x)".len()..]), "^(a\\ b/|[ c])$");
        assert!(rows("(?x)^(\n  docs/.* |\n  a\\.py\n)$").is_some());
    }
}

//! `path:line:column` and `path(line,column)`, the ways in which most tools write a place.

use bstr::ByteSlice;

use super::problem::Region;

/// A place as it is written, and what follows it on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Location<'a> {
    /// The path.
    pub(super) path: &'a [u8],
    /// Where in the file.
    pub(super) region: Region,
    /// What follows, without the colon.
    pub(super) rest: &'a [u8],
}

/// The first `path:line` or `path:line:column` of a line that begins with it.
pub(super) fn colons(line: &[u8]) -> Option<Location<'_>> {
    if line.starts_with(b":") {
        return None;
    }
    let mut from = 0;
    while let Some(colon) = line.get(from..)?.find_byte(b':').map(|at| from + at) {
        let (number, after) = digits(&line[colon + 1..]);
        let ends = after.first().is_none_or(|byte| matches!(byte, b':' | b' ' | b',' | b')'));
        match number.filter(|_| ends) {
            Some(0) => return None,
            Some(number) => return Some(with_column(&line[..colon], number, after)),
            _ => from = colon + 1,
        }
    }
    None
}

fn with_column<'a>(path: &'a [u8], line: u32, after: &'a [u8]) -> Location<'a> {
    let column = after.strip_prefix(b":").map(digits);
    let (column, rest) = match column {
        Some((column @ Some(_), rest)) if rest.first().is_none_or(|byte| !byte.is_ascii_alphanumeric()) => {
            (column, rest)
        }
        _ => (None, after),
    };
    Location { path, region: Region::at(line, column), rest: rest.strip_prefix(b":").unwrap_or(rest) }
}

/// `path(line)` or `path(line,column)`, followed by a colon.
pub(super) fn brackets(line: &[u8]) -> Option<Location<'_>> {
    let end = line.find(b"):")?;
    let open = line[..end].rfind_byte(b'(').filter(|open| *open > 0)?;
    let mut numbers = line[open + 1..end].split_str(b",").map(|number| match digits(number) {
        (number, b"") => number,
        _ => None,
    });
    let first = numbers.next()??;
    let column = match numbers.next() {
        Some(column) => Some(column?),
        None => None,
    };
    let region = Region::at(first, column);
    (first > 0).then(|| Location { path: &line[..open], region, rest: &line[end + 2..] })
}

/// The number that bytes begin with, if it is one of at most nine digits, and what follows.
pub(super) fn digits(bytes: &[u8]) -> (Option<u32>, &[u8]) {
    let length = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = bytes.split_at(length);
    let number = if length <= 9 { number.to_str().ok().and_then(|text| text.parse().ok()) } else { None };
    (number, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read() {
        let at = |line, column: u32| Region { column: (column > 0).then_some(column), ..Region::at(line, None) };
        for (line, expected) in [
            ("a.c:1:2: x", Some(("a.c", at(1, 2), " x"))),
            ("a.c:1: x", Some(("a.c", at(1, 0), " x"))),
            ("a.py:1:0: x", Some(("a.py", at(1, 0), " x"))),
            ("a.c:12", Some(("a.c", at(12, 0), ""))),
            ("a:b:3:4", Some(("a:b", at(3, 4), ""))),
            ("a.ts:1:2 - error", Some(("a.ts", at(1, 2), " - error"))),
            (":1:2: x", None),
            ("a.c:0:1: x", None),
            ("http://localhost:8080/x", None),
            ("a.c:12345678901: x", None),
            ("a.c:x", None),
            ("", None),
        ] {
            let found = colons(line.as_bytes());
            let expected =
                expected.map(|(path, region, rest)| Location { path: path.as_bytes(), region, rest: rest.as_bytes() });
            assert_eq!(found, expected, "{line}");
        }
    }

    #[test]
    fn brackets_are_read() {
        let found = brackets(b"src/a (1).ts(3,14): error TS1: x").unwrap();
        assert_eq!((found.path, found.region), (&b"src/a (1).ts"[..], Region::at(3, Some(14))));
        assert_eq!(brackets(b"a.cs(3): warning").unwrap().region, Region::at(3, None));
        for line in ["f(x): y", "(1,2): x", "a(1,b): x", "a(): x", "a(0): x"] {
            assert_eq!(brackets(line.as_bytes()), None, "{line}");
        }
    }
}

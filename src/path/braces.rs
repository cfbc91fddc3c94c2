//! Alternatives in braces, written out.

use super::pattern_error::{MAX_ALTERNATIVES, PatternError};
use super::segment::class_end;

/// Where a group of alternatives stands in a text: its braces, and the commas between its alternatives.
struct Group {
    open: usize,
    commas: Vec<usize>,
    close: usize,
}

/// The texts without braces that a text with braces stands for, in its order. Alternatives may hold `/` and braces.
pub(super) fn expand(text: &str) -> Result<Vec<String>, PatternError> {
    let mut pending = vec![text.to_owned()];
    let mut done = Vec::new();
    while let Some(next) = pending.pop() {
        if pending.len() + done.len() >= MAX_ALTERNATIVES {
            return Err(PatternError::TooMany(text.to_owned()));
        }
        let Some(group) = first_group(&next)? else {
            done.push(next);
            continue;
        };
        let starts = [group.open].into_iter().chain(group.commas.iter().copied());
        let ends = group.commas.iter().copied().chain([group.close]);
        let alternatives: Vec<_> = starts
            .zip(ends)
            .map(|(start, end)| [&next[..group.open], &next[start + 1..end], &next[group.close + 1..]].concat())
            .collect();
        pending.extend(alternatives.into_iter().rev());
    }
    Ok(done)
}

fn first_group(text: &str) -> Result<Option<Group>, PatternError> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut open, mut commas) = (0, 0, 0, Vec::new());
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'[' => at = class_end(text, at)?,
            b'{' => {
                open = if depth == 0 { at } else { open };
                depth += 1;
            }
            b',' if depth == 1 => commas.push(at),
            b'}' if depth == 0 => return Err(PatternError::UnopenedBrace(text.to_owned())),
            b'}' if depth == 1 => return Ok(Some(Group { open, commas, close: at })),
            b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    if depth > 0 {
        return Err(PatternError::UnclosedBrace(text.to_owned()));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_alternatives_out() {
        let check = |text: &str, expected: &[&str]| assert_eq!(expand(text).unwrap(), expected, "{text}");
        check("a", &["a"]);
        check("{a,b}", &["a", "b"]);
        check("x{a,b}y{c,d}", &["xayc", "xayd", "xbyc", "xbyd"]);
        check("{a,b{c,d}e}", &["a", "bce", "bde"]);
        check("{src/**,lib/*.rs}/x", &["src/**/x", "lib/*.rs/x"]);
        check("a{,.bak}", &["a", "a.bak"]);
        check("{a}", &["a"]);
        check(r"\{a,b\}", &[r"\{a,b\}"]);
        check(r"{a\,b,c}", &[r"a\,b", "c"]);
        check("{[,],b}", &["[,]", "b"]);
        check("{[]}],b}", &["[]}]", "b"]);
    }
}

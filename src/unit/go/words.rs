//! The words of go.mod and go.work: <https://go.dev/ref/mod#go-mod-file-lexical>.

use bstr::ByteSlice;

use super::quoted;

/// What could be read of such a file: its directives up to the first mistake, each with its verb first; those of a block
/// stand as if each had been written alone.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) directives: Vec<Vec<String>>,
    pub(super) mistake: Option<String>,
}

/// Splits a file into directives.
pub(super) fn read(content: &[u8]) -> Words {
    let mut words = Words::default();
    let mut block: Option<String> = None;
    for (number, line) in content.lines().enumerate() {
        let Err(mistake) = split(line).and_then(|line| add(&mut words.directives, &mut block, line)) else { continue };
        words.mistake = Some(format!("{mistake} in line {}", number + 1));
        return words;
    }
    if block.is_some() {
        words.mistake = Some("a block that is not closed".to_owned());
    }
    words
}

fn add(directives: &mut Vec<Vec<String>>, block: &mut Option<String>, mut line: Vec<String>) -> Result<(), String> {
    let last = line.last().map(String::as_str);
    match (block.as_ref(), last) {
        (_, None) => {}
        (Some(_), Some(")")) if line.len() == 1 => *block = None,
        (None, Some("(")) if line.len() == 2 => *block = line.drain(..).next(),
        (_, Some("(" | ")")) => return Err("a bracket that is out of place".to_owned()),
        (Some(verb), Some(_)) => {
            line.insert(0, verb.clone());
            directives.push(line);
        }
        (None, Some(_)) => directives.push(line),
    }
    Ok(())
}

/// The words of one line, unquoted.
fn split(line: &[u8]) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_with(|c| matches!(c, ' ' | '\t' | '\r'));
        let Some(first) = rest.first() else { return Ok(words) };
        if rest.starts_with(b"//") {
            return Ok(words);
        }
        let length = match first {
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' => 1,
            b'"' | b'`' => quoted::length(rest).ok_or("a string that is not closed")?,
            _ => bare(rest),
        };
        let (word, after) = rest.split_at(length);
        if word.contains_str("/*") {
            return Err("a comment of another kind than `//`".to_owned());
        }
        let text =
            if matches!(first, b'"' | b'`') { quoted::text(word) } else { word.to_str().ok().map(str::to_owned) };
        words.push(text.ok_or("text that can't be read")?);
        rest = after;
    }
}

/// How long a word without quotes is.
fn bare(text: &[u8]) -> usize {
    let ends = |at: &usize| {
        matches!(text[*at], b' ' | b'\t' | b'\r' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',')
            || text[*at..].starts_with(b"//")
    };
    (0..text.len()).find(ends).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(content: &str) -> String {
        let words = read(content.as_bytes());
        let lines: Vec<String> = words.directives.iter().map(|line| line.join("|")).collect();
        match words.mistake {
            Some(mistake) => format!("{} !{mistake}", lines.join(" ; ")),
            None => lines.join(" ; "),
        }
    }

    #[test]
    fn blocks_comments_and_strings_are_read() {
        assert_eq!(shown("module a.b/c // what\r\n\ngo 1.21\n"), "module|a.b/c ; go|1.21");
        assert_eq!(
            shown("require (\n\tx v1 // indirect\n\t// no\n\n\t\"y z\" `v2`\n)\nuse ./a"),
            "require|x|v1 ; require|y z|v2 ; use|./a"
        );
        assert_eq!(shown("retract [v1.0.0, v1.9.9]"), "retract|[|v1.0.0|,|v1.9.9|]");
        assert_eq!(shown("replace a => https://x"), "replace|a|=>|https:");
        assert_eq!(shown("require(\nx v1\n)"), "require|x|v1");
    }

    #[test]
    fn what_comes_before_a_mistake_is_kept() {
        assert_eq!(shown("module a\nrequire (\nx v1\n"), "module|a ; require|x|v1 !a block that is not closed");
        assert_eq!(shown("module a\n)\ngo 1.2"), "module|a !a bracket that is out of place in line 2");
        assert_eq!(shown("module \"a"), " !a string that is not closed in line 1");
        assert_eq!(shown("/* x */ module a"), " !a comment of another kind than `//` in line 1");
        assert_eq!(shown("<<<<<<< x\nmodule a"), "<<<<<<<|x ; module|a");
    }
}

//! `merge-conflict`: the marks of a merge that was left unfinished.
//!
//! Marks begin a line and have seven characters, as git writes them unless told otherwise. `=======` alone underlines
//! titles, and rows of bars are tables, so that those only count between the other two. A file is looked at whether or
//! not a merge is going on: marks are committed after it.

use bstr::ByteSlice;

use super::file::{File, Found};
use crate::diagnostic::Diagnostic;

/// How many characters a mark has.
const LENGTH: usize = 7;

/// Looks for marks.
pub(super) fn look(file: &File<'_>, found: &mut Found<'_>) {
    let bytes = file.bytes;
    let begins = |mark: u8| bytes.find([mark; LENGTH]).is_some();
    if !(begins(b'<') || begins(b'>') || begins(b'|')) || file.is_binary() {
        return;
    }
    let mut is_open = false;
    for (start, line) in super::file::lines(bytes) {
        if found.is_full() {
            return;
        }
        let Some((mark, rest)) = mark(line) else { continue };
        let counts = match mark {
            b'<' | b'>' => true,
            b'|' => is_open || is_label(rest),
            _ => is_open && rest.is_empty(),
        };
        if counts {
            let problem = Diagnostic::error("builtin/merge-conflict", "a merge was left unfinished");
            found.at(start..start + LENGTH, "", problem.hint("resolve it, and remove the marks"));
        }
        is_open = mark == b'<' || (is_open && mark != b'>');
    }
}

/// The character of a mark and what follows it, if a line is one.
fn mark(line: &[u8]) -> Option<(u8, &[u8])> {
    let first = *line.first().filter(|first| b"<|=>".contains(first))?;
    let rest = line.strip_prefix(&[first; LENGTH])?;
    (rest.is_empty() || rest.starts_with(b" ")).then_some((first, rest))
}

/// Whether it names a commit, and is no row of a table.
fn is_label(rest: &[u8]) -> bool {
    !rest.trim().is_empty() && !rest.contains(&b'|')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::sample::at;

    #[track_caller]
    fn check(text: &str, lines: &[usize]) {
        // The marks are put together here: this file is to pass its own check.
        let text = ["<", "|", "=", ">"]
            .iter()
            .fold(text.to_owned(), |text, mark| text.replace(&format!("{mark}7"), &mark.repeat(LENGTH)));
        let found: Vec<usize> = at(look, "f", text.as_bytes()).into_iter().map(|(line, _)| line).collect();
        assert_eq!(found, lines, "{text}");
    }

    #[test]
    fn marks_are_found() {
        check("a\n<7 HEAD\nb\n=7\nc\n>7 other\n", &[2, 4, 6]);
        check("<7 HEAD\r\nb\r\n|7 base\r\n=7\r\nc\r\n>7 other\r\n", &[1, 3, 4, 6]);
        check("<7\n|7\n=7\n>7", &[1, 2, 3, 4]);
        check("b\n>7 other", &[2]);
        check("b\n|7 1a2b3c4\nc", &[2]);
    }

    #[test]
    fn what_only_looks_like_marks_is_not() {
        check("Title7\n=7\n\ntext\n", &[]);
        check("<7 HEAD\n>7 other\nTitle\n=7\n", &[1, 2]);
        check("|7\n|7 a | b\n", &[]);
        check(" <7 HEAD\n x>7\n<7< HEAD\n<7HEAD\n>7>\n", &[]);
        check("<7 HEAD\n=7 x\n>7 y\n", &[1, 3]);
    }

    #[test]
    fn what_git_leaves_is_found() {
        use crate::git::testing::TestRepo;
        let repo = TestRepo::new();
        repo.write("m", "1\n");
        repo.commit("base");
        repo.git(&["checkout", "-q", "-b", "other"]);
        repo.write("m", "2\n");
        repo.commit("other");
        repo.git(&["checkout", "-q", "-"]);
        repo.write("m", "3\n");
        repo.commit("own");
        for style in ["merge", "diff3"] {
            assert!(!repo.try_git(&["-c", &format!("merge.conflictStyle={style}"), "merge", "-q", "other"]));
            let text = fs_err::read(repo.root().join("m")).unwrap();
            assert_eq!(at(look, "m", &text).len(), if style == "merge" { 3 } else { 4 });
            repo.git(&["merge", "--abort"]);
        }
    }
}

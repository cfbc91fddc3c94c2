//! Splits a shell line into its simple commands, as far as that can be told without running it.
//!
//! Follows the token recognition of POSIX (Shell Command Language, 2.3 and 2.10): quotes, operators, redirections, here
//! documents, reserved words. What is inside `$(…)` and backquotes is split too. It errs towards naming words that are
//! no commands (they are then not found) rather than towards overlooking one.

use super::lexer::{Lexer, Token, Word};

/// How deep substitutions are followed.
const DEPTH: usize = 8;

/// The simple commands of a line, without assignments, redirections and reserved words.
pub(super) fn commands(line: &str) -> Vec<Vec<Word>> {
    let mut found = Vec::new();
    collect(line, DEPTH, &mut found);
    found
}

fn collect(line: &str, depth: usize, found: &mut Vec<Vec<Word>>) {
    let mut lexer = Lexer::new(line);
    lexer.lex();
    let mut grammar = Grammar::default();
    let mut tokens = lexer.tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let before_close = matches!(tokens.peek(), Some(Token::Close));
        grammar.take(token, before_close);
    }
    grammar.end_command();
    found.append(&mut grammar.commands);
    if depth > 0 {
        for inner in lexer.inner {
            collect(&inner, depth - 1, found);
        }
    }
}

/// Puts tokens together to simple commands.
#[derive(Default)]
struct Grammar {
    commands: Vec<Vec<Word>>,
    current: Vec<Word>,
    target_next: bool,
    /// How many `case` are open.
    cases: usize,
    /// Whether patterns of a `case` are being read.
    in_pattern: bool,
}

impl Grammar {
    fn take(&mut self, token: Token, before_close: bool) {
        if self.in_pattern {
            match token {
                Token::Close => self.in_pattern = false,
                Token::Word(word) if word.text == "esac" => self.end_case(),
                _ => {}
            }
            return;
        }
        match token {
            Token::Word(_) if self.target_next => self.target_next = false,
            Token::Word(word) => self.word(word),
            Token::Redirect => self.target_next = true,
            // `name()` begins a function.
            Token::Open if self.current.len() == 1 && before_close => self.current.clear(),
            Token::BranchEnd => {
                self.end_command();
                self.in_pattern = self.cases > 0;
            }
            Token::Separator | Token::Open | Token::Close => self.end_command(),
        }
    }

    fn word(&mut self, word: Word) {
        self.current.push(word);
        let [case, _, r#in] = &self.current[..] else { return };
        if case.text == "case" && r#in.text == "in" {
            self.current.clear();
            self.cases += 1;
            self.in_pattern = true;
        }
    }

    fn end_case(&mut self) {
        self.cases = self.cases.saturating_sub(1);
        self.in_pattern = false;
    }

    fn end_command(&mut self) {
        self.target_next = false;
        let words = std::mem::take(&mut self.current);
        let mut rest = &words[..];
        while let Some((first, others)) = rest.split_first() {
            match first.text.as_str() {
                "if" | "then" | "elif" | "else" | "while" | "until" | "do" | "{" | "!" | "fi" | "done" | "}" => {}
                "esac" => self.end_case(),
                "for" | "select" | "case" | "function" => return,
                text if is_assignment(text) => {}
                _ => break,
            }
            rest = others;
        }
        if !rest.is_empty() {
            self.commands.push(rest.to_vec());
        }
    }
}

/// Whether a word is an assignment before a command.
pub(super) fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else { return false };
    let name = name.strip_suffix('+').unwrap_or(name);
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let shown: Vec<String> = commands(line)
            .into_iter()
            .map(|words| {
                let words = words.into_iter().map(|word| if word.literal { word.text } else { "$".to_owned() });
                words.collect::<Vec<_>>().join(" ")
            })
            .collect();
        assert_eq!(shown, expected, "{line}");
    }

    #[test]
    fn operators_end_commands_with_or_without_blanks() {
        check("a b&&c||d;e|f&g", &["a b", "c", "d", "e", "f", "g"]);
        check("a\nb # c; d\n# e\nf", &["a", "b", "f"]);
        check("a \\\n b", &["a b"]);
        check("(a; b) && { c; }", &["a", "b", "c"]);
        check("", &[]);
        check("a#b", &["a#b"]);
    }

    #[test]
    fn quotes_hide_operators() {
        check("echo 'a; b' \"c && d\" e\\;f", &["echo a; b c && d e;f"]);
        check("'my tool' \"\"", &["my tool "]);
        check("\"a\\\"b\\c\"", &["a\"b\\c"]);
        check("'open", &["open"]);
        check("\"open", &["open"]);
    }

    #[test]
    fn assignments_and_redirections_are_no_words() {
        check("A=1 B='x y' go test >out 2>&1 <in", &["go test"]);
        check(">out 2>/dev/null make all", &["make all"]);
        check("A=1", &[]);
        check("make &>log", &["make"]);
        check("dd if=x of=y", &["dd if=x of=y"]);
    }

    #[test]
    fn substitutions_are_commands_too() {
        check("A=$(git rev-parse HEAD) make", &["make", "git rev-parse HEAD"]);
        check("echo \"$(date; `who`)\"", &["echo $", "date", "$", "who"]);
        check("echo ${A:-$(date)} $((1 + 2))", &["echo $ $", "date"]);
        check("diff <(sort a) <(sort b)", &["diff $ $", "sort a", "sort b"]);
        check("$CMD x $? \"$@\"", &["$ x $ $"]);
        check("a $(b ')' \")\" $(c))", &["a $", "b ) ) $", "c"]);
    }

    #[test]
    fn reserved_words_begin_commands() {
        check("if a; then b; elif c; then d; else e; fi", &["a", "b", "c", "d", "e"]);
        check("for f in *.c; do cc $f; done | sort", &["cc $", "sort"]);
        check("while ! a; do b; done", &["a", "b"]);
        check("f() { a; }; f", &["a", "f"]);
        check("case $x in a|b) c;; (d) e;; esac; f", &["c", "e", "f"]);
        check("case x in\n  a) b ;;\n  *) c\nesac\nd", &["b", "c", "d"]);
    }

    #[test]
    fn here_documents_are_skipped() {
        check("cat <<EOF | tee x\nrm a; b\nEOF\nc", &["cat", "tee x", "c"]);
        check("cat <<-'E F'\n\tbody\n\tE F\nc", &["cat", "c"]);
        check("cat <<<word; a", &["cat", "a"]);
    }

    #[test]
    fn strange_text_is_survived() {
        for line in ["$(", "${", "`", "\\", "<<", "a <<X", "$((", "case x in", ";;", "))", "((", "é 'ü", "\"$(", "$"]
        {
            commands(line);
        }
        check(&"$(".repeat(100), &["$"; 9]);
    }
}

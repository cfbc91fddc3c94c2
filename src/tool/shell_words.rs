//! Splits a shell line into its simple commands, as far as that can be told without running it.
//!
//! Follows the token recognition of POSIX (Shell Command Language, 2.3 and 2.10): quotes, operators, redirections, here
//! documents, reserved words. What is inside `$(…)` and backquotes is split too. It errs towards naming words that are
//! no commands (they are then not found) rather than towards overlooking one.

/// How deep substitutions are followed.
const DEPTH: usize = 8;

/// One word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The word without its quotes; what a `$…` stands for is missing.
    pub(super) text: String,
    /// Whether the text is the whole word: nothing in it is known only to the shell.
    pub(super) literal: bool,
}

impl Word {
    /// A word that stands for itself.
    pub(super) fn literal(text: impl Into<String>) -> Self {
        Self { text: text.into(), literal: true }
    }
}

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

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(Word),
    /// A redirection; the next word is its target.
    Redirect,
    /// `;`, `&`, `|`, `&&`, `||` or the end of a line.
    Separator,
    /// `;;`, which ends a branch of a `case`.
    BranchEnd,
    Open,
    Close,
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

/// Reads characters into tokens, and keeps the text of substitutions.
struct Lexer<'a> {
    rest: &'a str,
    tokens: Vec<Token>,
    inner: Vec<String>,
    /// Delimiters of here documents whose bodies begin at the next line.
    documents: Vec<String>,
    document_next: bool,
}

impl<'a> Lexer<'a> {
    fn new(line: &'a str) -> Self {
        Self { rest: line, tokens: Vec::new(), inner: Vec::new(), documents: Vec::new(), document_next: false }
    }

    fn lex(&mut self) {
        while let Some(first) = self.rest.chars().next() {
            match first {
                '\n' => {
                    self.rest = &self.rest[1..];
                    self.tokens.push(Token::Separator);
                    self.skip_documents();
                }
                '\\' if self.rest[1..].starts_with('\n') => self.rest = &self.rest[2..],
                '#' => self.rest = &self.rest[self.rest.find('\n').unwrap_or(self.rest.len())..],
                c if c.is_whitespace() => self.rest = &self.rest[c.len_utf8()..],
                '<' | '>' | ';' | '&' | '|' | '(' | ')' => self.operator(),
                _ => self.word(),
            }
        }
    }

    fn operator(&mut self) {
        for (text, token) in [("<(", None), (">(", None), (";;", Some(Token::BranchEnd))] {
            if !self.rest.starts_with(text) {
                continue;
            }
            if let Some(token) = token {
                self.rest = &self.rest[text.len()..];
                self.tokens.push(token);
            } else {
                self.substitution(text.len());
                self.tokens.push(Token::Word(Word { text: String::new(), literal: false }));
            }
            return;
        }
        let redirects = ["<<-", "<<<", "&>>", "<<", ">>", ">&", "<&", ">|", "<>", "&>", "<", ">"];
        if let Some(text) = redirects.into_iter().find(|text| self.rest.starts_with(text)) {
            self.rest = &self.rest[text.len()..];
            self.document_next = matches!(text, "<<" | "<<-");
            self.tokens.push(Token::Redirect);
            return;
        }
        let two = ["&&", "||", "|&"].into_iter().any(|text| self.rest.starts_with(text));
        self.tokens.push(match self.rest.as_bytes()[0] {
            b'(' => Token::Open,
            b')' => Token::Close,
            _ => Token::Separator,
        });
        self.rest = &self.rest[if two { 2 } else { 1 }..];
    }

    fn word(&mut self) {
        let mut word = Word::literal("");
        while let Some(c) = self.rest.chars().next() {
            match c {
                '<' | '>' if !word.text.is_empty() && word.text.bytes().all(|b| b.is_ascii_digit()) => return,
                '<' | '>' | ';' | '&' | '|' | '(' | ')' => break,
                c if c.is_whitespace() => break,
                '\'' => {
                    let text = &self.rest[1..];
                    let end = text.find('\'').unwrap_or(text.len());
                    word.text.push_str(&text[..end]);
                    self.rest = text.get(end + 1..).unwrap_or("");
                }
                '"' => self.double_quoted(&mut word),
                '$' | '`' => self.expansion(&mut word),
                '\\' => self.escaped(&mut word),
                c => {
                    word.text.push(c);
                    self.rest = &self.rest[c.len_utf8()..];
                }
            }
        }
        if std::mem::take(&mut self.document_next) {
            self.documents.push(word.text.clone());
        }
        self.tokens.push(Token::Word(word));
    }

    fn double_quoted(&mut self, word: &mut Word) {
        self.rest = &self.rest[1..];
        while let Some(c) = self.rest.chars().next() {
            match c {
                '"' => {
                    self.rest = &self.rest[1..];
                    return;
                }
                '$' | '`' => self.expansion(word),
                '\\' if self.rest[1..].starts_with(['$', '`', '"', '\\', '\n']) => self.escaped(word),
                c => {
                    word.text.push(c);
                    self.rest = &self.rest[c.len_utf8()..];
                }
            }
        }
    }

    fn escaped(&mut self, word: &mut Word) {
        let mut chars = self.rest[1..].chars();
        // A backslash before the end of a line joins the lines.
        word.text.extend(chars.next().filter(|c| *c != '\n'));
        self.rest = chars.as_str();
    }

    /// `$name`, `${…}`, `$(…)`, `$((…))` or a backquoted command.
    fn expansion(&mut self, word: &mut Word) {
        word.literal = false;
        if self.rest.starts_with('`') {
            let text = &self.rest[1..];
            let end = text.find('`').unwrap_or(text.len());
            self.inner.push(text[..end].to_owned());
            self.rest = text.get(end + 1..).unwrap_or("");
        } else if self.rest.starts_with("$(") || self.rest.starts_with("${") {
            self.substitution(2);
        } else {
            let name = self.rest[1..].find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            let end = name.map_or(self.rest.len(), |at| at + 1);
            // `$?`, `$@` and the like are two characters; a lone `$` stands for itself, which no program's name does.
            let special = end == 1 && self.rest[1..].starts_with(['?', '@', '*', '#', '!', '-', '$']);
            self.rest = &self.rest[end + usize::from(special)..];
        }
    }

    /// Takes a bracketed text whose opening is `opening` bytes long, and keeps it as a line of its own.
    fn substitution(&mut self, opening: usize) {
        let is_parameter = self.rest.starts_with("${");
        let text = &self.rest[opening..];
        let end = closing(text, if is_parameter { ('{', '}') } else { ('(', ')') });
        let (inside, after) = (&text[..end], text.get(end + 1..).unwrap_or(""));
        if is_parameter {
            // Only what is substituted inside it is a command: `${A:-$(date)}`.
            let mut lexer = Lexer::new(inside);
            lexer.lex();
            self.inner.append(&mut lexer.inner);
        } else if let Some(arithmetic) = inside.strip_prefix('(').filter(|_| opening == 2 && inside.ends_with(')')) {
            let mut lexer = Lexer::new(arithmetic);
            lexer.lex();
            self.inner.append(&mut lexer.inner);
        } else {
            self.inner.push(inside.to_owned());
        }
        self.rest = after;
    }

    fn skip_documents(&mut self) {
        for delimiter in std::mem::take(&mut self.documents) {
            while !self.rest.is_empty() {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                let line = self.rest[..end].trim_start_matches('\t');
                self.rest = self.rest.get(end + 1..).unwrap_or("");
                if line == delimiter {
                    break;
                }
            }
        }
    }
}

/// Where the bracket that is open at the start of `text` closes, quotes and inner brackets apart.
fn closing(text: &str, (open, close): (char, char)) -> usize {
    let mut depth = 0;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => {
                chars.next();
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(_), _) => {}
            (None, c) if c == open => depth += 1,
            (None, c) if c == close && depth == 0 => return at,
            (None, c) if c == close => depth -= 1,
            (None, _) => {}
        }
    }
    text.len()
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

//! Reads a shell line into words and operators, by the token recognition of POSIX (Shell Command Language, 2.3).

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

/// A token of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, which may be a reserved one.
    Word(Word),
    /// A redirection; the next word is its target.
    Redirect,
    /// `;`, `&`, `|`, `&&`, `||` or the end of a line.
    Separator,
    /// `;;`, which ends a branch of a `case`.
    BranchEnd,
    /// `(`.
    Open,
    /// `)`.
    Close,
}

/// Reads characters into tokens, and keeps the text of substitutions.
pub(super) struct Lexer<'a> {
    rest: &'a str,
    /// The tokens that were read.
    pub(super) tokens: Vec<Token>,
    /// The text of substitutions, each a line of its own.
    pub(super) inner: Vec<String>,
    /// Delimiters of here documents whose bodies begin at the next line.
    documents: Vec<String>,
    document_next: bool,
}

impl<'a> Lexer<'a> {
    /// Begins to read a line.
    pub(super) fn new(line: &'a str) -> Self {
        Self { rest: line, tokens: Vec::new(), inner: Vec::new(), documents: Vec::new(), document_next: false }
    }

    /// Reads to the end.
    pub(super) fn lex(&mut self) {
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
            let mut line = None;
            while !self.rest.is_empty() && line != Some(delimiter.as_str()) {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                line = Some(self.rest[..end].trim_start_matches('\t'));
                self.rest = self.rest.get(end + 1..).unwrap_or("");
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
            (None | Some('"'), '\\') => {
                chars.next();
            }
            (None, '\'' | '"') => quote = Some(c),
            (None, c) if c == open => depth += 1,
            (None, c) if c == close && depth == 0 => return at,
            (None, c) if c == close => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

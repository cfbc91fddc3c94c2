//! Text to tokens.

use super::token::{Language, Piece, Token};

/// How deep brackets, and strings in strings, may lie in each other.
const DEEPEST: usize = 150;
const DEEPEST_TEXT: usize = 12;

/// How often a slash that seems to begin a string may turn out to begin none.
const ATTEMPTS: u32 = 8;

/// The tokens of a file, or why it can't be read.
pub(super) fn tokens(text: &str, language: Language) -> Result<Vec<Token>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lexer = Lexer { text, at: 0, language, depth: 0, attempts: ATTEMPTS };
    if text.starts_with("#!") {
        lexer.at = text.find('\n').unwrap_or(text.len());
    }
    lexer.code(false).map_err(|what| {
        let line = text.as_bytes()[..lexer.at.min(text.len())].split(|byte| *byte == b'\n').count();
        format!("can't be read: {what} in line {line}")
    })
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    language: Language,
    /// How many strings hold the code that is read.
    depth: usize,
    /// How often a string between slashes may still turn out to be none.
    attempts: u32,
}

/// How a string is written.
#[derive(Clone, Copy)]
struct Quotes {
    end: &'static str,
    /// How many `$` begin code; none where nothing does.
    dollars: usize,
    has_escapes: bool,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads code up to the end, or to the bracket that ends code in a string.
    fn code(&mut self, is_in_text: bool) -> Result<Vec<Token>, String> {
        let mut tokens = Vec::new();
        let mut open: Vec<(char, usize)> = Vec::new();
        while let Some(c) = self.peek() {
            if self.blank(c)? {
                continue;
            }
            match c {
                '\n' | ';' => {
                    self.at += 1;
                    tokens.extend(tokens.last().is_some_and(|last| *last != Token::End).then_some(Token::End));
                }
                '(' | '[' | '{' => {
                    self.at += 1;
                    open.push((c, tokens.len()));
                    is_shallow(&open)?;
                    tokens.push(Token::Open(c, 0));
                }
                '}' if is_in_text && open.is_empty() => {
                    self.at += 1;
                    return Ok(tokens);
                }
                ')' | ']' | '}' => {
                    let begun =
                        open.pop().filter(|(begun, _)| matches!((begun, c), ('(', ')') | ('[', ']') | ('{', '}')));
                    let (begun, at) = begun.ok_or_else(|| format!("'{c}' closes nothing"))?;
                    self.at += 1;
                    tokens[at] = Token::Open(begun, tokens.len());
                    tokens.push(Token::Close(c, at));
                }
                _ => {
                    let token = self.token(c, tokens.last())?;
                    tokens.push(token);
                }
            }
        }
        match open.last() {
            Some((begun, _)) => Err(format!("'{begun}' is not closed")),
            None if is_in_text => Err("code in a string does not end".to_owned()),
            None => Ok(tokens),
        }
    }

    /// Passes blanks and comments; whether there were any.
    fn blank(&mut self, c: char) -> Result<bool, String> {
        if c.is_whitespace() && c != '\n' {
            self.at += c.len_utf8();
            return Ok(true);
        }
        // A line that goes on in the next.
        let rest = self.rest();
        if let Some(end) = ["\\\r\n", "\\\n"].into_iter().find(|end| rest.starts_with(end)) {
            self.at += end.len();
            return Ok(true);
        }
        if rest.starts_with("//") {
            self.at += rest.find('\n').unwrap_or(rest.len());
            return Ok(true);
        }
        if !rest.starts_with("/*") {
            return Ok(false);
        }
        let mut depth = 0_u32;
        let mut rest = rest.as_bytes();
        loop {
            match rest {
                [b'/', b'*', ..] if depth == 0 || self.language == Language::Kotlin => depth += 1,
                [b'*', b'/', ..] => depth -= 1,
                [_, ..] => {
                    rest = &rest[1..];
                    continue;
                }
                [] => return Err("a comment does not end".to_owned()),
            }
            rest = &rest[2..];
            if depth == 0 {
                self.at = self.text.len() - rest.len();
                return Ok(true);
            }
        }
    }

    fn token(&mut self, c: char, last: Option<&Token>) -> Result<Token, String> {
        if let Some((start, quotes)) = self.quotes(c, last) {
            let (begin, depth) = (self.at, self.depth);
            self.at += start;
            return match self.string(quotes) {
                Err(_) if c == '/' || c == '$' => {
                    self.attempts = self.attempts.saturating_sub(1);
                    (self.at, self.depth) = (begin + 1, depth);
                    Ok(Token::Sign(c))
                }
                Ok(pieces) if c == '\'' && self.language != Language::Groovy => Ok(Token::Other(plain(&pieces))),
                other => other.map(Token::Text),
            };
        }
        if c == '`' {
            let rest = &self.rest()[1..];
            let name = rest.split(['`', '\n']).next().unwrap_or_default().to_owned();
            self.at += (name.len() + 2).min(self.rest().len());
            while !self.text.is_char_boundary(self.at) {
                self.at += 1;
            }
            return Ok(Token::Name(name));
        }
        let goes_on = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        if c.is_alphabetic() || c == '_' || c == '$' {
            let name: String = self.rest().chars().take_while(|c| goes_on(*c)).collect();
            self.at += name.len();
            return Ok(Token::Name(name));
        }
        if c.is_numeric() {
            let number: String = self.rest().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            self.at += number.len();
            return Ok(Token::Other(number));
        }
        self.at += c.len_utf8();
        Ok(Token::Sign(c))
    }

    /// How a string is written that begins here, and how long its beginning is.
    fn quotes(&self, c: char, last: Option<&Token>) -> Option<(usize, Quotes)> {
        let rest = self.rest();
        let quotes = |end, dollars, has_escapes| Quotes { end, dollars, has_escapes };
        let is_groovy = self.language == Language::Groovy;
        let code = usize::from(self.language != Language::Java);
        match c {
            '"' if rest.starts_with("\"\"\"") => Some((3, quotes("\"\"\"", code, self.language != Language::Kotlin))),
            '"' => Some((1, quotes("\"", code, true))),
            '\'' if is_groovy && rest.starts_with("'''") => Some((3, quotes("'''", 0, true))),
            '\'' => Some((1, quotes("'", 0, true))),
            '$' if is_groovy && rest.starts_with("$/") && self.attempts > 0 => Some((2, quotes("/$", 1, false))),
            // Kotlin: as many `$` as stand before a string begin code in it.
            '$' if self.language == Language::Kotlin => {
                let dollars = rest.len() - rest.trim_start_matches('$').len();
                match &rest[dollars..] {
                    text if text.starts_with("\"\"\"") => Some((dollars + 3, quotes("\"\"\"", dollars, false))),
                    text if text.starts_with('"') => Some((dollars + 1, quotes("\"", dollars, true))),
                    _ => None,
                }
            }
            '/' if is_groovy && self.attempts > 0 && !is_operand(last) => Some((1, quotes("/", 1, false))),
            _ => None,
        }
    }

    fn string(&mut self, quotes: Quotes) -> Result<Vec<Piece>, String> {
        let is_one_line = matches!(quotes.end, "\"" | "'");
        let mut pieces = Vec::new();
        let mut plain = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            // Of more than three quotes in a row, the last three end it.
            let goes_on = quotes.end == "\"\"\"" && rest.starts_with("\"\"\"\"");
            if rest.starts_with(quotes.end) && !goes_on {
                self.at += quotes.end.len();
                break;
            }
            let Some(c) = rest.chars().next() else { return Err("a string does not end".to_owned()) };
            if c == '\n' && is_one_line {
                return Err("a string does not end".to_owned());
            }
            if goes_on {
                plain.push(c);
                self.at += 1;
            } else if c == '\\' && (quotes.has_escapes || rest.starts_with("\\/")) {
                self.escape(&mut plain);
            } else if let Some(code) = self.interpolated(quotes)? {
                pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                pieces.push(Piece::Code(code));
            } else {
                plain.push(unmarked(c));
                self.at += c.len_utf8();
            }
        }
        pieces.push(Piece::Plain(plain));
        pieces.retain(|piece| *piece != Piece::Plain(String::new()));
        Ok(pieces)
    }

    fn escape(&mut self, plain: &mut String) {
        let text = self.text;
        let mut rest = text[self.at + 1..].chars();
        let escaped = rest.next();
        self.at += 1 + escaped.map_or(0, char::len_utf8);
        match escaped {
            Some('n' | 'r' | 't' | 'b' | 'f') => plain.push(' '),
            Some('u') => {
                let digits: String = rest.take(4).take_while(char::is_ascii_hexdigit).collect();
                self.at += digits.len();
                let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                plain.push(code.filter(|c| *c >= ' ').unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some('\n') | None => {}
            Some(c) => plain.push(c),
        }
    }

    /// Code in a string: `${…}`, or `$name.name`.
    fn interpolated(&mut self, quotes: Quotes) -> Result<Option<Vec<Token>>, String> {
        let rest = self.rest();
        let dollars = rest.len() - rest.trim_start_matches('$').len();
        if quotes.dollars == 0 || dollars < quotes.dollars {
            return Ok(None);
        }
        let after = &rest[quotes.dollars..];
        if after.starts_with('{') {
            self.at += quotes.dollars + 1;
            self.depth += 1;
            if self.depth > DEEPEST_TEXT {
                return Err("strings lie too deep in each other".to_owned());
            }
            let code = self.code(true)?;
            self.depth -= 1;
            return Ok(Some(code));
        }
        let name = |text: &str| -> usize {
            let begins = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
            let length = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
            if begins { length } else { 0 }
        };
        let mut length = name(after);
        if length == 0 {
            return Ok(None);
        }
        let mut tokens = vec![Token::Name(after[..length].to_owned())];
        while self.language == Language::Groovy && after[length..].starts_with('.') {
            let next = name(&after[length + 1..]);
            if next == 0 {
                break;
            }
            tokens.extend([Token::Sign('.'), Token::Name(after[length + 1..=length + next].to_owned())]);
            length += 1 + next;
        }
        self.at += quotes.dollars + length;
        Ok(Some(tokens))
    }
}

/// A character that stands for itself alone.
fn unmarked(c: char) -> char {
    if c < '\t' { char::REPLACEMENT_CHARACTER } else { c }
}

fn is_shallow(open: &[(char, usize)]) -> Result<(), String> {
    if open.len() > DEEPEST { Err("brackets lie too deep in each other".to_owned()) } else { Ok(()) }
}

/// Whether a `/` after a token divides by what follows.
fn is_operand(last: Option<&Token>) -> bool {
    match last {
        Some(Token::Name(name)) => !matches!(name.as_str(), "return" | "case" | "in" | "assert"),
        Some(Token::Other(_) | Token::Text(_) | Token::Close(..)) => true,
        _ => false,
    }
}

fn plain(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| if let Piece::Plain(text) = piece { text } else { "" }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens as words: strings in quotes, with `{}` for code.
    fn words(text: &str, language: Language) -> String {
        let word = |token: &Token| match token {
            Token::Name(name) | Token::Other(name) => name.clone(),
            Token::Sign(c) | Token::Open(c, _) | Token::Close(c, _) => c.to_string(),
            Token::End => ";".to_owned(),
            Token::Text(pieces) => {
                let piece = |piece: &Piece| if let Piece::Plain(text) = piece { text.clone() } else { "{}".to_owned() };
                format!("<{}>", pieces.iter().map(piece).collect::<String>())
            }
        };
        match tokens(text, language) {
            Ok(tokens) => tokens.iter().map(word).collect::<Vec<_>>().join(" "),
            Err(why) => why,
        }
    }

    #[test]
    fn strings_of_groovy_are_read() {
        let groovy = |text| words(text, Language::Groovy);
        assert_eq!(groovy(r#"a 'b$c' "d$e.f.g ${h('}')}" // i"#), "a <b$c> <d{} {}>");
        assert_eq!(groovy("'''a\n'b''' + \"\"\"c\n$d\"\"\""), "<a\n'b> + <c\n{}>");
        assert_eq!(groovy(r"a = /b\/c'${d}/; e / f / g"), "a = <b/c'{}> ; e / f / g");
        assert_eq!(groovy("a = $/b/c'/$ $/"), "a = <b/c'> $ /");
        assert_eq!(groovy("/* a /* b */ 'c\\'d' \"e\\\"\\u0041\""), "<c'd> <e\"A>");
    }

    #[test]
    fn strings_of_kotlin_and_java_are_read() {
        let kotlin = |text| words(text, Language::Kotlin);
        assert_eq!(kotlin(r#"a("b$c.d") /* e /* f */ g */ 'h' `i-j`"#), "a ( <b{}.d> ) h i-j");
        assert_eq!(kotlin(r#""""a\"b$c"""" + $$"d$e$$f""#), "<a\\\"b{}\"> + <d$e{}>");
        assert_eq!(kotlin(r#"'"' "a${"b${c}"}""#), "\" <a{}>");
        assert_eq!(words(r#"a("$b") '"' """ c "d" """"#, Language::Java), "a ( <$b> ) \" < c \"d\" >");
    }

    #[test]
    fn what_does_not_end_is_told() {
        for (text, why) in [
            ("a(\n\n", "can't be read: '(' is not closed in line 3"),
            ("a)", "can't be read: ')' closes nothing in line 1"),
            ("\n'a\n", "can't be read: a string does not end in line 2"),
            ("/*", "can't be read: a comment does not end in line 1"),
            ("\"${a\"", "can't be read: a string does not end in line 1"),
        ] {
            assert_eq!(words(text, Language::Groovy), why, "{text}");
        }
    }

    #[test]
    fn long_texts_take_linear_time() {
        for piece in ["$/", "=/", "\"${", "'", "/*", "(", "`", "$", "=/a", "=/${("] {
            let text = piece.repeat(200_000);
            for language in [Language::Groovy, Language::Kotlin, Language::Java] {
                assert!(tokens(&text, language).map_or(true, |tokens| !tokens.is_empty()));
            }
        }
    }
}

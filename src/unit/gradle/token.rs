//! Tokens of Groovy, Kotlin and Java.

use crate::digest::Hasher;

/// The language of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// <https://docs.groovy-lang.org/latest/html/documentation/core-syntax.html>
    Groovy,
    /// <https://kotlinlang.org/spec/syntax-and-grammar.html>
    Kotlin,
    /// <https://docs.oracle.com/javase/specs/jls/se21/html/jls-3.html>
    Java,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a keyword, without back quotes.
    Name(String),
    /// A string.
    Text(Vec<Piece>),
    /// A number or a character.
    Other(String),
    /// Any other character but brackets.
    Sign(char),
    /// A bracket, with the place of the one that closes it.
    Open(char, usize),
    /// A bracket, with the place of the one that opens it.
    Close(char, usize),
    /// The end of a line or of a statement.
    End,
}

/// A piece of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Itself.
    Plain(String),
    /// The value of what stands there.
    Code(Vec<Token>),
}

impl Token {
    /// The name that it is.
    pub(super) fn name(&self) -> Option<&str> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// Whether it is a sign.
    pub(super) fn is(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }

    /// Adds it to a digest.
    pub(super) fn digest(&self, into: &mut Hasher) {
        match self {
            Self::Name(name) => drop(into.field("name", name)),
            Self::Other(text) => drop(into.field("other", text)),
            Self::Sign(sign) | Self::Open(sign, _) | Self::Close(sign, _) => {
                into.field("sign", sign.encode_utf8(&mut [0; 4]));
            }
            Self::End => drop(into.field("end", "")),
            Self::Text(pieces) => {
                into.field("text", pieces.len().to_le_bytes());
                for piece in pieces {
                    piece.digest(into);
                }
            }
        }
    }
}

impl Piece {
    fn digest(&self, into: &mut Hasher) {
        match self {
            Self::Plain(text) => drop(into.field("plain", text)),
            Self::Code(code) => {
                into.field("code", code.len().to_le_bytes());
                for token in code {
                    token.digest(into);
                }
            }
        }
    }
}

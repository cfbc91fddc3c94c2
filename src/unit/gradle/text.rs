//! What strings say where their code is known.

use std::collections::HashMap;

use super::token::{Piece, Token};
use crate::unit::place::{ROOT, UNKNOWN};

/// Stands for the project's folder at the start of an absolute path; [`ROOT`] stands for the build's.
pub(super) const PROJECT: char = '\u{3}';

/// Names that are known where a text is read, with what they stand for.
pub(super) type Known = HashMap<String, String>;

/// The value of a string, with marks for places and for what can't be told.
pub(super) fn value(pieces: &[Piece], known: &Known) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Plain(text) => text.clone(),
        Piece::Code(code) => code_value(code, known),
    };
    pieces.iter().map(piece).collect()
}

fn code_value(code: &[Token], known: &Known) -> String {
    let code: Vec<&Token> = code.iter().filter(|token| **token != Token::End).collect();
    match code.as_slice() {
        [Token::Name(name)] if known.contains_key(name) => known[name].clone(),
        [Token::Text(pieces)] => value(pieces, known),
        tokens => chain_value(&chain_of(tokens)).unwrap_or_else(|| UNKNOWN.to_string()),
    }
}

/// The names of `a.b.c()`; empty where it is anything else.
fn chain_of<'t>(tokens: &[&'t Token]) -> Vec<&'t str> {
    let mut names = Vec::new();
    for token in tokens {
        match token {
            Token::Name(name) => names.push(name.as_str()),
            Token::Sign('.' | '?' | '!') | Token::Open('(', _) | Token::Close(')', _) => {}
            _ => return Vec::new(),
        }
    }
    names
}

/// The place that a chain of names such as `rootProject.projectDir` stands for, if it does.
pub(super) fn chain_value(names: &[&str]) -> Option<String> {
    // Ways to write the same place.
    let same = |name: &&&str| {
        matches!(
            **name,
            "path"
                | "absolutePath"
                | "canonicalPath"
                | "absoluteFile"
                | "canonicalFile"
                | "asFile"
                | "get"
                | "toString"
                | "toPath"
                | "toFile"
                | "getPath"
                | "getAbsolutePath"
                | "getCanonicalPath"
                | "invariantSeparatorsPath"
                | "project"
                | "layout"
                | "settings"
                | "this"
                | "isolated"
                | "getAsFile"
                | "target"
                | "normalize"
        )
    };
    let names: Vec<&str> = names.iter().filter(|name| !same(name)).copied().collect();
    let root = ["rootDir", "settingsDir", "getRootDir", "getSettingsDir", "settingsDirectory"];
    match names.as_slice() {
        [one] if root.contains(one) => Some(ROOT.to_string()),
        [
            "rootProject" | "getRootProject",
            "rootDir" | "projectDir" | "projectDirectory" | "getProjectDir" | "getRootDir",
        ] => Some(ROOT.to_string()),
        ["projectDir" | "projectDirectory" | "getProjectDir" | "basedir"] => Some(PROJECT.to_string()),
        ["buildDir" | "buildDirectory" | "getBuildDir"] => Some(format!("{PROJECT}/build")),
        ["rootProject" | "getRootProject", "buildDir" | "buildDirectory" | "getBuildDir"] => {
            Some(format!("{ROOT}/build"))
        }
        [before @ .., "parentFile" | "parent" | "getParentFile" | "getParent"] if !before.is_empty() => {
            chain_value(before).map(|place| format!("{place}/.."))
        }
        _ => None,
    }
}

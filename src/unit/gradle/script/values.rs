//! What expressions are worth that only literals and known names make up.

use crate::unit::gradle::text::{self, Known, PROJECT};
use crate::unit::gradle::token::Token;
use crate::unit::place::{ROOT, UNKNOWN};

/// Functions that make lists.
pub(super) fn makes_list(name: &str) -> bool {
    matches!(name, "listOf" | "setOf" | "arrayOf" | "mutableListOf" | "arrayListOf" | "sequenceOf")
}

/// The strings of a list; `None` where anything else is in it.
pub(super) fn list(tokens: &[Token], known: &Known) -> Option<Vec<String>> {
    let mut begun = false;
    let mut values = Vec::new();
    for token in tokens {
        match token {
            Token::Open('[' | '(', _) => begun = true,
            Token::Text(pieces) => values.push(text::value(pieces, known)),
            Token::Name(name) if makes_list(name) || matches!(name.as_str(), "as" | "String") => {}
            Token::Close(']' | ')', _) | Token::Sign(',') | Token::End => {}
            _ => return None,
        }
    }
    (begun && values.iter().all(|value| !value.contains(UNKNOWN))).then_some(values)
}

/// The strings that arguments are, with lists among them; `None` where anything can't be told.
pub(super) fn strings(
    tokens: &[Token],
    known: &Known,
    lists: &dyn Fn(&str) -> Option<Vec<String>>,
) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut is_joined = false;
    for token in tokens {
        let value = match token {
            Token::Text(pieces) => text::value(pieces, known),
            Token::Name(name) if known.contains_key(name) => known[name].clone(),
            Token::Name(name) if makes_list(name) || matches!(name.as_str(), "as" | "String") => continue,
            Token::Name(name) => {
                values.extend(lists(name)?);
                continue;
            }
            Token::Sign('+') => {
                is_joined = true;
                continue;
            }
            Token::Sign(',' | '*') | Token::End | Token::Open('[' | '(', _) | Token::Close(']' | ')', _) => continue,
            _ => return None,
        };
        match values.last_mut().filter(|_| std::mem::take(&mut is_joined)) {
            Some(last) => last.push_str(&value),
            None => values.push(value),
        }
    }
    (!is_joined && values.iter().all(|value| !value.contains(UNKNOWN))).then_some(values)
}

/// The place that an expression of settings names: `file("a")`, `new File(rootDir, "a")`, `rootDir.resolve("a")` …; `None`
/// where it can't be told.
pub(super) fn place(tokens: &[Token], known: &Known) -> Option<String> {
    let mut place = String::new();
    let mut parts = Vec::new();
    let mut ups = 0_usize;
    for token in tokens {
        match token {
            Token::Text(pieces) => parts.push(text::value(pieces, known)),
            Token::Name(name) if known.contains_key(name) => parts.push(known[name].clone()),
            Token::Name(name) => match name.as_str() {
                "rootDir" | "settingsDir" | "rootProject" | "settingsDirectory" => place = ROOT.to_string(),
                "parentFile" | "getParentFile" | "parent" => ups += 1,
                "file" | "File" | "new" | "resolve" | "settings" | "as" | "layout" | "asFile" | "dir" | "toFile"
                | "canonicalFile" | "absoluteFile" | "projectDir" | "path" | "absolutePath" | "java" | "io" | "get"
                | "getCanonicalFile" | "getAbsoluteFile" | "normalize" | "projectDirectory" | "toPath" => {}
                _ => return None,
            },
            Token::Sign('.' | ',') | Token::End | Token::Open('(', _) | Token::Close(')', _) => {}
            Token::Sign('+') if !parts.is_empty() => {}
            _ => return None,
        }
    }
    if ups > 0 && place.is_empty() || parts.is_empty() && place.is_empty() {
        return None;
    }
    place.push_str(&"/..".repeat(ups));
    for part in parts {
        if part.contains(UNKNOWN) {
            return None;
        }
        // What is known from the root begins anew.
        if part.starts_with([ROOT, PROJECT]) {
            place.clear();
        } else if !place.is_empty() {
            place.push('/');
        }
        place.push_str(&part.replace(PROJECT, "\u{2}"));
    }
    Some(place)
}

//! `filenames`: names that Windows can't hold.
//! <https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file>

use bstr::ByteSlice;

use crate::diagnostic::Diagnostic;
use crate::path::RepoPath;

/// How many UTF-16 units a component has at most.
const LONGEST: usize = 255;

/// Names that are devices, whatever comes after a dot; those with a number are taken for all of them.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];
const NUMBERED_DEVICES: &[&str] = &["com", "lpt"];

/// Looks at the components of a path.
pub(super) fn look(path: &RepoPath) -> Vec<Diagnostic> {
    let wrong = path.components().find_map(|name| Some((name, fault(name)?)));
    let told = wrong.map(|(name, fault)| {
        let named = RepoPath::new(name);
        let message = if name == path.as_bstr() {
            format!("'{named}' can't be checked out on Windows: {fault}")
        } else {
            format!("'{path}' can't be checked out on Windows: '{named}' {fault}")
        };
        Diagnostic::error("builtin/filename", message.replace(": has", ": it has").replace(": is", ": it is"))
    });
    told.into_iter().collect()
}

/// What is wrong with a component.
fn fault(name: &[u8]) -> Option<String> {
    let Ok(text) = name.to_str() else { return Some("is not UTF-8".to_owned()) };
    if let Some(c) = text.chars().find(|c| c.is_ascii_control() || r#"<>:"|?*\"#.contains(*c)) {
        return Some(format!("has the character {c:?}"));
    }
    if text.ends_with(['.', ' ']) {
        return Some("has a dot or a space at its end".to_owned());
    }
    if is_device(text) {
        return Some("is the name of a device".to_owned());
    }
    (text.encode_utf16().count() > LONGEST).then(|| format!("is longer than {LONGEST} characters"))
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end_matches(' ').to_ascii_lowercase();
    let is_numbered = |device: &&str| {
        let number = stem.strip_prefix(*device).map(|rest| rest.chars().collect::<Vec<_>>());
        number.is_some_and(|number| matches!(number[..], ['0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}']))
    };
    DEVICES.contains(&&*stem) || NUMBERED_DEVICES.iter().any(is_numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_wrong(path: &[u8]) -> bool {
        !look(&RepoPath::new(path)).is_empty()
    }

    #[test]
    fn names_that_windows_cant_hold() {
        let long = "x".repeat(256);
        for path in [
            "a/con",
            "AUX.txt",
            "nul .tar.gz",
            "com1",
            "Lpt\u{b2}.x",
            "CONIN$",
            "a:b",
            "a\\b",
            "a?",
            "x\u{1f}y",
            "a/b./c",
            "b ",
            "a<",
            "q\"",
            &long,
        ] {
            assert!(is_wrong(path.as_bytes()), "{path}");
        }
        assert!(is_wrong(b"caf\xe9"));
    }

    #[test]
    fn names_that_it_can() {
        let long = "x".repeat(255);
        for path in ["console", "com", "com10", "lptx", ".con", ".gitignore", "a b/c.d", "gr\u{fc}n", "a'b", &long] {
            assert!(!is_wrong(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn the_reason_is_told() {
        let told = |path: &str| look(&RepoPath::from(path)).remove(0).message;
        assert_eq!(told("nul"), "'nul' can't be checked out on Windows: it is the name of a device");
        assert_eq!(told("a/b:/c"), "'a/b:/c' can't be checked out on Windows: 'b:' has the character ':'");
    }
}

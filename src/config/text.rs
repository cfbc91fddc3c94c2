//! What makes a text fit for its use: texts in general, paths, variables, names.

use toml::de::DeValue;

use super::nearest::nearest;

/// The kinds of public keys that evidence can be signed with, as OpenSSH names them. RSA is not among them: what checks it
/// without known weaknesses is not at hand.
pub(super) const KEY_KINDS: [&str; 5] = [
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "sk-ecdsa-sha2-nistp256@openssh.com",
];

/// What is wrong with a text that must say something and must be able to reach a program.
pub(super) fn flaw(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("is empty")
    } else if text.contains('\0') {
        Some("holds a NUL character")
    } else {
        None
    }
}

/// What is wrong with a path that must lie below the root of the repository, and what to do about it.
pub(super) fn path_flaw(path: &str) -> Option<(&'static str, String)> {
    let mut components = path.split('/');
    if path.starts_with('/') {
        return Some(("is an absolute path", "give it relative to the root of the repository".to_owned()));
    }
    if components.clone().any(|component| component == "..") {
        return Some((
            "leads out of its folder",
            "give it without '..', relative to the root of the repository".to_owned(),
        ));
    }
    if components.clone().any(|component| component.eq_ignore_ascii_case(".git")) {
        return Some(("lies in git's own folder", "git's folder is never part of a checkout's files".to_owned()));
    }
    if components.any(|component| component.is_empty() || component == ".") {
        let plain: Vec<&str> = path.split('/').filter(|component| !matches!(*component, "" | ".")).collect();
        let hint = match plain.join("/") {
            root if root.is_empty() => "the root of the repository needs no path: leave it out".to_owned(),
            plain => format!("write it as '{plain}'"),
        };
        return Some(("is not a plain path", hint));
    }
    None
}

/// What is wrong with the name of a variable that a step is given, and what to do about it.
pub(super) fn variable_flaw(name: &str) -> Option<(&'static str, &'static str)> {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !plain {
        Some(("does not name a variable", "give its name only: letters, digits and '_'"))
    } else if name.starts_with("GIT_") {
        Some((
            "is one of git's own variables, which no step is given",
            "with it, git in a test would write to your repository; set it in the command itself if it must be",
        ))
    } else {
        None
    }
}

/// Whether the text is made like the name of a check.
pub(super) fn is_name(text: &str) -> bool {
    text.parse::<crate::check::CheckName>().is_ok_and(|name| name.is_whole())
}

/// What to do about a word that is not one of some.
pub(super) fn one_of<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(meant) => format!("did you mean '{meant}'?"),
        None if known.is_empty() => "there is none".to_owned(),
        None => format!("it is one of {}", known.join(", ")),
    }
}

/// The type of a value, for a sentence.
pub(super) fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for good in ["web", "a/b", ".env", "..a", "a b", "a\\b", "~", "-x"] {
            assert_eq!(path_flaw(good), None, "{good}");
        }
        for bad in ["/etc", "..", "a/../b", "../a", ".", "./a", "a/", "a//b", ".git/hooks", "a/.GIT"] {
            assert!(path_flaw(bad).is_some(), "{bad}");
        }
        assert_eq!(path_flaw("./a//b/").map(|(_, hint)| hint), Some("write it as 'a/b'".to_owned()));
    }

    #[test]
    fn variables_are_named_and_never_gits() {
        for good in ["RUSTFLAGS", "_x", "a1", "GITHUB_TOKEN"] {
            assert_eq!(variable_flaw(good), None, "{good}");
        }
        for bad in ["", "1a", "A=b", "A B", "$A", "GIT_DIR", "GIT_INDEX_FILE"] {
            assert!(variable_flaw(bad).is_some(), "{bad}");
        }
    }
}

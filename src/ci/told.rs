//! A value and where it was found; the names of branches.

use std::fmt;

/// A value, and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<T> {
    /// The value.
    pub value: T,
    /// Where it was found.
    pub origin: Origin,
}

/// Where a value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A variable of the environment.
    Variable(&'static str),
    /// A member of the file that `GITHUB_EVENT_PATH` names, as its keys with dots between them.
    Event(&'static str),
}

/// The short name of a branch, such as `main`, that git would take for one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchName(String);

impl<T> Told<T> {
    /// Another value, from the same place.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Told<U> {
        Told { value: change(self.value), origin: self.origin }
    }
}

impl<T: fmt::Display> fmt::Display for Told<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.value, self.origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Event(keys) => write!(f, "GITHUB_EVENT_PATH {keys}"),
        }
    }
}

impl BranchName {
    /// A short name, if git takes it for the name of a branch:
    /// <https://git-scm.com/docs/git-check-ref-format>.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let strange = |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
        let part = |part: &str| !part.is_empty() && !part.starts_with('.') && part.strip_suffix(".lock").is_none();
        let good = !name.starts_with('-')
            && !name.ends_with('.')
            && !matches!(name, "HEAD" | "@")
            && !name.contains("..")
            && !name.contains("@{")
            && !name.contains(strange)
            && name.split('/').all(part);
        good.then(|| Self(name.to_owned()))
    }

    /// The short name: `main`.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0
    }

    /// The full name of the ref: `refs/heads/main`.
    #[must_use]
    pub fn full(&self) -> String {
        format!("refs/heads/{}", self.0)
    }
}

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::TestRepo;

    #[test]
    fn git_is_of_the_same_mind_about_names() {
        let repo = TestRepo::empty();
        let git_takes = |name: &str| repo.try_git(&["check-ref-format", "--branch", name]);
        for name in [
            "main",
            "release/1.2",
            "a-b",
            "$(id)",
            "it's",
            "ü",
            "a/.b",
            "a.lock/b",
            "a..b",
            "-b",
            "",
            "/a",
            "a/",
            "a//b",
            "a.",
            "HEAD",
            "a@{1}",
            "a b",
            "a\nb",
            "a\tb",
            "a\u{7f}b",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "a[",
            "a\\b",
            "--upload-pack=x",
        ] {
            assert_eq!(BranchName::new(name).is_some(), git_takes(name), "{name:?}");
        }
        assert_eq!(BranchName::new("@"), None, "git takes it for HEAD");
        assert_eq!(BranchName::new("a\u{9b}31mb"), None, "git takes it, and a terminal might obey it");
    }
}

//! A folder of a tree, the root among them.

use std::fmt;

use bstr::{BStr, BString, ByteSlice};

use crate::path::RepoPath;

/// A folder of a tree, as bytes with `/` between components; empty for the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Folder(BString);

impl Folder {
    /// The root of the repository.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The folder that holds a path.
    #[must_use]
    pub fn of(path: &RepoPath) -> Self {
        path.parent().map_or_else(Self::root, |parent| Self(parent.as_bstr().to_owned()))
    }

    /// The bytes of the path.
    #[must_use]
    pub fn as_bstr(&self) -> &BStr {
        self.0.as_bstr()
    }

    /// Whether it is the root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The folder above; `None` of the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        (!self.is_root()).then(|| Self(self.0.rfind_byte(b'/').map_or(BString::default(), |at| self.0[..at].into())))
    }

    /// Itself and every folder above it, innermost first.
    pub fn upwards(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), Self::parent)
    }

    /// The path of a plain name in this folder.
    #[must_use]
    pub fn file(&self, name: impl AsRef<[u8]>) -> RepoPath {
        let mut bytes = self.0.clone();
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(name.as_ref());
        RepoPath::new(bytes)
    }

    /// The place that a relative path names from here, its `.` and `..` resolved by text alone, without links; `None`
    /// where it is absolute or leaves the repository. Both kinds of slash separate, since manifests hold either.
    #[must_use]
    pub fn resolve(&self, relative: impl AsRef<[u8]>) -> Option<Self> {
        let relative = relative.as_ref();
        if relative.starts_with(b"/") {
            return None;
        }
        let mut parts: Vec<&[u8]> = self.0.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).collect();
        for part in relative.split(|byte| matches!(byte, b'/' | b'\\')) {
            match part {
                b"" | b"." => {}
                b".." => drop(parts.pop()?),
                part => parts.push(part),
            }
        }
        Some(Self(bstr::join("/", parts).into()))
    }

    /// Whether a path lies below this folder.
    #[must_use]
    pub fn holds(&self, path: &RepoPath) -> bool {
        self.within(path.as_bstr()).is_some_and(|rest| !rest.is_empty())
    }

    /// Whether `self` is the folder `outer` or lies below it.
    #[must_use]
    pub fn is_within(&self, outer: &Self) -> bool {
        outer.within(self.as_bstr()).is_some()
    }

    /// What of a path lies below this folder, without the slash; empty for the folder itself, `None` for what is elsewhere.
    #[must_use]
    pub fn within<'p>(&self, path: &'p BStr) -> Option<&'p BStr> {
        if self.is_root() {
            return Some(path);
        }
        let rest = path.strip_prefix(self.0.as_slice())?;
        match rest.strip_prefix(b"/") {
            Some(rest) => Some(rest.as_bstr()),
            None => rest.is_empty().then_some(rest.as_bstr()),
        }
    }

    /// The same place as the path of a file; `None` for the root, which can be none.
    #[must_use]
    pub fn to_path(&self) -> Option<RepoPath> {
        (!self.is_root()).then(|| RepoPath::new(self.0.clone()))
    }
}

impl From<&str> for Folder {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<RepoPath> for Folder {
    fn from(path: RepoPath) -> Self {
        Self(path.as_bstr().to_owned())
    }
}

impl fmt::Display for Folder {
    /// `.` for the root.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_path() {
            Some(path) => path.fmt(f),
            None => f.write_str("."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_resolved_and_never_leave_the_repository() {
        let at = |text: &str, relative: &str| Folder::from(text).resolve(relative).map(|folder| folder.to_string());
        assert_eq!(at("a/b", "../c/./d/"), Some("a/c/d".to_owned()));
        assert_eq!(at("a/b", "..\\c"), Some("a/c".to_owned()));
        assert_eq!(at("a", ".."), Some(".".to_owned()));
        assert_eq!(at("a", "../.."), None);
        assert_eq!(at("a", "/b"), None);
    }

    #[test]
    fn what_lies_within_is_told_by_whole_components() {
        let a = Folder::from("a");
        assert!(a.holds(&RepoPath::from("a/b")) && !a.holds(&RepoPath::from("ab")) && !a.holds(&RepoPath::from("a")));
        assert!(Folder::from("a/b").is_within(&a) && a.is_within(&a) && !Folder::from("ab").is_within(&a));
        assert!(Folder::root().holds(&RepoPath::from("x")) && a.is_within(&Folder::root()));
        assert_eq!(Folder::from("a/b").upwards().map(|f| f.to_string()).collect::<Vec<_>>(), ["a/b", "a", "."]);
    }
}

//! A path inside a repository, and the kinds of thing a git tree can hold there.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};
use serde::{Serialize, Serializer};

/// A path relative to the root of the repository, as bytes, with `/` between components.
///
/// Ordered by bytes. Shown (and serialised) as it is when it is printable UTF-8, and otherwise in double quotes with
/// C-style escapes, as git shows such names with `core.quotePath=false`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(BString);

impl RepoPath {
    /// Takes the bytes of a path as git's trees and indexes hold them.
    pub fn new(bytes: impl Into<BString>) -> Self {
        Self(bytes.into())
    }

    /// The bytes of the path.
    #[must_use]
    pub fn as_bstr(&self) -> &BStr {
        self.0.as_bstr()
    }

    /// The path as the operating system takes it, still relative.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }

    /// The components, outermost first.
    pub fn components(&self) -> impl Iterator<Item = &BStr> {
        self.0.split(|byte| *byte == b'/').map(ByteSlice::as_bstr)
    }

    /// The folder that holds this path; `None` at the root of the repository.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind_byte(b'/').map(|slash| Self::new(&self.0[..slash]))
    }

    /// The last component.
    #[must_use]
    pub fn file_name(&self) -> &BStr {
        let start = self.0.rfind_byte(b'/').map_or(0, |slash| slash + 1);
        self.0[start..].as_bstr()
    }

    /// The path of `name` inside the folder `self`.
    #[must_use]
    pub fn join(&self, name: &BStr) -> Self {
        let mut bytes = self.0.clone();
        bytes.push(b'/');
        bytes.extend_from_slice(name);
        Self(bytes)
    }

    /// Whether `self` is `folder` or lies below it.
    #[must_use]
    pub fn is_within(&self, folder: &Self) -> bool {
        self.0.strip_prefix(folder.0.as_slice()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_str() {
            Ok(text) if !text.chars().any(|c| c.is_control() || c == '"' || c == '\\') => f.write_str(text),
            _ => quoted(&self.0, f),
        }
    }
}

impl Serialize for RepoPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Git's C-style quoting: <https://git-scm.com/docs/git-config#Documentation/git-config.txt-corequotePath>.
fn quoted(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_str("\\t")?,
                '\r' => f.write_str("\\r")?,
                c if c.is_control() => write!(f, "\\{:03o}", u32::from(c))?,
                c => write!(f, "{c}")?,
            }
        }
        for byte in chunk.invalid() {
            write!(f, "\\{byte:03o}")?;
        }
    }
    f.write_str("\"")
}

/// What a git tree holds at a path, folders apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A regular file (`100644`).
    File,
    /// A regular file that may be executed (`100755`).
    Executable,
    /// A symbolic link (`120000`); its blob is the target's text.
    Link,
    /// A submodule's commit (`160000`); its content lies in another repository.
    Submodule,
}

impl Mode {
    /// The mode as git's trees write it, in octal.
    #[must_use]
    pub fn octal(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Link => "120000",
            Self::Submodule => "160000",
        }
    }

    /// Whether a command that takes file names can be given this path: it is a file, not a link or a submodule.
    #[must_use]
    pub fn is_file(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_plain_names_plainly_and_quotes_the_rest() {
        let shown = |bytes: &[u8]| RepoPath::new(bytes).to_string();
        assert_eq!(shown(b"src/a b.rs"), "src/a b.rs");
        assert_eq!(shown("gr\u{fc}n".as_bytes()), "gr\u{fc}n");
        assert_eq!(shown(b"a\nb"), r#""a\nb""#);
        assert_eq!(shown(b"a\\b\"c"), r#""a\\b\"c""#);
        assert_eq!(shown(b"caf\xe9"), r#""caf\351""#);
    }

    #[test]
    fn knows_its_folder() {
        let path = RepoPath::from("a/b/c");
        assert_eq!(path.parent(), Some(RepoPath::from("a/b")));
        assert_eq!(RepoPath::from("a").parent(), None);
        assert_eq!(path.file_name(), "c");
        assert!(path.is_within(&RepoPath::from("a/b")));
        assert!(!RepoPath::from("a/bc").is_within(&RepoPath::from("a/b")));
    }
}

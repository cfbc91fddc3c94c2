//! Which file of the repository a tool means by a path.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use bstr::ByteSlice;

use crate::path::RepoPath;

/// The longest path that is looked at: that of Linux and macOS.
const LONGEST: usize = 4096;

/// A folder whose files are those of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// A checkout.
    Checkout(PathBuf),
    /// A folder that holds checkouts, each a folder named by a number.
    Checkouts(PathBuf),
}

/// Where a tool ran, so that the paths it prints can be understood.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The folders that absolute paths may lie in.
    pub roots: &'a [Root],
    /// The folder of the repository it ran in; `None` for the root.
    pub dir: Option<&'a RepoPath>,
    /// Whether the candidate has a file at a path.
    pub holds: &'a dyn Fn(&RepoPath) -> bool,
}

impl Place<'_> {
    /// The file of the candidate that a tool means; `None` where there is none: outside the repository, in a folder of
    /// dependencies, or no path at all.
    #[must_use]
    pub fn resolve(&self, printed: &[u8]) -> Option<RepoPath> {
        if printed.is_empty() || printed.len() > LONGEST || printed.contains(&0) {
            return None;
        }
        let path = Path::new(OsStr::from_bytes(printed));
        let meant = if path.is_absolute() { self.inside(path).into_iter().collect() } else { self.relative(path) };
        meant.into_iter().find(|path| (self.holds)(path))
    }

    /// What an absolute path is below the roots.
    fn inside(&self, path: &Path) -> Option<RepoPath> {
        self.roots.iter().find_map(|root| match root {
            Root::Checkout(folder) => normal(path.strip_prefix(folder).ok()?),
            Root::Checkouts(folder) => {
                let mut below = path.strip_prefix(folder).ok()?.components();
                let Some(Component::Normal(number)) = below.next() else { return None };
                number.as_bytes().iter().all(u8::is_ascii_digit).then(|| normal(below.as_path()))?
            }
        })
    }

    /// What a relative path may be: below the folder that the tool ran in, or below the root, as tools that look for the
    /// root of a project by themselves print it.
    fn relative(&self, path: &Path) -> Vec<RepoPath> {
        let in_dir = self.dir.and_then(|dir| normal(&dir.as_path().join(path)));
        in_dir.into_iter().chain(normal(path)).collect()
    }
}

/// The path without `.` and `..`; `None` if it leads out of the repository, or into git's own folder.
fn normal(path: &Path) -> Option<RepoPath> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => parts.push(name.as_bytes()),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let outside = parts.is_empty() || parts.iter().any(|part| part.as_bstr() == ".git");
    (!outside).then(|| RepoPath::new(parts.join(&b'/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(dir: Option<&str>, held: &[&str], printed: &[u8], expected: Option<&str>) {
        let roots = [Root::Checkout("/home/u/repo".into()), Root::Checkouts("/cache/gate/0123abcd".into())];
        let dir = dir.map(RepoPath::from);
        let holds = |path: &RepoPath| held.iter().any(|held| RepoPath::from(*held) == *path);
        let place = Place { roots: &roots, dir: dir.as_ref(), holds: &holds };
        assert_eq!(place.resolve(printed), expected.map(RepoPath::from), "{}", printed.as_bstr());
    }

    #[test]
    fn absolute_paths_are_mapped_from_checkouts() {
        check(None, &["src/a.rs"], b"/home/u/repo/src/a.rs", Some("src/a.rs"));
        check(None, &["src/a.rs"], b"/cache/gate/0123abcd/12/src/a.rs", Some("src/a.rs"));
        check(Some("web"), &["src/a.rs"], b"/cache/gate/0123abcd/1/./web/../src/a.rs", Some("src/a.rs"));
        check(None, &["src/a.rs", "a.rs"], b"/cache/gate/0123abcd/1.state/src/a.rs", None);
        check(None, &["stdio.h"], b"/usr/include/stdio.h", None);
        check(None, &["etc/passwd"], b"/home/u/repo/../../../etc/passwd", None);
    }

    #[test]
    fn relative_paths_are_below_the_folder_of_the_check_or_the_root() {
        check(Some("web"), &["web/a.ts", "a.ts"], b"a.ts", Some("web/a.ts"));
        check(Some("crates/a"), &["crates/a/src/lib.rs"], b"crates/a/src/lib.rs", Some("crates/a/src/lib.rs"));
        check(Some("web"), &["api/b.ts"], b"../api/b.ts", Some("api/b.ts"));
        check(None, &["a.c"], b"././/a.c", Some("a.c"));
        check(None, &["a.c"], b"b.c", None);
    }

    #[test]
    fn hostile_paths_lead_nowhere() {
        let all = |_: &RepoPath| true;
        let place = Place { roots: &[], dir: None, holds: &all };
        for hostile in [&b""[..], b"..", b"../..", b"a/../../b", b".", b"/", b"a\0b", b".git/config", b"x/.git/config"]
        {
            assert_eq!(place.resolve(hostile), None, "{}", hostile.as_bstr());
        }
        assert_eq!(place.resolve(&b"a/".repeat(1 << 20)), None);
        assert_eq!(place.resolve(b"caf\xe9.c"), Some(RepoPath::new(&b"caf\xe9.c"[..])));
    }
}

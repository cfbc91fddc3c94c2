//! Lists of paths in one variable, as git writes and reads them.
//!
//! Paths are joined by colons; one that has a colon itself is quoted as in C:
//! <https://git-scm.com/docs/git#Documentation/git.txt-GITALTERNATEOBJECTDIRECTORIES>.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Takes a list apart; empty elements are left out.
pub(super) fn split(list: &OsStr) -> Vec<PathBuf> {
    let (mut paths, mut rest) = (Vec::new(), list.as_bytes());
    while !rest.is_empty() {
        let (path, after) = if rest[0] == b'"' { unquote(&rest[1..]) } else { plain(rest) };
        if !path.is_empty() {
            paths.push(PathBuf::from(OsString::from_vec(path)));
        }
        rest = after.get(1..).unwrap_or_default();
    }
    paths
}

/// Makes a list.
pub(super) fn join<'a>(paths: impl IntoIterator<Item = &'a Path>) -> OsString {
    let mut list = Vec::new();
    for path in paths {
        if !list.is_empty() {
            list.push(b':');
        }
        let path = path.as_os_str().as_bytes();
        if path.contains(&b':') || path.starts_with(b"\"") {
            quote(path, &mut list);
        } else {
            list.extend_from_slice(path);
        }
    }
    OsString::from_vec(list)
}

/// The path up to the next colon, and what follows.
fn plain(rest: &[u8]) -> (Vec<u8>, &[u8]) {
    let end = rest.iter().position(|byte| *byte == b':').unwrap_or(rest.len());
    (rest[..end].to_vec(), &rest[end..])
}

/// The path up to the closing quote, and what follows.
fn unquote(mut rest: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut path = Vec::new();
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, rest) {
            (b'"', _) => break,
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                path.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = after;
            }
            (b'\\', [escaped, after @ ..]) => {
                path.push(match escaped {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    other => *other,
                });
                rest = after;
            }
            (byte, _) => path.push(*byte),
        }
    }
    (path, rest)
}

fn quote(path: &[u8], list: &mut Vec<u8>) {
    list.push(b'"');
    for byte in path {
        match byte {
            b'"' | b'\\' => list.extend([b'\\', *byte]),
            0..=31 | 127 => list.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
            other => list.push(*other),
        }
    }
    list.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_apart_as_it_was_joined() {
        let names: [&[u8]; 5] = [b"/a/b", b"/with:colon", b"\"quoted\"", b"/new\nline:\\x", b"/caf\xe9:"];
        let paths: Vec<PathBuf> = names.iter().map(|name| PathBuf::from(OsStr::from_bytes(name))).collect();
        let list = join(paths.iter().map(PathBuf::as_path));
        assert_eq!(split(&list), paths);
        assert_eq!(&list.as_bytes()[..20], b"/a/b:\"/with:colon\":\"");
    }

    #[test]
    fn empty_elements_are_left_out() {
        assert_eq!(split(OsStr::new(":/a::/b:")), [PathBuf::from("/a"), PathBuf::from("/b")]);
    }
}

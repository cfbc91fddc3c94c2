//! What git tells the pre-receive hook: which refs are to become what.

use bstr::{BStr, BString, ByteSlice};

use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;

/// One ref of a push: a line of the hook's standard input, `<old object> SP <new object> SP <ref> LF`, an object being
/// zeros where there is none: <https://git-scm.com/docs/githooks#pre-receive>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The ref.
    pub name: BString,
    /// What it is at; nothing where it is new.
    pub old: Option<ObjectId>,
    /// What it is to be at; nothing where it is deleted.
    pub new: Option<ObjectId>,
}

/// Reads the hook's standard input.
///
/// # Errors
/// When a line is not what git writes.
pub fn read(input: &[u8]) -> Result<Vec<Update>, Diagnostic> {
    input.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(line).collect()
}

fn line(line: &[u8]) -> Result<Update, Diagnostic> {
    let strange = || {
        let message = format!("the pre-receive hook was told '{}'", line.to_str_lossy().escape_debug());
        Diagnostic::error("hook/stdin", message).hint("git writes '<old object> <new object> <ref>' for each ref")
    };
    let object = |word: &[u8]| match word.to_str() {
        Ok(zeros) if zeros.len() == 40 && zeros.bytes().all(|byte| byte == b'0') => Ok(None),
        Ok(id) => id.parse().map(Some).map_err(|_| strange()),
        Err(_) => Err(strange()),
    };
    let mut words = line.splitn(3, |byte| *byte == b' ');
    match (words.next(), words.next(), words.next()) {
        (Some(old), Some(new), Some(name)) if !name.is_empty() => {
            Ok(Update { name: name.into(), old: object(old)?, new: object(new)? })
        }
        _ => Err(strange()),
    }
}

/// The branch that a ref is, without `refs/heads/`; `None` if it is none.
pub(super) fn branch(name: &BStr) -> Option<&BStr> {
    name.strip_prefix(b"refs/heads/").filter(|rest| !rest.is_empty()).map(ByteSlice::as_bstr)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const NONE: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn reads_updates_creations_and_deletions() {
        let text = format!("{A} {A} refs/heads/a\n{NONE} {A} refs/heads/b\n{A} {NONE} refs/heads/c\n");
        let read = read(text.as_bytes()).unwrap();
        let seen: Vec<_> = read.iter().map(|update| (update.old.is_some(), update.new.is_some())).collect();
        assert_eq!(seen, [(true, true), (false, true), (true, false)]);
        assert_eq!(branch(read[1].name.as_bstr()), Some("b".into()));
        assert_eq!(super::read(b"").unwrap(), []);
    }

    #[test]
    fn names_are_bytes() {
        let line = [A.as_bytes(), b" ", NONE.as_bytes(), b" refs/heads/\xff -x'\"\\ y\n"].concat();
        assert_eq!(read(&line).unwrap()[0].name, b"refs/heads/\xff -x'\"\\ y".as_bstr());
    }

    #[test]
    fn what_git_never_writes_is_an_error() {
        for text in ["x\n", &format!("{A} {A}\n"), &format!("{A} {A} \n"), &format!("{A}{A} {A} r\n"), "0 0 r\n"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}

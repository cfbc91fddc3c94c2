//! What git tells the pre-push hook: which refs are pushed, and from where to where.

use bstr::{BString, ByteSlice};

use crate::change::{BaseSpec, ChangeSpec, Error, Source};
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::Repo;

/// One ref of a push: a line of the hook's standard input, `<local ref> SP <local object> SP <remote ref> SP <remote
/// object>`: <https://git-scm.com/docs/githooks#_pre_push>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The ref as it is called here; `(delete)` where there is none.
    pub local: BString,
    /// What is pushed; nothing where the ref is deleted.
    pub new: Option<ObjectId>,
    /// The ref as it is called there.
    pub there: BString,
    /// What the ref is there now; nothing where it is new.
    pub old: Option<ObjectId>,
}

/// What a ref of a push comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To be judged: a commit against what it goes on top of.
    Judge(ChangeSpec),
    /// Nothing to check, and why.
    Nothing(&'static str),
}

/// Reads the hook's standard input.
///
/// # Errors
/// When a line is not what git writes.
pub fn read(input: &[u8]) -> Result<Vec<Pushed>, Diagnostic> {
    input.lines().filter(|line| !line.is_empty()).map(line).collect()
}

fn line(line: &[u8]) -> Result<Pushed, Diagnostic> {
    let strange = || {
        let message = format!("the pre-push hook was told '{}'", line.to_str_lossy());
        Diagnostic::error("hook/stdin", message)
            .hint("git writes '<local ref> <local object> <remote ref> <remote object>' on its standard input")
    };
    let words: Vec<&[u8]> = line.split_str(b" ").collect();
    let [local, new, there, old] = words.as_slice() else { return Err(strange()) };
    let object = |word: &[u8]| match word.to_str() {
        Ok(zeros) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => Ok(None),
        Ok(id) => id.parse().map(Some).map_err(|_| strange()),
        Err(_) => Err(strange()),
    };
    Ok(Pushed { local: (*local).into(), new: object(new)?, there: (*there).into(), old: object(old)? })
}

/// The remote that a push goes to, by its name: git gives the URL for the name where it was asked to push to a URL.
///
/// # Errors
/// When the repository's configuration can't be read.
pub fn remote_name(repo: &Repo, name: &str) -> Result<Option<String>, Error> {
    let remotes = repo.remotes_with_urls()?;
    let named = remotes.iter().find(|(known, _)| known == name);
    Ok(named.or_else(|| remotes.iter().find(|(_, url)| url == name)).map(|(known, _)| known.clone()))
}

impl Pushed {
    /// What is to be judged of it. A guarded branch is compared with what it is there now; whatever else, with where it left
    /// the guarded branch as the remote has it, so that a force push after a rebase is not compared with its own past.
    ///
    /// # Errors
    /// When the repository can't be read.
    pub fn asks(&self, repo: &Repo, remote: Option<&str>, is_guarded: impl Fn(&str) -> bool) -> Result<Asked, Error> {
        let Some(new) = self.new else { return Ok(Asked::Nothing("it is deleted there")) };
        let Some(commit) = repo.resolve(&new.to_string())?.commit else {
            return Ok(Asked::Nothing("it is no commit"));
        };
        let there = self.there.to_str_lossy();
        let guarded = there.strip_prefix("refs/heads/").is_some_and(is_guarded);
        let source = Source::Commit(commit.to_string());
        Ok(Asked::Judge(match (self.old.filter(|old| guarded && repo.contains(*old)), remote) {
            (Some(old), _) => {
                let (from, to) = (old.to_string(), commit.to_string());
                ChangeSpec { source: Source::Range { from, to }, base: BaseSpec::Usual }
            }
            (None, Some(remote)) => ChangeSpec { source, base: BaseSpec::Remote(remote.to_owned()) },
            (None, None) => ChangeSpec { source, base: BaseSpec::Nothing },
        }))
    }

    /// The commits that it brings and the remote does not have yet, the oldest first.
    ///
    /// # Errors
    /// When the repository can't be read.
    pub fn commits(&self, repo: &Repo, remote: Option<&str>) -> Result<Vec<ObjectId>, Error> {
        let Some(tip) = self.new.map(|new| repo.resolve(&new.to_string())).transpose()?.and_then(|new| new.commit)
        else {
            return Ok(Vec::new());
        };
        let mut known: Vec<ObjectId> = self.old.filter(|old| repo.contains(*old)).into_iter().collect();
        if let Some(remote) = remote {
            let prefix = format!("refs/remotes/{remote}/");
            let tracked = repo.branches(true)?.into_iter().filter(|branch| branch.name.starts_with(&prefix));
            known.extend(tracked.map(|branch| branch.commit));
        }
        repo.commits_since(tip, &known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const NONE: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn reads_new_refs_updates_and_deletions() {
        let text = format!("refs/heads/a {A} refs/heads/b {NONE}\n(delete) {NONE} refs/heads/c {A}\n");
        let read = read(text.as_bytes()).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].new, read[0].old, read[0].there.as_bstr()), (A.parse().ok(), None, b"refs/heads/b".into()));
        assert_eq!((read[1].new, read[1].old), (None, A.parse().ok()));
        assert_eq!(super::read(b"").unwrap(), []);
    }

    #[test]
    fn what_git_never_writes_is_an_error() {
        for text in ["refs/heads/a\n", "a b c d\n", &format!("a {A} b {A} c\n"), &format!("a {A} b {A}{A}\n")] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}

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

/// The remote that a push goes to, by its name: git gives the URL for the name where it was asked to push to a URL. A URL
/// that belongs to no remote stays what it is, and nothing is known of what is there.
///
/// # Errors
/// When the repository's configuration can't be read.
pub fn remote_name(repo: &Repo, name: &str) -> Result<String, Error> {
    let remotes = repo.remotes_with_urls()?;
    let named = remotes.iter().find(|(known, _)| known == name);
    let named = named.or_else(|| remotes.iter().find(|(_, url)| url == name));
    Ok(named.map_or(name, |(known, _)| known).to_owned())
}

impl Pushed {
    /// The commit that is pushed, or why there is nothing to check: tags may be on trees and blobs as well.
    ///
    /// # Errors
    /// When the repository can't be read, or lacks what is pushed.
    pub fn commit(&self, repo: &Repo) -> Result<Result<ObjectId, &'static str>, Error> {
        let Some(new) = self.new else { return Ok(Err("it is deleted there")) };
        match repo.resolve(&new.to_string()) {
            Ok(found) => Ok(found.commit.ok_or("it is no commit")),
            Err(Error::Revision(_)) if repo.contains(new) => Ok(Err("it is no commit")),
            Err(error) => Err(error),
        }
    }

    /// What is to be judged of a commit that becomes the ref. A guarded branch is compared with what it is there now;
    /// whatever else, with where it left the guarded branch as the remote has it, so that a force push after a rebase is not
    /// compared with its own past.
    pub fn asks(&self, commit: ObjectId, repo: &Repo, remote: &str, is_guarded: impl Fn(&str) -> bool) -> ChangeSpec {
        let there = self.there.to_str_lossy();
        let guarded = there.strip_prefix("refs/heads/").is_some_and(is_guarded);
        let commit = commit.to_string();
        if let Some(old) = self.old.filter(|old| guarded && repo.contains(*old)) {
            let source = Source::Range { from: old.to_string(), to: commit };
            return ChangeSpec { source, base: BaseSpec::Usual };
        }
        ChangeSpec { source: Source::Commit(commit), base: BaseSpec::Remote(remote.to_owned()) }
    }

    /// The commits below one that becomes the ref that the remote does not have yet, the oldest first.
    ///
    /// # Errors
    /// When the repository can't be read.
    pub fn below(&self, commit: ObjectId, repo: &Repo, remote: &str) -> Result<Vec<ObjectId>, Error> {
        let mut known: Vec<ObjectId> = self.old.filter(|old| repo.contains(*old)).into_iter().collect();
        let prefix = format!("refs/remotes/{remote}/");
        let tracked = repo.branches(true)?.into_iter().filter(|branch| branch.name.starts_with(&prefix));
        known.extend(tracked.map(|branch| branch.commit));
        let mut commits = repo.commits_since(commit, &known)?;
        commits.retain(|id| *id != commit);
        Ok(commits)
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

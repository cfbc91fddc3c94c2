//! Making commits: in gate's store, until a branch is to have them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use bstr::ByteSlice;

use super::program::GitProgram;
use super::repo::to_git2;
use super::{Error, Repo};
use crate::digest::ObjectId;

/// Nobody's name is guessed from the machine's.
const NAMED: [&str; 1] = ["user.useConfigOnly=true"];

/// From how many objects on a pack is kept as it is: git's own limit for what it fetches (`transfer.unpackLimit`).
const PACKED: u32 = 100;

/// A commit that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewCommit<'a> {
    /// Its tree.
    pub tree: ObjectId,
    /// Its parents, first one first.
    pub parents: &'a [ObjectId],
    /// Its message.
    pub message: &'a [u8],
    /// A commit that it is another version of: its author is that one's. Without it the author is who commits.
    pub author_of: Option<ObjectId>,
}

/// Says that somebody is named who can make commits.
#[derive(Clone, Copy, Debug)]
pub struct Identity(());

impl Repo {
    /// Whether git's configuration, or its variables, name somebody who can make commits.
    ///
    /// # Errors
    /// [`Error::Identity`] when they don't; when git can't be run.
    pub fn identity(&self) -> Result<Identity, Error> {
        for name in ["GIT_COMMITTER_IDENT", "GIT_AUTHOR_IDENT"] {
            match GitProgram::with(self, "var", &NAMED).arg(name).run() {
                Err(Error::Program { .. }) => return Err(Error::Identity),
                ran => drop(ran?),
            }
        }
        Ok(Identity(()))
    }

    /// Makes a commit in gate's store, signed where the user's configuration wants every commit signed.
    ///
    /// # Errors
    /// When git can't make or sign it.
    pub fn make_commit(&self, _by: Identity, new: &NewCommit<'_>) -> Result<ObjectId, Error> {
        let mut program = GitProgram::with(self, "commit-tree", &NAMED);
        if self.inner().config()?.get_bool("commit.gpgsign").unwrap_or(false) {
            program = program.arg("-S");
        }
        program = new.parents.iter().fold(program, |program, id| program.arg("-p").arg(id.to_string()));
        program = program.arg(new.tree.to_string()).input(new.message);
        if let Some(commit) = new.author_of {
            program = self.by_author(program, commit)?;
        }
        let made = program.run()?.stdout;
        made.trim().to_str_lossy().parse().map_err(|_| Error::Revision(made.to_str_lossy().into_owned()))
    }

    /// Has a commit made by the author of another one.
    fn by_author(&self, program: GitProgram, commit: ObjectId) -> Result<GitProgram, Error> {
        let found = self.inner().find_commit(to_git2(commit)?).map_err(|error| Error::Object(commit, Some(error)))?;
        let (author, when) = (found.author(), found.author().when());
        let (sign, offset) = (when.sign(), when.offset_minutes().abs());
        let date = format!("@{} {sign}{:02}{:02}", when.seconds(), offset / 60, offset % 60);
        Ok(program
            .env("GIT_AUTHOR_NAME", OsStr::from_bytes(author.name_bytes()))
            .env("GIT_AUTHOR_EMAIL", OsStr::from_bytes(author.email_bytes()))
            .env("GIT_AUTHOR_DATE", date))
    }

    /// Who wrote a commit: name and address.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub fn author(&self, commit: ObjectId) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let found = self.inner().find_commit(to_git2(commit)?).map_err(|error| Error::Object(commit, Some(error)))?;
        let author = found.author();
        Ok((author.name_bytes().to_vec(), author.email_bytes().to_vec()))
    }

    /// Puts a commit that gate has made, and all that it needs, into the repository's own objects. What the commits in
    /// `there` reach is there already. Nothing refers to it yet.
    ///
    /// # Errors
    /// When git can't pack or write it.
    pub fn give(&self, commit: ObjectId, there: &[ObjectId]) -> Result<(), Error> {
        let wanted: Vec<String> =
            [commit.to_string()].into_iter().chain(there.iter().map(|id| format!("^{id}"))).collect();
        let packing = ["--revs", "--stdout", "-q"].iter().fold(GitProgram::new(self, "pack-objects"), GitProgram::arg);
        let pack = packing.input(wanted.join("\n") + "\n").run()?.stdout;
        // A pack begins with `PACK`, its version and how many objects it has (gitformat-pack(5)).
        let count = pack.get(8..12).and_then(|bytes| Some(u32::from_be_bytes(bytes.try_into().ok()?)));
        let own = self.without_store()?;
        let taking = match count {
            Some(0) => return Ok(()),
            Some(1..PACKED) => GitProgram::new(&own, "unpack-objects").arg("-q"),
            _ => GitProgram::new(&own, "index-pack").arg("--stdin"),
        };
        taking.input(pack).run().map(drop)
    }
}

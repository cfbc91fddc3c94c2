//! What a private checkout needs of git: settings that change files' content, objects of its own, filters, ignore rules.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::program::SCRUBBED;
use super::repo::from_git2;
use super::{Error, Repo, path_list};
use crate::digest::ObjectId;
use crate::path::RepoPath;
use crate::process::Program;

/// Settings that decide what a checked-out file holds or which files are ignored; the rest is nobody's business in a
/// private checkout.
const CONTENT: [&str; 7] = [
    "core.attributesfile",
    "core.autocrlf",
    "core.bigfilethreshold",
    "core.checkroundtripencoding",
    "core.eol",
    "core.excludesfile",
    "core.ignorecase",
];

/// Where files are to be written through git, with their filters.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// The folder of the repository's state.
    pub git_dir: &'a Path,
    /// The folder of the files.
    pub work_dir: &'a Path,
    /// The index that says what the paths hold.
    pub index: &'a Path,
    /// Where the objects are, if not where `git_dir` says.
    pub objects: Option<&'a Path>,
}

impl Repo {
    /// The effective settings that change what checked-out files hold or which files are ignored, filters included, in
    /// order of their names.
    ///
    /// # Errors
    /// When the configuration can't be read.
    pub fn content_settings(&self) -> Result<Vec<(String, String)>, Error> {
        let mut found: BTreeMap<String, (i32, String)> = BTreeMap::new();
        let config = self.inner().config()?;
        config.entries(None)?.for_each(|entry| {
            let (Ok(name), value) = (entry.name(), entry.value().unwrap_or("true")) else { return };
            let level = entry.level() as i32;
            let counts = CONTENT.contains(&name) || name.starts_with("filter.") || name.starts_with("lfs.");
            if counts && found.get(name).is_none_or(|(known, _)| *known <= level) {
                found.insert(name.to_owned(), (level, value.to_owned()));
            }
        })?;
        Ok(found.into_iter().map(|(name, (_, value))| (name, value)).collect())
    }

    /// The file of attributes that `core.attributesFile` names.
    #[must_use]
    pub fn attributes_file(&self) -> Option<PathBuf> {
        self.inner().config().ok()?.get_path("core.attributesfile").ok()
    }
}

/// The name that git gives a blob of these bytes.
///
/// # Errors
/// When libgit2 can't hash.
pub fn blob_id(bytes: &[u8]) -> Result<ObjectId, Error> {
    Ok(from_git2(git2::Oid::hash_object(git2::ObjectType::Blob, bytes)?))
}

/// A commit with fixed author and dates: its name, and the bytes of its file in a folder of objects.
///
/// # Errors
/// When libgit2 can't hash.
pub fn snapshot_commit(tree: ObjectId, parent: Option<ObjectId>) -> Result<(ObjectId, Vec<u8>), Error> {
    let who = "gate <gate@localhost> 946684800 +0000";
    let parent = parent.map_or_else(String::new, |id| format!("parent {id}\n"));
    let text = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\ncandidate\n");
    let id = from_git2(git2::Oid::hash_object(git2::ObjectType::Commit, text.as_bytes())?);
    Ok((id, loose(format!("commit {}\0{text}", text.len()).as_bytes())))
}

/// Bytes as a zlib stream without compression (RFC 1950, RFC 1951 3.2.4): what git reads, without a compressor.
pub(super) fn loose(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut chunks = bytes.chunks(usize::from(u16::MAX)).peekable();
    while let Some(chunk) = chunks.next() {
        let length = u16::try_from(chunk.len()).unwrap_or(u16::MAX);
        out.push(u8::from(chunks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(chunk);
    }
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    out.extend_from_slice(&((b << 16) | a).to_be_bytes());
    out
}

/// Writes paths of an index into the folder of files, as `git checkout` would: through their filters and with their line
/// endings. What is there is replaced; the index is not touched.
///
/// # Errors
/// When git can't be started, or a filter fails.
pub fn write_filtered<'a>(to: &Writing<'_>, paths: impl Iterator<Item = &'a RepoPath>) -> Result<(), Error> {
    let mut input = Vec::new();
    for path in paths {
        input.write_all(path.as_bstr())?;
        input.push(0);
    }
    if input.is_empty() {
        return Ok(());
    }
    let mut program = SCRUBBED.iter().fold(Program::new("git"), Program::env_remove);
    program = program
        .env_remove("GIT_LFS_SKIP_SMUDGE")
        .dir(to.work_dir)
        .env("GIT_DIR", to.git_dir)
        .env("GIT_WORK_TREE", to.work_dir)
        .env("GIT_INDEX_FILE", to.index)
        .env("GIT_TERMINAL_PROMPT", "0");
    if let Some(objects) = to.objects {
        program = program.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", path_list::join([objects]));
    }
    let ran = program.args(["checkout-index", "-f", "-q", "-z", "--stdin"]).input(input).run()?;
    if ran.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
    Err(Error::Program { command: "checkout-index".to_owned(), message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_reads_the_commit_that_we_write() {
        let folder = tempfile::tempdir().unwrap();
        let git = |args: &[&str]| {
            let ran = Program::new("git").args(args).dir(folder.path()).run().unwrap();
            assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
            String::from_utf8(ran.stdout).unwrap()
        };
        git(&["init", "-q"]);
        let (id, bytes) = snapshot_commit(ObjectId::EMPTY_TREE, None).unwrap();
        let name = id.to_string();
        let file = folder.path().join(".git/objects").join(&name[..2]).join(&name[2..]);
        fs_err::create_dir_all(file.parent().unwrap()).unwrap();
        fs_err::write(&file, bytes).unwrap();
        let shown = git(&["cat-file", "commit", &id.to_string()]);
        assert!(shown.starts_with(&format!("tree {}\nauthor gate ", ObjectId::EMPTY_TREE)), "{shown}");
        git(&["fsck", "--strict"]);
    }

    #[test]
    fn names_blobs_as_git_does() {
        assert_eq!(blob_id(b"x\n").unwrap().to_string(), "587be6b4c3f93f93c489c0111bba5596147a26cb");
    }
}

//! What a private checkout needs of git: settings that change files' content, objects of its own, filters, ignore rules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bstr::BStr;

use super::object::Kind;
use super::repo::from_git2;
use super::{Environment, Error, GitProgram, Repo};
use crate::digest::ObjectId;
use crate::path::RepoPath;

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

/// How Git LFS is to be run when files are written: with the file in the end, or not at all. Where the user never set it
/// up, or skips it to save time, a checkout has pointers in place of files, and a check of those says nothing about what
/// is deployed.
const LFS: [(&str, &str); 3] = [
    ("filter.lfs.process", "git-lfs filter-process"),
    ("filter.lfs.smudge", "git-lfs smudge -- %f"),
    ("filter.lfs.required", "true"),
];

/// Where files are to be written through git, with their filters.
#[derive(Clone, Copy, Debug)]
pub struct Writing<'a> {
    /// The folder of the files.
    pub work_dir: &'a Path,
    /// The index that says what the paths hold.
    pub index: &'a Path,
}

impl Repo {
    /// Opens a submodule's repository, under the same configuration and with the same store of gate's own.
    ///
    /// # Errors
    /// When there is none at this place, or libgit2 can't read its format.
    pub fn submodule(&self, path: &Path) -> Result<Self, Error> {
        let (_, Environment { config_global, config_system, config_no_system, .. }) = self.opened_as();
        let environment = Environment {
            dir: Some(path.into()),
            config_global: config_global.clone(),
            config_system: config_system.clone(),
            config_no_system: config_no_system.clone(),
            ..Environment::default()
        };
        let open = Self::open(path, &environment)?;
        match self.store() {
            Some(store) => open.with_store(store),
            None => Ok(open),
        }
    }

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

    /// The paths of the submodules that a tree's `.gitmodules` declares: <https://git-scm.com/docs/gitmodules>. What it does
    /// not declare is no submodule to a clone, even where the tree points to a commit.
    ///
    /// # Errors
    /// When the file can't be read, or is no configuration.
    pub fn declared_submodules(&self, tree: ObjectId) -> Result<Vec<RepoPath>, Error> {
        let root = self.tree(tree)?;
        let file =
            root.get(BStr::new(".gitmodules")).filter(|file| matches!(file.kind, Kind::Leaf(mode) if mode.is_file()));
        let Some(file) = file else { return Ok(Vec::new()) };
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join("modules");
        fs_err::write(&copy, self.blob(file.id)?)?;
        let mut paths = Vec::new();
        git2::Config::open(&copy)?.entries(Some(r"^submodule\..*\.path$"))?.for_each(|entry| {
            paths.extend(entry.has_value().then(|| RepoPath::new(entry.value_bytes())));
        })?;
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    /// Writes paths of an index into a folder of files, as `git checkout` would: through their filters and with their line
    /// endings. What is there is replaced; the index is not touched. The filters are this repository's, so that they find
    /// what they need: its settings, and for LFS its files and its remotes.
    ///
    /// # Errors
    /// When git can't be started, or a filter fails.
    pub fn write_filtered<'a>(&self, to: &Writing<'_>, paths: impl Iterator<Item = &'a RepoPath>) -> Result<(), Error> {
        let input = super::lines(paths);
        if input.is_empty() {
            return Ok(());
        }
        let mut program = GitProgram::new(self, "checkout-index")
            .dir(to.work_dir)
            .env("GIT_WORK_TREE", to.work_dir)
            .env("GIT_INDEX_FILE", to.index)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env_remove("GIT_LFS_SKIP_SMUDGE")
            .env("GIT_CONFIG_COUNT", LFS.len().to_string());
        for (n, (name, value)) in LFS.iter().enumerate() {
            program = program.env(&format!("GIT_CONFIG_KEY_{n}"), name).env(&format!("GIT_CONFIG_VALUE_{n}"), value);
        }
        ["-f", "-q", "-z", "--stdin"].iter().fold(program, GitProgram::arg).input(input).run_telling_all()?;
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Program;

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

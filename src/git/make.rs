//! Objects that gate makes itself: blobs and trees, in a store of its own until the user's repository is to have them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bstr::ByteSlice;
use git2::ObjectType;

use super::object::{Kind, line};
use super::private::loose;
use super::repo::{from_git2, to_git2};
use super::{Environment, Error, Repo, Side};
use crate::digest::ObjectId;
use crate::path::RepoPath;

/// From how many objects on it pays to write with a further thread.
const MANY: usize = 100;
/// How old the time of an object may be that is there already.
const RENEWED: Duration = Duration::from_hours(24);

/// Writes an object to a store, under a name that git's own housekeeping removes if it stays.
pub(super) fn put(store: &Path, kind: ObjectType, body: &[u8]) -> Result<ObjectId, Error> {
    let id = from_git2(git2::Oid::hash_object(kind, body)?);
    let name = id.to_string();
    let folder = store.join(&name[..2]);
    let path = folder.join(&name[2..]);
    if let Ok(found) = fs_err::metadata(&path) {
        // As git does with what is there: old objects that nothing writes again are removed one day.
        let old = found.modified().is_ok_and(|time| time.elapsed().is_ok_and(|age| age > RENEWED));
        if old {
            fs_err::File::open(&path)?.file().set_modified(SystemTime::now())?;
        }
        return Ok(id);
    }
    fs_err::create_dir_all(&folder)?;
    let read_only = PermissionsExt::from_mode(0o444);
    let mut file = tempfile::Builder::new().prefix("tmp_obj_").permissions(read_only).tempfile_in(&folder)?;
    let whole = [format!("{} {}\0", kind.str(), body.len()).as_bytes(), body].concat();
    file.write_all(&loose(&whole))?;
    file.persist(&path).map_err(|error| io::Error::other(error.error))?;
    Ok(id)
}

impl Repo {
    /// Puts a blob into gate's store.
    ///
    /// # Errors
    /// When there is no store, or it can't be written.
    pub fn make_blob(&self, bytes: &[u8]) -> Result<ObjectId, Error> {
        put(self.own_store()?, ObjectType::Blob, bytes)
    }

    /// The tree that another one becomes when files in it are other ones. Paths that it does not have stay away.
    ///
    /// # Errors
    /// When a tree can't be read, or gate's store can't be written.
    pub fn tree_with(&self, tree: ObjectId, files: &BTreeMap<RepoPath, Side>) -> Result<ObjectId, Error> {
        let changes: Vec<(&[u8], Side)> = files.iter().map(|(path, side)| (path.as_bstr().as_bytes(), *side)).collect();
        self.changed_tree(tree, &changes)
    }

    /// `changes` are sorted, and relative to the tree.
    fn changed_tree(&self, tree: ObjectId, changes: &[(&[u8], Side)]) -> Result<ObjectId, Error> {
        if changes.is_empty() {
            return Ok(tree);
        }
        let mut body = Vec::new();
        for entry in self.tree(tree)?.entries() {
            let (kind, id) = match entry.kind {
                Kind::Folder => {
                    let prefix = [entry.name.as_bytes(), b"/"].concat();
                    let start = changes.partition_point(|(path, _)| *path < &*prefix);
                    let below =
                        changes[start..].iter().map_while(|(path, side)| Some((path.strip_prefix(&*prefix)?, *side)));
                    (Kind::Folder, self.changed_tree(entry.id, &below.collect::<Vec<_>>())?)
                }
                Kind::Leaf(mode) => match changes.binary_search_by_key(&entry.name.as_bytes(), |(path, _)| path) {
                    Ok(at) => (Kind::Leaf(changes[at].1.mode), changes[at].1.id),
                    Err(_) => (Kind::Leaf(mode), entry.id),
                },
            };
            body.extend(line(kind, entry.name, id));
        }
        put(self.own_store()?, ObjectType::Tree, &body)
    }

    /// Puts blobs into the repository itself that it may lack, because something of the user's is to name them.
    ///
    /// # Errors
    /// When one can't be written.
    pub fn give_blobs<B: AsRef<[u8]> + Sync>(&self, blobs: &[(ObjectId, B)]) -> Result<(), Error> {
        // Without gate's store, so that what is only there shows as missing.
        let (cwd, environment) = self.opened_as();
        let named = Environment { dir: Some(self.git_dir().into()), ..environment.clone() };
        let give = |part: &[(ObjectId, B)]| -> Result<(), Error> {
            let users = Self::open(cwd, &named)?;
            // Looking for what is not there must not read the folder of packs anew each time.
            let (odb, once) = (users.inner().odb()?, git2::OdbLookupFlags::NO_REFRESH);
            let there = |id: ObjectId| to_git2(id).is_ok_and(|id| odb.exists_ext(id, once));
            let mut lacking = part.iter().filter(|(id, _)| !there(*id));
            lacking.try_for_each(|(_, bytes)| users.inner().blob(bytes.as_ref()).map(drop).map_err(Error::from))
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(blobs.len() / MANY + 1);
        std::thread::scope(|scope| {
            let parts = blobs.chunks(blobs.len().div_ceil(threads).max(1));
            let given: Vec<_> = parts.map(|part| scope.spawn(move || give(part))).collect();
            let ended = given.into_iter().map(|given| given.join().unwrap_or_else(|p| std::panic::resume_unwind(p)));
            ended.collect()
        })
    }

    fn own_store(&self) -> Result<&Path, Error> {
        self.store().ok_or_else(|| io::Error::other("there is no store for what gate makes").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::TestRepo;
    use crate::path::Mode;

    fn side(repo: &Repo, text: &str, mode: Mode) -> Side {
        Side { mode, id: repo.make_blob(text.as_bytes()).unwrap() }
    }

    #[test]
    fn a_changed_tree_is_what_git_makes_of_the_same_change() {
        let test = TestRepo::new();
        let repo = test.open().with_store(&test.store()).unwrap();
        let files = BTreeMap::from([
            (RepoPath::from("a"), side(&repo, "A\n", Mode::Executable)),
            (RepoPath::from("d/e/c"), side(&repo, "C\n", Mode::File)),
            (RepoPath::from("not/there"), side(&repo, "N\n", Mode::File)),
        ]);
        let found = test.untouched(|| repo.tree_with(test.id("HEAD^{tree}"), &files).unwrap());
        test.write("a", "A\n");
        test.chmod("a", 0o755);
        test.write("d/e/c", "C\n");
        assert_eq!(found, test.expected_work_tree());
        assert_eq!(repo.tree_with(found, &BTreeMap::new()).unwrap(), found);
    }

    #[test]
    fn the_users_repository_gets_what_it_lacks() {
        let test = TestRepo::new();
        let repo = test.open().with_store(&test.store()).unwrap();
        let id = repo.make_blob(b"new\n").unwrap();
        assert!(!test.try_git(&["cat-file", "-e", &id.to_string()]), "only gate's store has it");
        let many =
            (0..300).map(|n: u32| n.to_string()).map(|text| (crate::git::blob_id(text.as_bytes()).unwrap(), text));
        let blobs: Vec<_> =
            [(id, "new\n".to_owned()), (test.id("HEAD:a"), "a\n".to_owned())].into_iter().chain(many).collect();
        repo.give_blobs(&blobs).unwrap();
        assert!(blobs.iter().all(|(id, _)| test.try_git(&["cat-file", "-e", &id.to_string()])));
        assert_eq!(test.git(&["cat-file", "blob", &id.to_string()]), "new");
        test.git(&["fsck", "--strict"]);
    }
}

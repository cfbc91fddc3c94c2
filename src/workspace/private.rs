//! The `.git` folder of a checkout: a repository of its own on the user's objects.
//!
//! Everything in it is brought back to what it has to be before each run, so that what a check did to git (settings,
//! refs, hooks, a half-done merge) is gone for the next one.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};

use super::layout::{Layout, Place};
use super::root::Root;
use super::spec::Head;
use super::{Error, Settings};
use crate::digest::ObjectId;
use crate::git::{self, Repo};

/// Makes the `.git` folder what it has to be for a candidate; the index apart.
pub(super) fn restore(
    root: &Root,
    repo: &Repo,
    at: (&Layout, &Place),
    settings: &Settings,
    candidate: (ObjectId, Head),
) -> Result<(), Error> {
    let io = |source| Error::io("write", &root.path().join(".git"), source);
    let (layout, place) = at;
    let (tree, head) = candidate;
    root.make_folder(BStr::new(".git")).map_err(io)?;
    only(root, ".git", &["HEAD", "config", "index", "info", "objects", "refs", "shallow"]).map_err(io)?;
    root.make_folder(BStr::new(".git/refs")).map_err(io)?;
    only(root, ".git/refs", &[]).map_err(io)?;
    root.make_folder(BStr::new(".git/objects/info")).map_err(io)?;
    root.make_folder(BStr::new(".git/info")).map_err(io)?;
    only(root, ".git/info", &["attributes", "exclude"]).map_err(io)?;
    only(root, ".git/objects/info", &["alternates"]).map_err(io)?;
    let put = |path: &str, bytes: &[u8]| root.put(BStr::new(path), bytes).map_err(io);
    put(".git/config", config(settings, layout).as_bytes())?;
    put(".git/info/attributes", &settings.attributes)?;
    put(".git/info/exclude", &settings.exclude)?;
    put(".git/objects/info/alternates", &alternates(&[&repo.objects_dir(), &layout.objects()]))?;
    match (head, &settings.shallow) {
        (Head::Snapshot, _) | (_, None) => {
            root.remove(BStr::new(".git/shallow")).map_err(io)?;
        }
        (_, Some(shallow)) => put(".git/shallow", shallow)?,
    }
    let commit = commit(root, place, tree, head)?;
    put(".git/HEAD", format!("{commit}\n").as_bytes())
}

/// The commit that HEAD is. Objects that a check made are dropped; nothing that stays can name them.
fn commit(root: &Root, place: &Place, tree: ObjectId, head: Head) -> Result<ObjectId, Error> {
    let objects = place.work().join(".git/objects");
    let io = |source| Error::io("write", &objects, source);
    let made = match head {
        Head::Commit(id) => {
            only(root, ".git/objects", &["info"]).map_err(io)?;
            return Ok(id);
        }
        Head::Snapshot => None,
        Head::On(parent) => Some(parent),
    };
    let known = root.read(BStr::new(".git/HEAD")).and_then(|head| head.trim().to_str().ok()?.parse::<ObjectId>().ok());
    let keep = known.map(|id| id.to_string()[..2].to_owned()).unwrap_or_default();
    only(root, ".git/objects", &["info", &keep]).map_err(io)?;
    let commit = git::write_commit(&objects, tree, made)?;
    if known.is_some_and(|known| known != commit) {
        let name = commit.to_string();
        only(root, ".git/objects", &["info", &name[..2]]).map_err(io)?;
        only(root, &format!(".git/objects/{}", &name[..2]), &[&name[2..]]).map_err(io)?;
    }
    Ok(commit)
}

/// Removes everything from a folder that is not named.
fn only(root: &Root, folder: &str, names: &[&str]) -> io::Result<()> {
    for (name, _) in root.list(BStr::new(folder))? {
        if !names.iter().any(|known| name == *known) {
            let path: BString = [folder.as_bytes(), b"/", &name].concat().into();
            root.remove(path.as_bstr())?;
        }
    }
    Ok(())
}

/// Makes the checkout's index the manifest. Git renames a new index over an old one and never writes in place, so ours
/// stays what it is.
pub(super) fn link_index(root: &Root, place: &Place) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt;
    let index = place.index();
    let io = |source| Error::io("link", &index, source);
    let ours = fs_err::metadata(&index).map_err(io)?;
    let path = BStr::new(".git/index");
    if root.stat(path).is_ok_and(|there| there.st_ino == ours.ino()) {
        return Ok(());
    }
    root.remove(path).map_err(io)?;
    fs_err::hard_link(&index, place.work().join(".git/index")).map_err(io)
}

/// One folder of objects a line; a name that git would take for more is quoted.
fn alternates(folders: &[&Path]) -> Vec<u8> {
    let mut out = Vec::new();
    for folder in folders {
        let path = fs_err::canonicalize(folder).unwrap_or_else(|_| (*folder).to_owned());
        let bytes = path.as_os_str().as_bytes();
        if bytes.iter().any(|byte| matches!(byte, b'\n' | b'"')) {
            let text = bytes.to_str_lossy().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            out.extend_from_slice(format!("\"{text}\"").as_bytes());
        } else {
            out.extend_from_slice(bytes);
        }
        out.push(b'\n');
    }
    out
}

/// The settings of a private repository. Hooks, background work and signing are off whatever the user's own say.
fn config(settings: &Settings, layout: &Layout) -> String {
    let mut out = String::from(
        "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = false\n\
         \thooksPath = /dev/null\n\tfsmonitor = false\n\tsparseCheckout = false\n\tsplitIndex = false\n\
         [gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n[commit]\n\tgpgSign = false\n[tag]\n\tgpgSign = false\n\
         [submodule]\n\trecurse = false\n[user]\n\tname = gate\n\temail = gate@localhost\n",
    );
    let lfs = ("lfs.storage".to_owned(), layout.lfs().to_string_lossy().into_owned());
    let kept = settings.pairs.iter().filter(|(name, _)| name != "lfs.storage");
    for (name, value) in kept.chain([&lfs]) {
        let Some((section, key)) = name.rsplit_once('.') else { continue };
        match section.split_once('.') {
            Some((section, sub)) => out.extend(["[", section, " \"", &escaped(sub), "\"]\n"]),
            None => out.extend(["[", section, "]\n"]),
        }
        out.extend(["\t", key, " = \"", &escaped(value), "\"\n"]);
    }
    out
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t")
}

//! The `.git` folder of a checkout: a repository of its own on the user's objects.
//!
//! Everything in it is brought back to what it has to be before each run, so that what a check did to git (settings,
//! refs, hooks, a half-done merge) is gone for the next one.

use std::io;
use std::os::unix::ffi::OsStrExt;

use bstr::{BStr, BString, ByteSlice};

use super::Error;
use super::layout::{Layout, Place};
use super::root::Root;
use super::session::{Session, Trust};
use super::settings::Settings;
use super::spec::Head;
use crate::digest::ObjectId;
use crate::git::{self, Repo};
use crate::path::RepoPath;

/// Makes the `.git` folder what it has to be for a candidate; the index apart.
pub(super) fn restore(session: &Session<'_>, layout: &Layout, trust: Trust) -> Result<(), Error> {
    let at = session.root.path().join(".git");
    let io = |source| Error::io("write", &at, source);
    session.root.make_folder(BStr::new(".git")).map_err(io)?;
    let git = session.root.below(&RepoPath::from(".git")).map_err(io)?;
    only(&git, "", &["HEAD", "config", "index", "info", "objects", "refs", "shallow"]).map_err(io)?;
    for folder in ["refs", "info", "objects", "objects/info"] {
        git.make_folder(BStr::new(folder)).map_err(io)?;
    }
    only(&git, "refs", &[]).map_err(io)?;
    only(&git, "info", &["attributes", "exclude"]).map_err(io)?;
    only(&git, "objects/info", &["alternates"]).map_err(io)?;
    let put = |path: &str, bytes: &[u8]| git.put(BStr::new(path), bytes).map_err(io);
    put("config", config(session.settings, layout).as_bytes())?;
    put("info/attributes", &session.settings.attributes)?;
    put("info/exclude", &session.settings.exclude)?;
    put("objects/info/alternates", &alternates(session.repo, layout))?;
    match (session.spec.head, &session.settings.shallow) {
        (Head::Snapshot, _) | (_, None) => {
            git.remove(BStr::new("shallow")).map_err(io)?;
        }
        (_, Some(shallow)) => put("shallow", shallow)?,
    }
    let made = match session.spec.head {
        Head::Commit(id) => return put("HEAD", format!("{id}\n").as_bytes()),
        Head::Snapshot => git::snapshot_commit(session.tree, None)?,
        Head::On(parent) => git::snapshot_commit(session.tree, Some(parent))?,
    };
    commit(&git, trust, made).map_err(io)
}

/// Makes HEAD a commit. The file of the last one becomes that of the next: making and removing files is what costs here.
/// Objects that a check made stay until the checkout has to be compared; nothing that stays can name them.
fn commit(git: &Root, trust: Trust, (id, bytes): (ObjectId, Vec<u8>)) -> io::Result<()> {
    let head = git.read(BStr::new("HEAD"));
    let known = head.and_then(|head| head.trim().to_str().ok()?.parse::<ObjectId>().ok());
    let file = object(id);
    match trust {
        Trust::Nothing => only(git, "objects", &["info"])?,
        Trust::Recorded if known == Some(id) && git.stat(file.as_bstr()).is_ok() => return Ok(()),
        Trust::Recorded => {
            // It may not be there: then one is made.
            let _renamed = known.map(|known| git.rename(object(known).as_bstr(), file.as_bstr()));
        }
    }
    git.put(file.as_bstr(), &bytes)?;
    git.put(BStr::new("HEAD"), format!("{id}\n").as_bytes())
}

/// Where the file of an object lies.
fn object(id: ObjectId) -> BString {
    let name = id.to_string();
    format!("objects/{}/{}", &name[..2], &name[2..]).into()
}

/// Removes everything from a folder that is not named.
fn only(root: &Root, folder: &str, names: &[&str]) -> io::Result<()> {
    for (name, _) in root.list(BStr::new(folder))? {
        if !names.iter().any(|known| name == *known) {
            let path = if folder.is_empty() { name } else { [folder.as_bytes(), b"/", &name].concat().into() };
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
fn alternates(repo: &Repo, layout: &Layout) -> Vec<u8> {
    let mut out = Vec::new();
    for folder in repo.objects_dirs().iter().chain([&layout.objects()]) {
        let path = fs_err::canonicalize(folder).unwrap_or_else(|_| folder.clone());
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

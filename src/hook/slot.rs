//! The place of one hook in a folder: what lies there, putting a shim there, and taking it away again.
//!
//! A hook that was there before is put aside under another name and comes back exactly as it was. Each step leaves
//! either the old hook or the new one in place, so that being ended in between costs nothing: whoever comes next finds
//! what was put aside, and goes on from there.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::Error;
use super::author::Author;
use super::shim::{Read, Shim};

/// What a hook is called that runs before gate: the end of its name. The shim knows it too.
pub(super) const BEFORE: &str = ".before-gate";
/// What a hook is called that doesn't run any more, since gate was told to replace it.
pub(super) const REPLACED: &str = ".replaced-by-gate";
/// How the names of files begin that are not finished.
pub(super) const UNFINISHED: &str = ".gate-unfinished-";
/// The mode of a shim: everybody who may commit may run it.
const MODE: u32 = 0o755;

/// Every hook of git's, those that gate has no answer to included.
const HOOKS: [&str; 28] = [
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "p4-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
    "p4-prepare-changelist",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
];

/// The place of one hook in a folder.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    folder: PathBuf,
    name: OsString,
}

/// What lies in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Free,
    /// A shim, as gate wrote it.
    Ours(Own),
    /// A shim that somebody changed.
    Edited(PathBuf),
    /// A hook of somebody else's.
    Foreign(Foreign),
    /// Something that git can't run.
    NotAFile,
}

/// A shim, as gate wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Own {
    /// What it holds.
    pub(super) shim: Shim,
    /// Where it lies: another manager may have put it aside, and runs it from there.
    pub(super) at: PathBuf,
    /// Whether git would run it.
    pub(super) executable: bool,
}

/// A hook of somebody else's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Foreign {
    /// What it holds; nothing if it can't be read.
    pub(super) text: Vec<u8>,
    /// Whether git would run it.
    pub(super) executable: bool,
    /// Who wrote it, if that is known.
    pub(super) author: Option<Author>,
}

/// What putting a shim somewhere came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    New,
    /// It was there, and is another one now.
    Renewed,
    /// It was there, just so.
    Same,
}

impl Slot {
    /// The place of the hook of this name.
    pub(super) fn new(folder: &Path, name: impl Into<OsString>) -> Self {
        Self { folder: folder.to_owned(), name: name.into() }
    }

    /// Where the hook lies.
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// The same place, under a name with this end.
    pub(super) fn aside(&self, end: &str) -> PathBuf {
        let mut name = self.name.clone();
        name.push(end);
        self.folder.join(name)
    }

    /// What lies there.
    ///
    /// # Errors
    /// When it can't be found out.
    pub(super) fn state(&self) -> Result<State, Error> {
        let state = look(&self.path())?;
        if let State::Foreign(Foreign { author: Some(author), .. }) = &state
            && let Some(end) = author.aside().filter(|_| author.runs_aside())
            && let State::Ours(own) = look(&self.aside(end))?
        {
            return Ok(State::Ours(own));
        }
        Ok(state)
    }

    /// Refuses what [`Slot::put`] could not do without losing something.
    ///
    /// # Errors
    /// The refusal.
    pub(super) fn allows(&self, replace: bool) -> Result<(), Error> {
        match self.state()? {
            State::Free | State::Ours(_) => Ok(()),
            State::Edited(path) => Err(Error::Edited(path)),
            State::NotAFile => Err(Error::NotAFile(self.path())),
            State::Foreign(foreign) => {
                let aside = self.aside(if replace { REPLACED } else { BEFORE });
                let lost = there(&aside) && !same(&self.path(), &aside) && !supersedes(&foreign, &aside)?;
                if lost { Err(Error::Two { hook: self.path(), aside }) } else { Ok(()) }
            }
        }
    }

    /// Puts a shim there. What is in its place is put aside: to run first, or to be replaced.
    ///
    /// # Errors
    /// What [`Slot::allows`] refuses; when a file can't be written.
    pub(super) fn put(&self, shim: &[u8], replace: bool) -> Result<Put, Error> {
        self.allows(replace)?;
        let (before, replaced) = (self.aside(BEFORE), self.aside(REPLACED));
        let state = self.state()?;
        let mut put = Put::New;
        let mut moved = Put::Same;
        if replace && there(&before) && !there(&replaced) {
            fs_err::rename(&before, &replaced)?;
            moved = Put::Renewed;
        }
        let at = match state {
            State::Ours(own) => {
                let is_right = own.executable && fs_err::read(&own.at)? == shim;
                if is_right {
                    return Ok(moved);
                }
                put = Put::Renewed;
                own.at
            }
            State::Foreign(_) => {
                self.put_aside(if replace { &replaced } else { &before })?;
                self.path()
            }
            State::Free | State::Edited(_) | State::NotAFile => self.path(),
        };
        write(&at, shim, MODE)?;
        self.remove_ousted()?;
        Ok(put)
    }

    /// Takes the shim away, and brings back what was there before. Gives what had to stay, if something had to.
    ///
    /// # Errors
    /// When a file can't be written.
    pub(super) fn take(&self) -> Result<Taken, Error> {
        self.remove_ousted()?;
        let aside = [BEFORE, REPLACED].map(|end| self.aside(end)).into_iter().find(|path| there(path));
        match (self.state()?, aside) {
            (State::Ours(own), Some(aside)) if own.at != self.path() && self.is_superseded(&aside)? => {
                // What runs gate has renewed itself meanwhile.
                fs_err::remove_file(aside)?;
                fs_err::remove_file(own.at)?;
            }
            (State::Ours(own), Some(aside)) => fs_err::rename(aside, own.at)?,
            (State::Ours(own), None) => fs_err::remove_file(own.at)?,
            (State::Free, Some(aside)) => fs_err::rename(aside, self.path())?,
            (State::Foreign(foreign), Some(aside)) => {
                // It was to be put aside when gate was ended, or another manager took gate's place meanwhile.
                if !same(&self.path(), &aside) && !supersedes(&foreign, &aside)? {
                    return Ok(Taken::Left(aside));
                }
                fs_err::remove_file(aside)?;
            }
            (State::Edited(path), _) => return Ok(Taken::Edited(path)),
            _ => return Ok(Taken::Nothing),
        }
        Ok(Taken::Gone)
    }

    /// Whether what lies here is what its manager wrote in place of what was put aside.
    fn is_superseded(&self, aside: &Path) -> Result<bool, Error> {
        match look(&self.path())? {
            State::Foreign(foreign) => supersedes(&foreign, aside),
            _ => Ok(false),
        }
    }

    /// Gives a hook that another manager wrote here to this folder, where it would have written it but for gate. It stays
    /// if another one has its place there.
    ///
    /// # Errors
    /// When it can't be moved.
    pub(super) fn give_to(&self, folder: &Path) -> Result<bool, Error> {
        let State::Foreign(foreign) = self.state()? else { return Ok(false) };
        let to = folder.join(&self.name);
        let free = !there(&to) || supersedes(&foreign, &to)?;
        if foreign.author.is_some() && free && folder.is_dir() {
            fs_err::rename(self.path(), to)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// A shim that another manager put aside and doesn't run.
    pub(super) fn ousted(&self) -> Result<Option<(Author, PathBuf)>, Error> {
        let State::Foreign(Foreign { author: Some(author), .. }) = look(&self.path())? else { return Ok(None) };
        let Some(path) = author.aside().filter(|_| !author.runs_aside()).map(|end| self.aside(end)) else {
            return Ok(None);
        };
        Ok(matches!(look(&path)?, State::Ours(_)).then_some((author, path)))
    }

    /// Removes shims that another manager put aside and doesn't run.
    ///
    /// # Errors
    /// When one can't be removed.
    pub(super) fn remove_ousted(&self) -> Result<(), Error> {
        for path in [Author::Lefthook].into_iter().filter_map(Author::aside).map(|end| self.aside(end)) {
            if matches!(look(&path)?, State::Ours(_)) {
                fs_err::remove_file(path)?;
            }
        }
        Ok(())
    }

    /// Gives the hook another name too, without a moment in which it has none; the shim then takes its first name. A link
    /// is moved: not every system can give a link itself a second name.
    fn put_aside(&self, aside: &Path) -> Result<(), Error> {
        let hook = self.path();
        if there(aside) {
            // The same hook, or what the same manager wrote before.
            fs_err::remove_file(aside)?;
        }
        let is_link = fs_err::symlink_metadata(&hook)?.is_symlink();
        if is_link || fs_err::hard_link(&hook, aside).is_err() {
            fs_err::rename(&hook, aside)?;
        }
        Ok(())
    }
}

/// What taking a shim away came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// There was none.
    Nothing,
    /// It is gone, and what was there before is back.
    Gone,
    /// Somebody changed it: it stays.
    Edited(PathBuf),
    /// Another hook took its place; what was put aside for gate stays here.
    Left(PathBuf),
}

/// What lies at a path.
fn look(path: &Path) -> Result<State, Error> {
    let metadata = match fs_err::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(State::Free),
        Err(error) => return Err(error.into()),
    };
    let followed = std::fs::metadata(path).ok();
    if !(metadata.is_file() || metadata.is_symlink()) || followed.as_ref().is_some_and(|found| !found.is_file()) {
        return Ok(State::NotAFile);
    }
    let executable = followed.is_some_and(|found| found.permissions().mode() & 0o111 != 0);
    // What can be run but not read, and a link that leads nowhere, are somebody else's.
    let text = fs_err::read(path).unwrap_or_default();
    Ok(match Shim::read(&text).filter(|_| metadata.is_file()) {
        Some(Read::Intact(shim)) => State::Ours(Own { shim, at: path.to_owned(), executable }),
        Some(Read::Edited) => State::Edited(path.to_owned()),
        None => State::Foreign(Foreign { author: Author::of(&text), text, executable }),
    })
}

/// Whether anything has this name, even a link that leads nowhere.
pub(super) fn there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether git would run what lies at a path.
pub(super) fn is_run_by_git(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Whether a name is one under which git looks for hooks: <https://git-scm.com/docs/githooks>.
pub(super) fn names_a_hook(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| HOOKS.contains(&name))
}

/// Whether two names stand for one file, or for two that nobody could tell apart.
fn same(one: &Path, other: &Path) -> bool {
    let (Ok(first), Ok(second)) = (one.symlink_metadata(), other.symlink_metadata()) else { return false };
    if (first.dev(), first.ino()) == (second.dev(), second.ino()) {
        return true;
    }
    first.mode() == second.mode()
        && first.is_file()
        && fs_err::read(one).is_ok_and(|text| fs_err::read(other).is_ok_and(|other| text == other))
}

/// Whether a hook is what its manager wrote in place of the one that was put aside.
fn supersedes(foreign: &Foreign, aside: &Path) -> Result<bool, Error> {
    let State::Foreign(older) = look(aside)? else { return Ok(false) };
    Ok(foreign.author.is_some() && foreign.author == older.author)
}

/// Writes a file whole, in place of what has the name.
pub(super) fn write(path: &Path, text: &[u8], mode: u32) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    file.write_all(text)?;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Removes what was being written when gate was ended.
pub(super) fn sweep(folder: &Path) -> Result<(), Error> {
    let Ok(entries) = fs_err::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        if is_unfinished(&entry.file_name()) {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_unfinished(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(UNFINISHED.as_bytes())
}

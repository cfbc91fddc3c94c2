//! Taking the shims away, so that everything is as it was.

use std::ffi::OsString;
use std::path::PathBuf;

use super::ground::Ground;
use super::slot::{self, Slot, State, Taken};
use super::survey::{hooks_in, present};
use super::{Error, lock, settings};
use crate::check::Hook;
use crate::diagnostic::Diagnostic;
use crate::git::Repo;

/// What was taken away.
#[derive(Clone, Debug, Default)]
pub struct Uninstalled {
    /// The hooks that gate does not answer any more.
    pub hooks: Vec<String>,
    /// Whether anything is other than it was.
    pub changed: bool,
    /// What had to stay, and why.
    pub notes: Vec<Diagnostic>,
}

/// Takes away every shim, and brings back what was there.
///
/// # Errors
/// When a file can't be written.
pub fn uninstall(repo: &Repo) -> Result<Uninstalled, Error> {
    let _lock = lock::lock(repo)?;
    let ground = Ground::of(repo)?;
    let mut done =
        Uninstalled { changed: settings::edit(&ground.config(), settings::without_include)?, ..Uninstalled::default() };
    done.hooks = present(&ground)?.iter().map(ToString::to_string).collect();
    done.hooks.dedup();
    done.changed |= remove_own(&ground)?;
    for (name, taken) in restore_usual(&ground)? {
        let path = ground.usual().join(&name);
        match taken {
            Taken::Gone => done.changed = true,
            Taken::Nothing => {}
            Taken::Edited(path) => {
                let message = format!("'{}' was changed after gate wrote it, so it stays", path.display());
                let hint = format!("if nothing in it is needed: rm '{}'", path.display());
                done.notes.push(Diagnostic::warning("hook/edited", message).hint(hint));
            }
            Taken::Left(aside) => {
                let message =
                    format!("'{}' took gate's place; '{}' ran before gate, and stays", path.display(), aside.display());
                done.notes.push(
                    Diagnostic::warning("hook/left", message).hint("keep the one that is right, under the hook's name"),
                );
            }
        }
    }
    if ground.made_folder().exists() {
        // It stays if somebody put something there meanwhile.
        let _kept = fs_err::remove_dir(ground.usual());
        fs_err::remove_file(ground.made_folder())?;
    }
    Ok(done)
}

/// Takes the shims out of the usual folder. Gives what it came to for every hook.
pub(super) fn restore_usual(ground: &Ground) -> Result<Vec<(OsString, Taken)>, Error> {
    let usual = ground.usual();
    slot::sweep(&usual)?;
    let mut taken = Vec::new();
    for hook in Hook::ALL {
        taken.push((hook.as_str().into(), Slot::new(&usual, hook.as_str()).take()?));
    }
    Ok(taken)
}

/// Moves hooks that other managers wrote into gate's own folder, because git looked there, to where git looks without it.
pub(super) fn give_back(ground: &Ground) -> Result<bool, Error> {
    let (own, usual) = (ground.own(), ground.usual());
    let mut moved = false;
    for name in hooks_in(&own) {
        moved |= Slot::new(&own, name).give_to(&usual)?;
    }
    Ok(moved)
}

/// Removes gate's own folder of hooks and gate's own settings.
pub(super) fn remove_own(ground: &Ground) -> Result<bool, Error> {
    let own = ground.own();
    let mut removed = false;
    slot::sweep(&own)?;
    for name in hooks_in(&own).into_iter().chain(Hook::ALL.map(|hook| hook.as_str().into())) {
        let slot = Slot::new(&own, name);
        slot.remove_ousted()?;
        if let State::Ours(own) = slot.state()? {
            fs_err::remove_file(own.at)?;
            removed = true;
        }
    }
    removed |= give_back(ground)?;
    let files: [PathBuf; 2] = [ground.settings(), ground.settings_here()];
    for file in files.iter().filter(|file| slot::there(file)) {
        fs_err::remove_file(file)?;
        removed = true;
    }
    // Whatever else somebody put there is theirs.
    let _kept = std::fs::remove_dir(own);
    Ok(removed)
}

//! Which hooks there are, gate's and others'.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Error;
use super::ground::{Ground, same_folder};
use super::shim::{Calls, Earlier};
use super::slot::{self, Slot, State};
use crate::check::Hook;

/// The hooks that are installed in one way or another.
///
/// # Errors
/// When a hook can't be looked at.
pub(super) fn present(ground: &Ground) -> Result<Vec<Hook>, Error> {
    let mut present = Vec::new();
    for hook in Hook::ALL {
        for folder in [ground.usual(), ground.own()] {
            let slot = Slot::new(&folder, hook.as_str());
            let shim = match slot.state()? {
                State::Ours(own) => Some(own.shim),
                _ => None,
            };
            if shim.is_some_and(|shim| shim.calls != Calls::Nothing) || slot.ousted()?.is_some() {
                present.push(hook);
            }
        }
    }
    Ok(present)
}

/// The hook that a shim runs first, wherever it lies, whether or not it is there.
pub(super) fn before(ground: &Ground, folder: &Path, earlier: &Earlier, name: &str) -> Option<PathBuf> {
    match earlier {
        Earlier::Aside => None,
        Earlier::In(value) => Some(ground.resolve(value).join(name)),
        Earlier::FromShim(place) if same_folder(&folder.join(place), &ground.usual()) => {
            Some(ground.usual().join(name))
        }
        Earlier::FromShim(place) => Some(folder.join(place).join(name)),
    }
}

/// The names of the hooks in a folder that git would run.
pub(super) fn hooks_in(folder: &Path) -> Vec<OsString> {
    let mut names = named_in(folder);
    names.retain(|name| slot::is_run_by_git(&folder.join(name)));
    names
}

/// What has the name of a hook in a folder.
pub(super) fn named_in(folder: &Path) -> Vec<OsString> {
    let Ok(entries) = fs_err::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(Result::ok).map(|entry| entry.file_name());
    let mut names: Vec<OsString> = names.filter(|name| slot::names_a_hook(name)).collect();
    names.sort();
    names
}

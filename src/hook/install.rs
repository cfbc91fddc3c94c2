//! Putting shims where git looks for hooks.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::ground::Ground;
use super::shim::{Calls, Earlier, Shim};
use super::slot::{self, BEFORE, Put, Slot, State};
use super::survey::{before, hooks_in, named_in, present};
use super::uninstall;
use super::way::{Circumstances, HUSKY, USUAL_FROM_OWN, Way};
use super::{Error, lock, settings};
use crate::check::Hook;
use crate::diagnostic::Diagnostic;
use crate::git::Repo;

/// What puts shims where git looks for hooks.
#[derive(Clone, Copy)]
pub struct Installer<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Where gate's program is, absolute.
    pub program: &'a Path,
    /// PATH, as it is to be for gate when git runs the hooks.
    pub path: &'a OsStr,
    /// The version of git.
    pub git: (u32, u32),
    /// Whether hooks that are there already are to run no more.
    pub replace: bool,
}

/// What was installed.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The folder of the shims.
    pub folder: PathBuf,
    /// The hooks, each with what it came to.
    pub hooks: Vec<Placed>,
    /// Whether anything is other than it was.
    pub changed: bool,
    /// What is worth knowing.
    pub notes: Vec<Diagnostic>,
}

/// A hook that is installed.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Which.
    pub hook: Hook,
    /// What it came to.
    pub put: Put,
    /// The hook that runs before gate, if there is one.
    pub before: Option<PathBuf>,
}

impl Installer<'_> {
    /// Installs these hooks, and renews those that are installed already. Nothing is written before all of it is known
    /// to be possible.
    ///
    /// # Errors
    /// When something is in the way.
    pub fn install(&self, hooks: &BTreeSet<Hook>) -> Result<Installed, Error> {
        let _lock = lock::lock(self.repo)?;
        let mut ground = Ground::of(self.repo)?;
        let possible = |hook: &Hook| !ground.bare || matches!(hook, Hook::PreReceive | Hook::PrePush);
        if let Some(hook) = hooks.iter().find(|hook| !possible(hook)) {
            return Err(Error::Bare(*hook));
        }
        let hooks: Vec<Hook> =
            hooks.iter().copied().chain(present(&ground)?).collect::<BTreeSet<_>>().into_iter().collect();
        let way = Circumstances::of(&ground, &hooks, (self.git, self.replace))?.way()?;
        let folder = if way == Way::Usual { ground.usual() } else { ground.own() };
        let mut changed = matches!(way, Way::Own(Earlier::FromShim(_))) && uninstall::give_back(&ground)?;
        for hook in &hooks {
            Slot::new(&folder, hook.as_str()).allows(self.replace)?;
        }
        let before_gate = self.notes(&folder, &hooks)?;
        changed |= make_folder(&ground, &folder)?;
        let mut placed = Vec::new();
        for hook in hooks {
            placed.push(self.place(&ground, &folder, (hook, &way))?);
        }
        changed |= placed.iter().any(|placed| placed.put != Put::Same);
        changed |= lead_git(&ground, &way, &placed)?;
        ground = Ground::of(self.repo)?;
        let led = match way {
            Way::Usual => ground.looks_in_usual(),
            Way::Own(_) => ground.looks_in_own(),
            Way::Configured => true,
        };
        if !led {
            return Err(Error::Overruled(ground.effective()));
        }
        Ok(Installed { folder, hooks: placed, changed, notes: before_gate })
    }

    fn place(&self, ground: &Ground, folder: &Path, (hook, way): (Hook, &Way)) -> Result<Placed, Error> {
        let slot = Slot::new(folder, hook.as_str());
        // Once told to replace, gate runs no earlier hook until it is uninstalled.
        let alone = |own: &slot::Own| own.shim.earlier == Earlier::Aside && own.shim.calls != Calls::Nothing;
        let told_before = ground.looks_in_own() && matches!(slot.state()?, State::Ours(own) if alone(&own));
        let replaced = self.replace || told_before;
        let earlier = match way {
            Way::Own(earlier) if !replaced => earlier.clone(),
            _ => Earlier::Aside,
        };
        let before = before(ground, folder, &earlier, hook.as_str());
        let calls = Calls::Gate { program: self.program.to_owned(), path: self.path.to_owned() };
        let shim = Shim { name: hook.as_str().into(), calls, earlier };
        let put = slot.put(&shim.render(), self.replace)?;
        let before = before.or_else(|| Some(slot.aside(BEFORE))).filter(|path| slot::is_run_by_git(path));
        Ok(Placed { hook, put, before })
    }

    /// What the user should know of hooks that are there.
    fn notes(&self, folder: &Path, hooks: &[Hook]) -> Result<Vec<Diagnostic>, Error> {
        let mut notes = Vec::new();
        for hook in hooks {
            let slot = Slot::new(folder, hook.as_str());
            let State::Foreign(foreign) = slot.state()? else { continue };
            if !foreign.executable && !self.replace {
                let aside = slot.aside(BEFORE);
                let message = format!(
                    "'{}' could not be executed, so git did not run it, and gate doesn't",
                    slot.path().display()
                );
                let hint = format!("to have it run first: chmod +x '{}'", aside.display());
                notes.push(Diagnostic::warning("hook/not-run", message).hint(hint));
            }
        }
        Ok(notes)
    }
}

/// Brings git to the shims, and takes away what brought it elsewhere.
fn lead_git(ground: &Ground, way: &Way, placed: &[Placed]) -> Result<bool, Error> {
    let mut changed = false;
    match way {
        Way::Usual => {
            changed |= settings::edit(&ground.config(), settings::without_include)?;
            return Ok(changed | uninstall::remove_own(ground)?);
        }
        Way::Own(earlier) => {
            let (lasting, here) = settings::leading_to_own(ground);
            changed |= forward(ground, earlier, placed)?;
            changed |= write_if_other(&ground.settings_here(), &here)?;
            changed |= write_if_other(&ground.settings(), &lasting)?;
        }
        Way::Configured => {
            let names = placed.iter().map(|placed| OsStr::new(placed.hook.as_str()));
            changed |= write_if_other(&ground.settings(), &settings::naming(&ground.own(), names))?;
        }
    }
    changed |= settings::edit(&ground.config(), settings::with_include)?;
    Ok(changed | uninstall::restore_usual(ground)?.iter().any(|(_, taken)| *taken == slot::Taken::Gone))
}

/// Makes the folder of the shims if it isn't there, and remembers that it wasn't.
fn make_folder(ground: &Ground, folder: &Path) -> Result<bool, Error> {
    if folder.is_dir() {
        slot::sweep(folder)?;
        return Ok(false);
    }
    if folder == ground.usual() {
        fs_err::write(ground.made_folder(), "")?;
    }
    fs_err::create_dir_all(folder)?;
    Ok(true)
}

/// Hands hooks that are not gate's over to the folder where git looked before: those that are there now.
fn forward(ground: &Ground, earlier: &Earlier, placed: &[Placed]) -> Result<bool, Error> {
    let folder = match earlier {
        Earlier::Aside => return Ok(false),
        Earlier::In(value) => ground.resolve(value),
        Earlier::FromShim(_) => ground.usual(),
    };
    let mut changed = false;
    let mut names = hooks_in(&folder);
    if folder.ends_with(HUSKY) {
        // Its own folder is made anew from these.
        names.extend(folder.parent().map(named_in).unwrap_or_default());
    }
    names.sort();
    names.dedup();
    for name in names {
        if placed.iter().any(|placed| placed.hook.as_str() == name) {
            continue;
        }
        let earlier = match earlier {
            Earlier::FromShim(_) => Earlier::FromShim(USUAL_FROM_OWN.into()),
            other => other.clone(),
        };
        let shim = Shim { name: name.clone(), calls: Calls::Nothing, earlier };
        changed |= Slot::new(&ground.own(), name).put(&shim.render(), false)? != Put::Same;
    }
    Ok(changed)
}

/// Writes a file of gate's own, unless it holds just that.
fn write_if_other(path: &Path, text: &[u8]) -> Result<bool, Error> {
    if fs_err::read(path).is_ok_and(|there| there == text) {
        return Ok(false);
    }
    slot::write(path, text, 0o644)?;
    Ok(true)
}

//! What is wrong with shims: where they lie, what they hold, and what took their place.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::ground::{Ground, same_folder};
use super::health::{Answered, Examination, Health, Program};
use super::shim::{Calls, Earlier};
use super::slot::{self, BEFORE, Own, Slot, State};
use super::survey::{before, hooks_in};
use super::{Error, settings};
use crate::check::Hook;
use crate::diagnostic::Diagnostic;
use crate::process::{self, find};

/// Folders that every desktop has in PATH.
const BARE: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// Where the shims lie, and how git comes to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the folder where git looks by itself.
    Usual,
    /// In gate's own folder, to which `core.hooksPath` leads.
    Own,
    /// In gate's own folder, each named by git's configuration.
    Configured,
}

/// Where the shims lie.
///
/// # Errors
/// When that can't be read.
pub(super) fn place(ground: &Ground) -> Result<Place, Error> {
    let config = fs_err::read(ground.config())?;
    let included = settings::without_include(&config) != config;
    if included && fs_err::read(ground.settings()).is_ok_and(|text| settings::names_hooks(&text)) {
        return Ok(Place::Configured);
    }
    let own = Hook::ALL.iter().any(|hook| slot::there(&ground.own().join(hook.as_str())));
    Ok(if own { Place::Own } else { Place::Usual })
}

/// Hooks in the folder where git looked before that are not handed over to.
pub(super) fn not_handed_over(ground: &Ground) -> Result<Vec<Diagnostic>, Error> {
    let mut folders = Vec::new();
    let mut replaced = false;
    for name in hooks_in(&ground.own()) {
        if let State::Ours(Own { shim, .. }) = Slot::new(&ground.own(), name).state()? {
            replaced |= shim.earlier == Earlier::Aside;
            folders.extend(before(ground, &ground.own(), &shim.earlier, "").filter(|path| path.is_dir()));
        }
    }
    folders.sort();
    folders.dedup();
    let mut found = Vec::new();
    let without =
        ground.of_others().filter(|_| !replaced).map(|path| ground.resolve(&path.value)).filter(|path| path.is_dir());
    if let Some(without) = without.filter(|without| !folders.iter().any(|folder| same_folder(folder, without))) {
        let message = format!("hooks in '{}', to which core.hooksPath was set since, do not run", without.display());
        found.push(Diagnostic::error("hook/not-handed-over", message).hint("gate install"));
    }
    for folder in folders {
        for name in hooks_in(&folder).into_iter().filter(|name| !slot::there(&ground.own().join(name))) {
            let message =
                format!("'{}' does not run: it is new since gate was installed", folder.join(&name).display());
            found.push(Diagnostic::error("hook/not-handed-over", message).hint("gate install"));
        }
    }
    Ok(found)
}

/// Looks at every shim: adds the hooks that gate answers, and what is wrong with them.
///
/// # Errors
/// When one can't be read.
pub(super) fn of_shims(examination: &Examination<'_>, ground: &Ground, health: &mut Health) -> Result<(), Error> {
    let folder = folder(ground)?;
    let mut programs: BTreeSet<PathBuf> = BTreeSet::new();
    let mut paths: BTreeSet<OsString> = BTreeSet::new();
    for hook in Hook::ALL {
        let slot = Slot::new(&folder, hook.as_str());
        let State::Ours(own) = slot.state()? else { continue };
        let Calls::Gate { program, path } = &own.shim.calls else { continue };
        programs.insert(program.clone());
        paths.insert(path.clone());
        if !own.executable {
            let message = format!("'{}' can't be executed, so git does not run it", own.at.display());
            health.problems.push(Diagnostic::error("hook/not-executable", message).hint("gate install"));
        }
        let first = match &own.shim.earlier {
            Earlier::Aside => Some(slot.aside(BEFORE)),
            earlier => before(ground, &folder, earlier, hook.as_str()),
        };
        let first = first.filter(|path| slot::is_run_by_git(path));
        health.hooks.push(Answered { name: hook.as_str(), shim: own.at, before: first });
    }
    for program in programs {
        health.problems.extend(of_program(examination, &program, &paths));
    }
    health.problems.extend(of_paths(examination, &paths));
    Ok(())
}

/// Where the shims lie, or would.
fn folder(ground: &Ground) -> Result<PathBuf, Error> {
    Ok(if place(ground)? == Place::Usual { ground.usual() } else { ground.own() })
}

/// What lies where shims should: the hooks, each with what is wrong. `present` are those that gate has, or had, shims for.
///
/// # Errors
/// When one can't be read.
pub(super) fn in_place_of_shims(ground: &Ground, present: &BTreeSet<Hook>) -> Result<Vec<(Hook, Diagnostic)>, Error> {
    let folder = folder(ground)?;
    let mut found = Vec::new();
    for hook in Hook::ALL {
        let slot = Slot::new(&folder, hook.as_str());
        found.extend(in_place_of(&slot, hook, present.contains(&hook))?.map(|problem| (hook, problem)));
    }
    Ok(found)
}

fn in_place_of(slot: &Slot, hook: Hook, present: bool) -> Result<Option<Diagnostic>, Error> {
    let path = slot.path();
    if let Some((author, aside)) = slot.ousted()? {
        let message =
            format!("{} took gate's place at {hook}, and '{}' does not run", author.as_str(), aside.display());
        let hint = "gate install puts it back, with the other one running first";
        return Ok(Some(Diagnostic::error("hook/ousted", message).hint(hint)));
    }
    Ok(match slot.state()? {
        State::Edited(path) => Some((&Error::Edited(path)).into()),
        State::Foreign(foreign) if present || slot::there(&slot.aside(BEFORE)) => {
            let whose = foreign.author.map_or("another hook", super::author::Author::as_str);
            let message = format!("{whose} lies at '{}', in gate's place", path.display());
            Some(Diagnostic::error("hook/ousted", message).hint("gate install"))
        }
        State::Free if slot::there(&slot.aside(BEFORE)) => {
            let message = format!("'{}' is gone, and the hook that was there before it is not back", path.display());
            Some(
                Diagnostic::error("hook/gone", message)
                    .hint("gate install, or gate uninstall to bring the old one back"),
            )
        }
        _ => None,
    })
}

/// Whether the program that shims start is there, and the one that is running.
fn of_program(examination: &Examination<'_>, program: &Path, paths: &BTreeSet<OsString>) -> Option<Diagnostic> {
    let shown = program.display();
    if !slot::is_run_by_git(program) {
        let found = paths.iter().find_map(|path| find(OsStr::new("gate"), path, Path::new("/")));
        let shown = if let Some(found) = found {
            let message = format!("gate is not at '{shown}' any more; hooks start '{}' instead", found.display());
            Diagnostic::warning("hook/program-moved", message)
        } else {
            let message = format!("gate is not at '{shown}' any more, so hooks refuse everything");
            Diagnostic::error("hook/program-gone", message)
        };
        return Some(shown.hint("gate install"));
    }
    let real = |path: &Path| path.canonicalize().ok();
    if real(program) == real(examination.program) {
        return None;
    }
    let this = concat!("gate ", env!("CARGO_PKG_VERSION"));
    let said = process::Program::new(program).arg("--version").run().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    (said != this).then(|| {
        let said = if said.is_empty() { "something that says no version" } else { &said };
        let message = format!("hooks start '{shown}', which is {said}, and this is {this}");
        Diagnostic::warning("hook/other-version", message).hint("gate install has them start this one")
    })
}

/// Programs that the hooks' PATH, or the caller's, does not find.
fn of_paths(examination: &Examination<'_>, paths: &BTreeSet<OsString>) -> Vec<Diagnostic> {
    let Some(needs) = examination.needs else { return Vec::new() };
    let finds = |path: &OsStr, name: &str| find(OsStr::new(name), path, Path::new("/")).is_some();
    let mut found = Vec::new();
    for Program { name, whose } in &needs.programs {
        let now = finds(examination.path, name);
        let then = paths.iter().all(|path| finds(path, name) || finds(OsStr::new(BARE), name));
        if !now && (paths.is_empty() || !then) {
            let message = format!("'{name}', which {whose} starts, is nowhere in PATH");
            found.push(Diagnostic::error("hook/missing-tool", message).hint("install it, then gate install"));
        } else if !then {
            let message = format!("hooks do not find '{name}', which {whose} starts: their PATH is an older one");
            found.push(Diagnostic::error("hook/lost-tool", message).hint("gate install records PATH as it is now"));
        }
    }
    found
}

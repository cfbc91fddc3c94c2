//! `gate install`.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{Context, Exit, Failure};
use crate::check::Hook;
use crate::diagnostic::Diagnostic;
use crate::git::git_version;
use crate::hook::{self, Installed, Installer, Put};
use crate::process::find;

/// Have git call gate, through its hooks
///
/// Without --hook, those that the stages in 'on' of gate.toml's checks call for; in a bare repository, pre-receive. A hook
/// that is there already is kept and runs first. Installing again renews what is installed, and changes nothing else.
#[derive(Args, Debug)]
pub(super) struct InstallArgs {
    /// This hook; may be given several times
    #[arg(long = "hook", value_name = "NAME", value_parser = named)]
    hooks: Vec<Hook>,
    /// Don't run hooks that are there already; uninstalling brings them back
    #[arg(long)]
    replace: bool,
}

fn named(name: &str) -> Result<Hook, String> {
    let names = Hook::ALL.map(Hook::as_str).join(", ");
    Hook::named(name).ok_or_else(|| format!("gate answers {names}"))
}

/// Installs them.
///
/// # Errors
/// When something is in the way, or nothing calls for a hook.
pub(super) fn run(args: &InstallArgs, context: &Context) -> Result<Exit, Failure> {
    let site = context.site()?;
    let git = git_version().map_err(|error| refused(&hook::Error::Git(error)))?;
    let hooks = hooks(args, &site)?;
    let program = program(context)?;
    let path = recorded(context.variable("PATH").unwrap_or(OsStr::new("/usr/bin:/bin")));
    let installer = Installer { repo: &site.repo, program: &program, path: &path, git, replace: args.replace };
    let done = installer.install(&hooks).map_err(|error| refused(&error))?;
    tell(&done, context)?;
    Ok(Exit::Success)
}

/// The hooks that are asked for.
fn hooks(args: &InstallArgs, site: &crate::judge::Site) -> Result<BTreeSet<Hook>, Failure> {
    if !args.hooks.is_empty() {
        return Ok(args.hooks.iter().copied().collect());
    }
    if site.repo.work_dir().is_none() {
        return Ok(BTreeSet::from([Hook::PreReceive]));
    }
    let wanted = hook::wanted(&crate::judge::rules_here(site)?.rules);
    if wanted.is_empty() { Err(refused(&hook::Error::NothingWanted)) } else { Ok(wanted) }
}

/// Where this program is, by the name that stays when another version takes its place: as PATH has it, if it does.
pub(super) fn program(context: &Context) -> io::Result<PathBuf> {
    let running = std::env::current_exe()?;
    let path = context.variable("PATH").unwrap_or_default();
    let found = find(OsStr::new("gate"), path, &context.cwd).filter(|found| found.is_absolute());
    let is_this =
        |found: &PathBuf| found.canonicalize().is_ok_and(|found| running.canonicalize().is_ok_and(|it| found == it));
    Ok(found.filter(is_this).unwrap_or(running))
}

/// PATH as hooks get it: absolute folders only, each once, without those that npm puts before it for a script's time.
fn recorded(path: &OsStr) -> OsString {
    let mut folders: Vec<&[u8]> = Vec::new();
    for folder in path.as_bytes().split(|byte| *byte == b':') {
        let of_npm = folder.ends_with(b"/node_modules/.bin") || folder.ends_with(b"/node-gyp-bin");
        if folder.starts_with(b"/") && !of_npm && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    OsStr::from_bytes(&folders.join(&b':')).to_owned()
}

fn tell(installed: &Installed, context: &Context) -> Result<(), Failure> {
    context.warn(&installed.notes);
    let mut stdout = context.stdout();
    for placed in &installed.hooks {
        let before = |path: &Path| format!(", after '{}'", path.display());
        let before = placed.before.as_deref().map(before).unwrap_or_default();
        let word = match placed.put {
            Put::New => "installed",
            Put::Renewed => "renewed",
            Put::Same => "unchanged",
        };
        writeln!(stdout, "{word} {}{before}", placed.hook)?;
    }
    writeln!(stdout, "in '{}'", installed.folder.display())?;
    if !installed.changed {
        writeln!(stdout, "nothing was to be done")?;
    }
    Ok(())
}

/// A refusal to install or to take away, and whose turn it is.
pub(super) fn refused(error: &hook::Error) -> Failure {
    let exit = match error {
        hook::Error::Io(_) | hook::Error::Git(_) => Exit::Internal,
        hook::Error::NothingWanted => Exit::Configuration,
        _ => Exit::Usage,
    };
    Failure::new(exit, Diagnostic::from(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_path_for_a_moment_is_not_recorded() {
        let check = |path: &str, expected: &str| assert_eq!(recorded(OsStr::new(path)), expected);
        check("/a:/b:/a::.:rel/bin:/c", "/a:/b:/c");
        check("/r/node_modules/.bin:/node_modules/.bin:/usr/lib/npm/node-gyp-bin:/bin", "/bin");
        check("", "");
    }
}

//! The hook managers that gate is compared with: where they are, what configures them, how they are called.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::contest::Competitor;
use crate::program::machine;
use crate::scratch::Scratch;

/// What is asked of every manager.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// The hook `pre-commit`, on what is staged.
    Staged,
    /// Every hook on every file, in parallel.
    Everything,
}

/// The files that configure the managers for as many checks `true`.
pub(crate) fn settings(checks: usize) -> Vec<(&'static str, String)> {
    let mut prek = String::from("repos:\n- repo: local\n  hooks:\n");
    let mut lefthook = String::from("pre-commit:\n  parallel: true\n  jobs:\n");
    for number in 0..checks {
        let options = "language: system, entry: 'true', pass_filenames: false, always_run: true, priority: 0";
        // Writing to a string can't fail.
        let _written = writeln!(prek, "  - {{id: c{number}, name: c{number}, {options}}}");
        let _written = writeln!(lefthook, "  - {{name: c{number}, run: 'true'}}");
    }
    let mut files = vec![(".pre-commit-config.yaml", prek), ("lefthook.yml", lefthook)];
    files.extend(hk(checks).map(|text| ("hk.pkl", text)));
    files
}

/// hk's language reads its types from a package of hk's own version.
fn hk(checks: usize) -> Option<String> {
    let program = find("hk")?;
    let there = std::env::temp_dir();
    let ran = crate::program::Program::new(program, &["--version"], &there, &there).run().ok()?;
    let version = ran.stdout.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?.to_owned();
    let steps: Vec<String> = (0..checks).map(|number| format!("[\"c{number}\"] {{ check = \"true\" }}")).collect();
    let steps = steps.join(" ");
    Some(format!(
        "amends \"package://github.com/jdx/hk/releases/download/v{version}/hk@{version}#/Config.pkl\"\n\
         hooks {{ [\"pre-commit\"] {{ fix = false; stash = \"git\"; steps {{ {steps} }} }} }}\n"
    ))
}

/// The managers that are there; `before` comes before each turn and does not count.
pub(crate) fn peers<'a>(
    scratch: &'a Scratch,
    task: Task,
    before: &'a dyn Fn() -> Result<(), crate::Fault>,
) -> Vec<Competitor<'a>> {
    let calls: [(&str, [&[&str]; 2]); 3] = [
        ("prek", [&["run"], &["run", "--all-files"]]),
        ("lefthook", [&["run", "pre-commit"], &["run", "pre-commit", "--all-files", "--force"]]),
        ("hk", [&["run", "pre-commit"], &["run", "pre-commit", "--all"]]),
    ];
    let found = calls.into_iter().filter_map(|(name, args)| Some((name, find(name)?, args)));
    let competitor = |(name, path, args): (&str, PathBuf, [&[&str]; 2])| {
        let program = scratch.program(path, args[usize::from(task == Task::Everything)]);
        Competitor::new(name, move || {
            before()?;
            program.succeed()
        })
    };
    found.map(competitor).collect()
}

/// A program in PATH. What only starts another one is passed over for that one: a manager is not to pay for the shim of
/// a version switcher, or for the interpreter that its package was wrapped with.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = machine("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())?;
    let is_script = |path: &Path| fs_err::read(path).is_ok_and(|bytes| bytes.starts_with(b"#!"));
    if !is_script(&found) {
        return Some(found);
    }
    let versions = found.parent()?.parent()?.join("versions");
    let behind =
        folders(&versions).into_iter().map(|version| version.join("bin").join(name)).find(|path| path.is_file());
    let found = behind.unwrap_or(found);
    if !is_script(&found) {
        return Some(found);
    }
    let libraries = folders(&found.parent()?.parent()?.join("lib"));
    let packages = libraries.iter().map(|library| library.join("site-packages").join(name).join("bin"));
    let wrapped = packages.flat_map(|bin| folders(&bin)).map(|folder| folder.join(name)).find(|path| path.is_file());
    Some(wrapped.unwrap_or(found))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

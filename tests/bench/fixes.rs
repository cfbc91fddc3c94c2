//! What mending files costs, beside what others make of the same formatter.

use std::os::unix::fs::PermissionsExt;

use crate::contest::{Competitor, compete, tell};
use crate::peers::find;
use crate::program::Program;
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// Takes blanks from the ends of lines, in every file that it is given.
const FORMATTER: &str = "#!/bin/sh\nexec sed -i 's/[[:blank:]]*$//' \"$@\"\n";

/// Fails where a line ends in blanks.
const CHECKER: &str = "#!/bin/sh\n! grep -l '[[:blank:]]$' \"$@\"\n";

/// As many files staged in need of mending, with contents that nobody has seen before. Everybody mends them in the
/// working tree; gate also looks at what came of it.
pub(crate) fn same_formatter(extent: Extent) -> Result<(), Fault> {
    let files = extent.pick(100, 1_000);
    let staged = &["run", "pre-commit", "--no-auto-install"];
    let calls: [(&str, &[&str]); 3] =
        [("gate", &["check", "--fix", "--stage", "pre-commit"]), ("prek", &["run"]), ("lefthook", staged)];
    let mut all = Vec::new();
    for (name, args) in calls {
        let program = if name == "gate" { Some(env!("CARGO_BIN_EXE_gate").into()) } else { find(name) };
        let Some(program) = program else { continue };
        let scratch = repository(files)?;
        let program = scratch.program(program, args);
        all.push(Competitor::new(name, move || turn(&scratch, files, &program, name)));
    }
    tell(&format!("mending {files} files"), "1.00", &compete(extent.pick(3, 10), all)?);
    Ok(())
}

/// One turn: how long the mending took of what was staged before. Whether it came about is looked at.
fn turn(scratch: &Scratch, files: usize, program: &Program, name: &str) -> Result<std::time::Duration, Fault> {
    let number = scratch.count();
    let text = |file: usize, blank: &str| {
        format!("turn {number} of file {file}{blank}\n{}", format!("a line{blank}\n").repeat(40))
    };
    let path = |file: usize| format!("dir{}/file{file}.txt", file / 100);
    for file in 0..files {
        scratch.edit(&path(file), &text(file, "  "))?;
    }
    scratch.git(&["add", "--all"])?;
    let ran = program.run()?;
    // prek says of files that were changed that they were not as they should be.
    if ran.code != Some(i32::from(name == "prek")) {
        return Err(format!("{name} exited with {:?}: {}", ran.code, ran.stdout).into());
    }
    for file in 0..files {
        if fs_err::read_to_string(scratch.path().join(path(file)))? != text(file, "") {
            return Err(format!("{name} has not mended {}", path(file)).into());
        }
    }
    Ok(ran.time)
}

fn repository(files: usize) -> Result<Scratch, Fault> {
    let own =
        "files = [\"**/*.txt\"]\nrun = \"./checker {files}\"\nfix = \"./formatter {files}\"\non = [\"pre-commit\"]";
    let prek = "repos:\n- repo: local\n  hooks:\n  - {id: f, name: f, language: system, entry: ./formatter, files: '\\.txt$'}\n";
    let lefthook = "pre-commit:\n  jobs:\n  - {name: f, run: './formatter {staged_files}', glob: '*.txt'}\n";
    let settings = [
        ("gate.toml", gate_toml([own.to_owned()])),
        (".pre-commit-config.yaml", prek.to_owned()),
        ("lefthook.yml", lefthook.to_owned()),
    ];
    let scratch = Scratch::new(files, &settings)?;
    for (name, text) in [("formatter", FORMATTER), ("checker", CHECKER)] {
        let path = scratch.path().join(name);
        fs_err::write(&path, text)?;
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    }
    scratch.git(&["add", "--all"])?;
    scratch.git(&["commit", "--quiet", "--message", "programs"])?;
    Ok(scratch)
}

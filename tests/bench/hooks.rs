//! What a hook costs when its checks cost nothing.

use crate::contest::{Competitor, compete, tell};
use crate::peers::{Task, peers, settings};
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// One check `true`, one staged file: nothing new each time, and another blob each time; then the same with an unstaged
/// edit elsewhere.
pub(crate) fn one_check(extent: Extent) -> Result<(), Fault> {
    for files in extent.pick(vec![5_000], vec![5_000, 50_000]) {
        let scratch = repository(1, files)?;
        let gate = scratch.gate(&["check", "--staged", "--stage", "pre-commit"]);
        for (elsewhere, bar) in [("clean elsewhere", "0.60"), ("an unstaged edit elsewhere", "0.40")] {
            if bar == "0.40" {
                scratch.edit("dir1/file101.txt", "unstaged\n")?;
            }
            scratch.stage()?;
            let nothing = || Ok(());
            let stage = || scratch.stage();
            let cases: [(&str, &dyn Fn() -> Result<(), Fault>); 2] = [("all reused", &nothing), ("all run", &stage)];
            for (what, before) in cases {
                let own = Competitor::new("gate", || {
                    before()?;
                    gate.succeed()
                });
                let all = std::iter::once(own).chain(peers(&scratch, Task::Staged, before)).collect();
                let all = compete(extent.pick(5, 30), all)?;
                let bar =
                    if what == "all reused" && files == 5_000 { format!("{bar}; under 4 ms") } else { bar.into() };
                tell(&format!("one check, {files} files, {elsewhere}, {what}"), &bar, &all);
            }
        }
    }
    Ok(())
}

/// Twenty checks `true` on every file, everybody in parallel: nothing new each time, and another blob each time.
pub(crate) fn twenty_checks(extent: Extent) -> Result<(), Fault> {
    let scratch = repository(20, 5_000)?;
    let gate = scratch.gate(&["check", "--all", "--stage", "pre-commit"]);
    let nothing = || Ok(());
    let stage = || scratch.stage();
    let cases: [(&str, &dyn Fn() -> Result<(), Fault>); 2] = [("all reused", &nothing), ("all run", &stage)];
    for (what, before) in cases {
        let own = Competitor::new("gate", || {
            before()?;
            gate.succeed()
        });
        let all = std::iter::once(own).chain(peers(&scratch, Task::Everything, before)).collect();
        tell(&format!("20 checks, 5000 files, {what}"), "1.00", &compete(extent.pick(5, 20), all)?);
    }
    Ok(())
}

fn repository(checks: usize, files: usize) -> Result<Scratch, Fault> {
    let own = gate_toml((0..checks).map(|_| "run = \"true\"\non = [\"pre-commit\"]".to_owned()));
    let others = [settings(checks), vec![("gate.toml", own)]].concat();
    Scratch::new(files, &others)
}

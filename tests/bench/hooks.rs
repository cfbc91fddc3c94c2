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
        scratch.stage()?;
        let under = if files == 5_000 { "; reused: under 4 ms" } else { "" };
        let what = format!("one check, {files} files");
        both(&scratch, Task::Staged, extent, &[&what, &format!("0.60{under}")])?;
        scratch.edit("dir1/file101.txt", "unstaged\n")?;
        both(&scratch, Task::Staged, extent, &[&format!("{what}, an unstaged edit elsewhere"), "0.40"])?;
    }
    Ok(())
}

/// Twenty checks `true` on every file, everybody in parallel.
pub(crate) fn twenty_checks(extent: Extent) -> Result<(), Fault> {
    both(&repository(20, 5_000)?, Task::Everything, extent, &["20 checks, 5000 files", "1.00"])
}

/// Lets everybody do the task, with nothing new each time, and with another blob each time.
fn both(scratch: &Scratch, task: Task, extent: Extent, [what, bar]: &[&str; 2]) -> Result<(), Fault> {
    let source = if task == Task::Staged { "--staged" } else { "--all" };
    let gate = scratch.gate(&["check", source, "--stage", "pre-commit"]);
    for stages in [false, true] {
        let before = || if stages { scratch.stage() } else { Ok(()) };
        let own = Competitor::new("gate", || before().and_then(|()| gate.succeed()));
        let all = std::iter::once(own).chain(peers(scratch, task, &before)).collect();
        let how = if stages { "all run" } else { "all reused" };
        tell(&format!("{what}, {how}"), bar, &compete(extent.pick(5, 30), all)?);
    }
    Ok(())
}

fn repository(checks: usize, files: usize) -> Result<Scratch, Fault> {
    let own = gate_toml((0..checks).map(|_| "run = \"true\"\non = [\"pre-commit\"]".to_owned()));
    let others = [settings(checks), vec![("gate.toml", own)]].concat();
    Scratch::new(files, &others)
}

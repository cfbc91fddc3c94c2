//! Many runs at once in one repository.

use std::time::Instant;

use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// Fifty runs at once, every other one of a candidate that fails: each verdict has to be right, and every run recorded.
pub(crate) fn fifty_at_once(_extent: Extent) -> Result<(), Fault> {
    let checks = ["run = \"test ! -e bad\"".to_owned(), "run = \"sleep 0.2\"\nreuse = false".to_owned()];
    let scratch = Scratch::new(1_000, &[("gate.toml", gate_toml(checks))])?;
    scratch.edit("bad", "")?;
    scratch.git(&["add", "bad"])?;
    scratch.git(&["commit", "--quiet", "--message", "bad"])?;
    let start = Instant::now();
    let mut runs = Vec::new();
    for number in 0..50 {
        let (commit, expected) = if number % 2 == 0 { ("HEAD~1", 0) } else { ("HEAD", 1) };
        let run = scratch.gate(&["check", "--commit", commit, "--jobs", "1"]);
        runs.push((commit, expected, run.start()?));
    }
    for (commit, expected, run) in runs {
        let output = run.wait_with_output()?;
        if output.status.code() != Some(expected) {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{commit}: {}, and should have been {expected}: {said}", output.status).into());
        }
    }
    let time = start.elapsed().as_secs_f64();
    let log = scratch.gate(&["log", "--number", "100"]).run()?;
    let recorded = log.stdout.lines().filter(|line| line.contains("deployable") || line.contains("rejected")).count();
    if recorded != 50 {
        return Err(format!("{recorded} of 50 runs are in the ledger").into());
    }
    println!("50 runs at once: every verdict right, every run recorded, in {time:.1} s");
    Ok(())
}

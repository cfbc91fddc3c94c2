//! What it costs to say that a merge may happen where everything is proved.

use std::time::Duration;

use crate::contest::{Competitor, compete, millis, tell};
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// `gate merge-check` with a hundred checks, all proved, beside git's own merge of the same two commits; and what it runs
/// once the target has moved by what no check looks at.
pub(crate) fn all_proved(extent: Extent) -> Result<(), Fault> {
    let check = |number: usize| format!("files = [\"dir{}/file{number}.txt\"]\nrun = \"true\"", number / 100);
    let policy = "\n[policy]\nunproved-base = \"run\"\n";
    let rules = gate_toml((0..100).map(check)) + policy;
    let scratch = Scratch::new(5_000, &[("gate.toml", rules)])?;
    scratch.git(&["branch", "-f", "into"])?;
    commit(&scratch, "dir0/file7.txt", "of the topic")?;
    scratch.git(&["branch", "-f", "topic"])?;
    scratch.git(&["checkout", "-q", "into"])?;
    commit(&scratch, "dir3/file308.txt", "of the target")?;
    let gate = scratch.gate(&["merge-check", "--into", "into", "--from", "topic"]);
    gate.succeed()?;
    let own = Competitor::new("gate", || gate.succeed());
    let git = Competitor::new("git", || scratch.git(&["merge-tree", "--write-tree", "into", "topic"]));
    let all = compete(extent.pick(5, 30), vec![own, git])?;
    tell("merge-check of 100 checks, all proved, 5,000 files", "git's own time and 60 ms", &all);
    let added = all[0].least().saturating_sub(all[1].least());
    println!("what gate adds: {:.2} ms   (bar: 60 ms)", millis(added));
    drop(all);
    commit(&scratch, "dir4/file499.txt", "inert")?;
    let started = log_count(&scratch)?;
    let moved: Duration = gate.succeed()?;
    let ran = log_count(&scratch)? - started;
    println!("the target moved by what no check looks at: {:.2} ms, {ran} steps ran   (bar: 0)", millis(moved));
    Ok(())
}

fn commit(scratch: &Scratch, path: &str, text: &str) -> Result<(), Fault> {
    scratch.edit(path, text)?;
    scratch.git(&["commit", "-q", "--no-verify", "-a", "-m", text])?;
    Ok(())
}

/// How many logs of steps there are.
fn log_count(scratch: &Scratch) -> Result<usize, Fault> {
    let mut count = 0;
    for run in std::fs::read_dir(scratch.path().join(".git/gate/logs"))? {
        count += std::fs::read_dir(run?.path())?.count();
    }
    Ok(count)
}

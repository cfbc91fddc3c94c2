//! What it costs to say what would run.

use std::time::Duration;

use crate::contest::{Competitor, compete, millis, tell};
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// `gate plan --staged` with a hundred checks of mixed patterns, beside what git alone takes to write the index's tree
/// and to look for a difference; another blob is staged before each turn.
pub(crate) fn plan_of_a_hundred_checks(extent: Extent) -> Result<(), Fault> {
    let mut added = Vec::new();
    for files in extent.pick([1_000, 10_000], [1_000, 100_000]) {
        let scratch = Scratch::new(files, &[("gate.toml", gate_toml((0..100).map(check)))])?;
        let plan = scratch.gate(&["plan", "--staged"]);
        let own = Competitor::new("gate plan", || {
            scratch.stage()?;
            plan.succeed()
        });
        let git = Competitor::new("git", || {
            scratch.stage()?;
            let written = scratch.git(&["write-tree"])?;
            // With something staged this exits with 1.
            let looked = scratch.program("git", &["diff", "--cached", "--quiet"]).run()?;
            Ok(written + looked.time)
        });
        let all = compete(extent.pick(5, 20), vec![own, git])?;
        tell(&format!("plan of 100 checks, {files} files"), "2.00", &all);
        added.push(all[0].least().saturating_sub(all[1].least()));
    }
    tell_growth(added[0], added[1]);
    Ok(())
}

fn tell_growth(small: Duration, large: Duration) {
    let ratio = large.as_secs_f64() / small.as_secs_f64();
    println!("what gate adds: {:.2} ms, then {:.2} ms", millis(small), millis(large));
    println!("  ratio: {ratio:.2}   (bar: 1.50)");
}

/// Patterns of every kind: a folder, an extension anywhere, a name, several of these, and everything.
fn check(number: usize) -> String {
    let patterns = match number % 5 {
        0 => format!("files = [\"dir{}/**\"]", number % 10),
        1 => format!("files = [\"**/*{number}.txt\"]"),
        2 => format!("files = [\"**/*.{{txt,md}}\"]\nexclude = [\"dir{}/**\"]", number % 10),
        3 => format!("files = [\"dir*/file{number}*.txt\"]\ninputs = [\"gate.toml\", \"dir0/*\"]"),
        _ => String::new(),
    };
    format!("{patterns}\nrun = \"true\"\nallow-empty = true")
}

//! What it costs to find that everything is proved already.

use crate::contest::{Competitor, compete, tell};
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// Many steps, each with patterns of its own, all covered by receipts.
pub(crate) fn all_covered(extent: Extent) -> Result<(), Fault> {
    for (steps, bar) in [(200, "under 150 ms"), (1_000, "under 500 ms")] {
        let check = |number: usize| format!("files = [\"dir{}/file{number}.txt\"]\nrun = \"true\"", number / 100);
        let scratch = Scratch::new(5_000, &[("gate.toml", gate_toml((0..steps).map(check)))])?;
        let gate = scratch.gate(&["check", "--all"]);
        gate.succeed()?;
        let own = Competitor::new("gate", || gate.succeed());
        let all = compete(extent.pick(5, 30), vec![own])?;
        tell(&format!("{steps} steps, all covered by receipts"), bar, &all);
    }
    Ok(())
}

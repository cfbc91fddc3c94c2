//! In what order steps run, and how soon a run ends.

use std::time::{Duration, Instant};

use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// How many steps run at once.
const SLOTS: usize = 4;

/// Numbers that look random and are the same each time: <https://prng.di.unimi.it/splitmix64.c>.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    /// A number below a limit.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

/// A step: how many milliseconds it takes, and the earlier steps that it needs.
struct Step {
    millis: u64,
    needs: Vec<usize>,
}

/// Random graphs of steps whose durations are known from a run before: the time they take, beside the least that any
/// order could take.
pub(crate) fn makespans(extent: Extent) -> Result<(), Fault> {
    let (graphs, size) = extent.pick((1, 50), (100, 200));
    let mut worst: f64 = 0.0;
    for seed in 0..graphs {
        let steps = graph(seed, size);
        let check = |step: &Step| {
            let needs: Vec<String> = step.needs.iter().map(|need| format!("\"c{need}\"")).collect();
            format!("run = \"sleep {:.3}\"\nneeds = [{}]", millis(step.millis).as_secs_f64(), needs.join(", "))
        };
        let scratch = Scratch::new(1, &[("gate.toml", gate_toml(steps.iter().map(check)))])?;
        let gate = scratch.gate(&["check", "--all", "--fresh", "--jobs", &SLOTS.to_string()]);
        gate.succeed()?;
        let time = gate.succeed()?;
        let ratio = time.as_secs_f64() / bound(&steps).as_secs_f64();
        println!(
            "graph {seed}: {size} steps, {SLOTS} slots: {:.2} s, ratio to the least possible {ratio:.3}",
            time.as_secs_f64()
        );
        worst = worst.max(ratio);
    }
    println!("  worst ratio: {worst:.3}   (bar: 1.05)");
    Ok(())
}

/// Every step takes 20 to 200 ms, far below a twentieth of the work of a slot, and needs up to two of the twenty before it.
fn graph(seed: u64, size: usize) -> Vec<Step> {
    let mut numbers = Numbers(seed);
    let mut step = |number: usize| {
        let near = u64::try_from(number.min(20)).unwrap_or(0);
        let count = if near == 0 { 0 } else { numbers.below(3) };
        let back = |_| number - 1 - usize::try_from(numbers.below(near)).unwrap_or(0);
        let mut needs: Vec<usize> = (0..count).map(back).collect();
        needs.sort_unstable();
        needs.dedup();
        Step { millis: 20 + numbers.below(181), needs }
    };
    (0..size).map(&mut step).collect()
}

/// What no order can beat: the longest chain, or the work spread evenly.
fn bound(steps: &[Step]) -> Duration {
    let mut ends: Vec<u64> = Vec::new();
    for step in steps {
        let start = step.needs.iter().map(|need| ends[*need]).max().unwrap_or(0);
        ends.push(start + step.millis);
    }
    let work: u64 = steps.iter().map(|step| step.millis).sum();
    let slots = u64::try_from(SLOTS).unwrap_or(1);
    millis(ends.into_iter().max().unwrap_or(0).max(work / slots))
}

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// How long after a failure the run is over, while a sibling would go on for a minute.
pub(crate) fn fail_fast(extent: Extent) -> Result<(), Fault> {
    let checks = ["run = \"sleep 0.3; exit 1\"".to_owned(), "run = \"sleep 60\"".to_owned()];
    let scratch = Scratch::new(10, &[("gate.toml", gate_toml(checks))])?;
    let gate = scratch.gate(&["check", "--all", "--fresh", "--fail-fast", "--jobs", "2"]);
    let mut least = Duration::MAX;
    for _ in 0..extent.pick(2, 10) {
        let start = Instant::now();
        let ran = gate.run()?;
        if ran.code != Some(1) {
            return Err(format!("gate exited with {:?}, and should have with 1", ran.code).into());
        }
        least = least.min(start.elapsed().saturating_sub(millis(300)));
    }
    println!(
        "fail-fast: {:.0} ms from the failure to the end of the run   (bar: 100 ms)",
        least.as_secs_f64() * 1000.0
    );
    Ok(())
}

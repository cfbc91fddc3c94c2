//! How evenly steps are spread over a CI's runners.

use std::collections::BTreeMap;
use std::time::Instant;

use gate::plan::{balance, lower_bound};

use crate::contest::millis;
use crate::order::Numbers;
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// The fullest shard, beside the least that the fullest could have: first on suites that look as real ones do, and then on a
/// run's own durations, by the plan that `gate plan` makes of them.
pub(crate) fn evenness(extent: Extent) -> Result<(), Fault> {
    let mut worst: f64 = 1.0;
    let (mut slowest, mut even, mut all) = (std::time::Duration::ZERO, 0, 0);
    for seed in 0..extent.pick(40, 400) {
        let mut numbers = Numbers(seed);
        let steps = 4 + numbers.below(200);
        // Some long ones and many short ones.
        let scales = [300, 3_000, 30_000, 300_000];
        let mut weight = |_| {
            let scale = scales[usize::try_from(numbers.below(4)).unwrap_or(0)];
            20 + numbers.below(scale)
        };
        let weights: Vec<u64> = (0..steps).map(&mut weight).collect();
        for shards in [2, 3, 4, 8, 16] {
            let start = Instant::now();
            let spread = balance(&weights, &vec![0; shards]);
            slowest = slowest.max(start.elapsed());
            let fullest = spread.loads.into_iter().max().unwrap_or(0);
            let least = lower_bound(&weights, shards);
            worst = worst.max(ratio(fullest, least));
            all += 1;
            even += u32::from(fullest == least);
        }
    }
    println!(
        "{all} suites of 4 to 203 steps over 2 to 16 shards: {even} at the lower bound, slowest {:.2} ms",
        millis(slowest)
    );
    println!("  worst ratio to the lower bound: {worst:.3}   (bar: 1.10)");
    recorded(extent)
}

/// The same for what a run has recorded.
fn recorded(extent: Extent) -> Result<(), Fault> {
    let mut numbers = Numbers(7);
    let count = extent.pick(12, 60);
    let check = |_| format!("run = \"sleep 0.{:03}\"", 5 + numbers.below(200));
    let scratch = Scratch::new(1, &[("gate.toml", gate_toml((0..count).map(check)))])?;
    scratch.git(&["branch", "-f", "into"])?;
    let text = scratch.gate(&["check", "--all", "--format", "json"]).run()?.stdout;
    fs_err::write(scratch.path().join("run.json"), &text)?;
    let run: serde_json::Value = serde_json::from_str(&text)?;
    let time =
        |step: &serde_json::Value| Some((step["name"].as_str()?.to_owned(), step["duration_ms"].as_u64()?.max(1)));
    let times: BTreeMap<String, u64> = run["steps"].as_array().into_iter().flatten().filter_map(time).collect();
    let weights: Vec<u64> = times.values().copied().collect();
    for shards in [2, 3, 4, 8] {
        let of = shards.to_string();
        let ask = ["plan", "--into", "into", "--fresh", "--durations", "run.json", "--shards", &of, "--format", "json"];
        let plan: serde_json::Value = serde_json::from_str(&scratch.gate(&ask).run()?.stdout)?;
        let load = |shard: &serde_json::Value| -> u64 {
            let steps = shard["steps"].as_array().into_iter().flatten();
            steps.filter_map(|step| times.get(step.as_str()?)).sum()
        };
        let planned = plan["shards"].as_array().ok_or("no shards")?;
        let loads: Vec<u64> = planned.iter().map(load).collect();
        if loads.iter().sum::<u64>() != weights.iter().sum::<u64>() {
            return Err("a step is in no shard, or in two".into());
        }
        let fullest = loads.into_iter().max().unwrap_or(0);
        let ratio = ratio(fullest, lower_bound(&weights, shards));
        println!("{count} recorded steps over {shards} shards: ratio to the lower bound {ratio:.3}   (bar: 1.10)");
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of times")]
fn ratio(fullest: u64, least: u64) -> f64 {
    fullest as f64 / least.max(1) as f64
}

//! What gate costs, beside what others cost in the same run.
//!
//! ```text
//! cargo bench --bench bars -- [short|full] [CASE...]
//! ```
//!
//! Prints, for each case, the least and the middle time of every competitor, the ratio of the least ones, and the bar
//! that is meant to hold. Competitors take turns, so that what else the machine does meets all of them alike. A ratio
//! fails nothing; what does not run, or answers wrongly, fails all.
//!
//! `short` is quick and small; `full` has the sizes of the bars. Peers (prek, lefthook, hk) are taken where PATH has
//! them. Nothing else is needed but git, and ssh-keygen where something is signed.
#![expect(clippy::print_stdout, reason = "a benchmark's results are its output")]

mod crowd;
mod commits;
mod contest;
mod hooks;
mod builtins;
mod merging;
mod fixes;
mod noise;
mod order;
mod peers;
mod plans;
mod program;
mod pushes;
mod receipts;
mod scratch;
mod shards;

use std::process::ExitCode;
use std::time::Instant;

/// What goes wrong where a benchmark can't be run.
type Fault = Box<dyn std::error::Error>;

/// How much is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Enough to see that everything runs.
    Short,
    /// The sizes of the bars.
    Full,
}

/// A case: its name, and what runs it.
type Case = (&'static str, fn(Extent) -> Result<(), Fault>);

const CASES: [Case; 14] = [
    ("hook", hooks::one_check),
    ("commit", commits::overhead),
    ("parallel", hooks::twenty_checks),
    ("plan", plans::plan_of_a_hundred_checks),
    ("merge", merging::all_proved),
    ("push", pushes::answered_by_evidence),
    ("shards", shards::evenness),
    ("builtins", builtins::same_checks),
    ("fix", fixes::same_formatter),
    ("receipts", receipts::all_covered),
    ("order", order::makespans),
    ("fail-fast", order::fail_fast),
    ("noise", noise::one_gigabyte),
    ("crowd", crowd::fifty_at_once),
];

impl Extent {
    /// One of two values.
    fn pick<T>(self, short: T, full: T) -> T {
        match self {
            Self::Short => short,
            Self::Full => full,
        }
    }
}

fn main() -> ExitCode {
    // `cargo bench` adds an option of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let extent = if words.iter().any(|word| word == "full") { Extent::Full } else { Extent::Short };
    let wanted: Vec<&String> = words.iter().filter(|word| !["short", "full"].contains(&word.as_str())).collect();
    if let Some(unknown) = wanted.iter().find(|word| !CASES.iter().any(|(name, _)| name == *word)) {
        println!("no such case: {unknown}; there are {}", CASES.map(|(name, _)| name).join(", "));
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    for (name, case) in CASES.iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|word| word == name)) {
        let start = Instant::now();
        if let Err(fault) = case(extent) {
            println!("{name}: DOES NOT RUN: {fault}");
            code = ExitCode::FAILURE;
        }
        println!("({name} took {:.0} s)\n", start.elapsed().as_secs_f64());
    }
    code
}

//! What an installed hook adds to `git commit`.

use std::time::Duration;

use crate::contest::{Competitor, compete, millis};
use crate::peers::{find, settings};
use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// How many tracked files there are.
const FILES: usize = 5_000;

/// A commit of one file, with one check `true` in the hook: all run, all reused, and all run beside an unstaged edit.
pub(crate) fn overhead(extent: Extent) -> Result<(), Fault> {
    let mut repositories = vec![("no hook", repository()?), ("gate", repository()?)];
    repositories[1].1.gate(&["install", "--hook", "pre-commit"]).succeed()?;
    for name in ["prek", "lefthook", "hk"] {
        let Some(program) = find(name) else { continue };
        let scratch = repository()?;
        match scratch.program(program, &["install"]).succeed() {
            Ok(_) => repositories.push((name, scratch)),
            Err(fault) => println!("  {name} does not install and is left out: {fault}"),
        }
    }
    contest("a commit, all run", "1.00", &repositories, extent, &|_| Ok(()))?;
    contest("a commit, all reused", "1.00", &repositories, extent, &|scratch| {
        // Whoever keeps what passed has it from here.
        scratch.gate(&["check", "--staged", "--stage", "pre-commit"]).succeed().map(drop)
    })?;
    contest("a commit beside an unstaged edit, all run", "0.50 of prek", &repositories, extent, &|scratch| {
        scratch.edit("dir1/file101.txt", "unstaged\n")
    })
}

fn repository() -> Result<Scratch, Fault> {
    let own = gate_toml(["run = \"true\"\non = [\"pre-commit\"]".to_owned()]);
    Scratch::new(FILES, &[settings(1), vec![("gate.toml", own)]].concat())
}

/// Lets everybody commit in turn, after `before`, which does not count.
fn contest(
    what: &str,
    bar: &str,
    repositories: &[(&str, Scratch)],
    extent: Extent,
    before: &dyn Fn(&Scratch) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let competitors = repositories.iter().map(|(name, scratch)| {
        Competitor::new(name, move || {
            scratch.stage()?;
            before(scratch)?;
            scratch.git(&["commit", "--quiet", "--message", "change"])
        })
    });
    let ready = compete(extent.pick(5, 30), competitors.collect())?;
    let bare = ready.first().map(Competitor::least).unwrap_or_default();
    let added = |competitor: &Competitor<'_>| competitor.least().saturating_sub(bare);
    println!("{what}");
    for competitor in &ready {
        let (least, added) = (millis(competitor.least()), millis(added(competitor)));
        println!("  {:12} least {least:9.2} ms   adds {added:9.2} ms", competitor.name());
    }
    let gate = ready.iter().find(|competitor| competitor.name() == "gate").map(added).unwrap_or_default();
    for peer in ready.iter().filter(|competitor| !["gate", "no hook"].contains(&competitor.name())) {
        println!("  ratio to {}: {:.2}   (bar: {bar})", peer.name(), ratio(gate, added(peer)));
    }
    Ok(())
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64().max(1e-9)
}

//! Competitors that take turns, and the lines that are printed of them.

use std::time::Duration;

use crate::Fault;

/// A competitor: its name, and what one turn of it takes.
pub(crate) struct Competitor<'a> {
    name: String,
    turn: Box<dyn Fn() -> Result<Duration, Fault> + 'a>,
    times: Vec<Duration>,
}

impl<'a> Competitor<'a> {
    /// A competitor. A turn gives the time that counts of it.
    pub(crate) fn new(name: &str, turn: impl Fn() -> Result<Duration, Fault> + 'a) -> Self {
        Self { name: name.to_owned(), turn: Box::new(turn), times: Vec::new() }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The least time.
    pub(crate) fn least(&self) -> Duration {
        self.times.iter().min().copied().unwrap_or_default()
    }

    /// The time in the middle.
    fn middle(&self) -> Duration {
        let mut times = self.times.clone();
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}

/// Lets everybody have turns, after two that don't count. The first one must run; another one that doesn't is left out.
pub(crate) fn compete(turns: usize, all: Vec<Competitor<'_>>) -> Result<Vec<Competitor<'_>>, Fault> {
    let mut ready = Vec::new();
    for competitor in all {
        match (competitor.turn)().and_then(|_| (competitor.turn)()) {
            Ok(_) => ready.push(competitor),
            Err(fault) if ready.is_empty() => return Err(fault),
            Err(fault) => println!("  {} does not run and is left out: {fault}", competitor.name),
        }
    }
    for _ in 0..turns {
        for competitor in &mut ready {
            let time = (competitor.turn)()?;
            competitor.times.push(time);
        }
    }
    Ok(ready)
}

/// Prints the times, and the ratio of the first one to the fastest of the others.
pub(crate) fn tell(what: &str, bar: &str, all: &[Competitor<'_>]) {
    println!("{what}");
    for competitor in all {
        let (least, middle) = (millis(competitor.least()), millis(competitor.middle()));
        println!("  {:12} least {least:9.2} ms   middle {middle:9.2} ms", competitor.name);
    }
    let fastest = all.iter().skip(1).min_by_key(|competitor| competitor.least());
    match (all.first(), fastest) {
        (Some(own), Some(fastest)) => {
            let ratio = own.least().as_secs_f64() / fastest.least().as_secs_f64();
            println!("  ratio to {}: {ratio:.2}   (bar: {bar})", fastest.name);
        }
        _ => println!("  no peer to compare with   (bar: {bar})"),
    }
}

/// Milliseconds.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

//! Runs a single process to its end, with the same care as many.

use std::sync::atomic::{AtomicU64, Ordering};

use super::child::{Ending, Invocation, StartError};
use super::signals::Control;
use super::supervisor::{Happening, Supervisor};

/// Makes names of supervisors different within one process.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// Runs a process to its end: it is stopped when the control says so, and nothing of it is left afterwards.
///
/// # Errors
/// When it can't be started.
pub fn run_to_end(invocation: Invocation, control: &Control) -> Result<Ending, StartError> {
    let name = format!("once-{}-{}", std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed));
    let mut supervisor = Supervisor::new(name, control);
    let mine = supervisor.start(invocation);
    loop {
        match supervisor.next(None) {
            Happening::Ended { id, ending } if id == mine => return ending,
            Happening::Told(urgency) => supervisor.stop(mine, urgency),
            Happening::Started { .. } | Happening::Ended { .. } | Happening::Woken => {}
        }
    }
}

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
    run_to_end_as(&name, invocation, control, &mut |_| ())
}

/// The same under a name by which [`super::end_leftovers`] finds what is left if gate is killed; nothing else that runs
/// on the machine may have it. `started` is told the number of the process.
///
/// # Errors
/// When it can't be started.
pub fn run_to_end_as(
    name: &str,
    invocation: Invocation,
    control: &Control,
    started: &mut dyn FnMut(u32),
) -> Result<Ending, StartError> {
    let mut supervisor = Supervisor::new(name, control);
    let mine = supervisor.start(invocation);
    loop {
        match supervisor.next(None) {
            Happening::Ended { id, ending } if id == mine => return ending,
            Happening::Told(urgency) => supervisor.stop(mine, urgency),
            Happening::Started { id, pid } if id == mine => started(pid),
            Happening::Started { .. } | Happening::Ended { .. } | Happening::Woken => {}
        }
    }
}

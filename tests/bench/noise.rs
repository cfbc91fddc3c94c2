//! What a check that prints much costs gate itself.

use std::process::Child;
use std::time::Duration;

use crate::scratch::{Scratch, gate_toml};
use crate::{Extent, Fault};

/// A check that prints a gigabyte: the most memory that gate itself takes.
pub(crate) fn one_gigabyte(extent: Extent) -> Result<(), Fault> {
    let bytes = extent.pick(100_000_000, 1_000_000_000);
    let check = format!("run = \"yes 0123456789012345678901234567890123456789 | head -c {bytes}\"");
    let scratch = Scratch::new(10, &[("gate.toml", gate_toml([check]))])?;
    let mut gate = scratch.gate(&["check", "--all"]).start()?;
    let mut most: Option<f64> = None;
    let status = loop {
        if let Some(status) = gate.try_wait()? {
            break status;
        }
        most = peak(&gate).into_iter().chain(most).reduce(f64::max);
        std::thread::sleep(Duration::from_millis(2));
    };
    if !status.success() {
        return Err(format!("gate: {status}").into());
    }
    let most = most.map_or_else(|| "not known here".to_owned(), |kilobytes| format!("{:.1} MB", kilobytes / 1000.0));
    println!("a check that prints {bytes} bytes: gate's own peak memory {most}   (bar: 50 MB)");
    Ok(())
}

/// The most kilobytes that a process has held so far, as Linux tells:
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
fn peak(child: &Child) -> Option<f64> {
    let status = fs_err::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

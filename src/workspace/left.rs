//! A preparing command that runs in a checkout is noted beside it, so that whoever holds the checkout next can end it.

use std::io;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::layout::Place;
use crate::process::{end_leftovers, identity};

/// A command that is running.
#[derive(Serialize, Deserialize)]
pub(super) struct Running {
    /// What marks its processes.
    pub(super) name: String,
    /// Its first process, and what tells that from a later one of the same number.
    leader: Option<(u32, String)>,
}

impl Running {
    /// A command under a name that no other on the machine has or had.
    pub(super) fn named() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { name: format!("prepare-{}-{}", std::process::id(), since.as_nanos()), leader: None }
    }

    /// Its first process is this one.
    pub(super) fn led_by(&mut self, pid: u32) {
        self.leader = identity(pid).map(|identity| (pid, identity));
    }

    /// Notes it.
    pub(super) fn save(&self, file: &Path) -> io::Result<()> {
        fs_err::write(file, serde_json::to_vec(self)?)
    }
}

/// Ends the command that a killed run has left running in a checkout, which is locked for us.
pub(super) fn end_left(place: &Place) -> io::Result<()> {
    let note = place.preparing();
    let Ok(bytes) = fs_err::read(&note) else { return Ok(()) };
    if let Ok(Running { name, leader }) = serde_json::from_slice(&bytes) {
        let _count = end_leftovers(&name, leader.as_slice());
    }
    removed(&note)?;
    removed(&place.prepare_log())
}

/// Removes a file; one that is not there is no error.
pub(super) fn removed(file: &Path) -> io::Result<()> {
    match fs_err::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

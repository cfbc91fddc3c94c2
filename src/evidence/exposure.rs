//! Whether a step could have read a key: then what it signs is worth no more than what a step says of itself.

use std::os::unix::fs::MetadataExt;

use super::Error;
use super::signing::{Guard, SigningKey};

/// Where steps run on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Whether it is a step that asks.
    pub in_step: bool,
    /// The users, by their numbers, who have run steps on this machine.
    pub runners: Vec<u32>,
}

/// Refuses a key that a step could have read or used.
///
/// Neither the time of the run nor that of the key counts: what a step has left behind may still be there. A key with a
/// passphrase gives nothing away unless an agent has it, and one in hardware signs only what somebody touches it for.
///
/// # Errors
/// When a step could have read it.
pub fn refuse_exposed(key: &SigningKey, exposure: &Exposure) -> Result<(), Error> {
    let exposed = |why| Err(Error::Exposed(key.path().to_owned(), why));
    if exposure.in_step {
        return exposed("this runs in a step");
    }
    let to_agent = || exposed("steps that ran on this machine reach the same agent");
    match key.guard() {
        _ if exposure.runners.is_empty() => Ok(()),
        Guard::Hardware => Ok(()),
        Guard::Agent => to_agent(),
        Guard::Passphrase if key.is_in_agent()? => to_agent(),
        Guard::Passphrase => Ok(()),
        Guard::None => {
            let file = fs_err::metadata(key.path())?;
            let reads = |user: &u32| *user == 0 || *user == file.uid() || file.mode() & 0o044 != 0;
            if exposure.runners.iter().any(reads) {
                return exposed("its file is readable for a user who has run steps on this machine");
            }
            Ok(())
        }
    }
}

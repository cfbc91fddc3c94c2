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
        Guard::Agent => to_agent(),
        Guard::Passphrase if key.is_in_agent()? => to_agent(),
        Guard::Passphrase | Guard::Hardware => Ok(()),
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// What is said of a key without a passphrase, in a file that may be read so, where a user has run steps.
    fn said(mode: u32, runner: impl FnOnce(u32) -> u32) -> Option<&'static str> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = ssh_key::private::Ed25519Keypair::from_seed(&[1; 32]);
        let key = ssh_key::PrivateKey::from(key).to_openssh(ssh_key::LineEnding::LF).unwrap();
        fs_err::write(&path, key.as_bytes()).unwrap();
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let owner = fs_err::metadata(&path).unwrap().uid();
        let exposure = Exposure { in_step: false, runners: vec![runner(owner)] };
        match refuse_exposed(&SigningKey::read(&path).unwrap(), &exposure) {
            Ok(()) => None,
            Err(Error::Exposed(_, why)) => Some(why),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_key_is_exposed_to_whoever_can_read_its_file() {
        let readable = Some("its file is readable for a user who has run steps on this machine");
        let other = |owner: u32| owner + 4711;
        assert_eq!(said(0o600, |owner| owner), readable, "its owner");
        assert_eq!(said(0o600, |_| 0), readable, "root reads everything");
        assert_eq!(said(0o600, other), None, "a key of another user's");
        assert_eq!(said(0o640, other), readable, "its group");
        assert_eq!(said(0o604, other), readable, "everybody");
    }
}

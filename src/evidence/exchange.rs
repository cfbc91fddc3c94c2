//! Giving evidence to a remote, and taking what others gave it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Error, place};
use crate::git::Repo;

/// How often it is tried again where others write the same ref: twenty who sign with one key at once all get through.
const ATTEMPTS: u32 = 100;
/// The longest wait between two attempts, in milliseconds.
const LONGEST: u32 = 2_000;

/// A ref that was given to a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// Its name.
    pub name: String,
    /// Whether the remote lacked anything of it.
    pub was_new: bool,
}

/// Takes the evidence that a remote has.
///
/// # Errors
/// When the remote doesn't give it.
pub fn fetch(repo: &Repo, remote: &str) -> Result<(), Error> {
    Ok(repo.fetch_own_refs(remote, place::OWN, &place::remote_refs(remote))?)
}

/// Gives a remote the evidence that was signed in this repository. What the remote has under the same key stays: both are
/// brought together first.
///
/// # Errors
/// When the remote can't be reached, refuses, or others keep writing the same refs.
pub fn push(repo: &Repo, remote: &str) -> Result<Vec<Pushed>, Error> {
    let mut pushed = Vec::new();
    fetch(repo, remote)?;
    for own in repo.own_refs(place::OWN)? {
        pushed.push(Pushed { was_new: push_one(repo, remote, &own.name)?, name: own.name });
    }
    if pushed.iter().any(|pushed| pushed.was_new) {
        fetch(repo, remote)?;
    }
    Ok(pushed)
}

fn push_one(repo: &Repo, remote: &str, name: &str) -> Result<bool, Error> {
    let there = format!("{}{}", place::remote_refs(remote), name.trim_start_matches(place::OWN));
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            std::thread::sleep(wait(attempt));
            fetch(repo, remote)?;
        }
        let (Some(own), old) = (repo.ref_commit(name)?, repo.ref_commit(&there)?) else { return Ok(false) };
        let new = match old {
            Some(old) => repo.commit_united(own, old, "Evidence brought together\n")?,
            None => own,
        };
        if new != own && !repo.move_own_ref(name, new, Some(own))? {
            continue;
        }
        if old == Some(new) {
            return Ok(false);
        }
        if repo.push_own_ref(remote, name, (new, old))? {
            return Ok(true);
        }
    }
    Err(Error::Contended(name.to_owned()))
}

/// How long to wait before an attempt: longer from one to the next, and not as long as others wait.
fn wait(attempt: u32) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = now.subsec_nanos().wrapping_add(std::process::id().wrapping_mul(2_654_435_761));
    let limit = attempt.saturating_mul(100).min(LONGEST);
    Duration::from_millis(u64::from((seed >> 8) % limit.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_limit() {
        for attempt in 1..ATTEMPTS {
            let limit = u128::from((attempt * 100).min(LONGEST));
            assert!(wait(attempt).as_millis() < limit, "{attempt}");
        }
    }
}

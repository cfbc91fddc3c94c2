//! Giving evidence to a remote, and taking what others gave it.

use super::{Error, place};
use crate::git::Repo;

/// How often it is tried again where others write the same ref.
const ATTEMPTS: usize = 10;

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
            fetch(repo, remote)?;
        }
        let (Some(own), old) = (repo.own_ref(name)?, repo.own_ref(&there)?) else { return Ok(false) };
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

//! The machine as steps see it, with everything that was found out about it.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::environment::Environment;
use super::identity::Identity;
use super::memo::Memo;
use super::pins::Folders;
use super::stamp::{Stamp, Stamps};
use super::wrapper::Wanted;
use crate::digest::Digest;

/// The machine as steps see it.
pub(super) struct Machine {
    /// The environment that steps get.
    pub(super) environment: Environment,
    /// What earlier processes found out.
    pub(super) memo: Memo,
    /// The files that were looked at.
    pub(super) stamps: Stamps,
    /// The folders in which tools are asked.
    pub(super) folders: Folders,
    /// The programs that were identified already, by pins.
    pub(super) identified: HashMap<(Digest, Wanted), Arc<Identity>>,
    clock: fn() -> i64,
}

impl Machine {
    /// The machine with an environment, and the memo at `path`.
    pub(super) fn new(path: &Path, vars: &[(std::ffi::OsString, std::ffi::OsString)]) -> Self {
        Self {
            environment: Environment::new(vars),
            memo: Memo::open(path),
            stamps: Stamps::default(),
            folders: Folders::default(),
            identified: HashMap::new(),
            clock: now,
        }
    }

    /// The same with another clock, in nanoseconds since 1970.
    #[cfg(test)]
    pub(super) fn set_clock(&mut self, clock: fn() -> i64) {
        self.clock = clock;
    }

    /// The time, in nanoseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        (self.clock)()
    }

    /// The first program of a name on PATH.
    pub(super) fn find(&mut self, name: &str) -> Option<PathBuf> {
        let stamps = &mut self.stamps;
        let mut candidates = self.environment.path().iter().map(|folder| folder.join(name));
        candidates.find(|path| stamps.get(path).is_some_and(|stamp| stamp.is_program()))
    }

    /// What `derive` makes of a file or a folder's names, remembered while its stamp stays the same; `None` if it is absent.
    pub(super) fn derived<T: Serialize + DeserializeOwned>(
        &mut self,
        kind: &str,
        path: &Path,
        derive: impl FnOnce(&Path) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let Some(stamp) = self.stamps.get(path) else { return Ok(None) };
        // What is not UTF-8 is looked at every time.
        let Some(key) = path.to_str() else { return derive(path).map(Some) };
        if let Some((known, value)) = self.memo.get::<(Stamp, T)>(kind, key)
            && known == stamp
        {
            return Ok(Some(value));
        }
        // The time before reading: a later change then shows in a later time of change.
        let settled = stamp.is_settled(self.now());
        let value = derive(path)?;
        self.memo.put(kind, key, &(stamp, &value), settled);
        Ok(Some(value))
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

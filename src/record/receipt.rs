//! Receipts: when a pass stands in for a run.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{OptionalExtension, Statement, params};

use crate::check::{Stage, StepName};
use crate::digest::{Digest, Hasher};
use crate::path::RepoPath;
use crate::plan::{FileProof, Input, Reason, Reuse};

/// Raise it when the meaning of a file's key changes.
const FORMAT: u32 = 2;

/// What may be reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecallPolicy {
    /// Whether everything that receipts cover runs all the same.
    pub fresh: bool,
    /// The stage that asks.
    pub stage: Stage,
    /// The time that ages are reckoned from.
    pub now: SystemTime,
}

impl RecallPolicy {
    /// Whether receipts of runs with folders of the user's checkout count: early stages only.
    pub(super) fn allows_shared(&self) -> bool {
        self.stage != Stage::Merge
    }

    /// Whether what is known to fail at the base runs although nothing about it has changed. A commit is not held up by
    /// what it has no part in: what is pushed or lands is.
    pub(super) fn minds_broken_base(&self) -> bool {
        !matches!(self.stage, Stage::PreCommit | Stage::CommitMsg)
    }
}

/// What a run has earned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    /// Steps whose pass makes a receipt.
    pub steps: BTreeSet<StepName>,
    /// Files whose batch passed, by step.
    pub files: BTreeMap<StepName, Vec<RepoPath>>,
    /// Whether folders of the user's checkout were shared with the run's.
    pub shared: bool,
}

/// A pass that is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) run: String,
    pub(super) finished: i64,
    pub(super) shared: bool,
}

/// The key of a file's receipt: everything that its result depends on.
#[must_use]
pub fn file_key(common: &Digest, input: &Input) -> Digest {
    Hasher::new("file-receipt", FORMAT)
        .field("common", common.as_bytes())
        .field("path", input.path.as_bstr())
        .field("mode", input.mode.octal())
        .field("id", input.id.as_bytes())
        .field("through", [u8::from(input.through)])
        .finish()
}

impl Receipt {
    /// The receipt that a prepared query finds for a key; a shared one only where it counts or there is no other.
    pub(super) fn find(query: &mut Statement<'_>, key: &Digest, allow_shared: bool) -> rusqlite::Result<Option<Self>> {
        let row = |row: &rusqlite::Row<'_>| Ok(Self { run: row.get(0)?, finished: row.get(1)?, shared: row.get(2)? });
        let mut found = query.query_map(params![key.as_bytes()], row)?.collect::<rusqlite::Result<Vec<_>>>()?;
        if !allow_shared && found.iter().any(|receipt| !receipt.shared) {
            found.retain(|receipt| !receipt.shared);
        }
        // Of several that count, the youngest keeps a `reuse = "24h"` alive.
        Ok(found.into_iter().max_by_key(|receipt| receipt.finished))
    }

    /// Whether it counts; if not, why not.
    pub(super) fn counts(&self, reuse: Reuse, policy: &RecallPolicy) -> Result<(), Reason> {
        if policy.fresh {
            return Err(Reason::Fresh);
        }
        if self.shared && !policy.allows_shared() {
            return Err(Reason::SharedReceipt { run: self.run.clone() });
        }
        let age = age(self.finished, policy.now);
        match reuse {
            _ if reuse.admits(age) => Ok(()),
            Reuse::Never => Err(Reason::NeverReused),
            _ => Err(Reason::Expired { run: self.run.clone(), age_s: age.unwrap_or_default().as_secs() }),
        }
    }

    pub(super) fn proof(&self) -> FileProof {
        FileProof { oldest: self.finished, shared: self.shared }
    }
}

/// How long ago a time was, in seconds since 1970 UTC; `None` for what lies in the future, whose true age nobody knows.
#[must_use]
pub fn age(finished: i64, now: SystemTime) -> Option<Duration> {
    let age = seconds(now).checked_sub(finished)?;
    u64::try_from(age).ok().map(Duration::from_secs)
}

/// A time as seconds since 1970 UTC; 0 for what was before.
pub(super) fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    i64::try_from(since).unwrap_or(i64::MAX)
}

/// The first row of a prepared query for a digest, if there is one.
pub(super) fn first<T: rusqlite::types::FromSql>(
    query: &mut Statement<'_>,
    key: &Digest,
) -> rusqlite::Result<Option<T>> {
    query.query_row(params![key.as_bytes()], |row| row.get(0)).optional()
}

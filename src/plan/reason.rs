//! Why a step runs, is reused or is skipped: a closed list.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::change::NoBase;
use crate::check::StepName;

/// Why a step runs, is reused or is skipped. In reports, `kind` is the name in kebab-case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Reason {
    /// Run: there is nothing to compare with.
    NoBase {
        /// Why there is no base.
        why: NoBase,
    },
    /// Run: inputs differ from the base's.
    InputsChanged {
        /// The first path that differs.
        path: String,
        /// How it differs: `added`, `deleted`, `modified` or `mode-changed`.
        edit: String,
        /// How many paths differ.
        paths: usize,
    },
    /// Run: the check is defined differently at the base.
    DefinitionChanged {
        /// The first part of the definition that differs.
        field: String,
    },
    /// Run: a program, toolchain or variable is not what it is for the base's tree.
    EnvironmentChanged {
        /// The first one that differs.
        field: String,
    },
    /// Run: it is about the message of a commit, and no base has that.
    NewMessage,
    /// Run: the base has no such check.
    NewCheck,
    /// Run: nothing differs from the base, but `[policy] unproved-base = "run"` wants proof.
    UnprovedBase,
    /// Run: nothing differs from the base, and there it is known to fail.
    BaseFailed {
        /// The run that saw it fail.
        run: String,
    },
    /// Run: `--fresh`.
    Fresh,
    /// Run: the check has `reuse = false`.
    NeverReused,
    /// Run: the pass is older than the check's `reuse` allows.
    Expired {
        /// The run that passed.
        run: String,
        /// Its age, in seconds.
        age_s: u64,
    },
    /// Run: the only pass was made with folders shared from the user's checkout, which this stage does not take.
    SharedReceipt {
        /// The run that passed.
        run: String,
    },
    /// Run: a step that needs its products runs, and no checkout holds them.
    NeededBy {
        /// The step that needs it.
        step: StepName,
    },
    /// Run: a step that it needs runs or differs from the base.
    NeedChanged {
        /// The step that it needs.
        step: StepName,
    },
    /// Run: an audit looks whether a receipt holds.
    Audited,
    /// Run: it runs in the user's own tree, which nothing is known about.
    Here,
    /// Reuse: a receipt covers the fingerprint.
    Receipt {
        /// The run that passed.
        run: String,
        /// When it passed, in seconds since 1970 UTC.
        finished: i64,
    },
    /// Reuse: somebody whom the base's policy trusts has signed that it passes.
    Evidence {
        /// Who.
        by: String,
        /// The run that passed.
        run: String,
        /// When it passed, in seconds since 1970 UTC.
        finished: i64,
    },
    /// Reuse: receipts cover every file.
    FileReceipts {
        /// How many files.
        files: u64,
        /// When the oldest of the passes was, in seconds since 1970 UTC.
        oldest: i64,
    },
    /// Skip: the fingerprint equals the base's.
    Unchanged,
    /// Skip: `platforms` names other platforms than this one.
    OtherPlatform,
    /// Skip: `--only` names other checks.
    NotSelected,
    /// Skip: it is for another of several shards.
    OtherShard {
        /// The shard that it is for, as in `2/3`.
        shard: String,
    },
    /// Skip: the user asked for it.
    Asked {
        /// Why, as the user says.
        why: String,
    },
    /// Skip: the patterns match nothing in the candidate.
    SelectsNothing,
}

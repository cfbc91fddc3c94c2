//! What an audit of a branch found, as programs read it: the document `gate.audit/1`.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::digest::ObjectId;
use crate::record::Refused;
use crate::verdict::{Kind, Overridden, Proof};

/// The name of the document's format.
pub const AUDIT_SCHEMA: &str = "gate.audit/1";

/// What an audit of a branch found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct History {
    /// The document's format: always `gate.audit/1`.
    #[schemars(extend("const" = AUDIT_SCHEMA))]
    pub schema: &'static str,
    /// What was looked at, as it was named.
    pub range: String,
    /// Every commit of its first-parent line, the newest first.
    pub commits: Vec<CommitEntry>,
    /// How many are what.
    pub counts: Counts,
    /// Pushes that this repository refused, as a server does, the newest first.
    pub refused: Vec<RefusedEntry>,
}

/// A commit of a branch, and what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CommitEntry {
    /// The commit.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub commit: ObjectId,
    /// Its tree.
    #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
    pub tree: ObjectId,
    /// The first line of its message.
    pub subject: String,
    /// What speaks for it.
    #[serde(flatten)]
    pub cover: Cover,
}

/// What speaks for a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "cover", rename_all = "kebab-case")]
pub enum Cover {
    /// A verdict of the merge stage on exactly this tree.
    Verdict {
        /// The run.
        run: String,
        /// What was said: `deployable` or `mends`.
        verdict: Kind,
        /// What that rests on, if it is `deployable`.
        proof: Option<Proof>,
        /// Where that is written.
        source: ProofSource,
        /// Who signed it, where that is evidence.
        signed_by: Option<String>,
    },
    /// It came together with a later commit, whose verdict is about all that came since a commit before this one.
    Part {
        /// That commit.
        #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
        of: ObjectId,
        /// The run.
        run: String,
    },
    /// It is where gate.toml begins, and nothing could judge it.
    Start,
    /// Nothing.
    Bypass {
        /// Why.
        #[serde(flatten)]
        why: Bypass,
    },
}

/// Why nothing speaks for a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Bypass {
    /// No verdict is about its tree.
    NoRecord,
    /// The verdict on its tree does not let it land.
    Against {
        /// The run.
        run: String,
        /// What was said.
        verdict: Kind,
    },
    /// The verdict that lets its tree land is about another commit than it lies on.
    Elsewhere {
        /// The run.
        run: String,
        /// The commit that it was judged on.
        #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
        base: ObjectId,
    },
    /// Somebody let it land though the verdict on its tree does not.
    Overridden {
        /// The run.
        run: String,
        /// What was said.
        verdict: Kind,
        /// Who, why, and which checks are owed for it.
        #[serde(flatten)]
        overridden: Overridden,
    },
    /// The only evidence on its tree is signed by a key that it brings itself.
    OwnKey {
        /// The key, as people call it.
        signed_by: String,
    },
    /// It is a merge, and its tree is not what merging its parents gives.
    OtherTree {
        /// The tree that merging them gives.
        #[schemars(with = "String", regex(pattern = "^[0-9a-f]{40}$"))]
        merged: ObjectId,
        /// The run that judged that tree, if one did.
        run: Option<String>,
    },
}

/// Where a verdict is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProofSource {
    /// In this repository's own ledger.
    Ledger,
    /// In evidence that somebody signed whom the newest commit's policy trusts.
    Evidence,
}

/// A push that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RefusedEntry {
    /// When (RFC 3339, UTC).
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// The ref.
    pub name: String,
    /// What it was to be at; null where it was to be deleted.
    #[schemars(with = "Option<String>", extend("pattern" = "^[0-9a-f]{40}$"))]
    pub new: Option<ObjectId>,
    /// Who pushed, where the server said so.
    pub by: Option<String>,
    /// Why, in words.
    pub why: String,
    /// The run that judged it, if one did.
    pub run: Option<String>,
}

/// How many commits are what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    /// Proved.
    pub proved: usize,
    /// Deployable if what they were compared with is.
    pub relative: usize,
    /// Mending a broken branch.
    pub mends: usize,
    /// Judged as part of what they came with.
    pub part: usize,
    /// Where gate.toml begins.
    pub start: usize,
    /// Bypasses.
    pub bypassed: usize,
    /// Of those that a verdict covers, the ones by evidence.
    pub by_evidence: usize,
}

impl Counts {
    /// Counts commits.
    #[must_use]
    pub(super) fn of(commits: &[CommitEntry]) -> Self {
        let mut counts = Self::default();
        for commit in commits {
            let count = match &commit.cover {
                Cover::Verdict { verdict: Kind::Mends, .. } => &mut counts.mends,
                Cover::Verdict { proof: Some(Proof::Proved), .. } => &mut counts.proved,
                Cover::Verdict { .. } => &mut counts.relative,
                Cover::Part { .. } => &mut counts.part,
                Cover::Start => &mut counts.start,
                Cover::Bypass { .. } => &mut counts.bypassed,
            };
            *count += 1;
            counts.by_evidence +=
                usize::from(matches!(commit.cover, Cover::Verdict { source: ProofSource::Evidence, .. }));
        }
        counts
    }
}

impl From<Refused> for RefusedEntry {
    fn from(refused: Refused) -> Self {
        let Refused { at, name, old: _, new, by, why, run } = refused;
        Self { at: Timestamp::try_from(at).unwrap_or(Timestamp::UNIX_EPOCH), name, new, by, why, run }
    }
}

//! The explicit act by which a branch may be taken under gate by the next push that brings a gate.toml.

use bstr::{BStr, ByteSlice};

use crate::config::Rules;
use crate::diagnostic::Diagnostic;
use crate::digest::ObjectId;
use crate::git::{GitProgram, Repo};
use crate::judge::{Refusal, RefusalKind, rules_of};

/// The setting of git's that remembers it: for each branch its full name and what it was at.
const SETTING: &str = "gate.start";
/// What stands for a branch that is not there.
const NONE: &str = "0000000000000000000000000000000000000000";

/// What [`start`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// The branch, by its full name.
    pub branch: String,
    /// What it is at; nothing where it is not there yet.
    pub tip: Option<ObjectId>,
    /// The value of `gate.start`.
    pub value: String,
    /// Whether anything is other than it was.
    pub changed: bool,
}

/// Lets the next push to a branch bring a gate.toml, and be judged by it; for the main branch if none is named. It holds
/// for what the branch is at now.
///
/// # Errors
/// When the branch has rules already, or git's configuration can't be written.
pub fn start(repo: &Repo, branch: Option<&str>) -> Result<Started, Refusal> {
    let head = repo.head()?;
    let branch = match branch {
        Some(name) => format!("refs/heads/{}", name.strip_prefix("refs/heads/").unwrap_or(name)),
        None => head.branch().map(str::to_owned).ok_or_else(|| {
            let shown = Diagnostic::error("trust/no-branch", "HEAD is at no branch");
            Refusal::new(RefusalKind::Usage, shown.hint("name it: gate trust init BRANCH"))
        })?,
    };
    if !Repo::is_ref_name(&branch) {
        let shown = Diagnostic::error("trust/bad-branch", format!("'{branch}' can't be the name of a branch"));
        return Err(Refusal::new(RefusalKind::Usage, shown));
    }
    let tip = repo.ref_commit(&branch)?;
    if rules(repo, tip)?.is_some() {
        let message = format!("'{branch}' has a valid gate.toml: it is under gate already");
        return Err(Refusal::new(RefusalKind::Usage, Diagnostic::error("trust/started", message)));
    }
    let value = value(branch.as_bytes().as_bstr(), tip);
    let mut known = false;
    for old in repo.config_all(SETTING)? {
        if old == value {
            known = true;
        } else if old.rsplit_once(' ').is_some_and(|(name, _)| name == branch) {
            config(repo, &["--unset-all", "--fixed-value", SETTING, &old])?;
        }
    }
    if !known {
        config(repo, &["--add", SETTING, &value])?;
    }
    Ok(Started { branch, tip, value, changed: !known })
}

/// The rules of what a branch is at; `None` where it has none that are valid, or is not there.
pub(super) fn rules(repo: &Repo, tip: Option<ObjectId>) -> Result<Option<Rules>, Refusal> {
    tip.map_or(Ok(None), |tip| rules_of(repo, tip))
}

/// Whether a branch may be taken under gate by a push, from what it is at.
pub(super) fn is_started(repo: &Repo, branch: &BStr, tip: Option<ObjectId>) -> Result<bool, Refusal> {
    let name = [b"refs/heads/", branch.as_bytes()].concat();
    Ok(repo.config_all(SETTING)?.contains(&value(name.as_bstr(), tip)))
}

fn value(branch: &BStr, tip: Option<ObjectId>) -> String {
    format!("{branch} {}", tip.map_or_else(|| NONE.to_owned(), |tip| tip.to_string()))
}

fn config(repo: &Repo, args: &[&str]) -> Result<(), Refusal> {
    args.iter().fold(GitProgram::new(repo, "config"), GitProgram::arg).run()?;
    Ok(())
}

//! Jenkins, in a multibranch pipeline.
//!
//! From "Global Variable Reference", the page `/pipeline-syntax/globals` of every Jenkins, and the documentation of its Git
//! and Branch API plugins. `CHANGE_TARGET` names the target and is set for requests only. `GIT_COMMIT` is set by a
//! declarative pipeline's checkout; where the job discovers merges it is the commit that Jenkins made of both, else the
//! head, and nothing says which.

use super::error::{Error, NAME_BOTH, Run};
use super::found::{Found, Kind, System, Target};
use super::told::{Origin, Told};
use super::variables::{Form, Variables, branch, commit};

const SYSTEM: System = System::Jenkins;

/// What is said there.
pub(super) fn find(variables: Variables<'_>) -> Result<Found, Error> {
    if variables.raw("TAG_NAME").is_some() {
        return Err(Error::Run { system: SYSTEM, run: Run::Tag });
    }
    let named = variables.text("CHANGE_TARGET")?;
    let target = named.ok_or_else(|| {
        missing(
            "CHANGE_TARGET",
            "run it for requests only (when { changeRequest() }), or name both: --into TARGET --from HEAD",
        )
    })?;
    let head = variables.text("GIT_COMMIT")?;
    let head = head.ok_or_else(|| missing("GIT_COMMIT", "pass on what the checkout returns: withEnv([\"GIT_COMMIT=${checkout(scm).GIT_COMMIT}\"]), or name both: --into TARGET --from HEAD"))?;
    let fork = variables.raw("CHANGE_FORK").map(|_| Told { value: true, origin: Origin::Variable("CHANGE_FORK") });
    Ok(Found {
        system: SYSTEM,
        kind: Kind::PullRequest,
        into: Target::Tip { branch: branch(&target, Form::Short)?, seen: None },
        from: commit(&head)?,
        merged: None,
        draft: None,
        fork,
    })
}

fn missing(name: &'static str, cure: &'static str) -> Error {
    debug_assert!(cure.ends_with(NAME_BOTH));
    Error::Missing { system: SYSTEM, name: Origin::Variable(name), cure }
}

//! CircleCI.
//!
//! From CircleCI's documentation, "Project values and variables". No variable of a job names the target of a request: only
//! the pipeline's values do, which are put into the configuration before the job starts. `CIRCLE_PULL_REQUEST` and, for
//! forks, `CIRCLE_PR_NUMBER` tell that there is a request, if there was one when the job started.

use super::error::{Error, Run};
use super::found::{Found, System};
use super::push::pushed;
use super::variables::{Form, Variables, branch};

const SYSTEM: System = System::CircleCi;

/// What is said there.
pub(super) fn find(variables: Variables<'_>) -> Result<Found, Error> {
    let refused = |run| Err(Error::Run { system: SYSTEM, run });
    if variables.raw("CIRCLE_TAG").is_some() {
        return refused(Run::Tag);
    }
    let name = variables.need(SYSTEM, "CIRCLE_BRANCH")?;
    let request = ["CIRCLE_PULL_REQUEST", "CIRCLE_PR_NUMBER"].iter().any(|name| variables.raw(name).is_some());
    if request || name.value.starts_with("pull/") {
        return refused(Run::Untold);
    }
    pushed(SYSTEM, branch(&name, Form::Short)?, None, variables.commit(SYSTEM, "CIRCLE_SHA1")?)
}

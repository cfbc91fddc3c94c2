//! What a CI says, whichever it is.

use std::ffi::OsString;

use super::error::Error;
use super::found::{Found, System};
use super::marks::system;
use super::variables::Variables;
use super::{azure, buildkite, circleci, github, gitlab, jenkins};

/// What is to be merged into what, as the environment and the event's file say it. Nothing outside any known CI.
///
/// # Errors
/// When a known CI doesn't say it, or not beyond doubt.
pub fn find(env: &[(OsString, OsString)], event: Option<&str>) -> Result<Option<Found>, Error> {
    let variables = Variables(env);
    let Some(system) = system(env)? else { return Ok(None) };
    match system {
        System::GitHub | System::Gitea | System::Forgejo => github::find(system, variables, event),
        System::GitLab => gitlab::find(variables),
        System::Buildkite => buildkite::find(variables),
        System::Jenkins => jenkins::find(variables),
        System::CircleCi => circleci::find(variables),
        System::Azure => azure::find(variables),
    }
    .map(Some)
}

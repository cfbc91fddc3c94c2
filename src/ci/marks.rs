//! By what each CI is known.

use std::ffi::OsString;

use super::error::Error;
use super::found::System;
use super::variables::Variables;

/// The variable by which each CI is known.
const MARKS: [(&str, System); 6] = [
    ("GITHUB_ACTIONS", System::GitHub),
    ("GITLAB_CI", System::GitLab),
    ("BUILDKITE", System::Buildkite),
    ("JENKINS_URL", System::Jenkins),
    ("CIRCLECI", System::CircleCi),
    ("TF_BUILD", System::Azure),
];

/// Those that set GitHub's variables too. Forgejo's comes first, because its runner sets Gitea's as well.
const FOLLOWERS: [(&str, System); 2] = [("FORGEJO_ACTIONS", System::Forgejo), ("GITEA_ACTIONS", System::Gitea)];

/// The CI whose environment it is, if it is one that is known.
///
/// # Errors
/// When it has the marks of two.
pub fn system(env: &[(OsString, OsString)]) -> Result<Option<System>, Error> {
    let variables = Variables(env);
    let follower = FOLLOWERS.iter().find(|(name, _)| variables.is_on(name)).map(|(_, system)| *system);
    let marked = MARKS.iter().filter(|(name, _)| variables.is_on(name)).map(|(_, system)| *system);
    let mut found = follower.into_iter().chain(marked.filter(|system| follower.is_none() || *system != System::GitHub));
    match (found.next(), found.next()) {
        (Some(one), Some(other)) => Err(Error::Several(one, other)),
        (one, _) => Ok(one),
    }
}

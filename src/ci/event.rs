//! The event that GitHub Actions, and those that follow them, write to a file.
//!
//! The members are those of GitHub's documentation, "Webhook events and payloads". Gitea and Forgejo write the same ones.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;

use fs_err as fs;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::Error;
use super::found::System;
use super::marks::system;
use super::variables::{Variables, shown};

/// GitHub sends no event above 25 MB ("Webhook events and payloads"); this leaves room.
const LIMIT: u64 = 32 << 20;

/// The part of a `pull_request` event that matters.
#[derive(Deserialize)]
pub(super) struct PullRequestEvent {
    pub(super) action: Option<String>,
    pub(super) number: u64,
    pub(super) pull_request: PullRequest,
}

/// A request to merge.
#[derive(Deserialize)]
pub(super) struct PullRequest {
    pub(super) draft: Option<bool>,
    pub(super) head: End,
    pub(super) base: End,
}

/// One end of a request.
#[derive(Deserialize)]
pub(super) struct End {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) sha: String,
    /// None where the fork was deleted.
    pub(super) repo: Option<Repository>,
}

/// A repository on the host.
#[derive(Deserialize)]
pub(super) struct Repository {
    pub(super) full_name: String,
}

/// The part of a `merge_group` event that matters.
#[derive(Deserialize)]
pub(super) struct MergeGroupEvent {
    pub(super) action: String,
    pub(super) merge_group: MergeGroup,
}

/// A group of a merge queue.
#[derive(Deserialize)]
pub(super) struct MergeGroup {
    pub(super) head_sha: String,
    pub(super) base_sha: String,
    pub(super) base_ref: String,
}

/// The part of a `push` event that matters.
#[derive(Deserialize)]
pub(super) struct PushEvent {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) before: String,
    pub(super) after: String,
}

/// Reads an event.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::NotAnEvent(shown(&error.to_string())))
}

/// Reads the file that `GITHUB_EVENT_PATH` names, where the CI is GitHub's or one of those that follow it. Elsewhere the
/// variable means nothing.
///
/// # Errors
/// When the environment has the marks of two CIs, or the file can't be read, is no file, is too large or is not UTF-8.
pub fn read_event(env: &[(OsString, OsString)]) -> Result<Option<String>, Error> {
    let (Some(System::GitHub | System::Gitea | System::Forgejo), Some(path)) =
        (system(env)?, Variables(env).raw("GITHUB_EVENT_PATH").map(Path::new))
    else {
        return Ok(None);
    };
    // Opening a pipe would wait for somebody to write to it.
    let found = fs::metadata(path).map_err(Error::Unreadable)?;
    if !found.is_file() || found.len() > LIMIT {
        return Err(Error::NotAnEventFile(LIMIT));
    }
    let mut text = String::new();
    let file = fs::File::open(path).map_err(Error::Unreadable)?;
    file.take(LIMIT).read_to_string(&mut text).map_err(Error::Unreadable)?;
    Ok(Some(text))
}

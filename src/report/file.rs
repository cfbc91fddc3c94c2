//! The formats in which a finished run is written for other programs to read.

use super::account::Account;
use super::{checkstyle, github, gitlab, json, junit, markdown, sarif, tap};

/// A format for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// The document `gate.verdict/1`.
    Json,
    /// Workflow commands of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Checkstyle XML.
    Checkstyle,
    /// TAP 14.
    Tap,
    /// Markdown.
    Markdown,
}

impl FileFormat {
    /// Every format.
    pub const ALL: [Self; 8] =
        [Self::Json, Self::Github, Self::Gitlab, Self::Junit, Self::Sarif, Self::Checkstyle, Self::Tap, Self::Markdown];

    /// The name that it is asked for by, and what it is.
    #[must_use]
    pub fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Json => ("json", "One JSON document"),
            Self::Github => ("github", "Annotations of GitHub Actions"),
            Self::Gitlab => ("gitlab", "GitLab's code quality report"),
            Self::Junit => ("junit", "JUnit XML"),
            Self::Sarif => ("sarif", "SARIF 2.1.0"),
            Self::Checkstyle => ("checkstyle", "Checkstyle XML"),
            Self::Tap => ("tap", "TAP 14"),
            Self::Markdown => ("markdown", "Markdown"),
        }
    }
}

/// The run in a format.
///
/// # Errors
/// When it can't be written as JSON.
pub fn render(format: FileFormat, account: &Account<'_>) -> Result<String, serde_json::Error> {
    Ok(match format {
        FileFormat::Json => json::render(account.entry)?,
        FileFormat::Github => github::render(account),
        FileFormat::Gitlab => gitlab::render(account)?,
        FileFormat::Junit => junit::render(account),
        FileFormat::Sarif => sarif::render(account)?,
        FileFormat::Checkstyle => checkstyle::render(account),
        FileFormat::Tap => tap::render(account)?,
        FileFormat::Markdown => markdown::render(account, usize::MAX),
    })
}

//! What a check or a preparation runs.

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandLine {
    /// A line for `sh -c`.
    Shell(String),
    /// A program and its arguments, without a shell.
    Words(Vec<String>),
}

/// The placeholder that stands for the files a command is given.
const FILES: &str = "{files}";
/// The placeholder that stands for a copy of the commit's message.
const MESSAGE_FILE: &str = "{message_file}";

impl CommandLine {
    /// Whether the command takes the names of files: whether it holds `{files}`.
    #[must_use]
    pub fn takes_files(&self) -> bool {
        match self {
            Self::Shell(line) => line.contains(FILES),
            Self::Words(words) => words.iter().any(|word| word == FILES),
        }
    }

    /// Whether the command takes the message of a commit: whether it holds `{message_file}`.
    #[must_use]
    pub fn takes_message(&self) -> bool {
        match self {
            Self::Shell(line) => line.contains(MESSAGE_FILE),
            Self::Words(words) => words.iter().any(|word| word == MESSAGE_FILE),
        }
    }

    /// The command as one line, for people and for fingerprints.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Shell(line) => line.clone(),
            Self::Words(words) => format!("{words:?}"),
        }
    }
}

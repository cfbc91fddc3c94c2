//! What is asked of a checkout, and what it answers.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, ObjectId};
use crate::path::{Pattern, RepoPath};
use crate::process::Control;

/// What a checkout needs beside the candidate's files.
#[derive(Clone, Debug, Default)]
pub struct Spec {
    /// What commit the checkout's HEAD is.
    pub head: Head,
    /// Untracked files and folders that stay between runs.
    pub keep: Vec<Pattern>,
    /// Files and folders of the user's checkout that are brought into it.
    pub share: Vec<RepoPath>,
    /// Commands that make what the tree does not hold, in order.
    pub prepare: Vec<Preparation>,
    /// The user's folder of settings (`$XDG_CONFIG_HOME` or `~/.config`): git attributes lie there too.
    pub config_home: Option<PathBuf>,
    /// What ends it early.
    pub control: Control,
}

/// What commit a checkout's HEAD is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Head {
    /// A commit of the candidate without parents, author and dates being fixed: the same tree always has the same one.
    #[default]
    Snapshot,
    /// The user's commit of exactly this tree, with its history.
    Commit(ObjectId),
    /// A commit of the candidate, which has none of its own, on top of this one of the user's.
    On(ObjectId),
}

/// A command that makes what the tree does not hold.
#[derive(Clone, Debug)]
pub struct Preparation {
    /// The command as the user wrote it.
    pub name: String,
    /// Over its definition, its inputs and its tools: it runs again when this is another one.
    pub key: Digest,
    /// The program; empty if the command is.
    pub program: OsString,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// The folder of the checkout to run it in; the root if `None`.
    pub dir: Option<RepoPath>,
}

/// What bringing a checkout to a tree did.
#[derive(Debug, Default)]
pub struct Updated {
    /// How many files were written.
    pub written: usize,
    /// How many files and folders were removed.
    pub removed: usize,
    /// The prepare commands that were run.
    pub prepared: Vec<String>,
    /// What the user should know: submodules that are not there, a prepare command that changed tracked files.
    pub notices: Vec<Diagnostic>,
}

/// A path of the checkout that is not what the candidate says, or was written after the checkout was brought to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// The path.
    pub path: RepoPath,
    /// When it was last changed, by the file system's clock, which nobody can set back.
    pub changed: SystemTime,
    /// What became of it.
    pub kind: TouchedKind,
}

/// What became of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TouchedKind {
    /// It is not what the candidate says, or is gone.
    Changed,
    /// It was written, and holds the candidate's content again.
    Restored,
    /// `prepare` made it, and it is not as that left it.
    Product,
    /// It is no file of the candidate, and neither ignored nor kept.
    Left,
}

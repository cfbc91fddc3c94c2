//! Git's own variables.

use std::ffi::OsString;

/// Git's own variables, as the caller's environment has them: in a hook they say what git is working on.
///
/// Relative paths are relative to the folder that [`super::Repo::open`] is given, and the index's to the top of the working
/// tree, as git has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `GIT_DIR`: the repository; git sets it for hooks in linked worktrees, submodules and bare repositories.
    pub dir: Option<OsString>,
    /// `GIT_WORK_TREE`: the top of the working tree.
    pub work_tree: Option<OsString>,
    /// `GIT_INDEX_FILE`: the index of the commit that is being made, which need not be the repository's.
    pub index_file: Option<OsString>,
    /// `GIT_OBJECT_DIRECTORY`: where new objects go; in a pre-receive hook the quarantine.
    pub object_directory: Option<OsString>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`: further places of objects, separated by colons.
    pub alternate_object_directories: Option<OsString>,
    /// `GIT_CONFIG_GLOBAL`: the user's configuration, in place of the files in the user's home.
    pub config_global: Option<OsString>,
    /// `GIT_CONFIG_SYSTEM`: the machine's configuration.
    pub config_system: Option<OsString>,
    /// `GIT_CONFIG_NOSYSTEM`: if true, there is none of the machine's.
    pub config_no_system: Option<OsString>,
}

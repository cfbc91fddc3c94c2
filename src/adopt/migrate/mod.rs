//! Takes over what other managers of git hooks were told to run.
//!
//! [`read`] looks for the configuration of pre-commit, lefthook, husky with lint-staged, and hk, and gives the checks
//! that it comes to, with what could not be carried over and why. Each manager has a file of its own. What a check is
//! about never gets narrower on the way: what has no exact pattern becomes a wider one, and is said.

mod value;
mod regex;
mod globs;
mod glob;
mod kinds;
mod line;
mod tools;
mod forms;
mod hook;
mod known_hooks;
mod own_hooks;
mod pre_commit;
mod lefthook;
mod lint_staged;
mod shell_hook;
mod pkl;
mod hk;
mod managers;

pub(super) use forms::work;
pub(super) use hook::{Old, PER_FILE};
pub(super) use managers::read;

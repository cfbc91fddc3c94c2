//! Where a repository is pushed to: what git's pre-receive hook says is judged before any of it is taken.
//!
//! A push is taken whole or not at all. Which of its refs are protected, and what may become of them, is for the branch to
//! say as it was before the push. Nothing of what is pushed is run unless the branch's rules want that, and then by a user
//! who can't write to the repository. Nothing is written but gate's own state beside the repository: no ref, and nothing
//! into the quarantine in which git holds what is pushed.

mod update;
mod pusher;
mod evidence;
mod start;
mod protection;
mod receive;
mod letter;
mod runner;
mod errand;

pub use errand::serve;
pub use letter::{Letter, Reply, Wanted};
pub use pusher::Push;
pub use receive::{Answer, Received, Said, receive};
pub use runner::COMMAND;
pub use start::{Started, start};
pub use update::{Update, read};

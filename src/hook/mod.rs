//! Git hooks: the shims that call gate, where they are installed, and what git tells a hook.

mod push;

pub use push::{Pushed, read, remote_name};

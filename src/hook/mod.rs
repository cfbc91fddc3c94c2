//! Git hooks: the shims that call gate, where they are installed, and what git tells a hook.
//!
//! [`wanted`] says which hooks the rules call for, an [`Installer`] puts shims where git looks for them, [`uninstall`]
//! brings back what was there, and [`examine`] says what is wrong with an installation and how to mend it.
//!
//! Whatever lies there already is somebody's: it is kept, it runs first, and it comes back as it was. Files appear whole
//! under their names, one gate at a time writes, and whoever comes after one that was ended goes on from there.

mod quote;
mod shim;
mod wanted;
mod error;
mod author;
mod slot;
mod ground;
mod survey;
mod way;
mod settings;
mod lock;
mod install;
mod uninstall;
mod health;
mod document;
mod symptoms;
mod doctor;
mod push;

pub use doctor::examine;
pub use document::{doctor_schema, document};
pub use error::Error;
pub use health::{Answered, Examination, Health, Needs, Program};
pub use install::{Installed, Installer, Placed};
pub use push::{Pushed, read, remote_name};
pub use slot::Put;
pub use uninstall::{Uninstalled, uninstall};
pub use wanted::wanted;

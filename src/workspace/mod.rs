//! A pool of private checkouts, kept warm.
//!
//! Each checkout is a repository of its own whose alternates name the user's store, so that nothing a check does to git
//! reaches the user. It is brought to a candidate in place, at the cost of what changed.

mod pool;
mod checkout;
mod turn;
mod adopt;
mod session;
mod spec;
mod update;
mod changes;
mod apply;
mod write;
mod attributes;
mod filters;
mod files;
mod submodule;
mod sweep;
mod verify;
mod stale;
mod survey;
mod prepare;
mod left;
mod store;
mod share;
mod agree;
mod private;
mod settings;
mod manifest;
mod index;
mod folders;
mod record;
mod made;
mod products;
mod layout;
mod lock;
mod root;
mod size;
mod error;

#[cfg(test)]
mod tests;

pub use checkout::Workspace;
pub use error::Error;
pub use files::{Files, Found, Seen};
pub use filters::Filters;
pub use pool::{Listed, Pool};
pub use settings::content_digest;
pub use share::shared;
pub use spec::{Head, Preparation, Spec, Touched, TouchedKind, Updated};
pub use submodule::present as present_submodules;

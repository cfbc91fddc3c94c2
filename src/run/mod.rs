//! Runs the steps of a plan in parallel and says how each ended. Knows nothing of git.

mod settings;

pub use settings::Settings;

pub use crate::check::{Ended, History};

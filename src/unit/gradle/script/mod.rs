//! What scripts say: their tokens, read as calls.

mod constants;
mod values;
mod settings;
mod mention;
mod walk;

use super::lexer;
use super::model::Said;
use super::token::Language;

/// What a script is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Settings.
    Settings,
    /// To be applied, to settings or projects.
    Applied,
    /// Projects, or a source file of a plugin.
    Build,
}

/// What a script says, or a source file of a plugin.
pub(super) fn read(content: &[u8], language: Language, role: Role) -> Said {
    match lexer::tokens(&String::from_utf8_lossy(content), language) {
        Ok(tokens) => Said::Script(Box::new(walk::script(&tokens, language, role))),
        Err(why) => Said::Broken(why),
    }
}

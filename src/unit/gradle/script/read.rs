//! From a script's text to what it says.

use super::walk;
use super::walker::Role;
use crate::unit::gradle::lexer;
use crate::unit::gradle::model::Said;
use crate::unit::gradle::token::Language;

/// What a script says, or a source file of a plugin.
pub(in crate::unit::gradle) fn read(content: &[u8], language: Language, role: Role) -> Said {
    match lexer::tokens(&String::from_utf8_lossy(content), language) {
        Ok(tokens) => Said::Script(Box::new(walk::script(&tokens, language, role))),
        Err(why) => Said::Broken(why),
    }
}

//! The part of Pkl that configuration is commonly written in: <https://pkl-lang.org/main/current/language-reference/>.
//!
//! Objects, mappings, lists, texts, numbers, names, and objects that amend others are read; what has to be computed is
//! not, and stands as [`Pkl::Unknown`].

mod value;
mod quoted;
mod reader;

pub(super) use reader::read;
pub(super) use value::Pkl;

//! Units: which there are, who depends on whom, what a change affects, and which rules decide.

mod words;
mod columns;
mod document;
mod drawing;
mod list;
mod graph;
mod ways;
mod affected;
mod rules;

pub use affected::{Compared, affected, affected_json, affected_schema};
pub use document::{Shown, document, units_schema};
pub use graph::{dot, mermaid, text};
pub use list::list;
pub use rules::{Asked, rules};
pub use ways::to_unit;
pub use ways::{from_path, to_path, whose};
#[cfg(test)]
mod sample;

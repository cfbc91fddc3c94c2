//! Python: projects, their lock files, and what modules import.
//!
//! A unit is a project: a folder with a `pyproject.toml`, `setup.cfg` or `setup.py` that makes it one. In a tree without any,
//! there is no unit, and whatever is run depends on the whole tree; modules and tests are found all the same.
//!
//! What is asked for: paths (uv's sources, Poetry's, `file:` references, requirements files), names of other units, and
//! whatever a module of one unit imports of another's. Imports are read with Python's grammar, in functions and under
//! conditions as anywhere, and so are names in texts that an import by name can take (`mock.patch("package.module.f")`).
//! A name that is only known when the program runs makes the module open.

mod ecosystem;
mod fact;
mod name;
mod ini;
mod keys;
mod pyproject;
mod layout;
mod requirements;
mod lock;
mod source;
mod standard;
mod members;
mod project;
mod tree;
mod resolve;
mod settings;
mod entry;
mod imports;
mod graph;
mod own;
mod locked;
mod declared;
mod found;
#[cfg(test)]
mod tests;

pub use ecosystem::Python;

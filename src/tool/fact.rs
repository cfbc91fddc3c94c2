//! A fact about the machine.

/// One fact about the machine that a result depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// What it is about, such as `program:rustfmt`, `toolchain:rustc` or `platform`; with `@web` at the end where it holds
    /// for a folder `web` that pins versions of its own.
    pub name: String,
    /// What it is: a digest, or what the tool said of itself; `missing`, or `unresolved: …` where a version manager has
    /// none, or `unreadable: …`.
    pub value: String,
}

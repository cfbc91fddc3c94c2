//! Go modules and workspaces: a unit is one package, and what it depends on is what its files import.
//!
//! What a package is, and which import path means which folder, follows <https://go.dev/ref/mod> and the package
//! patterns of <https://pkg.go.dev/cmd/go#hdr-Package_lists_and_patterns>. All files of a package count, whatever their
//! build constraints; only those whose constraint is `ignore` do not, which no build takes.
//!
//! What imports find outside the tree is told by module: nothing but the sources of a module says which of its packages
//! need which others, so a package that reaches anything external depends on the versions and checksums of all that its
//! build requires. A package that reaches only the standard library and its own repository depends on none.

mod words;
mod quoted;
mod modfile;
mod sums;
mod constraint;
mod native;
mod literals;
mod source;
mod fact;
mod ecosystem;
mod layout;
mod scopes;
mod resolve;
mod embed;
mod includes;
mod links;
mod edges;
mod own;
mod vendored;
mod fields;
mod files;
mod link;
#[cfg(test)]
mod tests;

pub use ecosystem::Go;

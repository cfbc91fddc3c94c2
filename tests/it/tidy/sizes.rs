//! How long files and functions are.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::source::{Source, is_test};

/// Something that has a length, and where it is.
pub(super) struct Length {
    /// The file, the line and the name.
    pub(super) place: String,
    /// Its length in lines.
    pub(super) lines: usize,
}

/// The most lines that half of all, nine tenths of all, and any may have.
pub(super) struct Limits {
    /// For half of all.
    pub(super) median: usize,
    /// For nine tenths of all.
    pub(super) ninth_decile: usize,
    /// For any.
    pub(super) max: usize,
}

impl Limits {
    /// What is longer than the limits grant: the sum over all first, then the longest ones by name.
    pub(super) fn violations(&self, mut all: Vec<Length>) -> Vec<String> {
        all.sort_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.place.cmp(&b.place)));
        // The least length that this share, in percent, of all does not exceed.
        let at = |share: usize| all.get(all.len() - (all.len() * share).div_ceil(100)).map_or(0, |length| length.lines);
        let mut violations = Vec::new();
        for (what, share, limit) in [("median", 50, self.median), ("ninth decile", 90, self.ninth_decile)] {
            if at(share) > limit {
                violations.push(format!("the {what} is {}, above {limit}; the longest:", at(share)));
                violations.extend(all.iter().take(10).map(|length| format!("  {}: {}", length.place, length.lines)));
            }
        }
        let above = all.iter().filter(|length| length.lines > self.max);
        violations.extend(above.map(|length| format!("{}: {} lines, above {}", length.place, length.lines, self.max)));
        violations
    }
}

/// A file's length, without what only tests compile.
pub(super) fn file(source: &Source) -> Length {
    Length { place: source.path.clone(), lines: source.lines() }
}

/// The lengths of a file's functions, from signature to closing brace, without those that only tests compile.
pub(super) fn functions(source: &Source) -> Vec<Length> {
    let mut visitor = Visitor { path: &source.path, found: Vec::new() };
    visitor.visit_file(&source.file);
    visitor.found
}

struct Visitor<'a> {
    path: &'a str,
    found: Vec<Length>,
}

impl Visitor<'_> {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (start, end) = (signature.span().start().line, block.span().end().line);
        let place = format!("{}:{start}: {}", self.path, signature.ident);
        self.found.push(Length { place, lines: end - start + 1 });
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        if !is_test(&function.attrs) {
            self.add(&function.sig, &function.block);
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        if !is_test(&function.attrs) {
            self.add(&function.sig, &function.block);
            visit::visit_impl_item_fn(self, function);
        }
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.add(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

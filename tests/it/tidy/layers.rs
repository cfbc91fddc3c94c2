//! Who imports whom: the tables of the crate's documentation, and the paths of the source.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::source::{Source, is_test};

/// What the crate's documentation says.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// The modules, in order, each with those that it may import.
    pub(super) layers: Vec<(String, BTreeSet<String>)>,
    /// The heavy crates, each with the modules that may import it.
    pub(super) crates: BTreeMap<String, BTreeSet<String>>,
}

/// A path of the source that leads to a module of the crate, or to another crate.
pub(super) struct Use {
    /// The line of the file.
    pub(super) line: usize,
    /// The names, resolved from the crate's root: `crate` first for the crate's own.
    pub(super) names: Vec<String>,
    /// Whether only tests compile it.
    pub(super) in_test: bool,
    /// Whether it is a `pub use`, which shows a name to others and uses nothing.
    pub(super) is_export: bool,
}

impl Tables {
    /// Reads both tables out of the documentation of the crate's root.
    pub(super) fn read(lib: &str) -> Self {
        let mut tables = Self::default();
        for line in lib.lines().filter_map(|line| line.strip_prefix("//! | `")) {
            let cells: Vec<&str> = line.split(" | ").collect();
            let name = cells[0].trim_end_matches('`').to_owned();
            let last = cells[cells.len() - 1].trim_end_matches(" |");
            match cells.len() {
                2 => drop(tables.crates.insert(name, quoted(last))),
                _ if last == "all above" => tables.layers.push((name, tables.modules().map(str::to_owned).collect())),
                _ => tables.layers.push((name, quoted(last))),
            }
        }
        tables
    }

    fn modules(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().map(|(name, _)| name.as_str())
    }

    /// What is wrong with the tables themselves: a module that imports downward, one that is not declared in the same
    /// place, a crate of a module that isn't there.
    pub(super) fn faults(&self, lib: &Source) -> Vec<String> {
        let mut faults = Vec::new();
        let names: Vec<&str> = self.modules().collect();
        for (row, (name, allowed)) in self.layers.iter().enumerate() {
            for import in allowed.iter().filter(|import| !names[..row].contains(&import.as_str())) {
                faults.push(format!("the row of '{name}' names '{import}', which is not in a row above it"));
            }
        }
        let declared: Vec<String> = lib.file.items.iter().filter_map(module_name).collect();
        if !declared.iter().eq(names.iter().copied()) {
            faults.push(format!("modules are declared as {declared:?}, and the table has {names:?}"));
        }
        for (krate, modules) in &self.crates {
            for module in modules.iter().filter(|module| !names.contains(&module.as_str())) {
                faults.push(format!("'{krate}' is granted to '{module}', which is no module"));
            }
        }
        faults
    }

    /// The imports of a file that its module's row does not grant.
    pub(super) fn violations(&self, source: &Source) -> Vec<String> {
        let module = source.module();
        let uses = uses(source);
        uses.iter()
            .filter_map(|used| Some(format!("{}:{}: {}", source.path, used.line, self.fault(&module, used)?)))
            .collect()
    }

    fn fault(&self, module: &[String], used: &Use) -> Option<String> {
        let name = module.first().map_or("the crate's root", String::as_str);
        let target = match used.names.as_slice() {
            [root, target, ..] if root == "crate" => target,
            [root] if root == "crate" => return Some("the crate's root is imported whole".to_owned()),
            [krate, ..] => {
                let granted = self.crates.get(krate)?;
                return (!granted.contains(name)).then(|| format!("'{name}' may not import the crate '{krate}'"));
            }
            [] => return None,
        };
        if !self.layers.iter().any(|(layer, _)| layer == target) {
            return Some(format!("'crate::{target}' is no module of the table"));
        }
        let granted = self.layers.iter().find(|(layer, _)| layer == name).map(|(_, granted)| granted);
        (target != name && !granted.is_some_and(|granted| granted.contains(target)))
            .then(|| format!("'{name}' may not import '{target}'"))
    }
}

/// What the program's own file takes from the library, other than the command line.
pub(super) fn beside_the_command_line(main: &Source) -> Vec<String> {
    let taken = uses(main)
        .into_iter()
        .filter(|used| used.names[0] == "gate" && used.names.get(1).is_none_or(|name| name != "cli"));
    taken.map(|used| format!("{}:{}: takes '{}'", main.path, used.line, used.names.join("::"))).collect()
}

/// The words in backticks.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn module_name(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    }
}

/// Every path of a file that leads out of its own module, those in macros and attributes included.
pub(super) fn uses(source: &Source) -> Vec<Use> {
    let mut visitor = Visitor { module: source.module(), in_test: false, is_export: false, found: Vec::new() };
    visitor.visit_file(&source.file);
    visitor.found
}

struct Visitor {
    module: Vec<String>,
    in_test: bool,
    is_export: bool,
    found: Vec<Use>,
}

impl Visitor {
    fn add(&mut self, names: &[String], span: Span) {
        if let Some(names) = resolve(&self.module, names) {
            let line = span.start().line;
            self.found.push(Use { line, names, in_test: self.in_test, is_export: self.is_export });
        }
    }

    fn add_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| before.iter().cloned().chain([ident.to_string()]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.add_tree(before, item)),
            syn::UseTree::Name(name) if name.ident == "self" => self.add(before, name.ident.span()),
            syn::UseTree::Name(name) => self.add(&with(&name.ident), name.ident.span()),
            syn::UseTree::Rename(rename) => self.add(&with(&rename.ident), rename.ident.span()),
            syn::UseTree::Glob(glob) => self.add(before, glob.star_token.spans[0]),
        }
    }

    /// Paths among tokens that are not parsed further: `name :: name …`.
    fn add_tokens(&mut self, tokens: &TokenStream) {
        let (mut path, mut colons) = (Vec::new(), 0);
        let mut span = Span::call_site();
        for token in tokens.clone() {
            match &token {
                TokenTree::Ident(ident) if colons == 2 && !path.is_empty() => path.push(ident.to_string()),
                TokenTree::Ident(ident) => {
                    self.add_path(&path, span);
                    (path, span) = (vec![ident.to_string()], ident.span());
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => self.add_tokens(&group.stream()),
                TokenTree::Literal(literal) => self.add_text(&literal.to_string(), literal.span()),
                TokenTree::Punct(_) => {}
            }
            if !matches!(token, TokenTree::Ident(_)) {
                self.add_path(&path, span);
                path.clear();
            }
            colons = 0;
        }
        self.add_path(&path, span);
    }

    /// A path in a string, as attributes of serde and schemars hold them.
    fn add_text(&mut self, literal: &str, span: Span) {
        if let Ok(path) = syn::parse_str::<syn::Path>(literal.trim_matches('"')) {
            self.add_path(&names(&path), span);
        }
    }

    fn add_path(&mut self, names: &[String], span: Span) {
        if names.len() > 1 {
            self.add(names, span);
        }
    }
}

impl<'ast> Visit<'ast> for Visitor {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let outer = self.in_test;
        self.in_test |= is_test(&module.attrs);
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
        self.in_test = outer;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.is_export = !matches!(item.vis, syn::Visibility::Inherited);
        self.add_tree(&[], &item.tree);
        self.is_export = false;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first() {
            self.add_path(&names(path), first.ident.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        self.add_tokens(&call.tokens);
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        visit::visit_meta_list(self, list);
        self.add_tokens(&list.tokens);
    }
}

fn names(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// The path from the crate's root, for `crate`, `self` and `super`; from another crate's otherwise.
fn resolve(module: &[String], names: &[String]) -> Option<Vec<String>> {
    let (first, mut rest) = names.split_first()?;
    let mut place = match first.as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module[..module.len().saturating_sub(1)].to_vec(),
        _ => return Some(names.to_vec()),
    };
    while let [up, below @ ..] = rest {
        if up != "super" {
            break;
        }
        place.pop();
        rest = below;
    }
    Some([vec!["crate".to_owned()], place, rest.to_vec()].concat())
}

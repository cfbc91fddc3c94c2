//! The project's files, and the Rust ones parsed.

use std::path::{Path, PathBuf};

use syn::spanned::Spanned;

/// A file of the project.
pub(super) struct Text {
    /// The path from the project's root, with `/`.
    pub(super) path: String,
    /// What the file holds.
    pub(super) text: String,
}

/// A Rust file of the project.
pub(super) struct Source {
    /// The path from the project's root, with `/`.
    pub(super) path: String,
    /// What the file holds.
    pub(super) text: String,
    /// The same, parsed.
    pub(super) file: syn::File,
}

impl Source {
    /// Takes a text for the file at `path`.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self { path: path.to_owned(), text: text.to_owned(), file }
    }

    /// The module that the file is, as names from the crate's root; empty for the root itself.
    pub(super) fn module(&self) -> Vec<String> {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let inner = inner.strip_suffix(".rs").unwrap_or(inner);
        let mut names: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if names.last().is_some_and(|name| name == "mod" || (names.len() == 1 && (name == "lib" || name == "main"))) {
            names.pop();
        }
        names
    }

    /// How many lines there are, without items that only tests compile.
    pub(super) fn lines(&self) -> usize {
        let tests: usize =
            self.file.items.iter().filter(|item| is_test(attributes(item))).map(|item| span_lines(&item)).sum();
        self.text.lines().count() - tests
    }
}

/// The files that are not only compiled for tests: those that no `#[cfg(test)] mod name;` brings in, nor a file so
/// brought in.
pub(super) fn without_tests(files: Vec<Source>) -> Vec<Source> {
    let tests: Vec<Vec<String>> = files.iter().flat_map(test_modules).collect();
    files.into_iter().filter(|file| !tests.iter().any(|module| file.module().starts_with(module))).collect()
}

/// The modules that a file declares for tests only, as names from the crate's root.
fn test_modules(file: &Source) -> Vec<Vec<String>> {
    let own = file.module();
    let declared = file.file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.content.is_none() && is_test(&module.attrs) => Some(module.ident.to_string()),
        _ => None,
    });
    declared.map(|name| [own.clone(), vec![name]].concat()).collect()
}

/// Whether attributes say that only tests compile what they stand before.
pub(super) fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test")))
    })
}

/// How many lines something takes, from its first to its last one.
pub(super) fn span_lines(node: &impl Spanned) -> usize {
    let span = node.span();
    span.end().line - span.start().line + 1
}

/// The attributes of an item; none for kinds of item that the project does not use.
pub(super) fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The project's root.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files below a folder of the project, by path.
pub(super) fn rust_files(folder: &str) -> Vec<Source> {
    files_below(&root().join(folder))
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| Source::new(&relative(path), &fs_err::read_to_string(path).unwrap()))
        .collect()
}

/// Every text file that the project consists of, by path: not what tools make, fetch or lock.
pub(super) fn texts() -> Vec<Text> {
    files_below(root())
        .iter()
        .filter(|path| !path.ends_with("Cargo.lock"))
        .filter_map(|path| Some(Text { path: relative(path), text: fs_err::read_to_string(path).ok()? }))
        .collect()
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let is_own = ![".git", "target"].iter().any(|name| entry.file_name() == **name);
        if entry.file_type().unwrap().is_dir() {
            if is_own {
                found.extend(files_below(&entry.path()));
            }
        } else if entry.file_type().unwrap().is_file() && is_own {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}

//! The files of a tree, found by names that are not spelled out.

use std::collections::HashMap;

use bstr::{BStr, ByteSlice};

use crate::path::{Mode, RepoPath};
use crate::unit::{Folder, Listing};

/// What may follow a name that is written without it, wherever any tool looks for it.
const ENDINGS: [&str; 22] = [
    "ts", "tsx", "d.ts", "mts", "cts", "d.mts", "d.cts", "js", "jsx", "mjs", "cjs", "es6", "json", "vue", "svelte",
    "astro", "coffee", "mdx", "gts", "gjs", "node", "wasm",
];

/// What React Native and others put before the ending for each platform.
const PLATFORMS: [&str; 6] = ["ios", "android", "native", "web", "server", "client"];

/// What stylesheets end in; their partial files have names that begin with `_`.
const STYLES: [&str; 7] = ["css", "scss", "sass", "less", "styl", "pcss", "postcss"];

/// The files that a name with one ending may stand for with another, since that is what it is built from or declared in:
/// <https://www.typescriptlang.org/docs/handbook/modules/reference.html#file-extension-substitution>.
const BUILT: [(&str, &[&str]); 8] = [
    (".js", &["ts", "tsx", "d.ts", "jsx"]),
    (".jsx", &["tsx", "d.ts"]),
    (".mjs", &["mts", "d.mts"]),
    (".cjs", &["cts", "d.cts"]),
    (".ts", &["d.ts"]),
    (".tsx", &["d.ts"]),
    (".mts", &["d.mts"]),
    (".cts", &["d.cts"]),
];

/// The number of a file: its place among the entries of the tree.
pub(super) type File = usize;

/// The files of a tree by their names without endings.
pub(super) struct Files<'t> {
    tree: &'t Listing,
    /// The first file of each stem.
    first: HashMap<&'t [u8], File>,
    /// The next file of the same stem.
    next: Vec<Option<File>>,
}

impl<'t> Files<'t> {
    /// Those of a tree.
    pub(super) fn new(tree: &'t Listing) -> Self {
        let mut first = HashMap::with_capacity(tree.entries().len());
        let mut next = vec![None; tree.entries().len()];
        for (file, entry) in tree.entries().iter().enumerate() {
            if entry.mode != Mode::Submodule {
                next[file] = first.insert(stem(entry.path.as_bstr()), file);
            }
        }
        Self { tree, first, next }
    }

    /// The tree.
    pub(super) fn tree(&self) -> &'t Listing {
        self.tree
    }

    /// The path of a file.
    pub(super) fn path(&self, file: File) -> &'t RepoPath {
        &self.tree.entries()[file].path
    }

    /// The file of exactly this path.
    pub(super) fn exact(&self, path: &BStr) -> Option<File> {
        self.alike(path).find(|file| self.path(*file).as_bstr() == path)
    }

    /// The files that a place may name: itself, with an ending, or as what it was built from; and the index of the folder
    /// of that name. Tools differ in which they take where there are several, so it is all of them.
    pub(super) fn named(&self, place: &Folder, is_folder: bool, found: &mut Vec<File>) {
        if !is_folder {
            let base = place.as_bstr();
            found.extend(self.alike(base).filter(|file| is_named(self.path(*file).as_bstr(), base)));
        }
        let index = place.file("index");
        let base = index.as_bstr();
        found.extend(self.alike(base).filter(|file| is_named(self.path(*file).as_bstr(), base)));
    }

    /// The stylesheets that a place may name.
    pub(super) fn styles(&self, place: &Folder, found: &mut Vec<File>) {
        let base = place.as_bstr();
        let partial = place.parent().map(|parent| {
            let name = parent.within(base).unwrap_or(base);
            parent.file([b"_", name.as_bytes()].concat())
        });
        for base in [Some(base), partial.as_ref().map(RepoPath::as_bstr)].into_iter().flatten() {
            found.extend(self.alike(base).filter(|file| is_style(self.path(*file).as_bstr(), base)));
        }
    }

    /// The files whose paths begin so.
    pub(super) fn beginning(&self, beginning: &[u8]) -> std::ops::Range<File> {
        let entries = self.tree.entries();
        let start = entries.partition_point(|entry| entry.path.as_bstr() < beginning);
        let length = entries[start..].partition_point(|entry| entry.path.as_bstr().starts_with(beginning));
        start..start + length
    }

    /// The files of the stem of a path.
    fn alike(&self, path: &BStr) -> impl Iterator<Item = File> {
        std::iter::successors(self.first.get(stem(path)).copied(), |file| self.next[*file])
    }
}

/// A path up to the first dot of its name that doesn't begin it.
fn stem(path: &BStr) -> &[u8] {
    let name = path.rfind_byte(b'/').map_or(0, |slash| slash + 1);
    let from = (name + 1).min(path.len());
    path[from..].find_byte(b'.').map_or(path.as_bytes(), |dot| &path[..from + dot])
}

/// Whether a file may be meant by a path that leaves its ending away, or that has the ending that it is built to.
fn is_named(file: &BStr, base: &BStr) -> bool {
    let ends = |base: &[u8], endings: &[&str]| {
        let rest = file.strip_prefix(base).and_then(|rest| rest.strip_prefix(b"."));
        rest.is_some_and(|rest| {
            let plain =
                PLATFORMS.iter().find_map(|platform| rest.strip_prefix(platform.as_bytes())?.strip_prefix(b"."));
            endings.iter().any(|ending| rest == ending.as_bytes() || plain == Some(ending.as_bytes()))
        })
    };
    file == base
        || ends(base, &ENDINGS)
        || BUILT
            .iter()
            .any(|(built, sources)| base.strip_suffix(built.as_bytes()).is_some_and(|base| ends(base, sources)))
}

/// Whether a file may be meant by the path of a stylesheet that leaves its ending away.
fn is_style(file: &BStr, base: &BStr) -> bool {
    let rest = file.strip_prefix(base.as_bytes());
    rest.is_some_and(|rest| {
        rest.is_empty() || STYLES.iter().any(|style| rest.strip_prefix(b".") == Some(style.as_bytes()))
    })
}

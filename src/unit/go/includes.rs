//! What the C, the assembly and the like of a package take from elsewhere in the tree.

use std::collections::HashSet;

use bstr::ByteSlice;

use super::fact::Fact;
use super::layout::Package;
use super::links::{How, Link, Links, submodule_of};
use super::native::{ENDS, Native};
use crate::path::RepoPath;
use crate::unit::{Facts, Folder, Listing};

/// Adds what the native code of a package takes in, and what that takes in.
pub(super) fn add<'a>(
    package: &Package<'a>,
    (tree, facts): (&'a Listing, &'a Facts<Fact>),
    submodules: &[Folder],
    links: &mut Links<'a>,
) {
    let folder = package.place();
    let mut open: Vec<(&'a RepoPath, &'a Native)> =
        package.files.iter().filter_map(|file| Some((file.path, file.source.native.as_ref()?))).collect();
    let mut search = vec![folder.clone()];
    let flags = open.iter().flat_map(|(file, native)| native.flags.iter().map(|flag| (*file, flag)));
    for (file, flag) in flags.collect::<Vec<_>>() {
        let Some(place) = folder.resolve(flag).filter(|place| *place != folder && !search.contains(place)) else {
            continue;
        };
        let to = submodule_of(submodules, &place).unwrap_or(&place).clone();
        links.add_path(to, Link { file, how: How::Include, name: flag });
        open.extend(native_below(tree, facts, &place));
        search.push(place);
    }
    open.extend(package.natives.iter().copied());
    let mut seen: HashSet<&RepoPath> = open.iter().map(|(path, _)| *path).collect();
    while let Some((file, native)) = open.pop() {
        if let Some(unknown) = &native.unknown {
            links.unknown.push((file, format!("what `{unknown}` takes in can't be told")));
        }
        let from = Folder::of(file);
        let bases = || std::iter::once(&from).chain(&search);
        let named =
            native.includes.iter().flat_map(|name| bases().filter_map(move |base| Some((name, base.resolve(name)?))));
        for (name, place) in named {
            let link = Link { file, how: How::Include, name };
            if let Some(submodule) = submodule_of(submodules, &place) {
                links.add_path(submodule.clone(), link);
                continue;
            }
            let entry = place.to_path().and_then(|path| tree.get(&path));
            let Some(entry) = entry.filter(|entry| seen.insert(&entry.path)) else { continue };
            if Folder::of(&entry.path) != folder {
                links.add_path(place, link);
            }
            if let Some(Fact::Native(native)) = facts.get(&entry.path) {
                open.push((&entry.path, native));
            }
        }
    }
}

/// The native files below a folder.
fn native_below<'a>(tree: &'a Listing, facts: &'a Facts<Fact>, place: &Folder) -> Vec<(&'a RepoPath, &'a Native)> {
    let is_native = |path: &RepoPath| {
        let name = path.file_name();
        name.rfind_byte(b'.').is_some_and(|at| ENDS.iter().any(|end| name[at + 1..] == *end.as_bytes()))
    };
    let paths = tree.below(place).iter().map(|entry| &entry.path).filter(|path| is_native(path));
    let native = |path| match facts.get(path)? {
        Fact::Native(native) => Some((path, native)),
        _ => None,
    };
    paths.filter_map(native).collect()
}

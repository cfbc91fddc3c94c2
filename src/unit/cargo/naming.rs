//! Names of units.

use std::collections::BTreeMap;

use crate::unit::Folder;

/// What a package is named by.
pub(super) struct Candidate<'p> {
    /// Its own name.
    pub(super) name: &'p str,
    /// Its folder.
    pub(super) folder: &'p Folder,
    /// Whether its workspace is the outermost one there.
    pub(super) is_member: bool,
}

/// A name for each package, in their order, none twice.
pub(super) fn names(packages: &[Candidate]) -> Vec<String> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let rank = |at: usize| {
        let Candidate { folder, is_member, .. } = &packages[at];
        (!is_member, folder.as_bstr().split(|byte| *byte == b'/').count(), *folder)
    };
    for (at, package) in packages.iter().enumerate() {
        let best = first.entry(package.name).or_insert(at);
        if rank(at) < rank(*best) {
            *best = at;
        }
    }
    let full = |package: &Candidate| format!("path+{}#{}", package.folder, package.name);
    let name = |(at, package): (usize, &Candidate)| {
        if first.get(package.name) == Some(&at) { package.name.to_owned() } else { full(package) }
    };
    packages.iter().enumerate().map(name).collect()
}

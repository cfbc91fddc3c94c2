//! What TypeScript projects refer to: <https://www.typescriptlang.org/tsconfig/#extends>.

use bstr::ByteSlice;

use super::fact::Project;
use super::files::{File, Files};
use super::projects::placed;
use super::resolver::{Around, Resolver};
use super::scopes::Scopes;
use super::seen::Seen;
use super::specifier::Specifier;
use crate::unit::Folder;

/// The files in the tree that a project extends, in its order.
pub(super) fn extended(files: &Files<'_>, scopes: &Scopes<'_>, file: File, project: &Project) -> Vec<File> {
    let folder = Folder::of(files.path(file));
    project.extends.iter().filter_map(|text| one(files, scopes, &folder, text)).collect()
}

fn one(files: &Files<'_>, scopes: &Scopes<'_>, folder: &Folder, text: &str) -> Option<File> {
    let at = |place: Folder| {
        let spelled = files.exact(place.as_bstr());
        let ended = || files.exact([place.as_bstr().as_bytes(), b".json"].concat().as_bstr());
        spelled.or_else(ended).or_else(|| files.exact(place.file("tsconfig.json").as_bstr()))
    };
    let Specifier::Package(name, rest) = Specifier::new(text) else { return folder.resolve(text).and_then(at) };
    let package = scopes.package(scopes.named(name)?);
    let offered = package
        .offered(rest)
        .into_iter()
        .filter(|target| std::path::Path::new(target).extension().is_some_and(|end| end == "json"));
    let mut places = offered.chain([format!(".{rest}")]).filter_map(|target| package.root.resolve(target));
    places.find_map(at)
}

/// What a project refers to.
pub(super) fn see(resolver: &Resolver<'_>, around: &Around<'_>, project: &Project, seen: &mut Seen) {
    for text in &project.extends {
        match Specifier::new(text) {
            Specifier::Package(name, _) => {
                if let Some(index) = resolver.scopes.named(name).filter(|index| Some(*index) != around.owner) {
                    seen.named.insert(index);
                }
            }
            Specifier::Relative(_) => {
                let place = around.folder.resolve(text);
                let is_there = place
                    .as_ref()
                    .is_some_and(|_| one(&resolver.files, &resolver.scopes, &around.folder, text).is_some());
                seen.places.extend(place.filter(|_| !is_there));
            }
            _ => {}
        }
    }
    for text in project.types.iter().chain(&project.jsx) {
        if let Specifier::Package(name, _) = Specifier::new(text)
            && let Some(index) = resolver.scopes.named(name).filter(|index| Some(*index) != around.owner)
        {
            seen.named.insert(index);
        }
    }
    project.places.iter().for_each(|text| place(resolver, around, text, seen));
}

/// A file, a folder or a pattern that belongs to a project: of interest only where it lies outside of the unit.
fn place(resolver: &Resolver<'_>, around: &Around<'_>, text: &str, seen: &mut Seen) {
    let star = text.find(['*', '?']);
    let literal = star.map_or(text, |star| &text[..text[..star].rfind('/').map_or(0, |slash| slash + 1)]);
    let rest = &text[literal.len()..];
    let Some(place) = placed(&around.folder, &around.folder, literal) else { return };
    let Some(owner) = around.owner else { return };
    let own = &resolver.scopes.package(owner).root;
    if place.is_within(own) {
        return;
    }
    if own.is_within(&place) && !rest.contains('/') {
        // Files that lie right in a folder around the unit, not all that is in it.
        let entries = resolver.files.tree().below(&place).iter().filter(|entry| Folder::of(&entry.path) == place);
        seen.files.extend(entries.filter_map(|entry| resolver.files.exact(entry.path.as_bstr())));
    } else {
        seen.places.insert(place);
    }
}

//! What packages of the tree offer to those that import them by name.

use super::offer::Offer;
use super::resolver::{Around, Resolver};
use super::scopes::Index;
use super::seen::Seen;
use super::specifier::is_builtin;

impl Resolver<'_> {
    /// A package that is imported by name.
    pub(super) fn package(&self, around: &Around<'_>, name: &str, rest: &str, seen: &mut Seen) {
        let is_mapped = !around.mappings.is_empty() && self.mapped(around, &format!("{name}{rest}"), seen);
        let declaring = around.packages.iter().find_map(|index| {
            let dependencies = &self.scopes.package(*index).dependencies;
            dependencies.get(name).map(|unit| (*index, unit))
        });
        match declaring {
            Some((_, Some(unit))) => match self.scopes.unit(unit) {
                Some(index) => self.named(around, index, rest, seen),
                None => seen.open(|| format!("there is no '{unit}'")),
            },
            Some((index, None)) => {
                if Some(index) != around.owner {
                    seen.undeclared.insert(name.to_owned());
                }
            }
            None => match self.scopes.named(name) {
                Some(index) => self.named(around, index, rest, seen),
                None if is_mapped || is_builtin(name) || self.has_types(around, name) => {}
                None => {
                    // Either it is there by chance, or a tool was told what it stands for.
                    if name != "@jest/globals" {
                        seen.open(|| format!("nothing declares '{name}'"));
                    }
                    seen.undeclared.insert(name.to_owned());
                }
            },
        }
    }

    /// Whether the types of a package are declared, which is all that there is of it.
    fn has_types(&self, around: &Around<'_>, name: &str) -> bool {
        let types = format!("@types/{}", name.trim_start_matches('@').replace('/', "__"));
        around.owner.is_some_and(|owner| self.scopes.package(owner).dependencies.contains_key(&types))
    }

    /// A unit that is imported by name.
    fn named(&self, around: &Around<'_>, index: Index, rest: &str, seen: &mut Seen) {
        if Some(index) != around.owner {
            seen.named.insert(index);
        }
        self.offered(around, index, rest, seen);
    }

    /// What a package offers under a subpath. What of it is not in the tree is built from any of the package's files.
    pub(super) fn offered(&self, around: &Around<'_>, index: Index, rest: &str, seen: &mut Seen) {
        let made;
        let offer = if let Some(known) = self.offers.get(index).filter(|_| rest.is_empty()) {
            known.get_or_init(|| self.offer(index, rest))
        } else {
            made = self.offer(index, rest);
            &made
        };
        seen.files.extend(&offer.files);
        let Some(absent) = &offer.absent else { return };
        let package = self.scopes.package(index);
        if package.unit.is_some() && Some(index) != around.owner {
            seen.wholes.insert(index);
        } else {
            seen.open(|| format!("'{absent}' of '{}' is not in the tree", package.root));
        }
    }

    fn offer(&self, index: Index, rest: &str) -> Offer {
        let package = self.scopes.package(index);
        let manifest = package.root.file("package.json");
        let mut offer = Offer { files: self.file(&manifest).into_iter().collect(), absent: None };
        let mut targets = package.offered(rest);
        if targets.is_empty() {
            targets.push(if rest.is_empty() { "index".to_owned() } else { format!(".{rest}") });
        }
        let (mut absent, mut is_found) = (None, false);
        for target in targets {
            let Some(place) = package.root.resolve(&target) else { continue };
            let mut found = Vec::new();
            self.files.named(&place, false, &mut found);
            self.files.styles(&place, &mut found);
            if !found.is_empty() {
                is_found = true;
            } else if absent.is_none() || !is_declaration(&target) {
                absent = Some(target);
            }
            offer.files.extend(found);
        }
        if !is_found && absent.is_none() {
            absent = Some(rest.to_owned());
        }
        // Nothing that runs sees a declaration of types.
        offer.absent = absent.filter(|absent| !(is_found && is_declaration(absent)));
        offer
    }

    /// What a package says of itself decides where its names lead.
    pub(super) fn manifest(&self, index: Index, seen: &mut Seen) {
        seen.files.extend(self.file(&self.scopes.package(index).root.file("package.json")));
    }
}

/// Whether a target holds types alone.
fn is_declaration(target: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|ending| target.ends_with(ending))
}

//! What differs between two fingerprints.

use super::{Field, Part};

/// A field that two fingerprints do not have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The half it belongs to.
    pub part: Part,
    /// What it is about.
    pub name: String,
    /// Its value in the older fingerprint; `None` if that has no such field.
    pub old: Option<String>,
    /// Its value in the newer one; `None` if that has no such field.
    pub new: Option<String>,
}

/// The first field, in the order of their parts and names, that differs; `None` if none does.
#[must_use]
pub fn first_difference(old: &[Field], new: &[Field]) -> Option<Difference> {
    let key = |field: &Field| (field.part, field.name.clone());
    let value = |fields: &[Field], wanted: &(Part, String)| {
        fields.iter().find(|field| key(field) == *wanted).map(|field| field.value.clone())
    };
    let mut keys: Vec<_> = old.iter().chain(new).map(key).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter().find_map(|wanted| {
        let (old, new) = (value(old, &wanted), value(new, &wanted));
        (old != new).then_some(Difference { part: wanted.0, name: wanted.1, old, new })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_is_named() {
        let field = |part, name: &str, value: &str| Field { part, name: name.into(), value: value.into() };
        let (subject, environment) = (Part::Subject, Part::Environment);
        let old = [field(subject, "inputs", "1"), field(subject, "run", "x"), field(environment, "env:A", "1")];
        let check = |new: &[Field]| first_difference(&old, new).map(|found| (found.name, found.old, found.new));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(check(&old), None);
        assert_eq!(
            check(&[field(environment, "env:A", "2"), field(subject, "inputs", "2"), field(subject, "run", "x")]),
            Some(("inputs".into(), some("1"), some("2")))
        );
        assert_eq!(check(&old[..2]), Some(("env:A".into(), some("1"), None)));
        let more = [&old[..], &[field(subject, "need:build", "9")]].concat();
        assert_eq!(check(&more), Some(("need:build".into(), None, some("9"))));
    }
}

//! JSON5 (<https://spec.json5.org>), and JSON with comments as editors and compilers read it: comments, and commas at the
//! end.

use std::collections::HashSet;

use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Fault, small};

/// JSON with comments.
pub(super) const JSONC: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// JSON5.
pub(super) const JSON5: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: true,
    allow_hexadecimal_numbers: true,
    allow_unary_plus_numbers: true,
    allow_bare_decimal_point_numbers: true,
    allow_non_finite_numbers: true,
    allow_extended_string_escapes: true,
};

/// Reads a text.
pub(super) fn faults(text: &str, options: &ParseOptions) -> Vec<Fault> {
    match read(text, options) {
        Ok(value) => {
            let mut faults = Vec::new();
            twice(&value, &mut faults);
            faults
        }
        Err(fault) => vec![fault],
    }
}

/// The value that a text holds.
pub(super) fn read<'a>(text: &'a str, options: &ParseOptions) -> Result<Value<'a>, Fault> {
    match parse_to_ast(text, &CollectOptions::default(), options) {
        Ok(parsed) => parsed.value.ok_or_else(|| Fault::new(0..text.len(), "it is empty")),
        Err(error) => {
            let range = error.range();
            let what = if error.kind().to_string() == "Maximum nesting depth exceeded" {
                "it is nested too deep to be read".to_owned()
            } else {
                small(&error.kind().to_string())
            };
            Err(Fault::new(range.start..range.end, what))
        }
    }
}

/// Names that an object has more than once. The parser has seen to it that this doesn't go too deep.
fn twice(value: &Value<'_>, faults: &mut Vec<Fault>) {
    match value {
        Value::Array(array) => array.elements.iter().for_each(|element| twice(element, faults)),
        Value::Object(object) => {
            let mut names = HashSet::new();
            for property in &object.properties {
                let (name, range) = match &property.name {
                    ObjectPropName::String(name) => (&*name.value, name.range()),
                    ObjectPropName::Word(name) => (name.value, name.range()),
                };
                if !names.insert(name) {
                    faults.push(Fault::new(range.start..range.end, "the name stands here twice"));
                }
                twice(&property.value, faults);
            }
        }
        _ => {}
    }
}

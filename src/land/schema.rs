//! The published schemas of the documents that landing and auditing write.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use super::{AUDIT_SCHEMA, History, Landing, SCHEMA};

/// The JSON schema of [`Landing`], as it is committed.
#[must_use]
pub fn landing_schema() -> Value {
    schema_of::<Landing>(SCHEMA, "What came of landing branches with gate")
}

/// The JSON schema of [`History`], as it is committed.
#[must_use]
pub fn audit_schema() -> Value {
    schema_of::<History>(AUDIT_SCHEMA, "What gate audit found on a branch")
}

fn schema_of<T: JsonSchema>(title: &str, description: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    schema["title"] = title.into();
    schema["description"] = description.into();
    schema
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn committed_schemas_are_current() {
        for (name, current) in [("gate.landing-1", landing_schema()), ("gate.audit-1", audit_schema())] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema");
            let path = folder.join(format!("{name}.schema.json"));
            if option_env!("GATE_UPDATE").is_some() {
                fs_err::write(&path, serde_json::to_string_pretty(&current).unwrap() + "\n").unwrap();
            }
            let committed: Value = serde_json::from_str(&fs_err::read_to_string(&path).unwrap()).unwrap();
            let renew = "run GATE_UPDATE=1 cargo test schemas_are_current, and look at what changed";
            assert_eq!(committed, current, "{renew}");
        }
    }
}

//! What `gate doctor` found, for programs, and the schema of that.

use std::path::PathBuf;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;

use super::health::{Answered, Health};
use crate::diagnostic::{Diagnostic, Severity};

/// The name of the format.
const SCHEMA: &str = "gate.doctor/1";

/// How an installation is.
#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    /// The document's format: always `gate.doctor/1`.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    /// Whether the installation works: no problem is an error.
    well: bool,
    /// The hooks that gate answers.
    hooks: Vec<Hook>,
    /// What is wrong, with what to do about it.
    problems: Vec<Problem<'a>>,
}

/// A hook that gate answers.
#[derive(Serialize, JsonSchema)]
struct Hook {
    /// Its name.
    name: &'static str,
    /// Where gate's script is.
    shim: String,
    /// The hook that runs first, if there is one.
    before: Option<String>,
}

/// Something that is wrong.
#[derive(Serialize, JsonSchema)]
struct Problem<'a> {
    /// What it is: a name that stays.
    code: &'static str,
    /// How bad it is.
    severity: Weight,
    /// What it is, in words.
    message: &'a str,
    /// What to do about it.
    hint: Option<&'a str>,
}

/// How bad a problem is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Weight {
    /// Hooks do not do what gate.toml calls for.
    Error,
    /// Hooks work, and something should be looked at.
    Warning,
}

/// The document of what was found.
///
/// # Errors
/// Never, as far as is known.
pub fn document(health: &Health) -> Result<String, serde_json::Error> {
    let document = Document {
        schema: SCHEMA,
        well: health.is_well(),
        hooks: health.hooks.iter().map(Hook::from).collect(),
        problems: health.problems.iter().map(Problem::from).collect(),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The JSON schema of [`document`], as it is committed.
#[must_use]
pub fn doctor_schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Document<'_>>().to_value();
    schema["title"] = SCHEMA.into();
    schema["description"] = "What gate doctor found".into();
    schema
}

impl From<&Answered> for Hook {
    fn from(answered: &Answered) -> Self {
        let text = |path: &PathBuf| path.to_string_lossy().into_owned();
        Self { name: answered.name, shim: text(&answered.shim), before: answered.before.as_ref().map(text) }
    }
}

impl<'a> From<&'a Diagnostic> for Problem<'a> {
    fn from(problem: &'a Diagnostic) -> Self {
        let severity = if problem.severity == Severity::Error { Weight::Error } else { Weight::Warning };
        Self { code: problem.code, severity, message: &problem.message, hint: problem.hint.as_deref() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn committed_schemas_are_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schema/gate.doctor-1.schema.json");
        if option_env!("GATE_UPDATE").is_some() {
            fs_err::write(&path, serde_json::to_string_pretty(&doctor_schema()).unwrap() + "\n").unwrap();
        }
        let committed: Value = serde_json::from_str(&fs_err::read_to_string(&path).unwrap()).unwrap();
        let renew = "run GATE_UPDATE=1 cargo test schemas_are_current, and look at what changed";
        assert_eq!(committed, doctor_schema(), "{renew}");
    }

    #[test]
    fn warnings_leave_it_well() {
        let found = |problems| Health { problems, ..Health::default() }.is_well();
        assert!(found(vec![]));
        assert!(found(vec![Diagnostic::warning("hook/unused", "x")]));
        assert!(!found(vec![Diagnostic::warning("hook/unused", "x"), Diagnostic::error("hook/none", "x")]));
    }
}

//! Units and their dependencies for programs: `gate.units/1`.

use std::collections::BTreeMap;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;

use crate::digest::ObjectId;
use crate::unit::{Graph, Kind};

/// The name of the format.
const FORMAT: &str = "gate.units/1";

/// What of a graph is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown {
    /// Only units of this kind.
    pub kind: Option<Kind>,
    /// What source files import, too.
    pub files: bool,
}

/// The units of a tree.
#[derive(Debug, Serialize, JsonSchema)]
struct Document {
    /// The document's format: always `gate.units/1`.
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    /// The tree.
    #[schemars(regex(pattern = "^[0-9a-f]{40}$"))]
    tree: String,
    /// The units, by kind and name.
    units: Vec<UnitEntry>,
    /// Who depends directly on whom.
    edges: Vec<EdgeEntry>,
    /// What can't be told, so that somebody is taken to depend on every file.
    widened: Vec<WidenedEntry>,
    /// The files that each source file imports directly. Only with `--files`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    files: Option<BTreeMap<String, Vec<String>>>,
    /// Source files that may import more than that, with why. Only with `--files`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BTreeMap<String, String>")]
    open: Option<BTreeMap<String, String>>,
    /// The files that test runners take as tests. Only with `--files`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>")]
    tests: Option<Vec<String>>,
}

/// A unit.
#[derive(Debug, Serialize, JsonSchema)]
struct UnitEntry {
    /// What it is called, which no other unit is: its name, with its kind or its folder where others share it.
    name: String,
    /// Whose manifest declares it.
    kind: Kind,
    /// Its folder; `.` for the root of the repository.
    root: String,
    /// The file that declares it.
    manifest: String,
    /// The folder of the workspace that it is a member of; its own where it is in none.
    workspace: String,
    /// Whether `units = "KIND"` means it.
    member: bool,
    /// How many files are its own.
    files: u64,
    /// Equal only where everything is equal that its result depends on in the tree.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    inputs: String,
}

/// That a unit depends directly on another.
#[derive(Debug, Serialize, JsonSchema)]
struct EdgeEntry {
    /// What the unit is called.
    from: String,
    /// What the other is called.
    to: String,
    /// What says so.
    why: String,
    /// The file that says so.
    file: String,
}

/// Something that can't be told.
#[derive(Debug, Serialize, JsonSchema)]
struct WidenedEntry {
    /// The unit that is taken to depend on every file; null for more than one.
    unit: Option<String>,
    /// The kind of the units; null for all.
    kind: Option<Kind>,
    /// The file that it is about.
    file: String,
    /// Why it can't be told.
    why: String,
}

/// The document of a graph, with a newline at the end.
///
/// # Errors
/// When it can't be written as JSON.
pub fn document(graph: &Graph, tree: ObjectId, shown: Shown) -> Result<String, serde_json::Error> {
    let is_shown = |at: &usize| shown.kind.is_none_or(|kind| graph.units()[*at].kind == kind);
    let units: Vec<usize> = (0..graph.units().len()).filter(is_shown).collect();
    let edges = units.iter().flat_map(|from| graph.edges(*from).map(move |(to, why)| (*from, to, why)));
    let edges = edges.filter(|(_, to, _)| is_shown(to)).map(|(from, to, why)| EdgeEntry {
        from: graph.full_name(from),
        to: graph.full_name(to),
        why: why.what.clone(),
        file: why.file.to_string(),
    });
    let widened = graph.widened().iter().filter(|widened| {
        let kind = widened.unit.map(|unit| graph.units()[unit].kind).or(widened.kind);
        shown.kind.is_none() || kind.is_none() || kind == shown.kind
    });
    let widened = widened.map(|widened| WidenedEntry {
        unit: widened.unit.map(|unit| graph.full_name(unit)),
        kind: widened.kind,
        file: widened.file.to_string(),
        why: widened.why.clone(),
    });
    let document = Document {
        format: FORMAT,
        tree: tree.to_string(),
        units: units.iter().map(|at| unit(graph, *at)).collect(),
        edges: edges.collect(),
        widened: widened.collect(),
        files: shown.files.then(|| imports(graph)),
        open: shown.files.then(|| open(graph)),
        tests: shown.files.then(|| graph.all_tests().map(ToString::to_string).collect()),
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The JSON schema of [`document`], as it is committed.
#[must_use]
pub fn units_schema() -> Value {
    schema_of::<Document>(FORMAT, "The units of a tree, and who depends on whom")
}

pub(super) fn schema_of<T: JsonSchema>(title: &str, description: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    schema["title"] = title.into();
    schema["description"] = description.into();
    schema
}

fn unit(graph: &Graph, at: usize) -> UnitEntry {
    let (unit, inputs) = (&graph.units()[at], graph.inputs(at));
    UnitEntry {
        name: graph.full_name(at),
        kind: unit.kind,
        root: unit.root.to_string(),
        manifest: unit.manifest.to_string(),
        workspace: unit.workspace.to_string(),
        member: unit.is_member,
        files: inputs.count,
        inputs: inputs.digest.to_string(),
    }
}

fn imports(graph: &Graph) -> BTreeMap<String, Vec<String>> {
    let file = |(path, module): (&crate::path::RepoPath, &crate::unit::Module)| {
        (path.to_string(), module.imports.iter().map(ToString::to_string).collect())
    };
    graph.modules().iter().map(file).collect()
}

fn open(graph: &Graph) -> BTreeMap<String, String> {
    let modules = graph.modules().iter();
    modules.filter_map(|(path, module)| Some((path.to_string(), module.open.clone()?))).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::affected_schema;
    use super::super::sample::graph;
    use super::*;

    #[test]
    fn committed_schemas_are_current() {
        for (name, current) in [("gate.units-1", units_schema()), ("gate.affected-1", affected_schema())] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/schema/{name}.schema.json"));
            if option_env!("GATE_UPDATE").is_some() {
                fs_err::write(&path, serde_json::to_string_pretty(&current).unwrap() + "\n").unwrap();
            }
            let committed: Value = serde_json::from_str(&fs_err::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(
                committed, current,
                "run GATE_UPDATE=1 cargo test schemas_are_current, and look at what changed"
            );
        }
    }

    #[test]
    fn a_kind_leaves_the_others_out() {
        let all = |shown| -> Value {
            serde_json::from_str(&document(&graph(), ObjectId::EMPTY_TREE, shown).unwrap()).unwrap()
        };
        let shown = all(Shown { kind: Some(Kind::Npm), files: true });
        let names: Vec<&str> =
            shown["units"].as_array().unwrap().iter().map(|unit| unit["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["@scope/x", "npm:both"]);
        assert_eq!(shown["edges"].as_array().unwrap().len(), 1);
        assert!(all(Shown::default()).get("files").is_none());
        insta::assert_snapshot!(serde_json::to_string(&shown["files"]).unwrap(), @r#"{"x/a.js":["x/b.js","y/a.js"],"x/b.js":[],"y/a.js":[]}"#);
        insta::assert_snapshot!(serde_json::to_string(&shown["widened"]).unwrap(), @r"[]");
    }
}

//! Files beside a `package.json` that say what is in a workspace.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::manifest::{Catalogs, Dependency, local_overrides, read_catalogs};
use super::spec::Spec;
use super::yaml;
use crate::digest::{Digest, Hasher};

/// What a `pnpm-workspace.yaml` or a `lerna.json` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::unit) struct Workspace {
    /// The patterns of its members; `None` where it leaves that to others.
    pub(super) packages: Option<Vec<String>>,
    /// What it means to every member.
    pub(super) shared: Digest,
    /// What its catalogs hold.
    pub(super) catalogs: Catalogs,
    /// Whether its overrides take from its catalogs.
    pub(super) takes_catalogs: bool,
    /// What its overrides put paths or members in the place of.
    pub(super) overrides: Vec<Dependency>,
}

impl Workspace {
    /// Reads a `pnpm-workspace.yaml` (<https://pnpm.io/pnpm-workspace_yaml>, <https://pnpm.io/settings>).
    pub(super) fn pnpm(content: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(content).map_err(|_| "it is not UTF-8".to_owned())?;
        let whole = match yaml::documents(text)?.into_iter().next() {
            Some(Value::Object(whole)) => whole,
            None | Some(Value::Null) => Map::new(),
            Some(_) => return Err("it is no mapping".to_owned()),
        };
        let mut overrides = Vec::new();
        whole.get("overrides").into_iter().for_each(|value| local_overrides("", value, &mut overrides));
        let overridden = whole.get("overrides").and_then(Value::as_object).into_iter().flatten();
        let is_catalog =
            |value: &Value| value.as_str().is_some_and(|range| matches!(Spec::read(range), Spec::Catalog(_)));
        let takes_catalogs = overridden.map(|(_, value)| value).any(is_catalog);
        Ok(Self {
            packages: packages(&whole),
            shared: shared(&whole),
            catalogs: read_catalogs(&whole),
            takes_catalogs,
            overrides,
        })
    }

    /// Reads a `lerna.json` (<https://lerna.js.org/docs/api-reference/configuration>).
    pub(super) fn lerna(content: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(content).map_err(|_| "it is not UTF-8".to_owned())?;
        let whole: Map<String, Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let patterns = packages(&whole).unwrap_or_else(|| vec!["packages/*".to_owned()]);
        Ok(Self {
            packages: Some(patterns),
            shared: shared(&whole),
            catalogs: Catalogs::new(),
            takes_catalogs: false,
            overrides: Vec::new(),
        })
    }
}

fn packages(whole: &Map<String, Value>) -> Option<Vec<String>> {
    let patterns = whole.get("packages")?.as_array()?;
    Some(patterns.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn shared(whole: &Map<String, Value>) -> Digest {
    let mut hasher = Hasher::new("unit-npm-workspace", 1);
    for (key, value) in
        whole.iter().filter(|(key, _)| !["packages", "catalog", "catalogs", "version"].contains(&key.as_str()))
    {
        hasher.field(key, value.to_string());
    }
    hasher.finish()
}

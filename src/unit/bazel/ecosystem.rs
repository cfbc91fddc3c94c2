//! Bazel and Buck as ecosystems.

use super::{upward, workspace};
use crate::path::RepoPath;
use crate::unit::{Ecosystem, Facts, Found, Kind, Listing};

/// Bazel workspaces. <https://bazel.build/external/overview#workspace>
#[derive(Clone, Copy, Debug, Default)]
pub struct Bazel;

/// Buck projects. <https://buck2.build/docs/concepts/key_concepts/#project>
#[derive(Clone, Copy, Debug, Default)]
pub struct Buck;

/// What marks a workspace, and the other files that say where it looks.
const MARK: &str = "mark";
const OTHER: &str = "starlark";
const CONFIG: &str = "config";

impl Ecosystem for Bazel {
    /// What leads out of the workspace.
    type Fact = Vec<String>;

    fn kind(&self) -> Kind {
        Kind::Bazel
    }

    fn format(&self) -> u32 {
        1
    }

    fn form(&self, path: &RepoPath) -> Option<&'static str> {
        let name: &[u8] = path.file_name();
        match name {
            b"MODULE.bazel" | b"REPO.bazel" | b"WORKSPACE" | b"WORKSPACE.bazel" => Some(MARK),
            b".bazelrc" => Some(CONFIG),
            name if name.ends_with(b".MODULE.bazel") || name.ends_with(b".bzl") => Some(OTHER),
            name if name.ends_with(b".bazelrc") => Some(CONFIG),
            _ => None,
        }
    }

    fn read(&self, form: &'static str, content: &[u8]) -> Vec<String> {
        if form == CONFIG { upward::of_bazelrc(content) } else { upward::of_starlark(content) }
    }

    fn link(&self, _tree: &Listing, facts: &Facts<Vec<String>>) -> Found {
        workspace::workspaces(Kind::Bazel, MARK, facts)
    }
}

impl Ecosystem for Buck {
    /// What leads out of the project.
    type Fact = Vec<String>;

    fn kind(&self) -> Kind {
        Kind::Buck
    }

    fn format(&self) -> u32 {
        1
    }

    fn form(&self, path: &RepoPath) -> Option<&'static str> {
        let name: &[u8] = path.file_name();
        match name {
            b".buckconfig" | b".buckroot" => Some(MARK),
            name if name.starts_with(b".buckconfig") => Some(OTHER),
            _ => None,
        }
    }

    fn read(&self, _form: &'static str, content: &[u8]) -> Vec<String> {
        upward::of_buckconfig(content)
    }

    fn link(&self, _tree: &Listing, facts: &Facts<Vec<String>>) -> Found {
        workspace::workspaces(Kind::Buck, MARK, facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::sample::{edges, found};

    fn names(found: &Found) -> Vec<String> {
        found.units.iter().map(|unit| format!("{} {} {}", unit.name, unit.root, unit.manifest)).collect()
    }

    #[test]
    fn a_workspace_is_one_unit_and_what_is_nested_is_its_own() {
        let found = found(
            &Bazel,
            &[
                ("a/MODULE.bazel", "local_path_override(module_name = \"b\", path = \"../b\")\n"),
                ("a/WORKSPACE", ""),
                ("a/x/BUILD", ""),
                (
                    "a/examples/WORKSPACE",
                    "local_repository(name = \"a\", path = \"..\")\nlocal_repository(path = '../../c')",
                ),
                ("a/deps.bzl", "path = \"../b/../d\""),
                ("a/.bazelrc", "import %workspace%/../shared.bazelrc"),
                ("b/WORKSPACE.bazel", "path = '../../outside'"),
                ("loose.bzl", "'../x'"),
            ],
        );
        assert_eq!(names(&found), ["a a a/MODULE.bazel", "b b b/WORKSPACE.bazel"]);
        assert_eq!(
            edges(&found),
            [
                "a -> a (path)",
                "a -> b (path)",
                "a -> c (path)",
                "a -> d (path)",
                "a -> shared.bazelrc (path)",
                "b -> b (path)"
            ]
        );
        assert!(found.widened.is_empty());
    }

    #[test]
    fn a_buck_project_is_one_unit() {
        let found = found(
            &Buck,
            &[
                (".buckconfig", "[cells]\n  root = .\n  prelude = prelude\n"),
                (".buckroot", ""),
                ("prelude/.buckconfig", ""),
                ("x/BUCK", ""),
            ],
        );
        assert_eq!(names(&found), [". . .buckconfig"]);
        assert_eq!(edges(&found), [". -> . (path)"]);
    }
}

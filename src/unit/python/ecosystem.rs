//! Python as an ecosystem.

use bstr::ByteSlice;

use super::super::{Ecosystem, Facts, Found, Kind, Listing};
use super::fact::Fact;
use super::name::is_script;
use super::{found, ini, lock, pyproject, requirements, source};
use crate::path::RepoPath;

/// Python projects, their lock files, and what their modules import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Python;

impl Ecosystem for Python {
    type Fact = Fact;

    fn kind(&self) -> Kind {
        Kind::Python
    }

    fn format(&self) -> u32 {
        1
    }

    fn form(&self, path: &RepoPath) -> Option<&'static str> {
        let name = path.file_name().to_str().ok()?;
        match name {
            "pyproject.toml" => Some("pyproject.toml"),
            "setup.cfg" => Some("setup.cfg"),
            "setup.py" => Some("setup.py"),
            "tox.ini" => Some("tox.ini"),
            "pytest.ini" | ".pytest.ini" => Some("pytest.ini"),
            "uv.lock" => Some("uv.lock"),
            "poetry.lock" => Some("poetry.lock"),
            "pdm.lock" => Some("pdm.lock"),
            _ if is_script(name) || is_script(name.strip_suffix('i').unwrap_or(name)) => Some("py"),
            _ => {
                let folder = path.parent();
                let folder = folder.as_ref().and_then(|folder| folder.file_name().to_str().ok()).unwrap_or_default();
                requirements::is_named(name, folder).then_some("requirements")
            }
        }
    }

    fn read(&self, form: &'static str, content: &[u8]) -> Fact {
        match form {
            "pyproject.toml" => pyproject::read(content),
            "setup.cfg" => Fact::Manifest(Box::new(ini::setup_cfg(&ini::read(&String::from_utf8_lossy(content))))),
            "setup.py" => Fact::Setup(Box::new(source::setup(content)), source::read(content)),
            "tox.ini" | "pytest.ini" => {
                Fact::Settings(ini::pytest(form, &ini::read(&String::from_utf8_lossy(content))))
            }
            "requirements" => Fact::Requirements(requirements::read(content)),
            "py" => Fact::Source(source::read(content)),
            _ => lock::read(form, content),
        }
    }

    fn link(&self, tree: &Listing, facts: &Facts<Fact>) -> Found {
        found::link(tree, facts)
    }
}

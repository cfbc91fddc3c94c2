//! Go as an ecosystem.

use bstr::ByteSlice;

use super::fact::Fact;
use super::link;
use super::modfile::ModFile;
use super::native::{ENDS, Native};
use super::source::Source;
use super::sums::Sums;
use crate::path::RepoPath;
use crate::unit::{Ecosystem, Facts, Found, Kind, Listing};

/// Go modules and workspaces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Go;

impl Ecosystem for Go {
    type Fact = Fact;

    fn kind(&self) -> Kind {
        Kind::Go
    }

    fn format(&self) -> u32 {
        1
    }

    fn form(&self, path: &RepoPath) -> Option<&'static str> {
        let name: &[u8] = path.file_name();
        match name {
            b"go.mod" => return Some("go.mod"),
            b"go.work" => return Some("go.work"),
            b"go.sum" | b"go.work.sum" => return Some("go.sum"),
            [b'.' | b'_', ..] => return None,
            _ => {}
        }
        if name.ends_with(b"_test.go") {
            return Some("_test.go");
        }
        let end = &name[name.rfind_byte(b'.')? + 1..];
        match end {
            b"go" => Some("go"),
            // An object file takes in nothing more.
            b"syso" => None,
            _ => ENDS.iter().any(|its| its.as_bytes() == end).then_some("native"),
        }
    }

    fn read(&self, form: &'static str, content: &[u8]) -> Fact {
        match form {
            "go.mod" => Fact::Module(Box::new(ModFile::read(content))),
            "go.work" => Fact::Workspace(Box::new(ModFile::read(content))),
            "go.sum" => Fact::Sums(Sums::read(content)),
            "native" => Fact::Native(Native::read(content)),
            form => Fact::Source(Box::new(Source::read(content, form == "_test.go"))),
        }
    }

    fn link(&self, tree: &Listing, facts: &Facts<Fact>) -> Found {
        link::link(tree, facts)
    }
}

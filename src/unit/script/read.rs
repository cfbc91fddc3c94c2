//! Reading of one file.

use super::fact::Source;
use super::{Fact, blocks, project, quoted, source};

/// What a file of a form of [`super::form`] says.
pub(in crate::unit) fn read(form: &'static str, content: &[u8]) -> Fact {
    if form == "tsconfig" {
        return Fact::Project(Box::new(project::read(content)));
    }
    let mut source = match form {
        "js" | "js config" => source::read(source::Language::JavaScript, content, form == "js config"),
        "ts" | "ts config" => source::read(source::Language::TypeScript, content, form == "ts config"),
        "tsx" => source::read(source::Language::Tsx, content, false),
        "component" => blocks::read(content),
        "style" => Source { uses: quoted::of_style(content), open: None },
        "strings" => Source { uses: project::strings(content), open: None },
        _ => Source { uses: quoted::of(content), open: Some("it is in a language that is not read".to_owned()) },
    };
    source.uses.sort_unstable();
    source.uses.dedup();
    Fact::Source(source)
}

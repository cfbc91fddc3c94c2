//! What go.mod and go.work say: <https://go.dev/ref/mod#go-mod-file>, <https://go.dev/ref/mod#go-work-file>.

use serde::{Deserialize, Serialize};

use super::words;
use crate::digest::{Digest, Hasher};

/// A go.mod or a go.work.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ModFile {
    /// The path of the module.
    pub(super) module: Option<String>,
    /// The folders of the modules of a workspace.
    pub(super) uses: Vec<String>,
    /// Which module is needed in which version, sorted.
    pub(super) requires: Vec<(String, String)>,
    /// Which modules are taken from a folder.
    pub(super) replaces: Vec<(String, String)>,
    /// Folders that patterns leave out.
    pub(super) ignores: Vec<String>,
    /// What counts for every package: versions of the language and of the toolchain, defaults, replacements, exclusions.
    pub(super) settings: Digest,
    /// Why it can't be read to its end.
    pub(super) mistake: Option<String>,
}

impl ModFile {
    /// Reads one.
    pub(super) fn read(content: &[u8]) -> Self {
        let words = words::read(content);
        let mut file = Self {
            module: None,
            uses: Vec::new(),
            requires: Vec::new(),
            replaces: Vec::new(),
            ignores: Vec::new(),
            settings: Digest::of(b""),
            mistake: words.mistake,
        };
        let mut settings = Vec::new();
        for directive in words.directives {
            let Err(mistake) = file.add(&directive, &mut settings) else { continue };
            file.mistake.get_or_insert(mistake);
        }
        settings.sort_unstable();
        let mut hasher = Hasher::new("unit-go-settings", 1);
        for setting in &settings {
            hasher.field("setting", setting);
        }
        file.settings = hasher.finish();
        file.requires.sort_unstable();
        file.requires.dedup();
        file
    }

    fn add(&mut self, directive: &[String], settings: &mut Vec<String>) -> Result<(), String> {
        let Some((verb, arguments)) = directive.split_first() else { return Ok(()) };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match (verb.as_str(), arguments.as_slice()) {
            ("module", &[path]) if self.module.is_none() => self.module = Some(path.to_owned()),
            ("use", &[folder]) => self.uses.push(folder.to_owned()),
            ("require", &[path, version]) => self.requires.push((path.to_owned(), version.to_owned())),
            ("ignore", &[folder]) => self.ignores.push(folder.to_owned()),
            ("replace", &[old, "=>", new] | &[old, _, "=>", new]) if is_folder(new) => {
                self.replaces.push((old.to_owned(), new.to_owned()));
                settings.push(directive.join("\n"));
            }
            ("replace", &[_, "=>", _, _] | &[_, _, "=>", _, _])
            | ("exclude", &[_, _])
            | ("go" | "toolchain" | "godebug", &[_]) => settings.push(directive.join("\n")),
            ("retract", &[_, ..]) | ("tool", &[_]) => {}
            _ => return Err(format!("`{}` can't be read", directive.join(" "))),
        }
        Ok(())
    }
}

/// Whether a replacement is a folder: <https://go.dev/ref/mod#go-mod-file-replace>.
fn is_folder(path: &str) -> bool {
    matches!(path, "." | "..") || ["./", "../", "/", ".\\", "..\\"].iter().any(|start| path.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directive_is_understood() {
        let file = ModFile::read(
            b"module example.com/m\ngo 1.24\ntoolchain go1.24.1\ngodebug (\n\tdefault=go1.21\n)\nrequire (\n\tb v1.0.0 // indirect\n\ta v2.0.0\n)\n\
              replace a v2.0.0 => ../a\nreplace b => c v1.1.0\nexclude d v1.0.0\nretract [v1.0.0, v1.2.0] // bad\ntool example.com/t\nignore ./web\n",
        );
        assert_eq!(file.mistake, None);
        assert_eq!(file.module.as_deref(), Some("example.com/m"));
        assert_eq!(file.requires, [("a".into(), "v2.0.0".into()), ("b".into(), "v1.0.0".into())]);
        assert_eq!(file.replaces, [("a".into(), "../a".into())]);
        assert_eq!(file.ignores, ["./web"]);
        assert_eq!(ModFile::read(b"go 1.24\nuse (\n\t.\n\t./a\n)\nreplace x => ./x\n").uses, [".", "./a"]);
    }

    #[test]
    fn an_unknown_directive_is_a_mistake_and_the_rest_is_read() {
        let file = ModFile::read(b"module m\nfuture x\nrequire a v1\nrequire b\n");
        assert_eq!(file.mistake.as_deref(), Some("`future x` can't be read"));
        assert_eq!(file.requires.len(), 1);
        assert!(ModFile::read(b"module a\nmodule b\n").mistake.is_some());
    }

    #[test]
    fn settings_know_order_and_comments_not() {
        let settings = |content: &str| ModFile::read(content.as_bytes()).settings;
        assert_eq!(settings("module m\ngo 1.2\nexclude a v1\n"), settings("exclude a v1 // why\nmodule n\ngo 1.2\n"));
        assert_ne!(settings("go 1.2\n"), settings("go 1.3\n"));
        assert_ne!(settings("godebug a=1\n"), settings("godebug a=2\n"));
        assert_ne!(settings("replace a => b v1\n"), settings("replace a => b v2\n"));
    }
}

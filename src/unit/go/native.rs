//! What files of C, of assembly and the like take in, and the C in the comment before `import "C"`:
//! <https://pkg.go.dev/cmd/cgo>, <https://gcc.gnu.org/onlinedocs/cpp/Include-Syntax.html>.

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

/// Ends of files that the build of a package takes besides its `.go` files.
pub(super) const ENDS: [&str; 20] = [
    "c", "cc", "cpp", "cxx", "m", "mm", "h", "hh", "hpp", "hxx", "f", "F", "for", "f90", "s", "S", "sx", "swig",
    "swigcxx", "syso",
];

/// What native code takes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Native {
    /// Files, relative to the one that names them or to one of the folders.
    #[serde(rename = "i", skip_serializing_if = "Vec::is_empty")]
    pub(super) includes: Vec<String>,
    /// Folders and files that flags name, relative to the package.
    #[serde(rename = "f", skip_serializing_if = "Vec::is_empty")]
    pub(super) flags: Vec<String>,
    /// A directive that names what it takes in some other way.
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub(super) unknown: Option<String>,
}

impl Native {
    /// Reads native code, or a preamble.
    pub(super) fn read(content: &[u8]) -> Self {
        let mut native = Self::default();
        for line in content.lines() {
            let line = line.trim();
            if let Some(directive) = line.strip_prefix(b"#").or_else(|| line.strip_prefix(b"%")) {
                native.add(directive.trim_start());
            }
        }
        native.includes.sort_unstable();
        native.includes.dedup();
        native.flags.sort_unstable();
        native.flags.dedup();
        native
    }

    fn add(&mut self, directive: &[u8]) {
        let (word, rest) = directive.split_at(directive.find_not_byteset(LETTERS).unwrap_or(directive.len()));
        match word {
            b"cgo" => self.add_flags(&rest.to_str_lossy()),
            b"include" | b"include_next" | b"import" | b"embed" => match named(rest.trim_start()) {
                Some(file) => self.includes.push(file),
                None if word == b"import" => {}
                None => self.unknown = Some(format!("#{}", directive.to_str_lossy())),
            },
            _ => {}
        }
    }

    /// Takes `#cgo CONDITIONS KEY: FLAGS`.
    fn add_flags(&mut self, text: &str) {
        let Some((_, flags)) = text.split_once(':') else { return };
        let Some(words) = shlex::split(flags) else {
            self.unknown = Some(format!("#cgo{text}"));
            return;
        };
        let mut takes_next = false;
        for word in words {
            let whole = std::mem::take(&mut takes_next).then_some(word.as_str());
            let within = word.split_once("${SRCDIR}").map(|(_, path)| path.trim_start_matches('/'));
            let glued =
                ["-I", "-L", "-F"].iter().find_map(|flag| word.strip_prefix(flag)).filter(|path| !path.is_empty());
            let bare = (!word.starts_with('-') && word.contains('/')).then_some(word.as_str());
            if let Some(path) = within.or(whole).or(glued).or(bare) {
                self.flags.push(path.to_owned());
            } else {
                takes_next = TAKE_NEXT.contains(&word.as_str());
            }
        }
    }
}

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz_";

/// Flags whose path is the next word.
const TAKE_NEXT: [&str; 8] = ["-I", "-L", "-F", "-isystem", "-iquote", "-idirafter", "-include", "-imacros"];

/// The file that `"FILE"` or `<FILE>` names.
fn named(text: &[u8]) -> Option<String> {
    let end = match text.first()? {
        b'"' => b'"',
        b'<' => b'>',
        _ => return None,
    };
    let name = &text[1..];
    name[..name.find_byte(end)?].to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn includes_are_read() {
        let native = Native::read(
            b"#include <stdio.h>\n  #  include \"../b/x.h\" // why\n%include \"y.i\"\n#define A \"z.h\"\n",
        );
        assert_eq!(native.includes, ["../b/x.h", "stdio.h", "y.i"]);
        assert_eq!(native.unknown, None);
        assert_eq!(Native::read(b"#include CONFIG_H").unknown.as_deref(), Some("#include CONFIG_H"));
    }

    #[test]
    fn flags_name_folders() {
        let native = Native::read(
            b"#cgo CFLAGS: -DX=1 -I${SRCDIR}/../a -I ../b -Wall\n#cgo linux,amd64 LDFLAGS: -L../c -lfoo ../d/libx.a\n#cgo pkg-config: png\n",
        );
        assert_eq!(native.flags, ["../a", "../b", "../c", "../d/libx.a"]);
        assert!(Native::read(b"#cgo CFLAGS: \"-I").unknown.is_some());
    }
}

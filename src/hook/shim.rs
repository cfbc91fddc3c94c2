//! The text of a shim, and what is read back from one. The scripts themselves lie in the folder `hooks` of the project.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use bstr::ByteSlice;

use super::quote;
use crate::digest::Digest;

/// The script that calls gate.
const CALL: &str = include_str!("../../hooks/shim.sh");
/// The script that calls an earlier hook only.
const FORWARD: &str = include_str!("../../hooks/forward.sh");
/// How every script of gate's begins, before the digest of what follows.
const MARK: &[u8] = b"#!/bin/sh\n# gate hook 1 ";

/// What a shim holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shim {
    /// The name of the hook.
    pub(super) name: OsString,
    /// What it does.
    pub(super) calls: Calls,
    /// Where the hook lies that runs first.
    pub(super) earlier: Earlier,
}

/// What a shim starts in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Calls {
    /// gate.
    Gate {
        /// Where it was when the shim was written.
        program: PathBuf,
        /// PATH as it was then.
        path: OsString,
    },
    /// Nothing of gate's.
    Nothing,
}

/// Where the hook lies that runs first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Earlier {
    /// Beside the shim, moved aside.
    Aside,
    /// In a folder that a setting of git's names: absolute, or seen from where git runs hooks.
    In(OsString),
    /// In a folder seen from the shim's own.
    FromShim(OsString),
}

/// Something that lies where a hook may lie and is gate's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// As gate wrote it.
    Intact(Shim),
    /// Somebody changed it.
    Edited,
}

impl Shim {
    /// The script.
    pub(super) fn render(&self) -> Vec<u8> {
        let (template, program, path) = match &self.calls {
            Calls::Gate { program, path } => (CALL, program.as_os_str().as_bytes(), path.as_bytes()),
            Calls::Nothing => (FORWARD, &b""[..], &b""[..]),
        };
        let earlier = match &self.earlier {
            Earlier::Aside => Vec::new(),
            Earlier::In(folder) => within_reach(folder.as_bytes()),
            Earlier::FromShim(folder) => [b"+", folder.as_bytes()].concat(),
        };
        let (_, body) = template.split_once("earlier=@earlier@\n").unwrap_or_default();
        let mut values = Vec::new();
        let names = [(&b"gate="[..], program), (b"path=", path), (b"name=", self.name.as_bytes())];
        for (name, value) in names.into_iter().chain([(&b"earlier="[..], earlier.as_slice())]) {
            values.extend([name, &quote::sh(value), b"\n"].concat());
        }
        values.extend(body.as_bytes());
        [MARK, Digest::of(&values).to_string().as_bytes(), b"\n", &values].concat()
    }

    /// Reads a file that lies where a hook may lie; `None` if it is not gate's.
    pub(super) fn read(text: &[u8]) -> Option<Read> {
        let rest = text.strip_prefix(MARK)?;
        Some(Self::values(rest).map_or(Read::Edited, Read::Intact))
    }

    fn values(text: &[u8]) -> Option<Self> {
        let (digest, values) = text.split_once_str("\n")?;
        if digest != Digest::of(values).to_string().as_bytes() {
            return None;
        }
        let (program, rest) = quote::read_sh(values.strip_prefix(b"gate=")?)?;
        let (path, rest) = quote::read_sh(rest.strip_prefix(b"\npath=")?)?;
        let (name, rest) = quote::read_sh(rest.strip_prefix(b"\nname=")?)?;
        let (earlier, _) = quote::read_sh(rest.strip_prefix(b"\nearlier=")?)?;
        let text = OsString::from_vec;
        let calls = if program.is_empty() {
            Calls::Nothing
        } else {
            Calls::Gate { program: text(program).into(), path: text(path) }
        };
        let earlier = match earlier.split_first() {
            None => Earlier::Aside,
            Some((b'+', folder)) => Earlier::FromShim(OsStr::from_bytes(folder).to_owned()),
            Some(_) => Earlier::In(text(earlier)),
        };
        Some(Self { name: text(name), calls, earlier })
    }
}

/// A folder's name that stands neither for nothing nor for something else in a shim.
fn within_reach(folder: &[u8]) -> Vec<u8> {
    if folder.is_empty() || folder.starts_with(b"+") { [b"./", folder].concat() } else { folder.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shim(calls: Calls, earlier: Earlier) -> Shim {
        Shim { name: "pre-commit".into(), calls, earlier }
    }

    fn gate() -> Calls {
        Calls::Gate { program: "/o'pt/a b\nc/gate".into(), path: OsStr::from_bytes(b"/bin:/\xff").into() }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let places = [Earlier::Aside, Earlier::In(".husky/_".into()), Earlier::FromShim("../../hooks".into())];
        for earlier in places {
            for calls in [gate(), Calls::Nothing] {
                let shim = shim(calls, earlier.clone());
                assert_eq!(Shim::read(&shim.render()), Some(Read::Intact(shim)));
            }
        }
        let odd = shim(gate(), Earlier::In("+a".into()));
        assert_eq!(Shim::read(&odd.render()), Some(Read::Intact(shim(gate(), Earlier::In("./+a".into())))));
    }

    #[test]
    fn a_change_shows() {
        let text = shim(gate(), Earlier::Aside).render();
        let more = [&text, &b"echo mine\n"[..]].concat();
        assert_eq!(Shim::read(&more), Some(Read::Edited));
        assert_eq!(Shim::read(&text.replace("pre-commit", "pre-push")), Some(Read::Edited));
        assert_eq!(Shim::read(MARK), Some(Read::Edited));
        assert_eq!(Shim::read(b"#!/bin/sh\nexec gate hook pre-commit\n"), None);
    }

    #[test]
    fn the_templates_show_where_values_go() {
        for template in [CALL, FORWARD] {
            let values = "gate=@gate@\npath=@path@\nname=@name@\nearlier=@earlier@\n";
            let head = [MARK, b"@digest@\n", values.as_bytes()].concat();
            assert!(template.as_bytes().starts_with(&head), "{template}");
        }
    }
}

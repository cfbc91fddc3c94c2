//! What a program is: its content, the interpreter that its `#!` line names, and what it can't do without.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::identity::Identity;
use super::machine::Machine;
use super::pins::Place;
use super::wrapper::Wanted;
use crate::digest::Digest;

/// How many programs may stand for one another: proxies, interpreters of interpreters.
const DEPTH: usize = 8;

/// How much of a script is searched for its interpreter and its manager.
const HEAD: u64 = 4096;

/// What can be told from a program's file alone.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Content {
    /// The digest of all of it.
    pub(super) digest: Digest,
    /// What a script's first line names.
    pub(super) interpreter: Option<Interpreter>,
    /// The version manager that a script hands over to.
    pub(super) manager: Option<String>,
}

/// What a `#!` line names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Interpreter {
    /// A program by its path.
    Path(PathBuf),
    /// A program that `env` searches for.
    Name(String),
}

impl Interpreter {
    /// What the first line of a script names; `None` if it names nothing.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let line = head.strip_prefix(b"#!")?.lines().next()?.to_str().ok()?;
        let mut words = line.split_whitespace();
        let program = words.next()?;
        if program.rsplit('/').next() != Some("env") {
            return Some(Self::Path(program.into()));
        }
        let line = words.collect::<Vec<_>>();
        let words = line.first()?.strip_prefix("-S").filter(|rest| !rest.is_empty()).into_iter().chain(line.clone());
        let mut words = words.skip_while(|word| word.starts_with('-') || word.contains('='));
        Some(Self::Name(words.next()?.to_owned()))
    }

    /// The program to look up.
    pub(super) fn wanted(&self) -> Wanted {
        match self {
            Self::Path(path) => Wanted::new(path.to_string_lossy()),
            Self::Name(name) => Wanted::new(name),
        }
    }
}

impl Machine {
    /// What a program is that is named by a name on PATH or by an absolute path.
    pub(super) fn identify(&mut self, place: Place<'_>, wanted: &Wanted) -> Result<Arc<Identity>, Error> {
        self.identify_within(place, wanted, DEPTH)
    }

    fn identify_within(&mut self, place: Place<'_>, wanted: &Wanted, depth: usize) -> Result<Arc<Identity>, Error> {
        let key = (place.site.digest(), wanted.clone());
        if let Some(known) = self.identified.get(&key) {
            return Ok(known.clone());
        }
        let path = match Path::new(&wanted.name) {
            path if path.is_absolute() => Some(path.to_owned()),
            _ if wanted.name.contains('/') => None,
            _ => self.find(&wanted.name),
        };
        let identity = Arc::new(match path {
            Some(path) => self.identify_at(place, &path, wanted, depth)?,
            None => Identity::nothing("missing"),
        });
        self.identified.insert(key, identity.clone());
        Ok(identity)
    }

    fn identify_at(&mut self, place: Place<'_>, path: &Path, wanted: &Wanted, depth: usize) -> Result<Identity, Error> {
        let Some(depth) = depth.checked_sub(1) else {
            return Ok(Identity::nothing("unresolved: too many programs stand for one another"));
        };
        if let Some(proxy) = self.proxy(path) {
            return match self.resolve(place, &proxy, wanted)? {
                Ok(path) => self.identify_at(place, &path, wanted, depth),
                Err(message) => Ok(Identity::nothing(format!("unresolved: {message}"))),
            };
        }
        let mut identity = Identity { value: String::new(), path: Some(path.to_owned()), files: vec![path.to_owned()] };
        let content = match self.content(path) {
            Ok(Some(content)) => content,
            Ok(None) => return Ok(Identity::nothing("missing")),
            Err(_) => {
                // What may be run but not read is told by the state of its file.
                let state = self.stamps.get(path).map(|stamp| stamp.text()).unwrap_or_default();
                identity.value = format!("unreadable: {} {state}", path.display());
                return Ok(identity);
            }
        };
        identity.value = content.digest.to_string();
        if let Some(interpreter) = &content.interpreter {
            let started = self.identify_within(place, &interpreter.wanted(), depth)?;
            identity.add("interpreter", &started.value);
            identity.files.extend_from_slice(&started.files);
        }
        if let Some((value, files)) = self.companion(path) {
            identity.add("companion", &value);
            identity.files.extend(files);
        }
        Ok(identity)
    }

    /// What can be told from a program's file alone; `None` if there is none.
    pub(super) fn content(&mut self, path: &Path) -> io::Result<Option<Content>> {
        if self.stamps.get(path).is_some_and(|stamp| !stamp.is_file()) {
            // Opening a named pipe would wait for somebody to write to it.
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.derived("file", path, read_content)
    }
}

fn read_content(path: &Path) -> io::Result<Content> {
    let mut file = fs_err::File::open(path)?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    let digest = Digest::of_reader(head.chain(file))?;
    Ok(Content { digest, interpreter: Interpreter::of(&head), manager: handed_over(&head) })
}

/// The program that a shim hands over to: `exec "/home/me/.pyenv/libexec/pyenv" exec "$program" "$@"`.
fn handed_over(head: &[u8]) -> Option<String> {
    let text = head.strip_prefix(b"#!").and_then(|text| text.to_str().ok())?;
    let hands_over = |line: &str| {
        let words = shlex::split(line.trim())?;
        let [exec, program, subcommand, ..] = &words[..] else { return None };
        let name = program.rsplit('/').next().unwrap_or_default();
        (exec == "exec" && subcommand == "exec").then(|| name.to_owned())
    };
    text.lines().find_map(hands_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters_are_read_from_the_first_line() {
        let of = |line: &str| Interpreter::of(line.as_bytes());
        let name = |name: &str| Some(Interpreter::Name(name.into()));
        assert_eq!(of("#!/bin/sh -e\nx"), Some(Interpreter::Path("/bin/sh".into())));
        assert_eq!(of("#! /usr/bin/python3\r\n"), Some(Interpreter::Path("/usr/bin/python3".into())));
        assert_eq!(of("#!/usr/bin/env node"), name("node"));
        assert_eq!(of("#!/usr/bin/env -S A=1 deno run -A"), name("deno"));
        assert_eq!(of("#!/usr/bin/env -Sdeno run"), name("deno"));
        assert_eq!(of("#!/usr/bin/env"), None);
        assert_eq!(of("#!"), None);
        assert_eq!(of("\x7fELF"), None);
    }

    #[test]
    fn shims_tell_whom_they_hand_over_to() {
        let shim = b"#!/usr/bin/env bash\nset -e\nexec \"/root/.pyenv/libexec/pyenv\" exec \"$program\" \"$@\"\n";
        assert_eq!(handed_over(shim).as_deref(), Some("pyenv"));
        assert_eq!(handed_over(b"#!/bin/sh\nexec asdf exec \"node\" \"$@\"").as_deref(), Some("asdf"));
        assert_eq!(handed_over(b"#!/bin/sh\nexec node x.js \"$@\""), None);
        assert_eq!(handed_over(b"exec asdf exec x"), None);
    }
}

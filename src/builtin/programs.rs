//! `executables`: whether what can be executed is a program, and what begins as a script can be executed.
//!
//! A script begins with `#!` and the absolute path of its interpreter, as kernels want it; `#![` is an attribute of Rust.

use bstr::ByteSlice;

use super::file::{File, Found};
use crate::diagnostic::Diagnostic;
use crate::path::Mode;

/// How programs begin: ELF, Mach-O in both orders and for several machines, PE, WebAssembly.
const PROGRAMS: &[&[u8]] = &[
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\xca\xfe\xba\xbf",
    b"MZ",
    b"\0asm",
];

const CODE: &str = "builtin/executable";

/// Looks at how a file begins and at its mode.
pub(super) fn look(file: &File<'_>, found: &mut Found<'_>) {
    let path = file.path;
    let is_script = is_script(file.bytes);
    if file.mode != Mode::Executable {
        if is_script {
            let problem = Diagnostic::error(CODE, format!("'{path}' begins as a script and can't be executed"));
            found.at(0..2, "", problem.hint(format!("git update-index --chmod=+x -- '{path}', or take '#!' away")));
        }
        return;
    }
    if is_script {
        let line = file.bytes.lines_with_terminator().next().unwrap_or_default();
        if line.ends_with(b"\r\n") {
            let problem =
                Diagnostic::error(CODE, "the interpreter's name ends in a CR, so that there is none of the name");
            found.at(line.len() - 2..line.len() - 2, "", problem.hint("end the lines in LF"));
        }
    } else if !PROGRAMS.iter().any(|magic| file.bytes.starts_with(magic)) {
        let problem = Diagnostic::error(CODE, format!("'{path}' can be executed and is no program"));
        let hint = if file.bytes.starts_with(b"\xef\xbb\xbf#!") {
            "take the byte order mark before '#!' away".to_owned()
        } else {
            format!("git update-index --chmod=-x -- '{path}', or let it begin with '#!'")
        };
        found.whole(problem.hint(hint));
    }
}

fn is_script(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"#!").is_some_and(|rest| rest.trim_start_with(|c| c == ' ' || c == '\t').starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::sample::found;

    #[test]
    fn mode_and_beginning_agree() {
        let wrong = |mode, bytes: &[u8]| !found(look, "f", mode, bytes).is_empty();
        for script in [&b"#!/bin/sh\n"[..], b"#! /usr/bin/env node"] {
            assert!(wrong(Mode::File, script) && !wrong(Mode::Executable, script));
        }
        for text in [&b"#![no_std]\n"[..], b"", b"#!", b"#\n", b"\xef\xbb\xbf#!/bin/sh\n", b"x#!/bin/sh"] {
            assert!(!wrong(Mode::File, text) && wrong(Mode::Executable, text));
        }
        for magic in PROGRAMS {
            assert!(!wrong(Mode::File, magic) && !wrong(Mode::Executable, magic));
        }
        assert!(wrong(Mode::Executable, b"#!/bin/sh\r\n"));
    }
}

//! The settings of git's that bring it to gate's shims: a file of gate's own, and one line in the repository's
//! configuration that includes it.
//!
//! The line stands at the end, so that it holds against a `core.hooksPath` above it, which other managers set anew each
//! time they are installed; and taking it away again leaves the configuration byte for byte as it was.

use std::ffi::OsStr;
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bstr::ByteSlice;

use super::Error;
use super::ground::Ground;
use super::quote;

/// The two lines that include gate's settings.
const HEADER: &str = "[include] # written by gate install";
/// The same, where the line above had no end, which is taken away with them.
const HEADER_AFTER_UNENDED: &str = "[include] # written by gate install, with the end of the line above";
const LINE: &str = "\tpath = gate/hooks.config\n";
/// What gate's own files begin with.
const WRITTEN: &str = "# Written by `gate install`, and taken away by `gate uninstall`.\n";
/// How often the lock of git's configuration is tried, and how long it is waited between.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// gate's settings that lead git to gate's own folder. Where the repository was moved, the folder is still found from
/// the working tree; as long as it was not, from everywhere.
pub(super) fn leading_to_own(ground: &Ground) -> (Vec<u8>, Vec<u8>) {
    let folder = |path: &Path| {
        let value = quote::config(path.as_os_str().as_bytes());
        [b"[core]\n\thooksPath = ", &value[..], b"\n"].concat()
    };
    let mut settings = WRITTEN.as_bytes().to_vec();
    settings.extend(ground.own_from_runs_in().map(|own| folder(&own)).unwrap_or_default());
    // The repository itself, and the folders of its worktrees.
    for end in [&b""[..], b"/"] {
        let place = [&quote::pattern(ground.common.as_os_str().as_bytes()), end].concat();
        let condition = quote::config(&[b"gitdir:", &place[..]].concat());
        settings.extend([b"[includeIf ", &condition[..], b"]\n\tpath = hooks-here.config\n"].concat());
    }
    (settings, [WRITTEN.as_bytes(), &folder(&ground.own())].concat())
}

/// gate's settings that name its hooks, for a git that knows `hook.NAME.command`.
pub(super) fn naming<'a>(own: &Path, hooks: impl IntoIterator<Item = &'a OsStr>) -> Vec<u8> {
    let mut settings = WRITTEN.as_bytes().to_vec();
    for hook in hooks {
        let hook = hook.as_bytes();
        let shim = quote::sh(&[own.as_os_str().as_bytes(), b"/", hook].concat());
        let cure = "{ echo \"gate: its hook is gone: run gate install\" >&2; exit 1; }";
        let command = [b"test -x ", &shim[..], b" || ", cure.as_bytes(), b"; ", &shim].concat();
        settings.extend([b"[hook \"gate-", hook, b"\"]\n\tcommand = ", &quote::config(&command)].concat());
        settings.extend([b"\n\tevent = ", hook, b"\n"].concat());
    }
    settings
}

/// Whether gate's settings name hooks, and don't lead to a folder.
pub(super) fn names_hooks(settings: &[u8]) -> bool {
    settings.contains_str("\n[hook \"gate-")
}

/// The configuration with gate's lines at its end.
pub(super) fn with_include(config: &[u8]) -> Vec<u8> {
    let mut text = without_include(config);
    let unended = !text.is_empty() && !text.ends_with(b"\n");
    let header = if unended { HEADER_AFTER_UNENDED } else { HEADER };
    text.extend(unended.then_some(b'\n'));
    text.extend([header, "\n", LINE].concat().bytes());
    text
}

/// The configuration without gate's lines. What others wrote below their header keeps it.
pub(super) fn without_include(config: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = config.lines_with_terminator().collect();
    let is_header =
        |line: &[u8]| [HEADER, HEADER_AFTER_UNENDED].iter().any(|header| line.trim_end() == header.as_bytes());
    let Some(at) = lines.iter().position(|line| is_header(line)) else { return config.to_vec() };
    let mut kept = lines[..at].concat();
    let rest: Vec<&[u8]> = lines[at + 1..].iter().filter(|line| **line != LINE.as_bytes()).copied().collect();
    let begins_section = |line: &&[u8]| line.trim_start().starts_with(b"[");
    if rest.iter().find(|line| !line.trim().is_empty()).is_none_or(begins_section) {
        if lines[at].trim_end() == HEADER_AFTER_UNENDED.as_bytes() && rest.is_empty() {
            kept.pop();
        }
    } else {
        kept.extend(b"[include]\n");
    }
    kept.extend(rest.concat());
    kept
}

/// Changes the repository's configuration under the lock that git itself takes. Gives whether there was anything to
/// change.
///
/// The lock appears whole, holding what is to become the configuration, so that one left by a gate that was ended is
/// told from everybody else's and completed.
///
/// # Errors
/// When another program keeps the lock, or the file can't be written.
pub(super) fn edit(config: &Path, change: impl Fn(&[u8]) -> Vec<u8>) -> Result<bool, Error> {
    // git follows a link too.
    let config = fs_err::canonicalize(config)?;
    let lock = PathBuf::from([config.as_os_str(), OsStr::new(".lock")].concat_os());
    for _ in 0..TRIES {
        let old = fs_err::read(&config)?;
        let new = change(&old);
        let left = fs_err::read(&lock).is_ok_and(|left| left == new);
        if new == old {
            if left {
                fs_err::remove_file(&lock)?;
            }
            return Ok(false);
        }
        if left || take_lock(&config, &lock, &new)? {
            if fs_err::read(&config)? == old {
                fs_err::rename(&lock, &config)?;
                return Ok(true);
            }
            fs_err::remove_file(&lock)?;
        }
        std::thread::sleep(PAUSE);
    }
    Err(Error::Locked(lock))
}

/// Makes the lock, with this text in it; `false` if there is one.
fn take_lock(config: &Path, lock: &Path, text: &[u8]) -> Result<bool, Error> {
    let folder = config.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(super::slot::UNFINISHED).tempfile_in(folder)?;
    file.write_all(text)?;
    file.as_file().set_permissions(fs_err::metadata(config)?.permissions())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(lock) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error.error.into()),
    }
}

/// Joins texts that need not be UTF-8.
trait ConcatOs {
    fn concat_os(&self) -> std::ffi::OsString;
}

impl ConcatOs for [&OsStr; 2] {
    fn concat_os(&self) -> std::ffi::OsString {
        let mut text = self[0].to_owned();
        text.push(self[1]);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(config: &str) {
        let with = with_include(config.as_bytes());
        assert_eq!(with_include(&with), with, "twice");
        assert_eq!(without_include(&with), config.as_bytes(), "{}", with.as_bstr());
        assert_eq!(without_include(config.as_bytes()), config.as_bytes());
    }

    #[test]
    fn comes_and_goes_without_a_trace() {
        check("");
        check("[core]\n\tbare = false\n");
        check("[core]\n\tbare = false");
        check("[include]\n\tpath = mine\n[core]\r\n\tbare = false\r\n");
        check("\n\n");
    }

    #[test]
    fn what_others_wrote_meanwhile_stays() {
        let with = with_include(b"[core]\n\tbare = false\n");
        let more = [&with, &b"\tpath = other\n[a]\n\tb = c\n"[..]].concat();
        assert_eq!(without_include(&more), b"[core]\n\tbare = false\n[include]\n\tpath = other\n[a]\n\tb = c\n");
        let after = [&with, &b"[core]\n\thooksPath = x\n"[..]].concat();
        assert!(with_include(&after).ends_with(LINE.as_bytes()), "it stands last again");
        let unended = [&with_include(b"[a]")[..], b"[b]\n"].concat();
        assert_eq!(without_include(&unended), b"[a]\n[b]\n");
    }

    #[test]
    fn hooks_are_named_for_a_git_that_knows_how() {
        let text = naming(Path::new("/it's/a \"b\""), [OsStr::new("pre-push")]);
        insta::assert_snapshot!(String::from_utf8(text).unwrap(), @r#"
        # Written by `gate install`, and taken away by `gate uninstall`.
        [hook "gate-pre-push"]
        	command = "test -x '/it'\\''s/a \"b\"/pre-push' || { echo \"gate: its hook is gone: run gate install\" >&2; exit 1; }; '/it'\\''s/a \"b\"/pre-push'"
        	event = pre-push
        "#);
    }

    #[test]
    fn a_lock_of_others_is_respected_and_ones_own_completed() {
        let folder = tempfile::tempdir().unwrap();
        let (config, lock) = (folder.path().join("config"), folder.path().join("config.lock"));
        fs_err::write(&config, "[core]\n").unwrap();
        fs_err::write(&lock, with_include(b"[core]\n")).unwrap();
        assert!(edit(&config, with_include).unwrap(), "left by a gate that was ended");
        assert_eq!(fs_err::read(&config).unwrap(), with_include(b"[core]\n"));
        assert!(!edit(&config, with_include).unwrap());
        fs_err::write(&lock, "somebody else's").unwrap();
        assert!(matches!(edit(&config, without_include), Err(Error::Locked(_))));
        assert_eq!(fs_err::read_to_string(&lock).unwrap(), "somebody else's");
    }
}

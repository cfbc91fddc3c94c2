//! Whether the git program is new enough, asked once for each program that PATH finds.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use bstr::ByteSlice;

use super::Error;
use crate::process::Program;

/// `merge-tree --write-tree`, which merges as hosts do, came with this one.
const OLDEST: (u32, u32) = (2, 38);

/// The version of the git program that PATH finds: its first two numbers.
///
/// # Errors
/// When there is none, it is too old, or it does not say how old it is.
pub fn git_version() -> Result<(u32, u32), Error> {
    let found = said(&Program::new("git").arg("version").env("LC_ALL", "C"))?;
    number(&found).filter(|number| *number >= OLDEST).ok_or(Error::Version(found))
}

/// Refuses a git program that is too old, or that does not say how old it is.
///
/// `memo` is the file that remembers the last one that was not; its folder is there. A program that can't be found is
/// not refused here: starting it is an error of its own.
pub(super) fn check(memo: Option<&Path>) -> Result<(), Error> {
    let program = Program::new("git").arg("version").env("LC_ALL", "C");
    let Some(state) = program.location().and_then(|found| state(&found)) else { return Ok(()) };
    if memo.is_some_and(|memo| fs_err::read(memo).is_ok_and(|known| known == state)) {
        return Ok(());
    }
    let found = said(&program)?;
    if number(&found).is_none_or(|number| number < OLDEST) {
        return Err(Error::Version(found));
    }
    if let Some(memo) = memo {
        // Where it can't be written, it is asked again.
        let _unwritten = fs_err::write(memo, state);
    }
    Ok(())
}

/// What the program says after `git version`.
fn said(program: &Program) -> Result<String, Error> {
    let said = program.run()?.stdout;
    let said = said.trim().to_str_lossy();
    Ok(said.strip_prefix("git version ").unwrap_or(&said).to_owned())
}

/// What tells a program from another one that is put in its place.
fn state(program: &Path) -> Option<Vec<u8>> {
    let found = fs_err::metadata(program).ok()?;
    let mut state = program.as_os_str().as_bytes().to_vec();
    for number in [found.dev(), found.ino(), found.size()] {
        state.extend_from_slice(&number.to_le_bytes());
    }
    for number in [found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()] {
        state.extend_from_slice(&number.to_le_bytes());
    }
    Some(state)
}

fn number(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split(|c: char| !c.is_ascii_digit());
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_git_writes_them() {
        let check = |text: &str, expected| assert_eq!(number(text), expected, "{text}");
        check("2.47.3", Some((2, 47)));
        check("2.39.5 (Apple Git-154)", Some((2, 39)));
        check("2.47.1.windows.2", Some((2, 47)));
        check("3.0.0-rc1", Some((3, 0)));
        check("10.2", Some((10, 2)));
        check("2", None);
        check("of my own", None);
        check("", None);
    }

    #[test]
    fn the_program_of_this_machine_is_new_enough_and_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let memo = folder.path().join("git");
        check(Some(&memo)).unwrap();
        let known = fs_err::read(&memo).unwrap();
        assert!(known.windows(4).any(|window| window == b"/git"));
        check(Some(&memo)).unwrap();
        check(Some(&folder.path().join("no/such/folder"))).unwrap();
        assert!(git_version().unwrap() >= OLDEST);
    }
}

//! How much a program can be given as arguments.

use std::ffi::OsString;

/// What programs are given at once even where the system allows more: tools that hand their arguments on as one line
/// (npm, for example) meet the limit of a single string.
const CUSTOMARY: usize = (128 << 10) - 2048;

/// Left for what the system itself adds: the program's path, its auxiliary vector.
const RESERVE: usize = 8 << 10;

/// How many bytes all arguments of a program may take together, beside this environment. Each counts as
/// [`argument_size`] says.
#[must_use]
pub fn argument_room(env: &[(OsString, OsString)]) -> usize {
    let env: usize = env.iter().map(|(name, value)| argument_size(name.len() + 1 + value.len())).sum();
    system_limit().saturating_sub(env + RESERVE).min(CUSTOMARY)
}

/// What an argument of some bytes takes: its closing NUL and the pointer to it count too.
#[must_use]
pub fn argument_size(bytes: usize) -> usize {
    bytes + 1 + size_of::<usize>()
}

/// A quarter of the stack's limit, at most 6 MiB and at least 128 KiB: <https://man7.org/linux/man-pages/man2/execve.2.html>.
#[cfg(target_os = "linux")]
fn system_limit() -> usize {
    use rustix::process::{Resource, getrlimit};
    let stack = getrlimit(Resource::Stack).current.unwrap_or(u64::MAX);
    usize::try_from(stack / 4).unwrap_or(usize::MAX).clamp(128 << 10, 6 << 20)
}

/// `ARG_MAX` of macOS.
#[cfg(not(target_os = "linux"))]
fn system_limit() -> usize {
    1 << 20
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Program;

    #[test]
    fn what_fits_can_be_started() {
        let env = vec![(OsString::from("BIG"), OsString::from("x".repeat(100_000)))];
        let room = argument_room(&env);
        let arg = "a".repeat(50);
        let count = room / argument_size(arg.len());
        let ran =
            Program::new("true").args(vec![arg; count]).env_clear().env("BIG", "x".repeat(100_000)).run().unwrap();
        assert!(ran.status.success() && count > 1000);
    }

    #[test]
    fn a_huge_environment_leaves_no_room() {
        let env: Vec<_> =
            (0..100).map(|n| (OsString::from(n.to_string()), OsString::from("x".repeat(100_000)))).collect();
        assert_eq!(argument_room(&env), 0);
    }
}

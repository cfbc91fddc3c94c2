//! What a step's processes are started with: a program with arguments, and an environment.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use crate::plan::CommandLine;
use crate::process::is_local_to_git;

/// The longest that cleaning up may take.
pub(crate) const CLEANUP_LIMIT: Duration = Duration::from_mins(2);

/// The environment of a step.
pub(crate) struct StepEnv {
    /// All of it.
    pub(crate) variables: Vec<(OsString, OsString)>,
    /// The values in it that no log may hold.
    pub(crate) secrets: Vec<Vec<u8>>,
}

/// Variables with their values.
pub(crate) type Variables<'a> = &'a [(OsString, OsString)];

impl StepEnv {
    /// The environment of a step: `base`, what the user has of `env` and `pass_env`, and the step's own name.
    pub(crate) fn new(
        (base, user): (Variables<'_>, Variables<'_>),
        env: &[String],
        pass_env: &[String],
        step: &str,
    ) -> Self {
        let value = |name: &String| user.iter().rev().find(|(known, _)| known == OsStr::new(name)).cloned();
        let passed: Vec<_> = pass_env.iter().filter_map(value).collect();
        let secrets = passed.iter().map(|(_, value)| value.as_bytes().to_vec()).collect();
        let asked = env.iter().filter_map(value).chain(passed).filter(|(name, _)| !is_local_to_git(name));
        let own = [("GATE_STEP".into(), step.into())];
        let mut this = Self { variables: Vec::new(), secrets };
        base.iter().cloned().chain(asked).chain(own).for_each(|(name, value)| this.set(name, value));
        this
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, name: OsString, value: OsString) {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value));
    }

    /// Whether it has a variable.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.variables.iter().any(|(known, _)| known == name)
    }
}

/// The program and the arguments of a command that takes no files; `None` if it is empty.
pub(crate) fn command_words(command: &CommandLine) -> Option<(OsString, Vec<OsString>)> {
    match command {
        CommandLine::Shell(line) => Some(("sh".into(), vec!["-c".into(), line.into()])),
        CommandLine::Words(words) => {
            let (program, args) = words.split_first()?;
            Some((program.into(), args.iter().map(OsString::from).collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_values_win_and_gits_own_never_pass() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(OsString, OsString)> {
            list.iter().map(|(name, value)| (name.into(), value.into())).collect()
        };
        let base = pairs(&[("PATH", "/bin"), ("GATE_STEP", "outer"), ("A", "base")]);
        let user = pairs(&[("A", "user"), ("TOKEN", "s3cret"), ("GIT_DIR", "/x"), ("OTHER", "no")]);
        let names = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = StepEnv::new((&base, &user), &names(&["A", "GIT_DIR", "UNSET"]), &names(&["TOKEN"]), "test");
        let expected = pairs(&[("PATH", "/bin"), ("A", "user"), ("TOKEN", "s3cret"), ("GATE_STEP", "test")]);
        assert_eq!(found.variables, expected);
        assert_eq!(found.secrets, [b"s3cret".to_vec()]);
        assert!(found.has("TOKEN") && !found.has("OTHER"));
    }
}

//! Who pushes, and what is asked for with the push: what the environment of a server's hook says.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};

use crate::diagnostic::Diagnostic;
use crate::git::Repo;
use crate::judge::{Asked, Identity};

/// What each server calls whoever pushes, beside a variable that only it sets.
const SERVERS: [(&str, &str); 3] =
    [("GL_USERNAME", "GL_ID"), ("GITEA_PUSHER_NAME", "GITEA_PUSHER_ID"), ("GITHUB_USER_LOGIN", "GITHUB_REPO_NAME")];

/// The setting of git's that names the variable in which another server says who pushes.
const SETTING: &str = "gate.identity";

/// A push, as the environment of the hook has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Push {
    /// Who pushes, where the server says so.
    pub by: Option<Identity>,
    /// Whether what is said goes through GitLab, which shows some lines only.
    pub gitlab: bool,
    /// What is asked for, if anything is.
    pub asked: Option<Asked>,
    /// What is wrong with what is asked for.
    pub warnings: Vec<Diagnostic>,
}

impl Push {
    /// Reads it.
    #[must_use]
    pub fn read(env: &[(OsString, OsString)], repo: &Repo) -> Self {
        let variable = |name: &str| {
            let found = env.iter().find(|(key, value)| key == OsStr::new(name) && !value.is_empty());
            found.and_then(|(_, value)| value.to_str())
        };
        let by = identity(variable, repo);
        let gitlab = variable("GL_ID").is_some() || variable("GL_PROTOCOL").is_some();
        let mut push = Self { by, gitlab, ..Self::default() };
        push.options(variable);
        push
    }

    fn options<'a>(&mut self, variable: impl Fn(&str) -> Option<&'a str>) {
        let count: usize = variable("GIT_PUSH_OPTION_COUNT").and_then(|count| count.parse().ok()).unwrap_or(0);
        let (mut reason, mut until, mut checks) = (None, None, BTreeSet::new());
        // A push has a handful; whoever says otherwise is not git.
        for number in 0..count.min(1000) {
            let Some(option) = variable(&format!("GIT_PUSH_OPTION_{number}")) else { continue };
            let Some(option) = option.strip_prefix("gate.") else { continue };
            match option.split_once('=').map(|(key, value)| (key, value.trim())) {
                Some(("override", value)) if !value.is_empty() => reason = Some(value.to_owned()),
                Some(("override-until", value)) => until = Some(value.to_owned()),
                Some(("override-checks", value)) => {
                    checks.extend(value.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned));
                }
                _ => self.warn(&format!("gate knows no push option 'gate.{option}'")),
            }
        }
        match reason {
            Some(reason) => self.asked = Some(Asked { reason, until, checks, identity: self.by.clone() }),
            None if until.is_some() || !checks.is_empty() => self.warn("an override needs a reason"),
            None => {}
        }
    }

    fn warn(&mut self, message: &str) {
        let hint =
            "as in git push -o gate.override=REASON; then also gate.override-until=DAY, gate.override-checks=A,B";
        self.warnings.push(Diagnostic::warning("server/option", message).hint(hint));
    }
}

fn identity<'a>(variable: impl Fn(&str) -> Option<&'a str>, repo: &Repo) -> Option<Identity> {
    let mut known = SERVERS.into_iter().filter(|(_, mark)| variable(mark).is_some());
    let known = known.find_map(|(name, _)| Some((variable(name)?, name.to_owned())));
    let named = || {
        let name = repo.config(SETTING).ok().flatten()?;
        Some((variable(&name)?, name))
    };
    known.or_else(named).map(|(name, how)| Identity { name: name.to_owned(), how })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::TestRepo;

    fn read(env: &[(&str, &str)]) -> Push {
        let repo = TestRepo::new();
        repo.git(&["config", "gate.identity", "REMOTE_USER"]);
        let env: Vec<(OsString, OsString)> = env.iter().map(|(name, value)| (name.into(), value.into())).collect();
        Push::read(&env, &Repo::discover(repo.root()).unwrap())
    }

    #[test]
    fn servers_say_who_pushes() {
        let check = |env: &[(&str, &str)], expected: Option<(&str, &str)>| {
            let by = read(env).by.map(|by| (by.name, by.how));
            assert_eq!(by, expected.map(|(name, how)| (name.to_owned(), how.to_owned())), "{env:?}");
        };
        check(&[("GL_ID", "user-1"), ("GL_USERNAME", "ann")], Some(("ann", "GL_USERNAME")));
        check(&[("GL_USERNAME", "ann")], None);
        check(&[("GITEA_PUSHER_ID", "1"), ("GITEA_PUSHER_NAME", "bob")], Some(("bob", "GITEA_PUSHER_NAME")));
        check(&[("GITHUB_REPO_NAME", "o/r"), ("GITHUB_USER_LOGIN", "cy")], Some(("cy", "GITHUB_USER_LOGIN")));
        check(&[("REMOTE_USER", "dan")], Some(("dan", "REMOTE_USER")));
        check(&[("USER", "eve")], None);
    }

    #[test]
    fn options_ask_for_an_override() {
        let options = |list: &[&str]| {
            let count = list.len().to_string();
            let names: Vec<String> = (0..list.len()).map(|n| format!("GIT_PUSH_OPTION_{n}")).collect();
            let mut env = vec![("GIT_PUSH_OPTION_COUNT", count.as_str())];
            env.extend(names.iter().map(String::as_str).zip(list.iter().copied()));
            read(&env)
        };
        let push = options(&["ci.skip", "gate.override=the CI is down", "gate.override-checks=a, b"]);
        let asked = push.asked.unwrap();
        assert_eq!((asked.reason.as_str(), asked.until, asked.checks.len()), ("the CI is down", None, 2));
        assert!(push.warnings.is_empty());
        assert_eq!(options(&["gate.override-until=2030-01-01"]).warnings.len(), 1);
        assert_eq!(options(&["gate.overide=x", "gate.override="]).warnings.len(), 2);
        assert_eq!(options(&["ci.skip"]), Push::default());
    }
}

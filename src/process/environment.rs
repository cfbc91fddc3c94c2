//! The environment that checks get: built up from a published list, not passed on.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The variables of the user that every check gets. What changes results is not among them (a check names such
/// variables under `env`); what says where things are, who is asking and how to reach the network is. A name that ends
/// in `*` stands for all that begin like it.
pub const PASSED: &[&str] = &[
    // Who is asking, and where programs are.
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    // Language, terminal and time.
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TERM",
    "TZ",
    // Where toolchains and their caches are.
    "XDG_*",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "JAVA_HOME",
    "GOPATH",
    "GOMODCACHE",
    "GOCACHE",
    "GRADLE_USER_HOME",
    "npm_config_cache",
    "NPM_CONFIG_CACHE",
    "YARN_CACHE_FOLDER",
    "PNPM_HOME",
    "PIP_CACHE_DIR",
    "UV_CACHE_DIR",
    "CCACHE_DIR",
    "NVM_DIR",
    "VOLTA_HOME",
    "PYENV_ROOT",
    "ASDF_DIR",
    "ASDF_DATA_DIR",
    "MISE_DATA_DIR",
    // How to reach others.
    "http_proxy",
    "https_proxy",
    "ftp_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "FTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_*",
    "NIX_SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "SSH_AUTH_SOCK",
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_CONFIG",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
];

/// Git's own variables, which tie whoever has them to one repository. No check gets them, even if it names them: tests
/// that run git in a temporary folder would write into the user's repository. The first ones are what
/// `git rev-parse --local-env-vars` lists.
const LOCAL_TO_GIT: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_CONFIG_KEY_*",
    "GIT_CONFIG_VALUE_*",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
    "GIT_REFLOG_ACTION",
];

/// What checks start from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// The variables, in the order in which the user has them.
    pub variables: Vec<(OsString, OsString)>,
    /// What pointed into the user's checkout and points into the private one now.
    pub moved: Vec<Moved>,
}

/// A part of a variable that pointed into the user's checkout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The variable.
    pub variable: OsString,
    /// What it held.
    pub from: PathBuf,
    /// What it holds instead.
    pub to: PathBuf,
}

/// The folders that a private checkout stands in for, and it.
pub struct Checkouts<'a> {
    /// The user's checkout, without links in its path.
    pub user: &'a Path,
    /// The private one.
    pub private: &'a Path,
    /// Where a path leads through links; `None` if it leads nowhere.
    pub real: &'a dyn Fn(&Path) -> Option<PathBuf>,
}

/// The environment of checks, out of the user's. Without `checkouts` they run in the user's own, and nothing moves.
#[must_use]
pub fn environment(user: &[(OsString, OsString)], checkouts: Option<&Checkouts<'_>>) -> Environment {
    let mut environment = Environment::default();
    for (name, value) in user.iter().filter(|(name, _)| is_in(name, PASSED)) {
        let value = match checkouts {
            Some(checkouts) => moved(name, value, checkouts, &mut environment.moved),
            None => value.clone(),
        };
        environment.variables.push((name.clone(), value));
    }
    environment.variables.push(("CI".into(), "true".into()));
    environment
}

/// Whether a variable ties whoever has it to one repository, so that no check may have it.
#[must_use]
pub fn is_local_to_git(name: &OsStr) -> bool {
    is_in(name, LOCAL_TO_GIT)
}

fn is_in(name: &OsStr, list: &[&str]) -> bool {
    let name = name.as_bytes();
    list.iter().any(|entry| match entry.strip_suffix('*') {
        Some(start) => name.starts_with(start.as_bytes()),
        None => name == entry.as_bytes(),
    })
}

/// A value with each of its parts that lies in the user's checkout moved into the private one.
fn moved(name: &OsStr, value: &OsStr, checkouts: &Checkouts<'_>, list: &mut Vec<Moved>) -> OsString {
    let parts = value.as_bytes().split(|byte| *byte == b':').map(|part| {
        let from = Path::new(OsStr::from_bytes(part));
        match inside(from, checkouts) {
            Some(to) => {
                list.push(Moved { variable: name.to_owned(), from: from.to_owned(), to: to.clone() });
                to.into_os_string().into_vec()
            }
            None => part.to_vec(),
        }
    });
    OsString::from_vec(parts.collect::<Vec<_>>().join(&b':'))
}

/// Where a path of the user's checkout lies in the private one; `None` if it is not in the user's.
fn inside(path: &Path, checkouts: &Checkouts<'_>) -> Option<PathBuf> {
    if !path.is_absolute() || path.starts_with(checkouts.private) {
        return None;
    }
    let real = (checkouts.real)(path);
    let rest = [Some(path), real.as_deref()].into_iter().flatten().find_map(|p| p.strip_prefix(checkouts.user).ok())?;
    let real_is_private = real.as_deref().is_some_and(|real| real.starts_with(checkouts.private));
    (!real_is_private).then(|| checkouts.private.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        variables.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn passes_what_is_listed_and_nothing_else() {
        let user = pairs(&[
            ("PATH", "/bin"),
            ("LC_ALL", "C"),
            ("RUSTFLAGS", "-O"),
            ("GIT_DIR", "/x"),
            ("LC", "x"),
            ("MAKEFLAGS", "-j"),
            ("https_proxy", "http://p:1"),
            ("CI", "false"),
        ]);
        let expected = pairs(&[("PATH", "/bin"), ("LC_ALL", "C"), ("https_proxy", "http://p:1"), ("CI", "true")]);
        assert_eq!(environment(&user, None), Environment { variables: expected, moved: Vec::new() });
    }

    #[test]
    fn nothing_leads_back_into_the_users_checkout() {
        let real = |path: &Path| {
            if path == Path::new("/home/link/bin") { Some("/repo/tools/bin".into()) } else { Some(path.to_owned()) }
        };
        let checkouts = Checkouts { user: Path::new("/repo"), private: Path::new("/repo/.cache/p"), real: &real };
        let path = "/repo/.venv/bin:/bin:/repository/bin:/home/link/bin:bin::/repo/.cache/p/bin:/repo";
        let user = pairs(&[("PATH", path), ("CARGO_HOME", "/repo/.cargo"), ("HTTP_PROXY", "http://x:1/repo")]);
        let found = environment(&user, Some(&checkouts));
        let path = "/repo/.cache/p/.venv/bin:/bin:/repository/bin:/repo/.cache/p/tools/bin:bin::/repo/.cache/p/bin:\
                    /repo/.cache/p/";
        let expected = pairs(&[
            ("PATH", path),
            ("CARGO_HOME", "/repo/.cache/p/.cargo"),
            ("HTTP_PROXY", "http://x:1/repo"),
            ("CI", "true"),
        ]);
        assert_eq!(found.variables, expected);
        assert_eq!(found.moved.len(), 4);
        let first =
            Moved { variable: "PATH".into(), from: "/repo/.venv/bin".into(), to: "/repo/.cache/p/.venv/bin".into() };
        assert_eq!(found.moved[0], first);
    }

    #[test]
    fn knows_gits_own_variables() {
        assert!(["GIT_DIR", "GIT_CONFIG_KEY_0", "GIT_INDEX_FILE"].iter().all(|name| is_local_to_git(OsStr::new(name))));
        assert!(!is_local_to_git(OsStr::new("GIT_AUTHOR_NAME")));
        let listed = crate::process::Program::new("git").args(["rev-parse", "--local-env-vars"]).run().unwrap().stdout;
        for name in String::from_utf8(listed).unwrap().lines() {
            assert!(is_local_to_git(OsStr::new(name)), "{name}");
        }
    }
}

//! Programs that stand for others: proxies and shims of version managers, and what they resolve to in a tree.

use std::path::{Path, PathBuf};

use super::ask::Question;
use super::error::Error;
use super::machine::Machine;
use super::pins::{Folders, Place};
use super::wrapper::Wanted;

/// A program that a version manager put in the place of others.
pub(super) struct Proxy {
    manager: &'static Manager,
    /// The manager's own program.
    program: PathBuf,
    /// The folder that the manager keeps versions in.
    root: PathBuf,
    shim: PathBuf,
}

/// A version manager.
struct Manager {
    name: &'static str,
    /// The variable by which its shims tell it where its root is.
    root_var: Option<&'static str>,
    /// Files that it searches for in folders further up.
    pins: &'static [&'static str],
    /// Its state in its root; folders count with the names of what is in them.
    state: &'static [&'static str],
    /// Its state in the home folder, or elsewhere.
    settings: &'static [&'static str],
}

const fn env_like(name: &'static str, root_var: &'static str, pins: &'static [&'static str]) -> Manager {
    Manager { name, root_var: Some(root_var), pins, state: &["version", "versions"], settings: &[] }
}

static RUSTUP: Manager = Manager {
    name: "rustup",
    root_var: None,
    pins: &["rust-toolchain", "rust-toolchain.toml"],
    state: &["settings.toml", "toolchains"],
    settings: &["/etc/rustup/settings.toml"],
};

static VOLTA: Manager = Manager {
    name: "volta",
    root_var: None,
    pins: &["package.json"],
    state: &["tools/user/platform.json", "tools/user/bins", "tools/image/node", "tools/image/packages", "hooks.json"],
    settings: &[],
};

static MISE: Manager = Manager {
    name: "mise",
    root_var: None,
    pins: &[
        "mise.toml",
        ".mise.toml",
        "mise.local.toml",
        "mise/config.toml",
        ".config/mise.toml",
        ".config/mise/config.toml",
        ".mise/config.toml",
        ".tool-versions",
    ],
    state: &["installs"],
    settings: &[
        ".config/mise/config.toml",
        ".config/mise/config.local.toml",
        ".config/mise/settings.toml",
        ".config/mise/conf.d",
        ".local/state/mise/trusted-configs",
        "/etc/mise/config.toml",
    ],
};

/// Managers whose shims are scripts in a folder `shims` of their root.
static SCRIPTED: [Manager; 6] = [
    env_like("pyenv", "PYENV_ROOT", &[".python-version"]),
    env_like("rbenv", "RBENV_ROOT", &[".ruby-version"]),
    env_like("nodenv", "NODENV_ROOT", &[".node-version", "package.json"]),
    env_like("goenv", "GOENV_ROOT", &[".go-version", "go.mod"]),
    env_like("jenv", "JENV_ROOT", &[".java-version"]),
    Manager {
        name: "asdf",
        root_var: None,
        pins: &[".tool-versions"],
        state: &["installs", "plugins"],
        settings: &[".tool-versions", ".asdfrc"],
    },
];

impl Machine {
    /// Whether a program is a proxy, and whose. One of an unknown manager is a program like any other.
    pub(super) fn proxy(&mut self, path: &Path) -> Option<Proxy> {
        let folder = path.parent()?;
        let proxy = |manager, program, root: &Path| {
            Some(Proxy { manager, program, root: root.to_owned(), shim: path.to_owned() })
        };
        if !path.file_name()?.to_str()?.starts_with("rustup") && self.is_copy(path, &folder.join("rustup")) {
            let root = self.environment.folder("RUSTUP_HOME", ".rustup").unwrap_or_default();
            return proxy(&RUSTUP, folder.join("rustup"), &root);
        }
        let root = folder.parent()?;
        if self.is_copy(path, &folder.join("volta-shim")) && path.file_name()? != "volta-shim" {
            return proxy(&VOLTA, folder.join("volta"), root);
        }
        if folder.file_name()? != "shims" {
            return None;
        }
        if let Some(name) = self.content(path).ok()??.manager {
            let manager = SCRIPTED.iter().chain([&MISE]).find(|manager| manager.name == name)?;
            let own = ["bin", "libexec"].map(|part| root.join(part).join(&name));
            let program = own.into_iter().find(|path| self.stamps.get(path).is_some());
            return proxy(manager, program.or_else(|| self.find(&name))?, root);
        }
        let target = fs_err::canonicalize(path).ok()?;
        if target.file_name()? == "mise" { proxy(&MISE, target, root) } else { None }
    }

    /// Whether a path leads to the same file as another one, or to a copy of it.
    fn is_copy(&mut self, path: &Path, original: &Path) -> bool {
        let (Some(one), Some(other)) = (self.stamps.get(path), self.stamps.get(original)) else { return false };
        if one.same_file(&other) || one.size() != other.size() {
            return one.same_file(&other);
        }
        match (self.content(path), self.content(original)) {
            (Ok(Some(one)), Ok(Some(other))) => one.digest == other.digest,
            _ => false,
        }
    }

    /// The program that a proxy starts in a place, or the words in which its manager refuses.
    pub(super) fn resolve(
        &mut self,
        place: Place<'_>,
        proxy: &Proxy,
        wanted: &Wanted,
    ) -> Result<Result<PathBuf, String>, Error> {
        let Some(name) = proxy.shim.file_name().and_then(|name| name.to_str()) else {
            return Ok(Err("its name is not UTF-8".to_owned()));
        };
        let mut args = vec!["which"];
        if let Some(toolchain) = wanted.toolchain.as_deref().filter(|_| proxy.manager.name == "rustup") {
            args.extend(["--toolchain", toolchain]);
        }
        args.push(name);
        let vars = proxy.manager.root_var.map(|var| (var, proxy.root.clone().into_os_string()));
        let witnesses = self.witnesses(proxy, name);
        let vars = vars.into_iter().collect();
        let question = Question { program: &proxy.program, args, vars, witnesses, lines: 1 };
        let said = self.ask(place, &question, |said| {
            // A version that is installed later may be preferred: the folders of versions count as well.
            let program = Path::new(said);
            program
                .ancestors()
                .take_while(|path| path.starts_with(&proxy.root) && *path != proxy.root)
                .map(Path::to_owned)
                .collect()
        })?;
        Ok(said.and_then(|said| match Path::new(&said) {
            path if path.is_absolute() => Ok(path.to_owned()),
            _ => Err(said),
        }))
    }

    /// The files that decide what a proxy resolves to, the pins of the place apart.
    fn witnesses(&mut self, proxy: &Proxy, name: &str) -> Vec<PathBuf> {
        let manager = proxy.manager;
        let mut witnesses = vec![proxy.shim.clone(), proxy.program.clone()];
        witnesses.extend(manager.state.iter().map(|path| proxy.root.join(path)));
        let home = self.environment.get("HOME").map_or(Path::new("/"), Path::new);
        let config = self.environment.folder("XDG_CONFIG_HOME", ".config").unwrap_or_default();
        witnesses.extend(manager.settings.iter().map(|path| match path.strip_prefix(".config/") {
            Some(path) => config.join(path),
            None => home.join(path),
        }));
        // Where no version is chosen, some managers take what is further along PATH.
        witnesses.extend(self.environment.path().iter().map(|folder| folder.join(name)));
        for folder in Folders::above(self.memo.folder(), &mut self.stamps) {
            witnesses.extend(manager.pins.iter().map(|pin| folder.join(pin)));
        }
        witnesses
    }
}

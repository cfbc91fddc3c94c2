//! `gate install`, `gate uninstall` and `gate doctor`: with real git, in every place where git looks for hooks, beside
//! whatever else lies there.

use std::collections::BTreeMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::repo::{Ran, TestRepo};

mod beside;
mod doctor;
mod ends;
mod places;
mod shims;

/// Checks at the stages that hooks reach.
const RULES: &str = "[check.a]\nrun = \"true\"\non = [\"pre-commit\", \"pre-push\"]\n";

/// A repository in which gate can be installed, and what git then calls can be seen.
///
/// While git runs hooks, a script stands where gate was: it notes what it is given.
pub(crate) struct Scene {
    pub(crate) repo: TestRepo,
}

/// What lies in a folder: each name with its mode and content, or where a link leads.
pub(crate) type Files = BTreeMap<PathBuf, String>;

impl Scene {
    /// A repository with a first commit.
    pub(crate) fn new() -> Self {
        Self::with(&[("gate.toml", RULES)])
    }

    /// A repository whose first commit holds these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let scene = Self { repo: TestRepo::with(files) };
        fs_err::create_dir(scene.programs()).unwrap();
        let path = scene.path();
        let mut folders = vec![scene.programs()];
        // A gate that is installed on the machine has no part in this.
        for folder in
            std::env::split_paths(&path).filter(|folder| folder.is_absolute() && !folder.join("gate").exists())
        {
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
        scene.repo.set_env("PATH", std::env::join_paths(folders).unwrap());
        scene.put_real();
        scene
    }

    /// PATH, as programs are given it.
    pub(crate) fn path(&self) -> String {
        self.repo.run(&self.repo.path(), "sh", &["-c", "printf %s \"$PATH\""]).stdout
    }

    /// The folder that gate is in; its name needs quoting.
    pub(crate) fn programs(&self) -> PathBuf {
        self.repo.root().join("it's \"bin\" $x\nhere")
    }

    fn program(&self) -> PathBuf {
        self.programs().join("gate")
    }

    fn put_real(&self) {
        drop(fs_err::remove_file(self.program()));
        symlink(env!("CARGO_BIN_EXE_gate"), self.program()).unwrap();
    }

    /// Runs gate itself.
    pub(crate) fn gate_in(&self, folder: &Path, args: &[&str]) -> Ran {
        self.put_real();
        self.repo.run(folder, self.program(), args)
    }

    /// Runs gate itself, which must succeed.
    #[track_caller]
    pub(crate) fn gate(&self, args: &[&str]) -> String {
        let ran = self.gate_in(&self.repo.path(), args);
        assert_eq!(ran.code, 0, "{args:?}: {ran:?}");
        ran.stdout
    }

    /// Puts a script in gate's place, which notes how it is called and then does what `then` says.
    pub(crate) fn stand_in(&self, then: &str) {
        drop(fs_err::remove_file(self.program()));
        let log = self.repo.root().join("log");
        let script = format!(
            "#!/bin/sh\n{{ echo \"gate $*\"; case $2 in pre-push | pre-receive) sed 's/^/< /' ;; esac; }} >>'{}'\n{then}\n",
            log.display()
        );
        write_program(&self.program(), &script);
    }

    /// Runs git, with the script in gate's place. Gives how it ended, and what was noted.
    pub(crate) fn git_in(&self, folder: &Path, args: &[&str]) -> (Ran, Vec<String>) {
        self.stand_in("");
        self.git_as_it_is(folder, args)
    }

    /// Runs git with what is in gate's place.
    pub(crate) fn git_as_it_is(&self, folder: &Path, args: &[&str]) -> (Ran, Vec<String>) {
        let log = self.repo.root().join("log");
        drop(fs_err::remove_file(&log));
        let ran = self.repo.run(folder, "git", args);
        let noted = fs_err::read_to_string(&log).unwrap_or_default();
        (ran, noted.lines().map(str::to_owned).collect())
    }

    /// Commits, and gives what was noted.
    #[track_caller]
    pub(crate) fn commit(&self) -> Vec<String> {
        let (ran, noted) = self.git_in(&self.repo.path(), &["commit", "--quiet", "--allow-empty", "--message", "x"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        noted
    }

    /// A hook that notes its name and arguments where gate's stand-in does, and then does what `then` says.
    pub(crate) fn noting(&self, word: &str, then: &str) -> String {
        format!("#!/bin/sh\necho \"{word} $*\" >>'{}'\n{then}\n", self.repo.root().join("log").display())
    }

    /// The usual folder of hooks.
    pub(crate) fn hooks(&self) -> PathBuf {
        self.repo.path().join(".git/hooks")
    }

    /// What lies in the usual folder, apart from samples, and the configuration.
    pub(crate) fn state(&self) -> (Files, String) {
        (files(&self.hooks()), self.repo.read(".git/config"))
    }

    /// The codes of what is wrong.
    #[track_caller]
    pub(crate) fn problems(&self) -> Vec<String> {
        let ran = self.gate_in(&self.repo.path(), &["doctor", "--format", "json"]);
        let document: serde_json::Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        crate::documents::assert_valid(&crate::documents::schema("gate.doctor-1"), &ran.stdout);
        let problems = document["problems"].as_array().unwrap();
        let fails = problems.iter().any(|problem| problem["severity"] == "error");
        assert_eq!(ran.code, i32::from(fails), "{ran:?}");
        assert_eq!(document["well"], !fails);
        assert!(problems.iter().all(|problem| problem["hint"].is_string()), "{problems:?}");
        problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
    }
}

/// What lies in a folder, apart from samples.
pub(crate) fn files(folder: &Path) -> Files {
    let mut files = Files::new();
    let Ok(entries) = fs_err::read_dir(folder) else { return files };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "sample") {
            continue;
        }
        let metadata = fs_err::symlink_metadata(&path).unwrap();
        let content = match fs_err::read_link(&path) {
            Ok(target) => format!("-> {}", target.display()),
            Err(_) => String::from_utf8_lossy(&fs_err::read(&path).unwrap_or_default()).into_owned(),
        };
        files.insert(path.file_name().unwrap().into(), format!("{:o} {content}", metadata.permissions().mode()));
    }
    files
}

/// Writes a file that may be executed.
pub(crate) fn write_program(path: &Path, text: &str) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, text).unwrap();
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

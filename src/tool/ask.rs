//! Asks programs about themselves, in a folder with the pins of a tree, and remembers what they said for as long as the
//! files that it hangs on stay as they are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::machine::Machine;
use super::pins::Place;
use super::stamp::Stamp;
use crate::digest::{Digest, Hasher};
use crate::process::{Captured, Program};

/// How long a program may take to tell what it is.
const LIMIT: Duration = Duration::from_secs(10);

/// Keeps tools from downloading what is pinned but not installed, from writing logs and from speaking another language.
const QUIET: &[(&str, &str)] = &[
    ("LC_ALL", "C"),
    ("RUSTUP_AUTO_INSTALL", "0"),
    // A rustup that does not know the variable above would download the pinned toolchain.
    ("RUSTUP_DIST_SERVER", "file:///nonexistent"),
    ("RUSTUP_UPDATE_ROOT", "file:///nonexistent"),
    ("GOPROXY", "off"),
    ("COREPACK_ENABLE_NETWORK", "0"),
    ("npm_config_logs_max", "0"),
    ("npm_config_update_notifier", "false"),
    ("npm_config_manage_package_manager_versions", "false"),
    ("MISE_AUTO_INSTALL", "0"),
    ("MISE_EXEC_AUTO_INSTALL", "0"),
    ("MISE_NOT_FOUND_AUTO_INSTALL", "0"),
    ("DOTNET_NOLOGO", "1"),
    ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
    ("DOTNET_SKIP_FIRST_TIME_EXPERIENCE", "1"),
];

/// A question to a program.
pub(super) struct Question<'a> {
    /// The program.
    pub(super) program: &'a Path,
    /// Its arguments.
    pub(super) args: Vec<&'a str>,
    /// Variables beside those of the steps.
    pub(super) vars: Vec<(&'static str, OsString)>,
    /// The files that the answer hangs on: an answer holds while all of them are as they were, or still absent.
    pub(super) witnesses: Vec<PathBuf>,
    /// How many lines of the answer count.
    pub(super) lines: usize,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    witnesses: Vec<PathBuf>,
    /// A digest of the witnesses' stamps.
    state: Digest,
    said: String,
}

impl Machine {
    /// What a program says, or in what words it refuses.
    ///
    /// `further` names more witnesses when the answer is known. A refusal is not remembered: what would mend it is unknown.
    pub(super) fn ask(
        &mut self,
        place: Place<'_>,
        question: &Question<'_>,
        further: impl FnOnce(&str) -> Vec<PathBuf>,
    ) -> Result<Result<String, String>, Error> {
        let key = self.key(place, question).to_string();
        if let Some(answer) = self.memo.get::<Answer>("answer", &key)
            && self.state(&answer.witnesses) == answer.state
        {
            return Ok(Ok(answer.said));
        }
        let before = self.state(&question.witnesses);
        let now = self.now();
        let Some(folder) = self.folders.of(place, self.memo.folder(), &mut self.stamps)? else {
            return Ok(Err("a file that pins versions is a link to something else".to_owned()));
        };
        let said = match self.run(question, &folder) {
            Ok(said) => said,
            Err(message) => return Ok(Err(message)),
        };
        let mut witnesses = question.witnesses.clone();
        witnesses.extend(further(&said));
        witnesses.sort();
        witnesses.dedup();
        let lasting = summed(&question.witnesses, Stamp::of) == before
            && witnesses.iter().all(|path| self.stamps.get(path).is_none_or(|stamp| stamp.is_settled(now)));
        let state = self.state(&witnesses);
        self.memo.put("answer", &key, &Answer { witnesses, state, said: said.clone() }, lasting);
        Ok(Ok(said))
    }

    fn key(&self, place: Place<'_>, question: &Question<'_>) -> Digest {
        let mut hasher = Hasher::new("question", 1);
        hasher.field("program", question.program.as_os_str().as_encoded_bytes());
        question.args.iter().for_each(|arg| {
            hasher.field("arg", arg);
        });
        hasher.field("pins", place.site.digest().as_bytes());
        hasher.field("environment", self.environment.digest().as_bytes());
        hasher.finish()
    }

    fn state(&mut self, witnesses: &[PathBuf]) -> Digest {
        summed(witnesses, |path| self.stamps.get(path))
    }

    fn run(&self, question: &Question<'_>, folder: &Path) -> Result<String, String> {
        let mut program = Program::new(question.program).args(&question.args).dir(folder).timeout(LIMIT).env_clear();
        for (name, value) in self.environment.vars() {
            program = program.env(name, value);
        }
        for (name, value) in QUIET {
            program = program.env(name, value);
        }
        for (name, value) in &question.vars {
            program = program.env(name, value);
        }
        let Captured { status, stdout, stderr } = program.run().map_err(|error| error.source.to_string())?;
        let text = |bytes: &[u8], lines| {
            // The folder has another name every time.
            let text = String::from_utf8_lossy(bytes).replace(&*folder.to_string_lossy(), ".");
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(lines);
            lines.collect::<Vec<_>>().join("\n")
        };
        let told = |lines| Some(text(&stdout, lines)).filter(|said| !said.is_empty());
        let complained = |lines| Some(text(&stderr, lines)).filter(|said| !said.is_empty());
        if status.success() {
            told(question.lines).or_else(|| complained(question.lines)).ok_or_else(|| "it says nothing".to_owned())
        } else {
            Err(complained(1).or_else(|| told(1)).unwrap_or_else(|| status.to_string()))
        }
    }
}

fn summed(witnesses: &[PathBuf], mut stamp: impl FnMut(&Path) -> Option<Stamp>) -> Digest {
    let mut hasher = Hasher::new("witnesses", 1);
    for path in witnesses {
        hasher.field("path", path.as_os_str().as_encoded_bytes());
        match stamp(path) {
            Some(stamp) => hasher.field("stamp", stamp.text()),
            None => hasher.field("absent", ""),
        };
    }
    hasher.finish()
}

//! The log of a step, put together out of what its processes wrote.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use fs_err::os::unix::fs::OpenOptionsExt;
use fs_err::{File, OpenOptions};

use super::names::file_name;
use crate::check::StepName;

/// Where the logs of a step go.
pub(crate) struct StepLogs {
    /// The path of the log without its ending.
    stem: PathBuf,
    parts: Vec<Part>,
    /// An empty file for the next process to write to.
    spare: Option<PathBuf>,
}

/// What became of the logs of a step.
pub(crate) struct Joined {
    /// The log; `None` if nothing was written.
    pub(crate) log: Option<PathBuf>,
    /// An empty file that is left for another step.
    pub(crate) spare: Option<PathBuf>,
}

struct Part {
    /// What is written before it if it is not the only one.
    heading: Option<String>,
    path: PathBuf,
}

impl StepLogs {
    /// The logs of a step in the folder of all; `spare` is an empty file that another step left there.
    pub(crate) fn new(folder: &Path, step: &str, spare: Option<PathBuf>) -> Self {
        Self { stem: folder.join(file_name(step)), parts: Vec::new(), spare }
    }

    /// A path for what one more process writes; they are put together in the order in which they are asked for.
    pub(crate) fn part(&mut self, heading: Option<String>) -> PathBuf {
        let path = with_ending(&self.stem, &format!("{PART}{}", self.parts.len()));
        self.parts.push(Part { heading, path: path.clone() });
        if let Some(spare) = self.spare.take() {
            // Without it a new one is made.
            let _stays = fs_err::rename(spare, &path);
        }
        path
    }

    /// What the names of all parts begin with.
    pub(crate) fn part_prefix(&self) -> PathBuf {
        with_ending(&self.stem, PART)
    }

    /// Puts the parts together. An empty one is left as a spare if nobody can have it open any more.
    pub(crate) fn join(self, is_closed: bool) -> io::Result<Joined> {
        let mut spare = self.spare;
        let path = with_ending(&self.stem, ".log");
        let mut filled = Vec::new();
        for part in self.parts {
            match fs_err::metadata(&part.path) {
                Ok(found) if found.len() > 0 => filled.push(part),
                Ok(_) if is_closed && spare.is_none() => spare = Some(part.path),
                Ok(_) => fs_err::remove_file(&part.path)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        match filled.as_slice() {
            [] => return Ok(Joined { log: None, spare }),
            [only] if only.heading.is_none() => fs_err::rename(&only.path, &path)?,
            parts => append(parts, &path)?,
        }
        Ok(Joined { log: Some(path), spare })
    }
}

/// Keeps a log that no process wrote, where a run's logs lie; gives its path.
///
/// # Errors
/// When it can't be written.
pub fn keep_log(folder: &Path, step: &StepName, text: &[u8]) -> io::Result<PathBuf> {
    fs_err::create_dir_all(folder)?;
    let path = with_ending(&folder.join(file_name(step.as_str())), ".log");
    let mut log = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    log.write_all(text)?;
    Ok(path)
}

/// Stands in no escaped name, so that one step's parts are never taken for another's.
const PART: &str = "%part";

fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn append(parts: &[Part], path: &Path) -> io::Result<()> {
    let mut log = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    for part in parts {
        if let Some(heading) = &part.heading {
            writeln!(log, "[gate: {heading}]")?;
        }
        io::copy(&mut File::open(&part.path)?, &mut log)?;
        fs_err::remove_file(&part.path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let join = |texts: &[(Option<&str>, &str)]| {
            let mut logs = StepLogs::new(dir.path(), "a/b", None);
            for (heading, text) in texts {
                fs_err::write(logs.part(heading.map(str::to_owned)), text).unwrap();
            }
            let _never_started = logs.part(None);
            let path = logs.join(false).unwrap().log;
            let text = path.as_ref().map(|path| fs_err::read_to_string(path).unwrap());
            if let Some(path) = path {
                fs_err::remove_file(path).unwrap();
            }
            assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 0, "nothing is left over");
            text
        };
        assert_eq!(join(&[]), None);
        assert_eq!(join(&[(None, ""), (Some("attempt 2"), "")]), None);
        assert_eq!(join(&[(None, "one\n"), (None, "")]).unwrap(), "one\n");
        assert_eq!(join(&[(None, "one\n"), (Some("attempt 2"), "two\n")]).unwrap(), "one\n[gate: attempt 2]\ntwo\n");
    }

    #[test]
    fn an_empty_part_is_lent_to_another_step() {
        let dir = tempfile::tempdir().unwrap();
        let mut first = StepLogs::new(dir.path(), "a", None);
        fs_err::write(first.part(None), "").unwrap();
        let spare = first.join(true).unwrap().spare;
        assert!(spare.as_ref().is_some_and(|spare| spare.exists()));
        let mut second = StepLogs::new(dir.path(), "b", spare.clone());
        let path = second.part(None);
        assert!(path.exists() && !spare.unwrap().exists());
        fs_err::write(path, "text").unwrap();
        let joined = second.join(true).unwrap();
        assert_eq!((joined.log, joined.spare), (Some(dir.path().join("b.log")), None));
    }
}

//! What was found out about the machine, kept on disk so that it need not be found out again.
//!
//! One record a line, `kind:key TAB json`, after a line that names the format. Records are parsed when they are asked for:
//! a run needs few of many.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Raise it when a record's meaning changes, that of the table of toolchains included.
const FORMAT: &str = "gate tools 1";

/// How many records are kept. Beyond it, those that the last run did not use are dropped.
const LIMIT: usize = 1000;

/// Records by kind and key.
pub(super) struct Memo {
    path: PathBuf,
    records: HashMap<String, Record>,
    changed: bool,
}

struct Record {
    json: String,
    /// Whether it may be believed by another process.
    lasting: bool,
    used: bool,
}

impl Memo {
    /// Reads the memo at `path`. One that is missing, damaged or of another format is empty.
    pub(super) fn open(path: &Path) -> Self {
        let text = fs_err::read_to_string(path).unwrap_or_default();
        let mut lines = text.lines();
        let mut records = HashMap::new();
        if lines.next() == Some(FORMAT) {
            records.extend(
                lines.filter_map(|line| line.split_once('\t')).map(|(name, json)| {
                    (name.to_owned(), Record { json: json.to_owned(), lasting: true, used: false })
                }),
            );
        }
        Self { path: path.to_owned(), records, changed: false }
    }

    /// The folder that the memo lies in.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The record of a key, if there is one that can be read.
    pub(super) fn get<T: DeserializeOwned>(&mut self, kind: &str, key: &str) -> Option<T> {
        let record = self.records.get_mut(&name(kind, key)?)?;
        record.used = true;
        serde_json::from_str(&record.json).ok()
    }

    /// Keeps a record: on disk too if it is `lasting`, for this process alone otherwise.
    pub(super) fn put<T: Serialize>(&mut self, kind: &str, key: &str, value: &T, lasting: bool) {
        if let (Some(name), Ok(json)) = (name(kind, key), serde_json::to_string(value)) {
            self.records.insert(name, Record { json, lasting, used: true });
            self.changed |= lasting;
        }
    }

    /// Writes the memo if it changed: a new file takes the old one's place.
    pub(super) fn save(&self) -> io::Result<()> {
        if !self.changed {
            return Ok(());
        }
        let crowded = self.records.len() > LIMIT;
        let kept = self.records.iter().filter(|(_, record)| record.lasting && (record.used || !crowded));
        let mut lines: Vec<_> = kept.map(|(name, record)| format!("{name}\t{}\n", record.json)).collect();
        lines.sort();
        fs_err::create_dir_all(self.folder())?;
        let mut file = tempfile::NamedTempFile::new_in(self.folder())?;
        file.write_all(format!("{FORMAT}\n{}", lines.concat()).as_bytes())?;
        file.persist(&self.path)?;
        Ok(())
    }
}

/// The name of a record; none for keys that a line can't hold.
fn name(kind: &str, key: &str) -> Option<String> {
    (!key.contains(char::is_control)).then(|| format!("{kind}:{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lasting_records_survive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er/tools");
        let mut memo = Memo::open(&path);
        memo.put("a", "x y", &"line\nbreak", true);
        memo.put("a", "fleeting", &1, false);
        memo.put("a", "un\nkeyable", &1, true);
        assert_eq!(memo.get::<u32>("a", "fleeting"), Some(1));
        memo.save().unwrap();
        let mut memo = Memo::open(&path);
        assert_eq!(memo.get::<String>("a", "x y").as_deref(), Some("line\nbreak"));
        assert_eq!(memo.get::<u32>("a", "fleeting"), None);
        assert_eq!(memo.get::<u32>("a", "un\nkeyable"), None);
        assert!(!memo.changed);
    }

    #[test]
    fn what_is_damaged_or_foreign_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tools");
        fs_err::write(&path, format!("{FORMAT}\na:x\t12\na:y\t{{\nrubbish\n")).unwrap();
        let mut memo = Memo::open(&path);
        assert_eq!(memo.get::<u32>("a", "x"), Some(12));
        assert_eq!(memo.get::<u32>("a", "y"), None);
        fs_err::write(&path, "gate tools 0\na:x\t12\n").unwrap();
        assert_eq!(Memo::open(&path).get::<u32>("a", "x"), None);
        fs_err::write(&path, b"\xff").unwrap();
        assert_eq!(Memo::open(&path).get::<u32>("a", "x"), None);
    }

    #[test]
    fn a_crowded_memo_keeps_what_was_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tools");
        let mut memo = Memo::open(&path);
        for key in 0..LIMIT {
            memo.put("a", &key.to_string(), &key, true);
        }
        memo.save().unwrap();
        let mut memo = Memo::open(&path);
        assert_eq!(memo.get("a", "7"), Some(7));
        memo.put("a", "new", &1, true);
        memo.save().unwrap();
        let mut memo = Memo::open(&path);
        assert_eq!(memo.records.len(), 2);
        assert_eq!((memo.get("a", "7"), memo.get("a", "new")), (Some(7), Some(1)));
    }
}

//! How the checkout's folders were when they were last looked through.
//!
//! A folder's inode changes when something is made in it, renamed or removed. Only folders whose inode did are looked
//! through again, so that finding leftovers costs one `lstat` a folder.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bstr::{BStr, BString, ByteSlice};

use super::index::Stat;
use super::root::split;

/// File systems stamp with the kernel's tick, 10 ms at the coarsest; a folder that changed less than this before it was
/// read may change again without showing it.
const TICK: Duration = Duration::from_millis(20);

/// What tells a changed folder: change time and number of its inode. All zeros: not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark([u64; 3]);

const MARK: usize = 24;

/// The folders that hold tracked files, and their marks.
#[derive(Clone, Debug, Default)]
pub(super) struct Folders {
    marks: BTreeMap<BString, (usize, Mark)>,
    /// Marks that the file does not have yet; `None` if it has to be written whole.
    unsaved: Option<Vec<(usize, Mark)>>,
}

impl Mark {
    pub(super) fn of(stat: &rustix::fs::Stat) -> Self {
        let (second, nanosecond) = Stat::from(stat).ctime;
        Self([second.into(), nanosecond.into(), stat.st_ino])
    }

    /// The mark, unless the folder changed so shortly before `now` that it may change again without showing it.
    pub(super) fn settled(self, now: SystemTime) -> Self {
        let changed = Duration::new(self.0[0], u32::try_from(self.0[1]).unwrap_or(0));
        let age = now.duration_since(SystemTime::UNIX_EPOCH).ok().and_then(|now| now.checked_sub(changed));
        if age.is_some_and(|age| age > TICK) { self } else { Self::default() }
    }

    fn bytes(self) -> [u8; MARK] {
        let mut out = [0; MARK];
        for (place, number) in out.chunks_exact_mut(8).zip(self.0) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        out
    }

    fn parse(bytes: &[u8]) -> Self {
        let number = |n: usize| bytes[n * 8..].first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight));
        Self([number(0), number(1), number(2)])
    }
}

impl Folders {
    /// Reads the file: the number of folders, their marks, their paths each with a NUL behind. Nothing if it is not whole.
    pub(super) fn load(file: &Path) -> Option<Self> {
        let bytes = fs_err::read(file).ok()?;
        let (count, rest) = bytes.split_first_chunk::<8>()?;
        let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
        let (marks, paths) = rest.split_at_checked(count.checked_mul(MARK)?)?;
        let paths: Vec<&[u8]> = paths.strip_suffix(b"\0")?.split_str("\0").collect();
        if paths.len() != count {
            return None;
        }
        let marks = marks.chunks_exact(MARK).map(Mark::parse);
        let marks = paths.iter().zip(marks).enumerate().map(|(n, (path, mark))| (BString::from(*path), (n, mark)));
        Some(Self { marks: marks.collect(), unsaved: Some(Vec::new()) })
    }

    /// The folders that hold these paths, in any order; the marks of those that were there before are kept.
    pub(super) fn over<'a>(&self, paths: impl Iterator<Item = (&'a BStr, bool)>) -> Self {
        let mut marks = BTreeMap::from([(BString::default(), (0, self.mark(BStr::new(""))))]);
        let mut last: Option<&BStr> = None;
        for (path, is_folder) in paths {
            let mut folder = if is_folder { path } else { split(path).0 };
            if last == Some(folder) {
                continue;
            }
            last = Some(folder);
            while !folder.is_empty() && !marks.contains_key(folder.as_bytes().as_bstr()) {
                marks.insert(folder.to_owned(), (0, self.mark(folder)));
                folder = split(folder).0;
            }
        }
        for (n, (place, _)) in marks.values_mut().enumerate() {
            *place = n;
        }
        Self { marks, unsaved: None }
    }

    fn mark(&self, path: &BStr) -> Mark {
        self.marks.get(path).map(|(_, mark)| *mark).unwrap_or_default()
    }

    /// The folders with their marks, parents before what is in them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&BStr, Mark)> {
        self.marks.iter().map(|(path, (_, mark))| (path.as_bstr(), *mark))
    }

    /// Notes how a folder is.
    pub(super) fn set(&mut self, path: &BStr, mark: Mark) {
        let Some((n, known)) = self.marks.get_mut(path) else { return };
        if *known == mark {
            return;
        }
        *known = mark;
        if let Some(unsaved) = &mut self.unsaved {
            unsaved.push((*n, mark));
        }
    }

    /// Forgets how all folders were.
    pub(super) fn forget(&mut self) {
        self.marks.values_mut().for_each(|(_, mark)| *mark = Mark::default());
        self.unsaved = None;
    }

    /// Brings the file up to date.
    pub(super) fn save(&mut self, file: &Path) -> io::Result<()> {
        match self.unsaved.replace(Vec::new()) {
            Some(marks) if marks.is_empty() => Ok(()),
            Some(marks) => {
                let file = fs_err::OpenOptions::new().write(true).open(file)?;
                marks.iter().try_for_each(|(n, mark)| file.file().write_all_at(&mark.bytes(), (8 + n * MARK) as u64))
            }
            None => {
                let mut out = (self.marks.len() as u64).to_le_bytes().to_vec();
                self.marks.values().for_each(|(_, mark)| out.extend_from_slice(&mark.bytes()));
                for path in self.marks.keys() {
                    out.extend_from_slice(path);
                    out.push(0);
                }
                let beside = file.with_extension("new");
                fs_err::write(&beside, out)?;
                fs_err::rename(&beside, file)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_every_folder_once_and_keeps_marks() {
        let paths = ["a/b/c", "a/b/d", "a/e", "f"].map(|path| (BStr::new(path), false));
        let mut folders = Folders::default().over(paths.into_iter());
        let mark = Mark([1, 2, 3]);
        folders.set(BStr::new("a/b"), mark);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("folders");
        folders.save(&file).unwrap();
        folders.set(BStr::new("a"), Mark([7, 8, 9]));
        folders.save(&file).unwrap();
        let again =
            Folders::load(&file).unwrap().over([(BStr::new("a/b/x"), false), (BStr::new("m"), true)].into_iter());
        let listed: Vec<_> = again.iter().map(|(path, mark)| (path.to_string(), mark)).collect();
        let zero = Mark::default();
        let expected = [("", zero), ("a", Mark([7, 8, 9])), ("a/b", mark), ("m", zero)];
        assert_eq!(listed, expected.map(|(path, mark)| (path.to_owned(), mark)));
    }

    #[test]
    fn a_mark_that_is_too_fresh_is_not_trusted() {
        let mark = Mark([100, 0, 1]);
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        assert_eq!(mark.settled(at(100_010)), Mark::default());
        assert_eq!(mark.settled(at(99_000)), Mark::default());
        assert_eq!(mark.settled(at(100_100)), mark);
    }
}

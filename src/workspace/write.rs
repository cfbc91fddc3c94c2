//! Writing files into the checkout.
//!
//! Every file of one update bears the same time: Python and mypy take a file of the same
//! size and the same whole second for unchanged, so no two updates share a second; make and cargo take a file that is not
//! newer than a product for unchanged, so the time is never before now.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, SystemTime};

use bstr::{BStr, ByteSlice};
use rustix::fs::{AtFlags, Timespec, Timestamps, UTIME_OMIT};

use super::Error;
use super::index::Stat;
use super::root::{Root, split};
use crate::git::{Repo, Side};
use crate::path::{Mode, RepoPath};
use crate::process::Control;

/// The time that the files of one update bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) second: i64,
    nanosecond: i64,
}

/// From how many files on it pays to write with several threads.
const MANY: usize = 200;

impl Stamp {
    /// Now, or the first moment of the second after the last update's, whichever is later.
    pub(super) fn after(last_second: i64, now: SystemTime) -> Self {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let second = i64::try_from(now.as_secs()).unwrap_or(i64::MAX - 1);
        if second > last_second {
            Self { second, nanosecond: i64::from(now.subsec_nanos()) }
        } else {
            Self { second: last_second + 1, nanosecond: 0 }
        }
    }

    fn times(self) -> Timestamps {
        Timestamps {
            last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
            last_modification: Timespec { tv_sec: self.second, tv_nsec: self.nanosecond },
        }
    }
}

/// A path and what it has to hold.
pub(super) type Leaf<'a> = (&'a RepoPath, Side);

/// Writes files, links and the folders of submodules, unless it is told to end; gives what the file system says of them,
/// in the same order.
pub(super) fn write_all(
    (root, repo): (&Root, &Repo),
    leaves: &[Leaf<'_>],
    stamp: Stamp,
    control: &Control,
) -> Result<Vec<Stat>, Error> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    if leaves.len() < MANY || threads == 1 {
        return write_some((root, repo), leaves, stamp, control);
    }
    let parts: Vec<_> = leaves.chunks(leaves.len().div_ceil(threads)).collect();
    let repos = parts.iter().map(|_| repo.reopen()).collect::<Result<Vec<_>, _>>()?;
    let path = root.path();
    let written: Vec<Result<Vec<Stat>, Error>> = std::thread::scope(|scope| {
        let start = |(part, repo): (&'_ [Leaf<'_>], Repo)| {
            let root = Root::open(path).map_err(|source| Error::io("open", path, source))?;
            write_some((&root, &repo), part, stamp, control)
        };
        let running: Vec<_> = parts.into_iter().zip(repos).map(|work| scope.spawn(move || start(work))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    written.into_iter().try_fold(Vec::with_capacity(leaves.len()), |mut all, part| {
        all.extend(part?);
        Ok(all)
    })
}

fn write_some(
    (root, repo): (&Root, &Repo),
    leaves: &[Leaf<'_>],
    stamp: Stamp,
    control: &Control,
) -> Result<Vec<Stat>, Error> {
    let permissions = [false, true].map(|executable| root.permissions(executable));
    let write = |(path, side): &Leaf<'_>| match control.signal() {
        Some(signal) => Err(Error::Interrupted(signal)),
        None => write((root, repo), path, *side, (stamp, permissions)),
    };
    leaves.iter().map(write).collect()
}

/// The permissions are those of files that can't be executed, and of those that can.
fn write(
    (root, repo): (&Root, &Repo),
    path: &RepoPath,
    side: Side,
    (stamp, permissions): (Stamp, [u32; 2]),
) -> Result<Stat, Error> {
    check(path)?;
    let at = path.as_bstr();
    let io = |source| Error::io("write", &root.path().join(path.as_path()), source);
    match side.mode {
        Mode::Submodule => root.make_folder(at).map(|_| Stat::default()).map_err(io),
        Mode::Link => {
            root.link(at, &repo.blob(side.id)?).map_err(io)?;
            stamped(root, at, stamp).map_err(io)
        }
        Mode::File | Mode::Executable => {
            let bytes = repo.blob(side.id)?;
            let executable = side.mode == Mode::Executable;
            let file = put((root, at), &bytes, executable, permissions[usize::from(executable)]).map_err(io)?;
            rustix::fs::futimens(&file, &stamp.times()).map_err(|errno| io(errno.into()))?;
            let stat = rustix::fs::fstat(&file).map_err(|errno| io(errno.into()))?;
            Ok(Stat::from(&stat))
        }
    }
}

/// Gives a file its bytes: in place where one of ours lies there, which costs a fraction of making another one.
fn put((root, path): (&Root, &BStr), bytes: &[u8], executable: bool, permissions: u32) -> std::io::Result<File> {
    if let Some(mut file) = root.reopen(path, permissions) {
        file.write_all(bytes)?;
        file.set_len(bytes.len() as u64)?;
        return Ok(file);
    }
    let mut file = root.create(path, executable)?;
    file.write_all(bytes)?;
    Ok(file)
}

/// Stamps a file or link that is there, and gives what the file system says of it then.
pub(super) fn stamped(root: &Root, path: &BStr, stamp: Stamp) -> std::io::Result<Stat> {
    let (folder, name) = split(path);
    let folder = root.folder(folder)?;
    rustix::fs::utimensat(&*folder, name.as_bytes(), &stamp.times(), AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(Stat::from(&rustix::fs::statat(&*folder, name.as_bytes(), AtFlags::SYMLINK_NOFOLLOW)?))
}

/// Refuses a path that would reach out of the checkout or into git's own folder.
pub(super) fn check(path: &RepoPath) -> Result<(), Error> {
    if is_safe(path) { Ok(()) } else { Err(Error::Path(path.clone())) }
}

/// Whether a path stays inside the checkout and out of git's own folder, however it is spelt. Trees are written by
/// whoever pushes, and nothing stops them from holding such names.
fn is_safe(path: &RepoPath) -> bool {
    path.components().all(|name| {
        !(name.is_empty()
            || name == "."
            || name == ".."
            || name.eq_ignore_ascii_case(b".git")
            || name.eq_ignore_ascii_case(b"git~1")
            || name.contains(&0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_updates_share_a_second_and_none_is_before_now() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(100_250);
        assert_eq!(Stamp::after(90, now), Stamp { second: 100, nanosecond: 250_000_000 });
        assert_eq!(Stamp::after(100, now), Stamp { second: 101, nanosecond: 0 });
        assert_eq!(Stamp::after(105, now), Stamp { second: 106, nanosecond: 0 });
    }

    #[test]
    fn names_that_reach_out_are_refused() {
        let safe = |path: &str| is_safe(&RepoPath::from(path));
        assert!(safe("a/.gitignore") && safe("...") && safe("-x"));
        assert!(!safe("a/../b") && !safe(".GIT/config") && !safe("a/.git") && !safe("a//b") && !safe("./a"));
    }
}

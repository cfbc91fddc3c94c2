//! Looking through what `prepare` made: once right after, whole, and then at what the file system says of each entry.

use std::fs::File;
use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, SystemTime};

use bstr::{BStr, BString, ByteSlice};
use rayon::prelude::*;
use rustix::fs::{AtFlags, FileType, Mode, OFlags};

use super::products::{Entry, Products, Seen};
use super::root::{Root, is_absent};
use super::sweep::Belongings;
use crate::digest::Digest;
use crate::path::{Cursor, RepoPath};

/// File systems stamp with the kernel's tick, 10 ms at the coarsest: what changed less than this before it was looked at
/// may change again without showing it.
const TICK: Duration = Duration::from_millis(20);

/// An entry of which the file system does not say what it said.
pub(super) struct Odd {
    /// Which one.
    pub(super) n: usize,
    /// What it says now; `None` if there is nothing.
    pub(super) now: Option<Seen>,
    /// Whether it holds what it held, all the same. What a folder holds are entries of their own.
    pub(super) same: bool,
}

/// Looks through these paths whole. What is kept or shared below them is left out. What the last look knew of files that
/// were not touched since is not read again.
pub(super) fn take(root: &Root, held: &Belongings<'_>, paths: &[RepoPath], last: &Products) -> io::Result<Products> {
    let now = SystemTime::now();
    let mut found = Vec::new();
    for path in paths {
        let cursor = path.parent().map_or_else(|| held.cursor(BStr::new("")), |parent| held.cursor(parent.as_bstr()));
        walk(root, held, path, cursor.as_ref(), &mut found)?;
    }
    found.sort_unstable();
    found.dedup();
    let at = root.fd();
    let entries = found.into_par_iter().map(|path| {
        let Some(seen) = look(at, path.as_bstr())? else { return Ok(None) };
        let known = last.find(path.as_bstr()).filter(|entry| entry.settled && entry.seen == seen);
        let digest = known.map_or_else(|| content(at, path.as_bstr(), &seen), |entry| entry.digest);
        Ok(Some(Entry { settled: is_settled(&seen, now), path, seen, digest }))
    });
    let keep = held.keep.as_ref().map(|keep| keep.canonical().to_owned()).unwrap_or_default();
    let entries = entries.filter_map(Result::transpose).collect::<io::Result<_>>()?;
    Ok(Products { keep, entries })
}

fn walk(
    root: &Root,
    held: &Belongings<'_>,
    path: &RepoPath,
    at: Option<&Cursor>,
    found: &mut Vec<BString>,
) -> io::Result<()> {
    found.push(path.as_bstr().to_owned());
    let inner = held.enter(at, path.file_name());
    let children = match root.list(path.as_bstr()) {
        Err(error) if is_absent(&error) => return Ok(()),
        other => other?,
    };
    for (name, kind) in children {
        let child = path.join(name.as_bstr());
        if held.names(&child, inner.as_ref()) {
            continue;
        }
        if kind == FileType::Directory {
            walk(root, held, &child, inner.as_ref(), found)?;
        } else {
            found.push(child.as_bstr().to_owned());
        }
    }
    Ok(())
}

/// The entries that are not as they were, or of which the file system's word is not enough.
pub(super) fn compare(root: &Root, products: &Products) -> io::Result<Vec<Odd>> {
    if products.entries.is_empty() {
        return Ok(Vec::new());
    }
    let at = root.fd();
    let odd = products.entries.par_iter().enumerate().map(|(n, entry)| {
        let now = look(at, entry.path.as_bstr())?;
        if entry.settled && now == Some(entry.seen) {
            return Ok(None);
        }
        let same = now.is_some_and(|now| holds(at, entry, &now));
        Ok(Some(Odd { n, now, same }))
    });
    odd.filter_map(Result::transpose).collect()
}

fn holds(at: BorrowedFd<'_>, entry: &Entry, now: &Seen) -> bool {
    let alike = entry.seen.mode == now.mode && entry.seen.size == now.size;
    let untold = || entry.digest.is_none() && entry.seen == *now;
    let read = || entry.digest.is_some() && content(at, entry.path.as_bstr(), now) == entry.digest;
    alike && (entry.is_folder() || untold() || read())
}

/// Whether a later change of what the file system says this of can't be hidden by having the same time.
pub(super) fn is_settled(seen: &Seen, now: SystemTime) -> bool {
    let changed = Duration::new(seen.ctime.0.into(), seen.ctime.1);
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    now.checked_sub(changed).is_some_and(|age| age > TICK)
}

fn look(at: BorrowedFd<'_>, path: &BStr) -> io::Result<Option<Seen>> {
    match rustix::fs::statat(at, path.as_bytes(), AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(Seen::from(&stat))),
        Err(error) if is_absent(&error.into()) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The digest of a file's bytes or a link's text.
fn content(at: BorrowedFd<'_>, path: &BStr, seen: &Seen) -> Option<Digest> {
    match seen.mode & 0o170_000 {
        0o120_000 => {
            let text = rustix::fs::readlinkat(at, path.as_bytes(), Vec::new()).ok()?;
            Some(Digest::of(text.to_bytes()))
        }
        0o100_000 => {
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
            let fd = rustix::fs::openat(at, path.as_bytes(), flags, Mode::empty()).ok()?;
            Digest::of_reader(File::from(fd)).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_just_changed_is_not_settled_and_neither_is_the_future() {
        let seen = Seen { ctime: (100, 0), ..Seen::default() };
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        assert!(!is_settled(&seen, at(100_010)));
        assert!(!is_settled(&seen, at(99_000)));
        assert!(is_settled(&seen, at(100_100)));
    }
}

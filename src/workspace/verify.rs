//! The look after the last step.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use bstr::{BStr, ByteSlice};
use rustix::fs::{AtFlags, FileType};

use super::checkout::Workspace;
use super::index::{Item, Stat};
use super::manifest::Manifest;
use super::root::{Root, is_absent, split};
use super::session::{Session, Trust};
use super::settings::Settings;
use super::spec::{Spec, Touched, TouchedKind};
use super::survey::{self, Odd};
use super::{Error, private};
use crate::digest::Digest;
use crate::git::{self, Environment, Repo};
use crate::path::{Mode, RepoPath};

/// File systems stamp with the kernel's tick, 10 ms at the coarsest: what was written less than this before an update
/// ended could be written again without showing it.
const TICK: Duration = Duration::from_millis(20);
/// How many files are enough for a helping thread. Looking is mostly waiting for the kernel, so there may be more threads
/// than processors, as git has when it looks at its index.
const MANY: usize = 2500;
/// How many helping threads there are at most.
const HELPERS: usize = 7;
/// How many files a thread takes at once.
const PORTION: usize = 256;
/// How many leftovers are named.
const LEFT: usize = 100;

/// What is not as the candidate says, was written since the update, or was left.
pub(super) fn look(workspace: &mut Workspace, root: &Root, repo: &Repo, spec: &Spec) -> Result<Vec<Touched>, Error> {
    let io = |source| Error::io("read", root.path(), source);
    let mut folders = std::mem::take(&mut workspace.folders);
    let belongings = workspace.belongings(&workspace.files, spec);
    let found = belongings.look(root, &mut folders).map_err(io)?;
    let mut touched = Vec::new();
    for manifest in [&workspace.files, &workspace.modules] {
        for n in suspects(workspace, root, manifest).map_err(io)? {
            touched.extend(manifest.get(n).and_then(|item| judged(workspace, root, &item)));
        }
    }
    for path in found.damaged {
        touched.push(Touched { changed: changed(root, path.as_bstr()), path, kind: TouchedKind::Changed });
    }
    // Files that were out of the way for a while, with other ones in their place, show nothing themselves.
    let since = workspace.ended - TICK;
    let moved = found.moved.into_iter().map(|path| (changed(root, path.as_bstr()), path));
    let moved = moved.filter(|(changed, _)| *changed >= since);
    touched.extend(moved.map(|(changed, path)| Touched { changed, path, kind: TouchedKind::Restored }));
    touched.extend(products(workspace, root).map_err(io)?);
    if !found.foreign.is_empty() {
        // What is ignored is not for a step to say.
        let settings = Settings::read(repo, spec.config_home.as_deref())?;
        let tree = workspace.record.new;
        let session = Session { repo, root, tree, spec, settings: &settings, told: &|_| () };
        private::restore(&session, &workspace.layout, Trust::Nothing)?;
        // Its own rules; the user's, should a check have broken its `.git`.
        let here = Environment { dir: Some(root.path().into()), ..Environment::default() };
        let repo = Repo::open(root.path(), &here).or_else(|_| repo.reopen())?;
        let mut left = Vec::new();
        for path in found.foreign {
            leftovers(root, &repo, path, &mut left)?;
        }
        touched.extend(left);
    }
    workspace.folders = folders;
    Ok(touched)
}

/// The entries whose files are not as they were written, or were written too shortly before the update ended to tell.
fn suspects(workspace: &Workspace, root: &Root, manifest: &Manifest) -> io::Result<Vec<usize>> {
    let mut found = shared_out(root, manifest)?;
    let fresh = workspace.ended - TICK;
    let fresh = workspace
        .written
        .keys()
        .filter_map(|path| manifest.position(path.as_bstr()).ok())
        .filter(|n| manifest.get(*n).is_some_and(|item| time(item.stat.ctime) >= fresh));
    found.extend(fresh);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The entries whose files differ, looked for by this thread and by as many others as they are worth.
fn shared_out(root: &Root, manifest: &Manifest) -> io::Result<Vec<usize>> {
    let count = manifest.len();
    let helpers = (count / MANY).min(HELPERS);
    // Whoever is done with a portion takes the next one, so that nobody waits long for the last.
    let next = AtomicUsize::new(0);
    let portions = |root: &Root| -> io::Result<Vec<usize>> {
        let mut found = Vec::new();
        loop {
            let start = next.fetch_add(PORTION, Ordering::Relaxed);
            if start >= count {
                return Ok(found);
            }
            found.append(&mut differing(root, manifest, start..count.min(start + PORTION))?);
        }
    };
    std::thread::scope(|scope| {
        let path = root.path();
        let helping: Vec<_> = (0..helpers).map(|_| scope.spawn(|| portions(&Root::open(path)?))).collect();
        let mut found = portions(root)?;
        for helper in helping {
            found.append(&mut helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(found)
    })
}

fn differing(root: &Root, manifest: &Manifest, range: std::ops::Range<usize>) -> io::Result<Vec<usize>> {
    let mut found = Vec::new();
    for n in range {
        let Some(item) = manifest.get(n).filter(|item| item.side.mode != Mode::Submodule) else { continue };
        match rustix::fs::statat(root.fd(), item.path.as_bytes(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if Stat::from(&stat) == item.stat => {}
            Ok(_) => found.push(n),
            Err(error) if is_absent(&error.into()) => found.push(n),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(found)
}

/// Judges a file by what it holds.
fn judged(workspace: &Workspace, root: &Root, item: &Item<'_>) -> Option<Touched> {
    if item.side.mode == Mode::Submodule {
        return None;
    }
    let path = RepoPath::new(item.path);
    let stat = root.stat(item.path).ok();
    let same_inode = stat.as_ref().is_some_and(|stat| Stat::from(stat) == item.stat);
    let holds = stat.as_ref().is_some_and(|stat| holds(workspace, root, item, stat));
    let kind = match (same_inode, holds) {
        (true, true) => return None,
        (false, true) => TouchedKind::Restored,
        (_, false) => TouchedKind::Changed,
    };
    Some(Touched { changed: changed(root, item.path), path, kind })
}

fn holds(workspace: &Workspace, root: &Root, item: &Item<'_>, stat: &rustix::fs::Stat) -> bool {
    let kind = FileType::from_raw_mode(stat.st_mode);
    let executable = stat.st_mode & 0o100 != 0;
    let bytes = match (item.side.mode, kind) {
        (Mode::Link, FileType::Symlink) => {
            let target = fs_err::read_link(root.path().join(RepoPath::new(item.path).as_path()));
            target.ok().map(|target| target.as_os_str().as_bytes().to_vec())
        }
        (Mode::File, FileType::RegularFile) if !executable => root.read(item.path),
        (Mode::Executable, FileType::RegularFile) if executable => root.read(item.path),
        _ => None,
    };
    let Some(bytes) = bytes else { return false };
    match workspace.written.get(&RepoPath::new(item.path)) {
        Some(Some(digest)) => Digest::of(&bytes) == *digest,
        _ => git::blob_id(&bytes).is_ok_and(|id| id == item.side.id),
    }
}

/// What was changed of what `prepare` made, or was changed and put back.
fn products(workspace: &Workspace, root: &Root) -> io::Result<Vec<Touched>> {
    let mut touched = Vec::new();
    for Odd { n, now, same } in survey::compare(root, &workspace.products)? {
        let entry = &workspace.products.entries[n];
        let path = RepoPath::new(entry.path.clone());
        let Some(now) = now.filter(|_| same) else {
            touched.push(Touched { changed: changed(root, path.as_bstr()), path, kind: TouchedKind::Product });
            continue;
        };
        // What is added to a folder changes both of its times, what moves it only one.
        let moved = now.ino != entry.seen.ino || now.ctime != now.mtime;
        if now != entry.seen && (moved || !entry.is_folder()) {
            touched.push(Touched { path, changed: time(now.ctime), kind: TouchedKind::Restored });
        }
    }
    Ok(touched)
}

/// When a path was last changed; for one that is gone, its nearest folder.
fn changed(root: &Root, path: &BStr) -> SystemTime {
    let mut at = path;
    loop {
        let found = if at.is_empty() { rustix::fs::fstat(root.fd()).ok() } else { root.stat(at).ok() };
        if let Some(stat) = found {
            return time(Stat::from(&stat).ctime);
        }
        if at.is_empty() {
            return SystemTime::now();
        }
        at = split(at).0;
    }
}

fn time((second, nanosecond): (u32, u32)) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::new(second.into(), nanosecond)
}

/// The files at or below a path that are not ignored.
fn leftovers(root: &Root, repo: &Repo, path: RepoPath, left: &mut Vec<Touched>) -> Result<(), Error> {
    if left.len() >= LEFT || repo.is_ignored(&path)? {
        return Ok(());
    }
    match root.list(path.as_bstr()) {
        Ok(names) => names.iter().try_for_each(|(name, _)| leftovers(root, repo, path.join(name.as_bstr()), left)),
        Err(error) if is_absent(&error) => {
            let changed = changed(root, path.as_bstr());
            left.push(Touched { path, changed, kind: TouchedKind::Left });
            Ok(())
        }
        Err(source) => Err(Error::io("read", &root.path().join(path.as_path()), source)),
    }
}

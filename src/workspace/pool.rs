//! The pool: taking, listing and removing checkouts.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::checkout::Workspace;
use super::layout::{Layout, Place};
use super::left::end_left;
use super::lock::Lock;
use super::record::{Phase, Record};
use super::{Error, size, store};
use crate::digest::ObjectId;
use crate::git::Repo;

/// How many idle checkouts stay.
const IDLE: usize = 3;

/// How often it is looked how much room the idle ones take: that means a walk through all of their files.
const SIZED_EVERY: Duration = Duration::from_hours(1);

/// The private checkouts of one repository.
#[derive(Clone, Debug)]
pub struct Pool {
    layout: Layout,
}

/// A checkout of the pool, as seen from outside.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its number.
    pub number: u32,
    /// Where its files are.
    pub dir: PathBuf,
    /// The tree it is at; `None` where that is not known for certain.
    pub tree: Option<ObjectId>,
    /// When it was last used.
    pub used: SystemTime,
    /// Whether a run holds it.
    pub busy: bool,
}

impl Pool {
    /// The pool of a repository below gate's cache folder; nothing is made yet.
    #[must_use]
    pub fn new(cache: &Path, repo: &Repo) -> Self {
        Self { layout: Layout::new(cache, repo) }
    }

    /// The folder of the objects that gate makes for this repository (trees of indexes, blobs of unsaved files); made if
    /// it is not there.
    ///
    /// # Errors
    /// When the cache folder can't be written.
    pub fn store(&self) -> Result<PathBuf, Error> {
        let objects = self.layout.objects();
        self.make_root()?;
        make(&objects)?;
        Ok(objects)
    }

    /// The folder of everything that gate keeps for the repository outside it; it need not be there yet.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.layout.root()
    }

    /// Makes the folder of the repository's checkouts. It says to git that nothing in it is to be added, since it may lie
    /// in a working tree (a home folder that is kept in git). So does a cache folder that is made on the way, which also
    /// says to programs that make backups that nothing in it is worth it (<https://bford.info/cachedir/>).
    fn make_root(&self) -> Result<(), Error> {
        let root = self.layout.root();
        if root.is_dir() {
            return Ok(());
        }
        let cache = root.parent().filter(|cache| !cache.exists());
        make(root)?;
        put(&root.join(".gitignore"), "*\n")?;
        let Some(cache) = cache else { return Ok(()) };
        put(&cache.join(".gitignore"), "*\n")?;
        put(&cache.join("CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n")
    }

    /// Takes a free checkout, the one nearest to `tree` first, or makes one. A checkout is brought to a tree by
    /// [`Workspace::update`].
    ///
    /// # Errors
    /// When none can be made: disk full, read-only, not permitted.
    pub fn take(&self, tree: ObjectId) -> Result<Workspace, Error> {
        self.make_root()?;
        let mut known: Vec<(bool, bool, SystemTime, Place)> = Vec::new();
        for place in self.layout.places() {
            let record = Record::load(&place.record());
            known.push((record.new == tree, record.phase == Phase::Clean, used(&place), place));
        }
        known.sort_by_key(|(same, clean, used, _)| std::cmp::Reverse((*same, *clean, *used)));
        for (.., place) in &known {
            if let Some(lock) = lock(place)? {
                return Workspace::open(&self.layout, place.clone(), lock);
            }
        }
        for n in 1.. {
            let place = self.layout.place(n);
            if known.iter().any(|(.., other)| other.number() == n) {
                continue;
            }
            if let Some(lock) = lock(&place)? {
                return Workspace::open(&self.layout, place, lock);
            }
        }
        let crowded = std::io::Error::other("every number is taken");
        Err(Error::io("make a checkout in", self.layout.root(), crowded))
    }

    /// The checkouts that are there.
    #[must_use]
    pub fn list(&self) -> Vec<Listed> {
        let listed = self.layout.places().into_iter().map(|place| {
            let record = Record::load(&place.record());
            let busy = lock(&place).is_ok_and(|lock| lock.is_none());
            let tree = (record.phase != Phase::Flux).then_some(record.new);
            Listed { number: place.number(), dir: place.work(), tree, used: used(&place), busy }
        });
        listed.collect()
    }

    /// Removes idle checkouts beyond a few now, and once in a while those that take too much room, as [`Self::trim`] does,
    /// and objects that nothing needs any more.
    ///
    /// # Errors
    /// When something can't be removed.
    pub fn tidy(&self, max_size: u64) -> Result<usize, Error> {
        let mark = self.layout.sized();
        let age = fs_err::metadata(&mark).and_then(|found| found.modified()).map(|time| time.elapsed());
        let fresh = age.is_ok_and(|age| age.is_ok_and(|age| age < SIZED_EVERY));
        if fresh {
            return self.trim(u64::MAX);
        }
        fs_err::write(&mark, "").map_err(|source| Error::io("write", &mark, source))?;
        let objects = self.layout.objects();
        store::sweep(&objects, SystemTime::now()).map_err(|source| Error::io("tidy", &objects, source))?;
        self.trim(max_size)
    }

    /// Removes idle checkouts beyond a few, and those that make the idle ones take more than `max_size` bytes, the
    /// longest unused first; the one used last stays. Gives how many were removed.
    ///
    /// # Errors
    /// When something can't be removed.
    pub fn trim(&self, max_size: u64) -> Result<usize, Error> {
        let mut places: Vec<_> = self.layout.places().into_iter().map(|place| (used(&place), place)).collect();
        places.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
        let bounded = max_size < u64::MAX && places.len() > 1;
        let (mut idle, mut total, mut removed) = (0, 0_u64, 0);
        for (_, place) in places {
            let Some(_lock) = lock(&place)? else { continue };
            idle += 1;
            total = total.saturating_add(if bounded { size::of(&place.work()) } else { 0 });
            if idle > IDLE || (idle > 1 && total > max_size) {
                remove(&place)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Removes all checkouts that no run holds, and gate's own objects if none is held. Gives how many were removed.
    ///
    /// # Errors
    /// When something can't be removed.
    pub fn clean(&self) -> Result<usize, Error> {
        let (mut removed, mut busy) = (0, false);
        for place in self.layout.places() {
            if let Some(_lock) = lock(&place)? {
                remove(&place)?;
                removed += 1;
            } else {
                busy = true;
            }
        }
        if !busy {
            for folder in [self.layout.objects(), self.layout.lfs()] {
                size::remove(&folder)?;
            }
        }
        Ok(removed)
    }
}

fn lock(place: &Place) -> Result<Option<Lock>, Error> {
    let path = place.lock();
    Lock::try_take(&path).map_err(|source| Error::io("lock", &path, source))
}

/// When a checkout was last used.
fn used(place: &Place) -> SystemTime {
    let found = fs_err::metadata(place.record()).and_then(|found| found.modified());
    found.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Removes a checkout; what is known of it goes first, so that half a checkout is never taken for a whole one.
fn remove(place: &Place) -> Result<(), Error> {
    end_left(place).map_err(|source| Error::io("end what was left in", &place.work(), source))?;
    size::remove(&place.state())?;
    size::remove(&place.work())
}

fn put(file: &Path, text: &str) -> Result<(), Error> {
    fs_err::write(file, text).map_err(|source| Error::io("write", file, source))
}

fn make(folder: &Path) -> Result<(), Error> {
    fs_err::create_dir_all(folder).map_err(|source| Error::io("make", folder, source))
}

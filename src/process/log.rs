//! The file that takes a process's output: watched while it grows, kept within bounds, and masked at the end.
//!
//! The process writes to it directly, in append mode, so that nothing has to be read while it runs and a process that
//! outlives it holds up nobody. What is too much is taken out of the middle, where no writer is: as a hole, with its
//! disk space given back, or, on a file system that has no holes, by starting the file anew after its beginning was
//! put aside. Appending writers go on at the new end in both cases.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fs_err::os::unix::fs::OpenOptionsExt;
use fs_err::{File, OpenOptions};
use rustix::fs::OFlags;

use super::mask::{Cut, Mask};

/// How often what was written meanwhile is copied too, before a file is started anew.
const CATCH_UP: u32 = 16;

/// A log that is being written.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    /// The same file, with a position of its own: every writer moves that of `file`.
    reader: File,
    bound: Bound,
    /// Its size at the last look.
    size: u64,
    /// When its size was last seen to change.
    changed: Instant,
    cut: Middle,
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
struct Bound {
    /// The most bytes on disk.
    most: u64,
    /// What is kept of the beginning once there are more.
    head: u64,
    /// What is kept of the end once there are more.
    tail: u64,
}

/// What became of the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Middle {
    /// It is all there.
    Whole,
    /// There is a hole up to here.
    Hole { until: u64 },
    /// The file was started anew: this many bytes of it are gone or put aside.
    Restarted { gone: u64 },
}

impl Log {
    /// Makes an empty file that nobody else can read, in the place of any that is there and not just like it.
    pub(super) fn create(path: &Path, most: u64) -> io::Result<Self> {
        let file = empty(path).map_or_else(|| make(path), Ok)?;
        let bound = Bound { most, head: most / 8, tail: most / 8 * 3 };
        let reader = File::open(path)?;
        let changed = Instant::now();
        Ok(Self { path: path.to_owned(), file, reader, bound, size: 0, changed, cut: Middle::Whole })
    }

    /// The file, for the process to write to.
    pub(super) fn output(&self) -> &std::fs::File {
        self.file.file()
    }

    /// When something was last seen to be written.
    pub(super) fn changed(&self) -> Instant {
        self.changed
    }

    /// Looks at how far it has grown, and takes out what is too much.
    pub(super) fn look(&mut self, now: Instant) -> io::Result<()> {
        let size = self.file.metadata()?.len();
        if size != self.size {
            self.changed = now;
            self.size = size;
        }
        let on_disk = match self.cut {
            Middle::Hole { until } => size.saturating_sub(until - self.bound.head),
            Middle::Whole | Middle::Restarted { .. } => size,
        };
        if on_disk > self.bound.most { self.shorten() } else { Ok(()) }
    }

    fn shorten(&mut self) -> io::Result<()> {
        let until = self.size.saturating_sub(self.bound.tail);
        let from = match self.cut {
            Middle::Whole => self.bound.head,
            Middle::Hole { until } => until,
            Middle::Restarted { gone } => return self.restart(gone),
        };
        if punch(&self.file, from, until)? {
            self.cut = Middle::Hole { until };
            return Ok(());
        }
        self.set_aside(".head", (0, self.bound.head))?;
        self.restart(0)
    }

    fn restart(&mut self, gone: u64) -> io::Result<()> {
        let mut aside = create(&beside(&self.path, ".tail"))?;
        let mut size = self.file.metadata()?.len();
        let mut from = size.saturating_sub(self.bound.tail);
        for _ in 0..CATCH_UP {
            self.copy_plain((from, size), &mut aside)?;
            from = size;
            size = self.file.metadata()?.len();
            if size == from {
                break;
            }
        }
        // What is written between the two is lost, and marked at the end.
        self.file.set_len(0)?;
        self.size = 0;
        self.cut = Middle::Restarted { gone: gone + size };
        Ok(())
    }

    fn set_aside(&self, suffix: &str, (from, until): (u64, u64)) -> io::Result<()> {
        self.copy_plain((from, until), &mut create(&beside(&self.path, suffix))?)
    }

    fn copy_plain(&self, (from, until): (u64, u64), to: &mut File) -> io::Result<()> {
        let mut file = &self.reader;
        file.seek(SeekFrom::Start(from))?;
        io::copy(&mut file.take(until - from), to).map(|_| ())
    }

    /// Brings it into the form that stays, now that nobody writes to it any more: the middle left out if there was too
    /// much, the secrets masked; also half of one at the end where its writer was cut `short`. On failure the file is gone
    /// if it had secrets.
    pub(super) fn finish(mut self, mask: &Mask, short: bool) -> io::Result<()> {
        let written = self.rewrite(mask, short);
        if written.is_err() && !mask.is_empty() {
            fs_err::remove_file(&self.path)?;
        }
        written?;
        has_room(&self.file)
    }

    fn rewrite(&mut self, mask: &Mask, short: bool) -> io::Result<()> {
        self.size = self.file.metadata()?.len();
        if self.cut == Middle::Whole && mask.is_empty() {
            return Ok(());
        }
        let path = beside(&self.path, ".new");
        let mut new = create(&path)?;
        let Bound { head, tail, .. } = self.bound;
        let after = self.size.saturating_sub(tail);
        let last = if short { Cut::AtBoth } else { Cut::AtStart };
        match self.cut {
            Middle::Whole => {
                let cut = if short { Cut::AtEnd } else { Cut::Nowhere };
                self.copy(mask, (0, self.size), cut, &mut new)?;
            }
            Middle::Hole { .. } => {
                self.copy(mask, (0, head), Cut::AtEnd, &mut new)?;
                left_out(&mut new, after - head)?;
                self.copy(mask, (after, self.size), last, &mut new)?;
            }
            Middle::Restarted { gone } => {
                let kept = (tail - (self.size - after)).min(tail);
                mask.copy(&mut File::open(beside(&self.path, ".head"))?, &mut new, Cut::AtEnd)?;
                left_out(&mut new, (gone + after).saturating_sub(head + kept))?;
                let mut aside = File::open(beside(&self.path, ".tail"))?;
                let skipped = aside.metadata()?.len().saturating_sub(kept);
                aside.seek(SeekFrom::Start(skipped))?;
                mask.copy(&mut aside, &mut new, Cut::AtBoth)?;
                if self.size > 0 {
                    new.write_all(b"\n[gate: some output may be missing here]\n")?;
                }
                self.copy(mask, (after, self.size), last, &mut new)?;
            }
        }
        fs_err::rename(path, &self.path)?;
        if matches!(self.cut, Middle::Restarted { .. }) {
            fs_err::remove_file(beside(&self.path, ".head"))?;
            fs_err::remove_file(beside(&self.path, ".tail"))?;
        }
        Ok(())
    }

    fn copy(&self, mask: &Mask, (from, until): (u64, u64), cut: Cut, to: &mut File) -> io::Result<()> {
        let mut file = &self.reader;
        file.seek(SeekFrom::Start(from))?;
        mask.copy(&mut file.take(until - from), to, cut)
    }
}

/// The file that is there, if it is as a new one would be: empty, under no other name, and for nobody else to read.
fn empty(path: &Path) -> Option<File> {
    let own = |file: &File| {
        let found = file.metadata().ok()?;
        let is_new = found.is_file() && found.len() == 0 && found.nlink() == 1 && found.mode() & 0o777 == 0o600;
        is_new.then_some(())
    };
    let flags = i32::try_from(OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits()).ok()?;
    let file = OpenOptions::new().append(true).custom_flags(flags).open(path).ok()?;
    own(&file).map(|()| file)
}

fn make(path: &Path) -> io::Result<File> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn left_out(to: &mut File, bytes: u64) -> io::Result<()> {
    write!(to, "\n[gate: {bytes} bytes left out]\n")
}

/// A new or emptied file that nobody else can read.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

/// Gives the disk space of a range back; `false` if this file system can't.
#[cfg(target_os = "linux")]
fn punch(file: &File, from: u64, until: u64) -> io::Result<bool> {
    use rustix::fs::FallocateFlags;
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    match rustix::fs::fallocate(file, flags, from, until.saturating_sub(from)) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn punch(_file: &File, _from: u64, _until: u64) -> io::Result<bool> {
    Ok(false)
}

/// A full disk swallows output without every program noticing, so a log on one is not to be relied on.
fn has_room(file: &File) -> io::Result<()> {
    let room = rustix::fs::fstatvfs(file)?;
    if room.f_blocks > 0 && room.f_bavail == 0 {
        return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk with the logs is full"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    const MOST: u64 = 1 << 18;
    const LINES: u32 = 30_000;

    /// Two writers append numbered lines while the log is looked at all the time.
    fn written(prepare: impl Fn(&mut Log), lines: u32) -> (String, u64) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut log = Log::create(&path, MOST).unwrap();
        let (done, mut most) = (AtomicBool::new(false), 0);
        std::thread::scope(|scope| {
            let writers = ["a", "b"].map(|name| {
                let mut output = log.output().try_clone().unwrap();
                // One write for each line, so that only a cut can break one.
                let line = move |n| format!("{name} {n:08} {:40}\n", "");
                scope.spawn(move || (0..lines).for_each(|n| output.write_all(line(n).as_bytes()).unwrap()))
            });
            scope.spawn(|| {
                let failed = writers.into_iter().filter_map(|writer| writer.join().err()).count();
                assert_eq!(failed, 0);
                done.store(true, Ordering::Release);
            });
            while !done.load(Ordering::Acquire) {
                prepare(&mut log);
                log.look(Instant::now()).unwrap();
                most = most.max(log.file.metadata().unwrap().blocks() * 512);
            }
        });
        log.finish(&Mask::new(&[]), false).unwrap();
        assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside the log");
        (fs_err::read_to_string(path).unwrap(), most)
    }

    fn check_shape(text: &str, lines: u32) {
        assert!(text.len() as u64 <= MOST + 100, "{} bytes are kept", text.len());
        let (head, rest) = text.split_once("\n[gate: ").unwrap();
        let (left_out, tail) = rest.split_once(" bytes left out]\n").unwrap();
        assert!(left_out.parse::<u64>().unwrap() > 0);
        assert!(head.lines().next().unwrap().ends_with(&format!("{:8} {:40}", "00000000", "")));
        let whole = |line: &&str| line.len() == 51 && (line.starts_with("a ") || line.starts_with("b "));
        let (head, tail): (Vec<_>, Vec<_>) = (head.lines().collect(), tail.lines().collect());
        assert!(head[..head.len() - 1].iter().all(whole), "the head is whole lines but for the cut");
        let broken = tail.iter().filter(|line| !whole(line)).count();
        assert!(broken <= 4, "the tail is whole lines but for the cuts: {broken} are not");
        let last = tail.iter().rev().find(|line| whole(line)).unwrap();
        // Where a file is started anew, the last thing that was written may be lost, and is seldom.
        let number: u32 = last[2..10].parse().unwrap();
        assert!(number + lines / 10 > lines, "the tail reaches the end: {last}");
    }

    #[test]
    fn a_hole_keeps_the_beginning_and_the_end() {
        let (text, most) = written(|_| {}, LINES);
        check_shape(&text, LINES);
        assert!(most < 16 * MOST, "{most} bytes were on the disk at once");
    }

    #[test]
    fn so_does_starting_anew_where_there_are_no_holes() {
        let without_holes = |log: &mut Log| {
            let size = log.file.metadata().unwrap().len();
            if size > MOST && log.cut == Middle::Whole {
                log.set_aside(".head", (0, log.bound.head)).unwrap();
                log.restart(0).unwrap();
            }
        };
        let (text, _) = written(without_holes, LINES);
        check_shape(&text, LINES);
    }

    #[test]
    fn what_is_within_bounds_stays_as_it_is() {
        let (text, _) = written(|_| {}, 100);
        assert_eq!((text.lines().count(), text.contains("gate")), (200, false));
    }

    #[test]
    fn secrets_are_masked_also_beside_the_cut() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut log = Log::create(&path, 1000).unwrap();
        let secret = b"correct-horse-battery".to_vec();
        let mut output = log.output().try_clone().unwrap();
        for _ in 0..100 {
            output.write_all(&secret).unwrap();
        }
        log.look(Instant::now()).unwrap();
        log.finish(&Mask::new(std::slice::from_ref(&secret)), false).unwrap();
        let text = fs_err::read_to_string(&path).unwrap();
        let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("[gate")).collect();
        assert!(kept.iter().all(|line| line.chars().all(|c| c == '*')), "{text}");
        assert!(text.contains("left out"));
    }
}

//! The ledger's file: made in one step, opened, and set aside where it can't be trusted.

use std::fmt::Write as _;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::Error;

/// What SQLite's header calls the kind of file: `gate` in ASCII.
const APPLICATION: i64 = 0x6761_7465;

/// Raise it when a table changes its meaning.
const FORMAT: i64 = 1;

/// How long one waits for another process: fifty may want to write at once, on a slow disk.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many bytes a page has. Each run changes a few rows on many pages, and the log holds every changed page whole.
const PAGE: u32 = 1024;

/// How many bytes the log may grow to before it is written back: each opening reads it anew.
pub(super) const LOG: u64 = 256 << 10;

/// What a ledger in the making is called; a process that is killed may leave one.
pub(super) const TEMPORARY: &str = ".ledger-";

const TABLES: &str = include_str!("tables.sql");

/// An open ledger.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) connection: Connection,
    path: PathBuf,
    inode: u64,
}

impl Store {
    /// Opens the ledger at `path`, or makes one.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        if !path.try_exists()? {
            create(path)?;
        }
        let inode = fs_err::metadata(path)?.ino();
        let connection = connect(path)?;
        check(&connection, path)?;
        Ok(Self { connection, path: path.to_owned(), inode })
    }

    /// The folder beside the ledger that holds a folder of logs for each run.
    pub(super) fn logs(&self) -> PathBuf {
        self.path.with_file_name("logs")
    }

    /// Writes the log back into the file and empties it, if it has grown and nobody else is at it.
    ///
    /// SQLite's own way only lets a later transaction of the same connection begin the log anew. Each of our processes
    /// makes one, so the log would grow for ever, and every opening reads all of it.
    pub(super) fn shorten_log(&self) -> Result<(), Error> {
        let log = fs_err::metadata(beside(&self.path, "-wal"));
        if log.is_ok_and(|log| log.len() > LOG) {
            self.connection.busy_timeout(Duration::ZERO)?;
            // Whoever is in the way makes it fail; a later run is luckier.
            let _busy: rusqlite::Result<i64> =
                self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
            self.connection.busy_timeout(PATIENCE)?;
        }
        Ok(())
    }

    /// Renames a ledger that turned out to be broken, if it is still the file that was opened.
    pub(super) fn set_aside(self) -> Result<PathBuf, Error> {
        let same = fs_err::metadata(&self.path)?.ino() == self.inode;
        let path = self.path.clone();
        drop(self);
        if same { set_aside(&path) } else { Ok(path) }
    }
}

/// Renames what lies at `path`, and the files that belong to it, to a name that says since when it is bad.
pub(super) fn set_aside(path: &Path) -> Result<PathBuf, Error> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut bad = beside(path, &format!(".bad-{now}"));
    let mut again = 0;
    while bad.try_exists()? {
        again += 1;
        bad = beside(path, &format!(".bad-{now}.{again}"));
    }
    // The logs first: a new ledger must never find those of the old one.
    for suffix in ["-wal", "-shm", ""] {
        match fs_err::rename(beside(path, suffix), beside(&bad, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(bad)
}

/// Makes a ledger under another name and gives it its own in one step: nobody ever sees half of one.
fn create(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs_err::create_dir_all(folder)?;
    let everybody = Permissions::from_mode(0o666); // as far as the umask lets them
    let file = tempfile::Builder::new().prefix(TEMPORARY).permissions(everybody).tempfile_in(folder)?;
    let connection = Connection::open(file.path())?;
    connection.pragma_update(None, "page_size", PAGE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let mut script = String::from("BEGIN;");
    script.push_str(TABLES);
    // Writing to a `String` can't fail.
    let _ = write!(script, "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT}; COMMIT;");
    connection.execute_batch(&script)?;
    connection.close().map_err(|(_, error)| error)?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error.into()),
    }
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // In WAL mode NORMAL can lose the last runs with the power, never break the file:
    // <https://sqlite.org/pragma.html#pragma_synchronous>.
    connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;")?;
    Ok(connection)
}

/// Whether it is a ledger, and of our format.
fn check(connection: &Connection, path: &Path) -> Result<(), Error> {
    let read = |pragma: &str| -> Result<i64, Error> {
        patiently(|| connection.pragma_query_value(None, pragma, |row| row.get(0)))
    };
    let shown = || path.display().to_string();
    if read("application_id")? != APPLICATION {
        return Err(Error::Foreign { path: shown(), why: "another program made it, or its head is damaged".into() });
    }
    match read("user_version")? {
        FORMAT => Ok(()),
        found if found > FORMAT => Err(Error::Newer { path: shown(), found, known: FORMAT }),
        found => Err(Error::Foreign { path: shown(), why: format!("format {found} does not exist") }),
    }
}

/// Repeats what fails only because many processes open the log at once.
pub(super) fn patiently<T>(mut attempt: impl FnMut() -> rusqlite::Result<T>) -> Result<T, Error> {
    let mut tries = 0;
    loop {
        match attempt() {
            Err(error) if tries < 50 && is_transient(&error) => tries += 1,
            other => return Ok(other?),
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn is_transient(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed)
    )
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

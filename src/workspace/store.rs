//! The objects that gate makes for a repository: what no run has written again for long goes.
//!
//! Git gives an object that is there already a new time instead of writing it once more, so the time says when a run last
//! needed it. A run that misses one all the same ends without a verdict.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::left::removed;

/// How long an object stays that nothing needs.
const KEPT: Duration = Duration::from_hours(14 * 24);

/// How long a file stays that git was writing; nothing takes that long.
const UNFINISHED: Duration = Duration::from_hours(24);

/// Removes what is too old in a folder of objects; no error if it is not there.
pub(super) fn sweep(objects: &Path, now: SystemTime) -> io::Result<()> {
    for (name, found) in list(objects)? {
        let path = objects.join(&name);
        if !found.is_dir() {
            remove_unfinished(&path, &found, now)?;
        } else if name == "pack" {
            sweep_packs(&path, now)?;
        } else if name.len() == 2 {
            sweep_loose(&path, now)?;
        }
    }
    Ok(())
}

fn sweep_loose(folder: &Path, now: SystemTime) -> io::Result<()> {
    for (name, found) in list(folder)? {
        let path = folder.join(name);
        remove_unfinished(&path, &found, now)?;
        if is_older(&found, KEPT, now) {
            removed(&path)?;
        }
    }
    Ok(())
}

/// A pack's own time counts for the files that belong to it.
fn sweep_packs(folder: &Path, now: SystemTime) -> io::Result<()> {
    for (name, found) in list(folder)? {
        let path = folder.join(&name);
        remove_unfinished(&path, &found, now)?;
        if path.extension() == Some(OsStr::new("pack")) && is_older(&found, KEPT, now) {
            // Without its index nobody looks for it any more.
            for ending in ["idx", "rev", "pack"] {
                removed(&path.with_extension(ending))?;
            }
        }
    }
    Ok(())
}

fn remove_unfinished(path: &Path, found: &Metadata, now: SystemTime) -> io::Result<()> {
    let unfinished = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"tmp_"));
    if unfinished && is_older(found, UNFINISHED, now) { removed(path) } else { Ok(()) }
}

fn is_older(found: &Metadata, than: Duration, now: SystemTime) -> bool {
    found.modified().is_ok_and(|time| now.duration_since(time).is_ok_and(|age| age > than))
}

/// What is in a folder; what goes meanwhile is passed over.
fn list(folder: &Path) -> io::Result<Vec<(std::ffi::OsString, Metadata)>> {
    let entries = match fs_err::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    Ok(entries
        .filter_map(|entry| entry.ok().and_then(|entry| Some((entry.file_name(), entry.metadata().ok()?))))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nothing_has_needed_for_long_goes() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        let write = |name: &str, days: u64| {
            let path = folder.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            let file = fs_err::File::create(path).unwrap();
            file.file().set_modified(now - Duration::from_hours(24 * days + 1)).unwrap();
        };
        for (name, days) in [
            ("aa/old", 14),
            ("aa/used", 13),
            ("bb/tmp_obj_killed", 1),
            ("tmp_gate_index_killed", 1),
            ("tmp_gate_index_in_use", 0),
            ("pack/pack-old.pack", 15),
            ("pack/pack-old.idx", 1),
            ("pack/pack-used.pack", 1),
            ("pack/pack-used.idx", 15),
            ("pack/tmp_pack_killed", 2),
            ("info/alternates", 99),
        ] {
            write(name, days);
        }
        sweep(folder.path(), now).unwrap();
        let left = |name: &str| folder.path().join(name).exists();
        let stay = ["aa/used", "tmp_gate_index_in_use", "pack/pack-used.pack", "pack/pack-used.idx", "info/alternates"];
        assert!(stay.iter().all(|name| left(name)));
        let go = ["aa/old", "bb/tmp_obj_killed", "tmp_gate_index_killed", "pack/pack-old.pack", "pack/pack-old.idx"];
        assert!(!go.iter().chain(&["pack/tmp_pack_killed"]).any(|name| left(name)));
        sweep(&folder.path().join("none"), now).unwrap();
    }
}

//! Bringing files and folders of the user's checkout into a private one.
//!
//! Files are copied, as clones where the file system can; folders too, file by file and with their relative links kept. A
//! link to the folder would make tools test the user's code instead of the candidate's, and what is written through a hard
//! link reaches the user's file. What would lead back into the user's checkout is refused.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path};

use bstr::BStr;

use super::agree;
use super::checkout::Workspace;
use super::made::Product;
use super::session::Session;
use super::spec::Updated;
use super::{Error, root::is_absent};
use crate::diagnostic::Diagnostic;
use crate::digest::{Digest, Hasher};
use crate::git::Repo;
use crate::path::RepoPath;

/// Caches that tools keep inside folders of dependencies: each checkout has its own.
const CACHES: [&str; 9] =
    [".cache", ".vite", ".vite-temp", ".vitest", ".turbo", ".parcel-cache", ".swc", ".nx", ".eslintcache"];

/// What is shared, as it counts in fingerprints: files by their content, folders by what tells that they changed; `None`
/// for what the user's checkout does not have.
///
/// # Errors
/// When something can't be read.
pub fn shared(repo: &Repo, paths: &[RepoPath]) -> Result<Vec<(RepoPath, Option<Digest>)>, Error> {
    let Some(user) = repo.work_dir() else { return Ok(paths.iter().map(|path| (path.clone(), None)).collect()) };
    paths.iter().map(|path| Ok((path.clone(), digest(&user.join(path.as_path()))?))).collect()
}

fn digest(path: &Path) -> Result<Option<Digest>, Error> {
    let io = |source| Error::io("read", path, source);
    let found = match path.symlink_metadata() {
        Ok(found) => found,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    let mut hasher = Hasher::new("workspace share", 1);
    if found.is_dir() {
        match agree::manifest_of(path) {
            Some(manifest) => {
                hasher.field("manifest", fs_err::read(&manifest).map_err(io)?);
                hasher.field("time", fs_err::metadata(&manifest).map_err(io)?.mtime_nsec().to_le_bytes());
            }
            None => walk(path, &mut hasher).map_err(io)?,
        }
    } else if found.is_symlink() {
        hasher.field("link", fs_err::read_link(path).map_err(io)?.as_os_str().as_bytes());
    } else {
        hasher.field("mode", (found.permissions().mode() & 0o111).to_le_bytes());
        hasher.field("content", fs_err::read(path).map_err(io)?);
    }
    Ok(Some(hasher.finish()))
}

/// Adds every path below a folder with what tells that it changed.
fn walk(folder: &Path, hasher: &mut Hasher) -> std::io::Result<()> {
    let mut entries = fs_err::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs_err::DirEntry::file_name);
    for entry in entries {
        let found = entry.metadata()?;
        hasher.field("path", entry.path().as_os_str().as_bytes());
        if found.is_dir() {
            walk(&entry.path(), hasher)?;
        } else {
            let numbers = [found.len(), found.ino(), found.mtime().cast_unsigned(), found.mtime_nsec().cast_unsigned()];
            for number in numbers {
                hasher.field("stat", number.to_le_bytes());
            }
        }
    }
    Ok(())
}

/// Brings what the session's definition names.
pub(super) fn bring(workspace: &mut Workspace, session: &Session<'_>, updated: &mut Updated) -> Result<(), Error> {
    let Some(user) = session.repo.work_dir().filter(|_| !session.spec.share.is_empty()) else { return Ok(()) };
    for path in &session.spec.share {
        let from = user.join(path.as_path());
        let warn = |text: String| Diagnostic::warning("workspace/share", text);
        if workspace.files.tracked(path.as_bstr()).is_some() {
            forget(workspace, path)?;
            updated
                .notices
                .push(warn(format!("'{path}' is in the candidate: the candidate's is used, nothing is shared")));
            continue;
        }
        let Some(key) = digest(&from)? else {
            // An earlier run may have brought it.
            let io = |source| Error::io("remove", &workspace.dir.join(path.as_path()), source);
            if session.root.remove(path.as_bstr()).map_err(io)? {
                workspace.record.generation += 1;
                workspace.store_record()?;
            }
            forget(workspace, path)?;
            updated.notices.push(warn(format!("'{path}' is not there to be shared")));
            continue;
        };
        let known =
            workspace.made.shared.iter().any(|product| product.key == key && product.paths[0] == path.as_bstr());
        if known && session.root.stat(path.as_bstr()).is_ok() && !from.is_dir() {
            // A step may have written to it.
            if session.root.read(path.as_bstr()) == fs_err::read(&from).ok() {
                continue;
            }
        } else if known && session.root.stat(path.as_bstr()).is_ok() {
            let there = workspace.dir.join(path.as_path());
            if is_as_brought(&from, &there).map_err(|source| Error::io("read", &there, source))? {
                agree::check(session, path, &from)?;
                continue;
            }
        }
        forget(workspace, path)?;
        copy(session, path, &from)?;
        workspace.made.shared.push(Product { key, paths: vec![path.as_bstr().to_vec()] });
        workspace.record.generation += 1;
        workspace.save_made()?;
        workspace.store_record()?;
    }
    Ok(())
}

fn forget(workspace: &mut Workspace, path: &RepoPath) -> Result<(), Error> {
    let before = workspace.made.shared.len();
    workspace.made.shared.retain(|product| product.paths[0] != path.as_bstr());
    if workspace.made.shared.len() == before { Ok(()) } else { workspace.save_made() }
}

fn copy(session: &Session<'_>, path: &RepoPath, from: &Path) -> Result<(), Error> {
    let io = |source| Error::io("share", from, source);
    let found = from.symlink_metadata().map_err(io)?;
    session.root.remove(path.as_bstr()).map_err(io)?;
    if found.is_symlink() {
        let why = "it is a symbolic link".to_owned();
        return Err(Error::Share { path: path.clone(), why, cure: "share what it points to" });
    }
    if found.is_file() {
        return copy_file(session, path.as_bstr(), from);
    }
    if from.join("pyvenv.cfg").exists() {
        let why = "it is a virtual environment, which leads back to your checkout".to_owned();
        let cure = "make one in the checkout: [[workspace.prepare]] with uv sync, or python -m venv and pip install";
        return Err(Error::Share { path: path.clone(), why, cure });
    }
    agree::check(session, path, from)?;
    copy_folder(session, path, path, from)
}

fn copy_file(session: &Session<'_>, path: &BStr, from: &Path) -> Result<(), Error> {
    let io = |source| Error::io("share", from, source);
    let executable = fs_err::metadata(from).map_err(io)?.permissions().mode() & 0o100 != 0;
    let mut file = session.root.create(path, executable).map_err(io)?;
    let mut source = fs_err::File::open(from).map_err(io)?;
    let modified = source.metadata().and_then(|found| found.modified()).map_err(io)?;
    std::io::copy(&mut source, &mut file).map_err(io)?;
    file.set_modified(modified).map_err(io)
}

/// Whether a folder holds what was brought there from another one, as far as names, kinds, sizes and times tell.
fn is_as_brought(from: &Path, there: &Path) -> std::io::Result<bool> {
    let names = |folder: &Path| -> std::io::Result<Vec<_>> {
        let entries = fs_err::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
        let mut names = entries.collect::<Result<Vec<_>, _>>()?;
        names.retain(|name| CACHES.iter().all(|cache| name != cache));
        names.sort();
        Ok(names)
    };
    let wanted = names(from)?;
    if !there.symlink_metadata()?.is_dir() || wanted != names(there)? {
        return Ok(false);
    }
    for name in wanted {
        let (from, there) = (from.join(&name), there.join(&name));
        let (wanted, found) = (from.symlink_metadata()?, there.symlink_metadata()?);
        let same = wanted.file_type() == found.file_type()
            && if wanted.is_dir() {
                is_as_brought(&from, &there)?
            } else if wanted.is_symlink() {
                fs_err::read_link(&from)? == fs_err::read_link(&there)?
            } else {
                let known = |of: &std::fs::Metadata| (of.len(), of.mtime(), of.mtime_nsec(), of.mode() & 0o100);
                known(&wanted) == known(&found)
            };
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Brings a folder, file by file.
fn copy_folder(session: &Session<'_>, shared: &RepoPath, path: &RepoPath, from: &Path) -> Result<(), Error> {
    let io = |source| Error::io("share", from, source);
    session.root.make_folder(path.as_bstr()).map_err(io)?;
    for entry in fs_err::read_dir(from).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name();
        if CACHES.iter().any(|cache| name == *cache) {
            continue;
        }
        let child = path.join(BStr::new(name.as_bytes()));
        let kind = entry.file_type().map_err(io)?;
        if kind.is_dir() {
            if entry.path().join("pyvenv.cfg").exists() {
                let why = format!("'{child}' in it is a virtual environment, which leads back to your checkout");
                return Err(Error::Share {
                    path: shared.clone(),
                    why,
                    cure: "make it in the checkout: [[workspace.prepare]]",
                });
            }
            copy_folder(session, shared, &child, &entry.path())?;
        } else if kind.is_symlink() {
            let target = fs_err::read_link(entry.path()).map_err(io)?;
            if leads_out(&child, &target) {
                let why = format!("the link '{child}' in it leads to '{}', out of the checkout", target.display());
                return Err(Error::Share {
                    path: shared.clone(),
                    why,
                    cure: "make it in the checkout: [[workspace.prepare]]",
                });
            }
            session.root.link(child.as_bstr(), target.as_os_str().as_bytes()).map_err(io)?;
        } else if kind.is_file() {
            copy_file(session, child.as_bstr(), &entry.path())?;
        }
    }
    Ok(())
}

/// Whether a link at a path of the checkout leads out of it.
fn leads_out(link: &RepoPath, target: &Path) -> bool {
    let mut depth = link.components().count() - 1;
    for part in target.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_may_go_up_but_not_out() {
        let out = |link: &str, target: &str| leads_out(&RepoPath::from(link), Path::new(target));
        assert!(!out("node_modules/a", "../packages/a"));
        assert!(!out("node_modules/.bin/x", "../x/cli.js"));
        assert!(out("node_modules/a", "../../elsewhere"));
        assert!(out("node_modules/a", "/home/me/a"));
        assert!(out("node_modules/a", "../packages/../../x/a"));
    }
}

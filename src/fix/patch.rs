//! Fixes that did not fit, kept as a patch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::outcome::Mended;
use crate::digest::ObjectId;
use crate::git::{self, GitProgram, Repo};
use crate::judge::Refusal;

/// For how long patches are kept.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// How many paths git is given at once.
const AT_ONCE: usize = 200;

/// Keeps fixes as one patch in a folder; gives its file, and the command that applies what fits of it.
pub(super) fn keep(
    repo: &Repo,
    candidate: ObjectId,
    fixes: &[&Mended],
    (folder, id): (&Path, &str),
) -> Result<(PathBuf, String), Refusal> {
    let sides: BTreeMap<_, _> = fixes.iter().map(|mend| (mend.path.clone(), mend.new)).collect();
    let tree = repo.tree_with(candidate, &sides)?;
    let mut patch = Vec::new();
    for some in fixes.chunks(AT_ONCE) {
        let options =
            ["-p", "--binary", "--full-index", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];
        let program = options.iter().fold(GitProgram::new(repo, "diff-tree"), GitProgram::arg);
        let program = program.arg("--src-prefix=a/").arg("--dst-prefix=b/");
        let program = program.arg(candidate.to_string()).arg(tree.to_string()).arg("--");
        let literal = |mend: &&Mended| {
            let mut spec = std::ffi::OsString::from(":(top,literal)");
            spec.push(mend.path.as_path());
            spec
        };
        patch.extend(some.iter().map(literal).fold(program, GitProgram::arg).run()?.stdout);
    }
    let file = folder.join(format!("{id}.patch"));
    write(folder, &file, &patch).map_err(git::Error::from)?;
    let top = repo.work_dir().unwrap_or_else(|| repo.git_dir());
    let command = format!("git -C {} apply --reject {}", quoted(top), quoted(&file));
    Ok((file, command))
}

fn write(folder: &Path, file: &Path, patch: &[u8]) -> std::io::Result<()> {
    fs_err::create_dir_all(folder)?;
    remove_old(folder);
    fs_err::write(file, patch)
}

/// Removes what is older than anybody remembers. What can't be removed stays.
pub(super) fn remove_old(folder: &Path) {
    let Ok(entries) = fs_err::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let age =
            entry.metadata().and_then(|found| found.modified()).map(|time| SystemTime::now().duration_since(time));
        if age.is_ok_and(|age| age.is_ok_and(|age| age > KEPT)) {
            let path = entry.path();
            let _stays = if path.is_dir() { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) };
        }
    }
}

/// A path as a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

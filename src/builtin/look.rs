//! Which check looks at what, and how.

use super::known::Traits;
use super::sweep::{Reading, contents, regular, sweep};
use super::syntax;
use super::{Error, Findings, case, invisible, lines, links, marks, modules, names, programs, schema, secret, size};
use crate::check::{Builtin, LineEnding};
use crate::digest::ObjectId;
use crate::git::Repo;
use crate::input::Input;
use crate::path::RepoPath;

/// Looks at files of a tree.
///
/// For a check of single files, those are the ones to look at; for one of the tree, every entry of it. `stop` is asked
/// now and then, and ends it early.
///
/// # Errors
/// When it was stopped, or an object can't be read.
pub fn look(
    builtin: &Builtin,
    repo: &Repo,
    tree: ObjectId,
    files: &[Input],
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Findings, Error> {
    if stop() {
        return Err(Error::Stopped);
    }
    let read = |objected, reading: Reading<'_>| contents(repo, regular(files), Some(objected), reading, stop);
    match builtin {
        Builtin::Syntax => {
            let told = regular(files).into_iter().filter(|input| syntax::Format::may_be(&input.path)).collect();
            contents(repo, told, None, &syntax::look, stop)
        }
        Builtin::Schema(path) => schema::look(repo, tree, path, files, stop),
        Builtin::MergeConflict => read(Traits::MARK, &marks::look),
        Builtin::LargeFiles(most) => {
            let large = size::may_be_large(regular(files), *most);
            sweep(repo, large, &|repo, input| size::look(repo, input, *most), stop)
        }
        Builtin::PrivateKey => read(Traits::SECRET, &secret::look),
        Builtin::CaseConflict => Ok(case::look(files)),
        Builtin::Symlinks => links::look(repo, files),
        Builtin::Executables => read(Traits::SCRIPT, &programs::look),
        Builtin::LineEndings(ending) => {
            let objected = if *ending == LineEnding::Crlf { Traits::CR.or(Traits::LF) } else { Traits::CR };
            read(objected, &|file, found| lines::look_at_endings(file, *ending, found))
        }
        Builtin::TrailingWhitespace => read(Traits::BLANK, &lines::look_at_blanks),
        Builtin::FinalNewline => read(Traits::END, &lines::look_at_end),
        Builtin::Filenames => sweep(repo, files.iter().collect(), &|_, input| Ok(names::look(&input.path)), stop),
        Builtin::Submodules => modules::look(repo, files),
        Builtin::UnicodeBidi => read(Traits::WIDE, &invisible::look),
        // A message is no file of a tree: `look_at_message` judges it.
        Builtin::CommitMessage(_) => Ok(Findings::default()),
    }
}

/// The bytes that a file should hold, if a check would change it. Its name tells whether blanks at the ends of lines mean
/// something.
#[must_use]
pub fn fix(builtin: &Builtin, path: &RepoPath, bytes: &[u8]) -> Option<Vec<u8>> {
    lines::fix(builtin, lines::is_markdown(path), bytes)
}

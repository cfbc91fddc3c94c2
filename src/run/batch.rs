//! From a check's command and the files that it is given to programs with arguments.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use bstr::BStr;

use crate::path::RepoPath;
use crate::plan::{Check, CommandLine, FileWork};
use crate::process::argument_size;

/// Where there are enough files to spread them, a batch has at least this many: starting a tool costs too.
const FEWEST: usize = 16;

const FILES: &str = "{files}";
/// The placeholder that stands for the copy of the message.
const MESSAGE: &str = "{message_file}";

/// One program to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    /// The program.
    pub(crate) program: OsString,
    /// Its arguments.
    pub(crate) args: Vec<OsString>,
    /// The files among them.
    pub(crate) files: Vec<RepoPath>,
}

/// What limits the size and the number of batches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// How many bytes the arguments of a program may take.
    pub(crate) bytes: usize,
    /// How many batches can run at once.
    pub(crate) at_once: usize,
}

/// Why there is no way to run a command.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// There is no program to start.
    #[error("its command is empty")]
    Empty,
    /// The plan says nothing of files.
    #[error("its command takes files, and none were chosen")]
    NoFiles,
    /// A file's name, with the rest of the command, is longer than the system allows.
    #[error("its command can't be split: with '{file}' it is longer than the system allows")]
    TooLong {
        /// The file.
        file: String,
    },
    /// A program would be given every file twice.
    #[error("its command holds {FILES} more than once")]
    Twice,
    /// The shell would not take the names for names.
    #[error("{FILES} stands inside quotes, where file names can't be told apart")]
    Quoted,
}

/// The programs that make up a command: one, or one for each batch of its files.
pub(crate) fn batches(check: &Check, files: Option<&FileWork>, room: Room) -> Result<Vec<Batch>, Error> {
    let (before, after) = words(check.command().ok_or(Error::Empty)?)?;
    let one = |files: &[(OsString, RepoPath)]| {
        let names = files.iter().map(|(name, _)| name).chain(&after);
        let mut words = before.iter().chain(names).cloned();
        let program = words.next().ok_or(Error::Empty)?;
        Ok(Batch { program, args: words.collect(), files: files.iter().map(|(_, path)| path.clone()).collect() })
    };
    if !check.takes_files() {
        return Ok(vec![one(&[])?]);
    }
    let pending = &files.ok_or(Error::NoFiles)?.pending;
    let dir = check.dir.as_ref();
    let named = pending.iter().map(|input| (argument(&input.path, dir), input.path.clone()));
    let named: Vec<(OsString, RepoPath)> = named.collect();
    let fixed: usize = before.iter().chain(&after).map(|word| argument_size(word.len())).sum();
    let room = Room { bytes: room.bytes.saturating_sub(fixed), ..room };
    split(&named, room)?.into_iter().map(one).collect()
}

/// The words before and after the files. A shell line gets them as its own arguments, so that no name is ever read as
/// shell, and no line grows longer than a single string may be.
fn words(command: &CommandLine) -> Result<(Vec<OsString>, Vec<OsString>), Error> {
    match command {
        CommandLine::Shell(line) => {
            let line = OsString::from(shell_line(line)?);
            Ok((vec!["sh".into(), "-c".into(), line, "sh".into()], Vec::new()))
        }
        CommandLine::Words(words) => {
            let place = words.iter().position(|word| word == FILES).unwrap_or(words.len());
            let owned = |words: &[String]| words.iter().map(OsString::from).collect::<Vec<_>>();
            if words.iter().filter(|word| *word == FILES).count() > 1 {
                return Err(Error::Twice);
            }
            Ok((owned(&words[..place]), owned(words.get(place + 1..).unwrap_or_default())))
        }
    }
}

/// A line with `"$@"` for each placeholder, its own quotes around it replaced.
fn shell_line(line: &str) -> Result<String, Error> {
    let stands_for = [(FILES, "\"$@\""), (MESSAGE, "\"$GATE_MESSAGE_FILE\"")];
    let line = line.replace("\"{files}\"", FILES).replace("'{files}'", FILES);
    let line = line.replace("\"{message_file}\"", MESSAGE).replace("'{message_file}'", MESSAGE);
    let mut quote = None;
    let (mut out, mut rest) = (String::new(), line.as_str());
    while let Some(c) = rest.chars().next() {
        if let Some((placeholder, arguments)) = stands_for.iter().find(|(placeholder, _)| rest.starts_with(placeholder))
        {
            if quote.is_some() {
                return Err(Error::Quoted);
            }
            out.push_str(arguments);
            rest = &rest[placeholder.len()..];
            continue;
        }
        let escaped = c == '\\' && quote != Some('\'');
        let taken = rest.char_indices().nth(if escaped { 2 } else { 1 }).map_or(rest.len(), |(at, _)| at);
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    Ok(out)
}

/// A path as the command sees it from its folder; never one that looks like an option.
fn argument(path: &RepoPath, dir: Option<&RepoPath>) -> OsString {
    let relative = dir.map_or_else(|| path.as_bstr().to_vec(), |dir| relative(path, dir));
    let bytes = if relative.starts_with(b"-") { [b"./", relative.as_slice()].concat() } else { relative };
    OsString::from_vec(bytes)
}

fn relative(path: &RepoPath, dir: &RepoPath) -> Vec<u8> {
    let shared = path.components().zip(dir.components()).take_while(|(a, b)| a == b).count();
    let up = dir.components().skip(shared).map(|_| BStr::new(".."));
    let parts: Vec<&BStr> = up.chain(path.components().skip(shared)).collect();
    bstr::join("/", parts)
}

/// Consecutive pieces, each within the room, and as many of them as can run at once if there is enough to spread.
fn split(files: &[(OsString, RepoPath)], room: Room) -> Result<Vec<&[(OsString, RepoPath)]>, Error> {
    let wanted = (files.len() / FEWEST).clamp(1, room.at_once.max(1));
    let most = files.len().div_ceil(wanted);
    let (mut pieces, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, (name, path)) in files.iter().enumerate() {
        let size = argument_size(name.len());
        if size > room.bytes {
            return Err(Error::TooLong { file: path.to_string() });
        }
        if at > start && (bytes + size > room.bytes || at - start == most) {
            pieces.push(&files[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    if start < files.len() {
        pieces.push(&files[start..]);
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Mode;
    use crate::plan::Input;
    use crate::run::testing::check;

    const ROOM: Room = Room { bytes: 10_000, at_once: 4 };

    fn work(paths: &[&str]) -> FileWork {
        let id = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391".parse().unwrap();
        let pending =
            paths.iter().map(|path| Input { path: RepoPath::from(*path), mode: Mode::File, id, through: false });
        FileWork {
            pending: pending.collect(),
            total: paths.len() as u64,
            assumed: false,
            common: crate::plan::Fingerprint::new(Vec::new()).digest(),
            proved: None,
        }
    }

    fn shell(line: &str) -> Check {
        Check { work: CommandLine::Shell(line.into()).into(), ..check("a") }
    }

    #[test]
    fn files_become_arguments_of_the_shell() {
        let found = batches(&shell("lint '{files}' && x {files}"), Some(&work(&["-a", "b c"])), ROOM).unwrap();
        let args = ["-c", r#"lint "$@" && x "$@""#, "sh", "./-a", "b c"].map(OsString::from).to_vec();
        let files = vec![RepoPath::from("-a"), RepoPath::from("b c")];
        assert_eq!(found, [Batch { program: "sh".into(), args, files }]);
    }

    #[test]
    fn words_get_files_in_their_place() {
        let words = ["fmt", "{files}", "--", "-x"].map(str::to_owned).to_vec();
        let check =
            Check { work: CommandLine::Words(words).into(), dir: Some(RepoPath::from("web/src")), ..check("a") };
        let found = batches(&check, Some(&work(&["web/src/a", "web/-b", "web/src/-c", "d"])), ROOM).unwrap();
        assert_eq!(found[0].args, ["a", "../-b", "./-c", "../../d", "--", "-x"].map(OsString::from));
    }

    #[test]
    fn quotes_around_more_than_the_files_are_refused() {
        let refused = |line: &str| batches(&shell(line), Some(&work(&["a"])), ROOM).unwrap_err() == Error::Quoted;
        assert!(refused(r#"bash -c "x {files}""#) && refused("echo 'a {files} b'"));
        for (line, expected) in [
            (r#"echo "a" {files}"#, r#"echo "a" "$@""#),
            (r#"echo \" {files}"#, r#"echo \" "$@""#),
            (r"echo 'a\' {files}", r#"echo 'a\' "$@""#),
            (r#"echo "\"" {files}"#, r#"echo "\"" "$@""#),
            ("echo \u{fc} {files} \\", "echo \u{fc} \"$@\" \\"),
        ] {
            assert_eq!(shell_line(line).unwrap(), expected);
        }
    }

    #[test]
    fn many_files_are_spread_and_few_are_not() {
        let sizes = |count: usize, room: Room| {
            let names: Vec<String> = (0..count).map(|n| format!("{n:06}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let found = batches(&shell("x {files}"), Some(&work(&names)), room).unwrap();
            let given: Vec<String> = found.iter().flat_map(|batch| &batch.files).map(ToString::to_string).collect();
            assert_eq!(given, names, "every file is given once, in order");
            found.iter().map(|batch| batch.files.len()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(0, ROOM), [0; 0]);
        assert_eq!(sizes(31, ROOM), [31]);
        assert_eq!(sizes(33, ROOM), [17, 16]);
        assert_eq!(sizes(100, ROOM), [25; 4]);
        assert_eq!(sizes(40, Room { bytes: 200, at_once: 1 }), [10; 4]);
    }

    #[test]
    fn what_can_not_be_split_is_said() {
        let room = Room { bytes: 60, at_once: 1 };
        let error = batches(&shell("x {files}"), Some(&work(&["a", "bbbbbbbbbb"])), room).unwrap_err();
        assert_eq!(error, Error::TooLong { file: "bbbbbbbbbb".into() });
        assert_eq!(batches(&shell("x {files}"), None, ROOM).unwrap_err(), Error::NoFiles);
        let twice =
            Check { work: CommandLine::Words(vec!["x".into(), FILES.into(), FILES.into()]).into(), ..check("a") };
        assert_eq!(batches(&twice, Some(&work(&["a"])), ROOM).unwrap_err(), Error::Twice);
        let nothing = Check { work: CommandLine::Words(Vec::new()).into(), ..check("a") };
        assert_eq!(batches(&nothing, None, ROOM).unwrap_err(), Error::Empty);
    }
}

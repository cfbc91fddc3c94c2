//! The end of a step's log.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::clean::{fit, output_line};
use crate::record::{Entry, StepEntry};

/// How many lines of a failure are shown at most.
const LINES: usize = 20;

/// Output of up to so many lines is shown whole: its first lines often say most, and little more has to be read.
const WHOLE: usize = 36;

/// How much of a log is read for them.
const BYTES: u64 = 64 << 10;

/// How long a shown line is at most: a minified file must not fill the screen.
const LINE: usize = 500;

/// Where a step's log is: below `logs`, the folder of all runs' logs, if that is given, and else as the entry says.
pub(super) fn path(entry: &Entry, step: &StepEntry, logs: Option<&Path>) -> Option<PathBuf> {
    let log = Path::new(step.log.as_ref()?);
    // The entry's text may have lost what is not UTF-8 in the path of the repository; the file's own name never does.
    let ours = logs.zip(log.file_name()).map(|(logs, name)| logs.join(&entry.id).join(name));
    Some(ours.filter(|ours| ours.exists()).unwrap_or_else(|| log.to_owned()))
}

/// The last lines of a log, fit for a terminal, after an ellipsis where lines are left out; empty lines at the end don't count.
pub(super) fn read(path: &Path, colour: bool) -> io::Result<Vec<String>> {
    let mut file = fs_err::File::open(path)?;
    let length = file.metadata()?.len();
    let start = length.saturating_sub(BYTES);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines: Vec<&str> = text.trim_end().split('\n').collect();
    if start > 0 && lines.len() > 1 {
        lines.remove(0);
    }
    if lines == [""] {
        return Ok(Vec::new());
    }
    let is_whole = start == 0 && lines.len() <= WHOLE;
    let from = if is_whole { 0 } else { lines.len().saturating_sub(LINES) };
    let shown = |line: &&str| {
        let line = output_line(line, colour);
        // A long line is cut where nothing but text can be cut.
        if line.len() > LINE { fit(&output_line(&line, false), LINE) } else { line }
    };
    let left_out = (!is_whole).then(|| "\u{2026}".to_owned());
    Ok(left_out.into_iter().chain(lines[from..].iter().map(shown)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(content: &[u8]) -> Vec<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs_err::write(file.path(), content).unwrap();
        read(file.path(), false).unwrap()
    }

    #[test]
    fn the_last_lines_are_shown() {
        assert_eq!(tail(b""), Vec::<String>::new());
        assert_eq!(tail(b"\n\n"), Vec::<String>::new());
        assert_eq!(tail(b"a\nb"), ["a", "b"]);
        assert_eq!(tail(b"  a\n\nb\n\n"), ["  a", "", "b"]);
        assert_eq!(tail(b"caf\xe9\x07\n"), ["caf\u{fffd}"]);
        let many = (0..100_000).map(|line| format!("line {line}")).collect::<Vec<_>>().join("\n");
        let shown = tail(many.as_bytes());
        assert_eq!(shown.len(), 21, "with a line for what is left out");
        assert_eq!(
            (shown[0].as_str(), shown[1].as_str(), shown[20].as_str()),
            ("\u{2026}", "line 99980", "line 99999")
        );
        let whole = (0..WHOLE).map(|line| line.to_string()).collect::<Vec<_>>();
        assert_eq!(tail(whole.join("\n").as_bytes()), whole);
        let wide = vec![format!("start{}", "-".repeat(10_000)); 20].join("\n");
        assert!(tail(wide.as_bytes())[1..].iter().all(|line| line.starts_with("start")), "no line without its start");
    }

    #[test]
    fn endless_lines_are_cut() {
        let shown = tail("\u{e9}".repeat(1 << 20).as_bytes());
        assert_eq!((shown.len(), shown[1].chars().count()), (2, LINE));
    }
}

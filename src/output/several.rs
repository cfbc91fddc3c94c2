//! Problems that stand on several lines: what was said before is kept until the place comes, or the other way round.

use bstr::ByteSlice;

use super::location::{colons, digits};
use super::message::{Message, header, leading_code, message};
use super::plain::text;
use super::problem::{Region, Severity};
use super::single::Found;

/// What earlier lines said.
#[derive(Default)]
pub(super) struct Several {
    /// `error[E0308]: …`, of which the place comes next.
    header: Option<Message>,
    /// A place of which the message comes next.
    panicked: Option<(Vec<u8>, Region)>,
    /// The last frame of a traceback.
    frame: Option<(Vec<u8>, Region)>,
    /// What pytest said of the assertion whose place comes next.
    assertion: Option<String>,
    /// The last place that pytest named, in its short form, before what it says of the assertion.
    entered: Option<(Vec<u8>, Region)>,
    /// What JavaScript threw, of which the stack comes next.
    thrown: Option<Message>,
    /// The file that eslint's lines are about.
    file: Option<Vec<u8>>,
}

impl Several {
    /// Takes a line in; gives the problem that is complete with it. `is_file` says whether a path leads to a file.
    pub(super) fn take(&mut self, line: &[u8], is_file: &mut dyn FnMut(&[u8]) -> bool) -> Option<Found> {
        if let Some((path, region)) = self.panicked.take() {
            return Some(Found::new(&path, Some(region), error(line)));
        }
        if line.trim().is_empty() {
            (self.header, self.file) = (None, None);
            return None;
        }
        self.arrow(line)
            .or_else(|| self.panic(line))
            .or_else(|| self.traceback(line, is_file))
            .or_else(|| self.short_pytest(line))
            .or_else(|| self.stack(line, is_file))
            .or_else(|| self.stylish(line, is_file))
            .or_else(|| {
                self.remember(line);
                None
            })
    }

    /// What pytest said of the assertion at the place that has come.
    pub(super) fn assertion(&mut self) -> Option<String> {
        self.assertion.take()
    }

    /// `error[E0308]: text`, and below it ` --> path:1:2`: rustc, ruff and others.
    fn arrow(&mut self, line: &[u8]) -> Option<Found> {
        let place = colons(line.trim_start().strip_prefix(b"--> ")?)?;
        let message = self.header.take()?;
        Some(Found::new(place.path, Some(place.region), message))
    }

    /// `thread 'main' panicked at path:1:2:`, and below it the message.
    fn panic(&mut self, line: &[u8]) -> Option<Found> {
        let (thread, place) = line.split_once_str(b" panicked at ")?;
        if thread.starts_with(b"thread '") {
            let place = colons(place).filter(|place| place.rest.is_empty())?;
            self.panicked = Some((place.path.to_vec(), place.region));
        }
        None
    }

    /// Python's `File "path", line 3`, and after the last of the repository's own the exception.
    fn traceback(&mut self, line: &[u8], is_file: &mut dyn FnMut(&[u8]) -> bool) -> Option<Found> {
        if line.starts_with(b"Traceback (most recent call last)") {
            self.frame = None;
            return None;
        }
        if let Some((path, rest)) =
            line.trim_start().strip_prefix(b"File \"").and_then(|rest| rest.split_once_str(b"\", line "))
        {
            if let Some(number) = digits(rest).0.filter(|number| *number > 0 && is_file(path)) {
                self.frame = Some((path.to_vec(), Region::at(number, None)));
            }
            return None;
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return None;
        }
        let (path, region) = self.frame.take()?;
        Some(Found::new(&path, Some(region), error(line)))
    }

    /// pytest's short form: `path:3: in name`, and below the last of them `E   text`.
    fn short_pytest(&mut self, line: &[u8]) -> Option<Found> {
        if let Some(said) = line.strip_prefix(b"E  ") {
            let (path, region) = self.entered.take()?;
            return Some(Found::new(&path, Some(region), error(said)));
        }
        match colons(line).filter(|place| place.rest.starts_with(b" in ") && place.path.ends_with(b".py")) {
            Some(place) => self.entered = Some((place.path.to_vec(), place.region)),
            // In the long form, what follows has its place below it.
            None if line.starts_with(b">") || line.starts_with(b"____") => self.entered = None,
            None => {}
        }
        None
    }

    /// `Error: text`, and below it `at name (path:1:2)`: the first that is the repository's own.
    fn stack(&mut self, line: &[u8], is_file: &mut dyn FnMut(&[u8]) -> bool) -> Option<Found> {
        let Some(frame) = line.trim_start().strip_prefix(b"at ") else {
            if line.contains_str("Error: ") && !line.starts_with(b"E ") {
                self.thrown = Some(error(line));
            }
            return None;
        };
        self.thrown.as_ref()?;
        let inside = frame.strip_suffix(b")").and_then(|frame| frame.rsplit_once_str(b"("));
        let place = inside.map_or(frame, |(_, place)| place);
        let place = colons(place.strip_prefix(b"file://").unwrap_or(place))?;
        let is_ours = is_file(place.path);
        is_ours.then(|| Some(Found::new(place.path, Some(place.region), self.thrown.take()?)))?
    }

    /// eslint's own format: a path on a line, and below it `  1:2  error  text  rule`.
    fn stylish(&mut self, line: &[u8], is_file: &mut dyn FnMut(&[u8]) -> bool) -> Option<Found> {
        if !line.starts_with(b" ") {
            let can_be = line.contains(&b'.') && !line.ends_with(b":") && !line.contains_str(": ");
            self.file = (can_be && is_file(line)).then(|| line.to_vec());
            return None;
        }
        let path = self.file.as_ref()?;
        let (number, rest) = digits(line.trim_start());
        let (column, rest) = digits(rest.strip_prefix(b":")?);
        let number = number.filter(|number| *number > 0)?;
        let rest = rest.trim_start();
        let (word, rest) = rest.split_once_str(b" ")?;
        let severity = Severity::of(word)?;
        let (told, rule) = match rest.trim().rsplit_once_str(b"  ") {
            Some((told, rule)) => (told, Some(text(rule))),
            None => (rest, None),
        };
        let region = Region::at(number, column);
        let message = Message { severity: Some(severity), text: text(told), rule };
        Some(Found::new(path, Some(region), message))
    }

    /// What a line says before its place comes.
    fn remember(&mut self, line: &[u8]) {
        if let Some(said) = line.strip_prefix(b"E  ") {
            self.assertion.get_or_insert_with(|| text(said));
        } else if line.starts_with(b"____") {
            self.assertion = None;
        } else if header(line).is_some() || leading_code(line).0.is_some() {
            self.header = Some(message(line));
        }
    }
}

/// The whole line as an error.
fn error(line: &[u8]) -> Message {
    Message { severity: Some(Severity::Error), text: text(line), rule: None }
}

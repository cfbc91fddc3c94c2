//! A run as JSON lines: its events as they happen (`gate.events/1`), and at the end the verdict's document.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde::Serialize;

use crate::event::{Event, Sink};
use crate::record::{EVENTS_SCHEMA, Entry, EventLine};

/// Writes events as lines. What goes wrong while writing is told at the end.
pub struct Lines<W> {
    began: Instant,
    state: Mutex<State<W>>,
}

struct State<W> {
    out: W,
    written: io::Result<()>,
}

impl<W: Write + Send> Lines<W> {
    /// A stream that begins now.
    pub fn new(out: W) -> Self {
        Self { began: Instant::now(), state: Mutex::new(State { out, written: Ok(()) }) }
    }

    /// Writes the last line.
    ///
    /// # Errors
    /// When a line could not be written, this one or one before.
    pub fn finish(self, entry: &Entry) -> io::Result<()> {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.written?;
        line(&mut state.out, entry)
    }
}

impl<W: Write + Send> Sink for Lines<W> {
    fn emit(&self, event: Event) {
        let at_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.written.is_ok() {
            state.written = line(&mut state.out, &EventLine { schema: EVENTS_SCHEMA, at_ms, event });
        }
    }
}

/// One line, written at once, so that a reader never waits for the rest of one.
fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(value)?;
    bytes.push(b'\n');
    out.write_all(&bytes)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Outcome;
    use crate::record::sample::{ended, entry, name, plan, step, verdict};
    use crate::verdict::Kind;

    fn sample() -> Entry {
        let plan = plan(vec![step("test", "a", "b")]);
        entry("0k", 0, &plan, &[ended("test", Outcome::Passed)], &verdict(Kind::Deployable, Vec::new()))
    }

    #[test]
    fn the_last_line_is_the_verdict() {
        let mut out = Vec::new();
        let lines = Lines::new(&mut out);
        lines.emit(Event::StepStarted { step: name("test"), attempt: 1 });
        lines.emit(Event::Notice { text: "two\nlines".into() });
        lines.finish(&sample()).unwrap();
        let text = String::from_utf8(out).unwrap();
        let documents: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let schemas: Vec<_> = documents.iter().map(|document| document["schema"].as_str().unwrap()).collect();
        assert_eq!(schemas, ["gate.events/1", "gate.events/1", "gate.verdict/1"]);
        assert_eq!((&documents[0]["event"], &documents[0]["step"]), (&"step-started".into(), &"test".into()));
        assert_eq!(documents[2], serde_json::to_value(sample()).unwrap());
    }

    /// A pipe that is closed when the first line comes, and open again later.
    struct Closed(bool);

    impl Write for Closed {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let closed = std::mem::take(&mut self.0);
            if closed { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(bytes.len()) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_is_told_at_the_end() {
        let lines = Lines::new(Closed(true));
        lines.emit(Event::Notice { text: "x".into() });
        assert_eq!(lines.finish(&sample()).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}

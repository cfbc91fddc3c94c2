//! A run on standard error while it goes on: live lines on a terminal, plain ones elsewhere (indicatif).

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::board::Board;
use super::style::Style;
use crate::event::{Event, Sink};

/// How often live lines are drawn anew.
const TICK: Duration = Duration::from_millis(100);

/// How a run is shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The colours of the stream.
    pub style: Style,
    /// Whether lines may be drawn over: the stream is a terminal, and not a dumb one.
    pub live: bool,
    /// The columns and lines of the window, asked for each time that it is drawn.
    pub size: fn() -> (u16, u16),
}

/// Shows a run while it goes on. When it is dropped, the live lines are gone and the finished ones stay.
///
/// It costs nothing until something goes on: its thread is started by the first event that begins something.
pub struct Terminal {
    shared: Arc<Shared>,
    ticker: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

struct State {
    board: Board,
    out: Out,
    over: bool,
}

enum Out {
    Live { bar: ProgressBar, paper: Paper, size: fn() -> (u16, u16), drawn: bool },
    Plain(Box<dyn Write + Send>),
}

impl Terminal {
    /// Shows a run on a stream.
    #[must_use]
    pub fn new(out: Box<dyn Write + Send>, look: Look) -> Self {
        let board = Board::new(look.style, Instant::now());
        let out = if look.live { Out::live(out, look.size) } else { Out::Plain(out) };
        let shared = Shared { state: Mutex::new(State { board, out, over: false }), wake: Condvar::new() };
        Self { shared: Arc::new(shared), ticker: Mutex::new(None) }
    }

    fn start_ticker(&self) {
        let mut ticker = self.ticker.lock().unwrap_or_else(PoisonError::into_inner);
        if ticker.is_none() {
            let shared = Arc::clone(&self.shared);
            // Without the thread nothing is drawn between two events; the run itself is none the worse.
            *ticker = thread::Builder::new().name("report".into()).spawn(move || shared.tick()).ok();
        }
    }
}

impl Sink for Terminal {
    fn emit(&self, event: Event) {
        let begins =
            matches!(event, Event::CheckoutStarted { .. } | Event::PrepareStarted { .. } | Event::StepStarted { .. });
        {
            let mut state = self.shared.lock();
            let now = Instant::now();
            let line = state.board.take(&event, now);
            if let Some(line) = line {
                state.redraw(now);
                state.out.keep(&line);
            }
        }
        if begins {
            self.start_ticker();
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.shared.lock().over = true;
        self.shared.wake.notify_all();
        let ticker = self.ticker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ticker) = ticker {
            // A ticker that panicked has nothing to hand over.
            drop(ticker.join());
        }
        if let Out::Live { bar, paper, .. } = &self.shared.lock().out {
            bar.finish_and_clear();
            end_line(paper);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) {
        let mut state = self.lock();
        while !state.over {
            let waited = self.wake.wait_timeout(state, TICK).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
            if !state.over {
                state.tick(Instant::now());
            }
        }
    }
}

impl State {
    fn tick(&mut self, now: Instant) {
        self.redraw(now);
        if let (Out::Plain(_), Some(line)) = (&self.out, self.board.overdue(now)) {
            self.out.keep(&line);
        }
    }

    /// Draws the live lines anew, where there are any or were.
    fn redraw(&mut self, now: Instant) {
        let Out::Live { bar, size, drawn, .. } = &mut self.out else { return };
        let (columns, lines) = size();
        let text = self.board.live(now, columns.into(), lines.into()).join("\n");
        if *drawn || !text.is_empty() {
            bar.set_message(text);
            *drawn = true;
        }
    }
}

impl Out {
    fn live(out: Box<dyn Write + Send>, size: fn() -> (u16, u16)) -> Self {
        let paper: Paper = Arc::new(Mutex::new((out, Vec::new(), false)));
        let screen = Screen { out: Arc::clone(&paper), size };
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::term_like(Box::new(screen)));
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        Self::Live { bar, paper, size, drawn: false }
    }

    /// Writes a line that stays. Nobody can be told if it can't be written.
    fn keep(&mut self, line: &str) {
        match self {
            Self::Live { bar, .. } => bar.println(line),
            Self::Plain(out) => {
                drop(writeln!(out, "{line}").and_then(|()| out.flush()));
            }
        }
    }
}

/// What is drawn on: a stream, what was not written to it yet, and whether the cursor is behind a text.
type Paper = Arc<Mutex<(Box<dyn Write + Send>, Vec<u8>, bool)>>;

/// Takes the cursor to the next line where it is behind a text: the last line that stays is left without an end.
fn end_line(paper: &Paper) {
    let mut paper = paper.lock().unwrap_or_else(PoisonError::into_inner);
    if std::mem::take(&mut paper.2) {
        // Nobody can be told if it can't be written.
        drop(paper.0.write_all(b"\n").and_then(|()| paper.0.flush()));
    }
}

/// A terminal behind a writer; what is drawn at once is written at once, so that nothing flickers.
struct Screen {
    out: Paper,
    size: fn() -> (u16, u16),
}

impl Screen {
    fn put(&self, text: fmt::Arguments<'_>) -> io::Result<()> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).1.write_fmt(text)
    }
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Screen").finish_non_exhaustive()
    }
}

/// Clears the line that the cursor is in.
const CLEAR: &str = "\u{1b}[2K";

/// The sequences are those of ECMA-48: <https://ecma-international.org/publications-and-standards/standards/ecma-48/>.
impl TermLike for Screen {
    fn width(&self) -> u16 {
        (self.size)().0
    }

    fn height(&self) -> u16 {
        (self.size)().1
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        if n == 0 { Ok(()) } else { self.put(format_args!("\u{1b}[{n}A")) }
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        if n == 0 { Ok(()) } else { self.put(format_args!("\u{1b}[{n}B")) }
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        if n == 0 { Ok(()) } else { self.put(format_args!("\u{1b}[{n}C")) }
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        if n == 0 { Ok(()) } else { self.put(format_args!("\u{1b}[{n}D")) }
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.put(format_args!("{text}\n"))
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.put(format_args!("{text}"))
    }

    fn clear_line(&self) -> io::Result<()> {
        self.put(format_args!("\r{CLEAR}"))
    }

    fn flush(&self) -> io::Result<()> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = std::mem::take(&mut out.1);
        if !drawn.is_empty() {
            out.2 = !drawn.ends_with(b"\n") && !drawn.ends_with(CLEAR.as_bytes());
        }
        out.0.write_all(&drawn)?;
        out.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Outcome;
    use crate::record::sample::name;

    /// A stream that can be read while it is written.
    #[derive(Clone, Default)]
    struct Stream(Arc<Mutex<Vec<u8>>>);

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Stream {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    /// What a terminal of 80 columns that knows the sequences we write would show.
    fn screen(stream: &Stream) -> Vec<String> {
        let (mut lines, mut row) = (vec![String::new()], 0);
        let text = stream.text();
        let mut rest = text.as_str();
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '\u{1b}' => {
                    let end = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap();
                    let number = || rest[1..end].parse::<usize>().unwrap();
                    match rest.as_bytes()[end] {
                        b'K' => lines[row].clear(),
                        b'A' => row -= number(),
                        b'B' => row += number(),
                        _ => panic!("unexpected sequence {rest:?}"),
                    }
                    rest = &rest[end + 1..];
                }
                '\n' => row += 1,
                '\r' => {}
                c => {
                    // A full line breaks when the next character comes.
                    row += usize::from(lines[row].chars().count() == 80);
                    lines.resize(lines.len().max(row + 1), String::new());
                    lines[row].push(c);
                }
            }
            lines.resize(lines.len().max(row + 1), String::new());
        }
        lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
    }

    fn terminal(live: bool) -> (Terminal, Stream) {
        let stream = Stream::default();
        let look = Look { style: Style::plain(), live, size: || (80, 24) };
        (Terminal::new(Box::new(stream.clone()), look), stream)
    }

    fn started(step: &str) -> Event {
        Event::StepStarted { step: name(step), attempt: 1 }
    }

    fn finished(step: &str) -> Event {
        Event::StepFinished {
            step: name(step),
            outcome: Outcome::Passed,
            exit: Some(0),
            signal: None,
            duration: Duration::from_millis(40),
            attempts: 1,
            tests: None,
            log: None,
        }
    }

    #[test]
    fn finished_steps_stay_and_live_lines_go() {
        for live in [false, true] {
            let (terminal, stream) = terminal(live);
            terminal.emit(started("fmt"));
            terminal.emit(started("test"));
            // As the ticker would, a while later.
            terminal.shared.lock().tick(Instant::now() + Duration::from_millis(900));
            assert_eq!(
                screen(&stream).iter().filter(|line| line.contains("running")).count(),
                usize::from(live) * 2,
                "{:?}",
                stream.text()
            );
            terminal.emit(finished("fmt"));
            assert!(!screen(&stream).iter().any(|line| line.contains("running fmt")), "{live}");
            terminal.shared.lock().tick(Instant::now() + Duration::from_millis(900));
            assert_eq!(screen(&stream)[0], "     passed fmt  0.04s");
            assert_eq!(screen(&stream).iter().filter(|line| line.contains("running test")).count(), usize::from(live));
            drop(terminal);
            let left: Vec<_> = screen(&stream).into_iter().filter(|line| !line.is_empty()).collect();
            assert_eq!(left, ["     passed fmt  0.04s"], "{live}");
        }
    }

    #[test]
    fn quick_steps_draw_nothing() {
        let (terminal, stream) = terminal(true);
        terminal.emit(started("fmt"));
        terminal.shared.lock().tick(Instant::now());
        assert_eq!(stream.text(), "");
    }

    #[test]
    fn without_a_terminal_it_is_said_what_runs() {
        let (terminal, stream) = terminal(false);
        terminal.emit(started("test"));
        terminal.shared.lock().tick(Instant::now() + Duration::from_secs(3));
        assert_eq!(stream.text(), "    running test (3 seconds)\n");
    }

    #[test]
    fn nothing_begun_starts_no_thread() {
        let (terminal, _) = terminal(true);
        terminal.emit(Event::Notice { text: "x".into() });
        assert!(terminal.ticker.lock().unwrap().is_none());
        terminal.emit(started("fmt"));
        assert!(terminal.ticker.lock().unwrap().is_some());
    }
}

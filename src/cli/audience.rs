//! Who is told what happens while a command works, and how.

use std::io::{self, Stdout};

use super::args::Format;
use super::finished::Finished;
use super::{Context, Failure};
use crate::diagnostic::Diagnostic;
use crate::event::Sink;
use crate::report::jsonl::Lines;
use crate::report::{Detail, Terminal, View};

/// Who is told what happens.
pub(super) enum Audience {
    /// A program, that reads a line for each event.
    Lines(Lines<Stdout>),
    /// Whoever watches standard error; the result follows on standard output in this format.
    Terminal(Terminal, Format),
}

impl Audience {
    /// The audience for a format.
    pub(super) fn new(format: Format, context: &Context) -> Self {
        match format {
            Format::Jsonl => Self::Lines(Lines::new(io::stdout())),
            _ => Self::Terminal(context.terminal(), format),
        }
    }

    /// Takes events.
    pub(super) fn sink(&self) -> &dyn Sink {
        match self {
            Self::Lines(lines) => lines,
            Self::Terminal(terminal, _) => terminal,
        }
    }

    /// Tells the result, after what is worth telling beside it.
    pub(super) fn tell(self, finished: &Finished<'_>, warnings: &[Diagnostic]) -> Result<(), Failure> {
        let (entry, context) = (finished.entry, finished.context);
        match self {
            Self::Lines(lines) => {
                context.warn(warnings);
                Ok(lines.finish(entry)?)
            }
            Self::Terminal(terminal, format) => {
                drop(terminal);
                // A report for people has the run's notes in it.
                let is_told = |warning: &&Diagnostic| format == Format::Text && entry.notes.contains(&warning.message);
                let untold: Vec<Diagnostic> = warnings.iter().filter(|warning| !is_told(warning)).cloned().collect();
                context.warn(&untold);
                let detail = if context.is_one_terminal() { Detail::Unseen } else { Detail::Notable };
                finished.report(format, &View { detail, recorded: finished.recorded, ..context.view() })
            }
        }
    }
}

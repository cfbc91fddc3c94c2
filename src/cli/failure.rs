//! Why a command did not do what was asked.

use std::io::{self, Write};

use super::Exit;
use crate::diagnostic::Diagnostic;
use crate::judge::{Refusal, RefusalKind};

/// Why a command did not do what was asked, and what the process exits with.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// What is shown of it.
    #[must_use]
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// A failure with one problem.
    #[must_use]
    pub fn new(exit: Exit, diagnostic: Diagnostic) -> Self {
        Self { exit, diagnostics: vec![diagnostic] }
    }

    /// A failure with several problems.
    #[must_use]
    pub(super) fn of(exit: Exit, diagnostics: Vec<Diagnostic>) -> Self {
        Self { exit, diagnostics }
    }

    /// Tells every problem, and gives what to exit with.
    #[must_use]
    pub fn tell(&self, stderr: &mut impl Write, colour: bool) -> Exit {
        for (number, diagnostic) in self.diagnostics.iter().enumerate() {
            let gap = if number == 0 { "" } else { "\n" };
            // There is nowhere left to say that standard error can't be written.
            let _unwritten = writeln!(stderr, "{gap}{}", diagnostic.render(colour));
        }
        self.exit
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let exit = Exit::from(refusal.kind);
        Self { exit, diagnostics: refusal.diagnostics }
    }
}

impl From<RefusalKind> for Exit {
    fn from(kind: RefusalKind) -> Self {
        match kind {
            RefusalKind::Usage => Self::Usage,
            RefusalKind::Forbidden => Self::Rejected,
            RefusalKind::Undecided => Self::Undecided,
            RefusalKind::Configuration => Self::Configuration,
            RefusalKind::Internal => Self::Internal,
            RefusalKind::Interrupted(signal) => Self::Signal(signal),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(Exit::Internal, Diagnostic::error("gate/io", error.to_string()))
    }
}

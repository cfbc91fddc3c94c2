//! One type for every problem that is shown to a person.
//!
//! The module that meets a problem writes its one text: lower case, without a closing full stop, paths in quotes, and
//! what to do next as a hint of its own. Reports decide how it looks, never what it says.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is refused for it.
    Warning,
    /// What was asked can't be done.
    Error,
}

/// A problem, with where it is and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A short stable name for the kind of problem, such as `config/unknown-key`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where it is, in a text that can be shown.
    pub place: Option<Box<Place>>,
    /// What to do about it, in one line.
    pub hint: Option<String>,
}

/// A span of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the text, usually a file's path.
    pub file: String,
    /// The whole text.
    pub text: Arc<str>,
    /// Bytes of the text.
    pub span: Range<usize>,
    /// What to write beside the caret; may be empty.
    pub label: String,
}

impl Place {
    /// The line and column of the start of the span, both from 1; columns count characters.
    #[must_use]
    pub fn line_and_column(&self) -> (usize, usize) {
        let start = self.text.floor_char_boundary(self.span.start);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

impl Diagnostic {
    /// An error of a kind.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), place: None, hint: None }
    }

    /// A warning of a kind.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds where it is.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The problem as text for a person, with the lines it is in and a caret, without a closing newline.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let level = match self.severity {
            Severity::Warning => Level::WARNING,
            Severity::Error => Level::ERROR,
        };
        let (message, hint) = (visible(&self.message), self.hint.as_deref().map(visible));
        let label = self.place.as_ref().map(|place| visible(&place.label)).unwrap_or_default();
        let title = level.primary_title(&*message).id(self.code);
        let mut groups = Vec::new();
        match &self.place {
            Some(place) => {
                let caret = AnnotationKind::Primary.span(place.span.clone()).label(&*label);
                let snippet = Snippet::source(&*place.text).path(&place.file).annotation(caret);
                groups.push(title.element(snippet));
            }
            None => groups.push(Group::with_title(title)),
        }
        let mut below = String::new();
        match (&hint, &self.place) {
            (Some(hint), Some(_)) => {
                let last = groups.pop().map(|group| group.element(Level::HELP.message(&**hint)));
                groups.extend(last);
            }
            // Without lines of a text there is nothing for a frame to hold.
            (Some(hint), None) => below = format!("\n  help: {hint}"),
            (None, _) => {}
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&groups) + &below
    }
}

/// A text in which nothing steers a terminal: it may quote what others wrote.
fn visible(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && c != '\n';
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().map(|c| if steers(c) { c.escape_default().to_string() } else { c.to_string() });
    Cow::Owned(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_line_and_a_caret() {
        let text = "[check.fmt]\nrnu = \"x\"\n";
        let place = Place { file: "gate.toml".into(), text: text.into(), span: 12..15, label: "unknown key".into() };
        assert_eq!(place.line_and_column(), (2, 1));
        let shown = Diagnostic::error("config/unknown-key", "unknown key 'rnu'").at(place).hint("did you mean 'run'?");
        insta::assert_snapshot!(shown.render(false), @r#"
        error[config/unknown-key]: unknown key 'rnu'
         --> gate.toml:2:1
          |
        2 | rnu = "x"
          | ^^^ unknown key
          |
          = help: did you mean 'run'?
        "#);
    }

    #[test]
    fn nothing_in_it_steers_the_terminal() {
        let place = Place { file: "f".into(), text: "x".into(), span: 0..1, label: "l\u{1b}[2J".into() };
        let shown = Diagnostic::error("a/b", "m\u{1b}[2J").at(place).hint("h\r").render(false);
        assert!(!shown.contains(['\u{1b}', '\r']), "{shown:?}");
    }

    #[test]
    fn shows_a_problem_that_is_nowhere() {
        let shown = Diagnostic::warning("git/shallow", "the clone is shallow").hint("git fetch --unshallow");
        insta::assert_snapshot!(shown.render(false), @r"
        warning[git/shallow]: the clone is shallow
          help: git fetch --unshallow
        ");
    }
}

//! From labels to colours, and whether there are any (colored).

use std::ffi::OsStr;

use colored::{Color, Colorize};

use super::clean::clean;

/// What the user asks for with `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Where the stream is a terminal, and the environment has nothing against it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the environment says about colours.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'a> {
    /// `NO_COLOR`: none, if it is not empty. <https://no-color.org>
    pub no_color: Option<&'a OsStr>,
    /// `CLICOLOR_FORCE`: also where the stream is no terminal, if it is neither empty nor `0`.
    /// <https://bixense.com/clicolors>
    pub clicolor_force: Option<&'a OsStr>,
    /// `TERM`: none, if it is `dumb`.
    pub term: Option<&'a OsStr>,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A good end.
    Good,
    /// A bad end.
    Bad,
    /// Neither, but worth a look.
    Warning,
    /// Something that goes on.
    Running,
    /// What stands out.
    Strong,
    /// What stands back.
    Faint,
}

/// How texts for one stream look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    colour: bool,
}

impl Style {
    /// No colours.
    #[must_use]
    pub fn plain() -> Self {
        Self::default()
    }

    /// The style for a stream. The user's choice comes first, then `NO_COLOR`, `CLICOLOR_FORCE`, and the stream.
    #[must_use]
    pub fn new(choice: Choice, hints: &Hints<'_>, is_terminal: bool) -> Self {
        let is_set = |value: Option<&OsStr>| value.is_some_and(|value| !value.is_empty());
        let is_dumb = hints.term == Some(OsStr::new("dumb"));
        let colour = match choice {
            Choice::Always => true,
            Choice::Never => false,
            Choice::Auto if is_set(hints.no_color) => false,
            Choice::Auto if is_set(hints.clicolor_force) && hints.clicolor_force != Some(OsStr::new("0")) => true,
            Choice::Auto => is_terminal && !is_dumb,
        };
        if colour {
            // The crate would decide once for all streams; here each style decides, and it only paints.
            colored::control::set_override(true);
        }
        Self { colour }
    }

    /// Whether there are colours.
    #[must_use]
    pub fn has_colour(self) -> bool {
        self.colour
    }

    /// A text in the look of its label; what could disturb a terminal is made visible.
    #[must_use]
    pub fn paint(self, label: Label, text: &str) -> String {
        let text = clean(text);
        if !self.colour || text.is_empty() {
            return text;
        }
        match label {
            Label::Good => text.color(Color::Green),
            Label::Bad => text.color(Color::Red).bold(),
            Label::Warning => text.color(Color::Yellow),
            Label::Running => text.color(Color::Cyan),
            Label::Strong => text.bold(),
            Label::Faint => text.dimmed(),
        }
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_where_they_are_wanted() {
        let hints = |no_color, clicolor_force, term| Hints {
            no_color: Some(OsStr::new(no_color)),
            clicolor_force: Some(OsStr::new(clicolor_force)),
            term: Some(OsStr::new(term)),
        };
        let xterm = "xterm-256color";
        for (choice, hints, on_terminal, elsewhere) in [
            (Choice::Auto, Hints::default(), true, false),
            (Choice::Auto, hints("", "", xterm), true, false),
            (Choice::Auto, hints("1", "", xterm), false, false),
            (Choice::Auto, hints("1", "1", xterm), false, false),
            (Choice::Auto, hints("", "1", xterm), true, true),
            (Choice::Auto, hints("", "0", xterm), true, false),
            (Choice::Auto, hints("", "", "dumb"), false, false),
            (Choice::Always, hints("1", "", "dumb"), true, true),
            (Choice::Never, hints("", "1", xterm), false, false),
        ] {
            let colour = |is_terminal| Style::new(choice, &hints, is_terminal).has_colour();
            assert_eq!((colour(true), colour(false)), (on_terminal, elsewhere), "{choice:?} {hints:?}");
        }
    }

    #[test]
    fn paint_is_only_colour() {
        let colour = Style::new(Choice::Always, &Hints::default(), false);
        assert_eq!(colour.paint(Label::Good, "ok"), "\u{1b}[32mok\u{1b}[0m");
        assert_eq!(Style::plain().paint(Label::Good, "ok"), "ok");
        assert_eq!(colour.paint(Label::Faint, "a\u{1b}[2Jb"), "\u{1b}[2ma\\u{1b}[2Jb\u{1b}[0m");
    }
}

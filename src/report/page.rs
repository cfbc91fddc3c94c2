//! The shape that texts share: a word on the left, what it is about beside it, wrapped to the window. What could disturb
//! a terminal is made visible here, whoever wrote it.

use super::clean::{clean, wrap};
use super::style::{Label, Style};

/// How wide the column of words is.
pub(super) const LEFT: usize = 11;

/// A text in the making.
pub(super) struct Page {
    out: String,
    style: Style,
    width: usize,
}

impl Page {
    pub(super) fn new(style: Style, width: usize) -> Self {
        Self { out: String::new(), style, width }
    }

    /// A word on the left and a text beside it.
    pub(super) fn line(&mut self, word: &str, label: Label, text: &str) {
        let word = label_column(self.style, word, label);
        self.push(&format!("{word} {}", wrap(&clean(text), self.width, LEFT + 1)));
    }

    /// A text below the text of the last line.
    pub(super) fn below(&mut self, text: &str) {
        self.push(&format!("{:>LEFT$} {}", "", wrap(&clean(text), self.width, LEFT + 1)));
    }

    /// A text from the left edge, of which the first word is marked.
    pub(super) fn sentence(&mut self, word: &str, label: Label, text: &str) {
        let text = wrap(&clean(text), self.width, 0);
        let rest = text.strip_prefix(word).unwrap_or(&text);
        self.push(&format!("{}{rest}", self.style.paint(label, word)));
    }

    /// A line as it is, which must be fit for a terminal, without spaces at its end.
    pub(super) fn push(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

/// A word, aligned to the right of its column.
pub(super) fn label_column(style: Style, word: &str, label: Label) -> String {
    let padding = " ".repeat(LEFT.saturating_sub(word.chars().count()));
    format!("{padding}{}", style.paint(label, word))
}

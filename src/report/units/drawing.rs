//! Boxes and arrows, for programs that draw them. Names are hostile: boxes go by numbers, and what they show is escaped.

use std::fmt::Write as _;

use crate::report::clean::{clean, fit};

/// What is drawn.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// The boxes.
    pub(super) boxes: Vec<Shape>,
    /// The arrows, from box to box, each with what it shows.
    pub(super) arrows: Vec<(usize, usize, String)>,
}

/// A box.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it shows.
    pub(super) label: String,
    /// Whether it stands back.
    pub(super) is_faint: bool,
}

/// The longest that an arrow may show.
const LONGEST: usize = 60;

impl Drawing {
    /// In the language of Graphviz: <https://graphviz.org/doc/info/lang.html>.
    pub(super) fn dot(&self) -> String {
        let mut out = "digraph units {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
        for (number, Shape { label, is_faint }) in self.boxes.iter().enumerate() {
            let style = if *is_faint { ", style=dashed" } else { "" };
            line(&mut out, format_args!("  n{number} [label=\"{}\"{style}];", dot_text(label)));
        }
        for (from, to, what) in &self.arrows {
            let label = if what.is_empty() { String::new() } else { format!(" [label=\"{}\"]", dot_text(what)) };
            line(&mut out, format_args!("  n{from} -> n{to}{label};"));
        }
        out + "}\n"
    }

    /// In the language of Mermaid: <https://mermaid.js.org/syntax/flowchart.html>.
    pub(super) fn mermaid(&self) -> String {
        let mut out = "flowchart LR\n".to_owned();
        for (number, Shape { label, is_faint }) in self.boxes.iter().enumerate() {
            line(&mut out, format_args!("  n{number}[\"{}\"]", mermaid_text(label)));
            if *is_faint {
                line(&mut out, format_args!("  style n{number} stroke-dasharray: 4"));
            }
        }
        for (from, to, what) in &self.arrows {
            let label = if what.is_empty() { String::new() } else { format!("|\"{}\"|", mermaid_text(what)) };
            line(&mut out, format_args!("  n{from} -->{label} n{to}"));
        }
        out
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a `String` can't fail.
    let _infallible = writeln!(out, "{text}");
}

/// A text in quotes: backslashes would be escapes there, and `&` begins an entity of HTML.
fn dot_text(text: &str) -> String {
    fit(&clean(text), LONGEST).replace('\\', r"\\").replace('"', "\\\"").replace('&', "&amp;")
}

/// A text in quotes: whatever could be more than a letter there is written by its number, as `#34;`.
fn mermaid_text(text: &str) -> String {
    let text = fit(&clean(text), LONGEST);
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_inside = !out.is_empty() && rest.peek().is_some_and(|next| *next != ' ');
        if c.is_alphanumeric() || c == ' ' || is_inside && matches!(c, '/' | '-' | '.' | '_' | ':' | '@') {
            out.push(c);
        } else {
            let _infallible = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_escaped() {
        for (text, dot, mermaid) in [
            ("@scope/x", "@scope/x", "#64;scope/x"),
            (r#"a"b\N"#, r#"a\"b\\N"#, "a#34;b#92;N"),
            (":a:b", ":a:b", "#58;a:b"),
            ("1. x", "1. x", "1#46; x"),
            ("%%{init}%%", "%%{init}%%", "#37;#37;#123;init#125;#37;#37;"),
            ("&lt;<b>`", "&amp;lt;<b>`", "#38;lt#59;#60;b#62;#96;"),
            ("gr\u{fc}n\n\u{202e}", r"gr\u{fc}n\\n\\u{202e}", "gr\u{fc}n#92;n#92;u#123;202e#125;"),
        ] {
            let dot = dot.replace(r"\u{fc}", "\u{fc}");
            assert_eq!((dot_text(text), mermaid_text(text)), (dot, mermaid.to_owned()), "{text:?}");
        }
    }
}

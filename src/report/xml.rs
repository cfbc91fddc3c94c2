//! Text in XML 1.0 documents (<https://www.w3.org/TR/xml/>).

use std::fmt::Write as _;

use super::clean::muted;

/// What every document begins with.
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The text as the content of an element or the value of an attribute. Characters that XML can't hold are replaced. No line
/// of it is a command to a CI host that reads standard output.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // Also so that `]]>` never stands anywhere.
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // As they are, a parser makes spaces of them in attributes.
            '\t' | '\n' | '\r' => {
                // Writing to a `String` can't fail.
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            c if is_allowed(c) => escaped.push(c),
            _ => escaped.push('\u{fffd}'),
        }
    }
    muted(&escaped, "&#58;", "&#35;")
}

/// Lines as the content of an element.
pub(super) fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| escape(line) + "\n").collect()
}

/// The characters of the production `Char`, without those that the recommendation says to avoid.
fn is_allowed(c: char) -> bool {
    matches!(c, '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..)
        && u32::from(c) & 0xfffe != 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_place() {
        for (text, expected) in [
            ("a < b && c > \"d\"'", "a &lt; b &amp;&amp; c &gt; &quot;d&quot;&apos;"),
            ("]]></x>", "]]&gt;&lt;/x&gt;"),
            ("a\n\tb\r", "a&#10;&#9;b&#13;"),
            ("\0\u{1b}\u{7f}\u{9b}", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            ("\u{fffe}\u{ffff}\u{1ffff}\u{1f600}", "\u{fffd}\u{fffd}\u{fffd}\u{1f600}"),
        ] {
            assert_eq!(escape(text), expected);
        }
    }
}

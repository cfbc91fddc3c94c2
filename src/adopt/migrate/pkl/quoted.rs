//! Texts in quotes.

use super::value::Pkl;

/// The text in quotes that another one begins with, and what comes after it; one with something computed in it is not known.
pub(super) fn quoted(text: &str) -> Option<(Pkl, &str)> {
    let pounds = text.len() - text.trim_start_matches('#').len();
    let pounds = &text[..pounds];
    let rest = &text[pounds.len()..];
    let quote = if rest.starts_with("\"\"\"") { "\"\"\"" } else { "\"" };
    let mut rest = rest.strip_prefix(quote)?;
    let (end, escape) = (format!("{quote}{pounds}"), format!("\\{pounds}"));
    let (mut out, mut is_known) = (String::new(), true);
    loop {
        if let Some(after) = rest.strip_prefix(end.as_str()) {
            rest = after;
            break;
        }
        if let Some(after) = rest.strip_prefix(escape.as_str()) {
            let c = after.chars().next()?;
            is_known &= !matches!(c, '(' | 'u');
            out.push(match c {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                c => c,
            });
            rest = &after[c.len_utf8()..];
            continue;
        }
        let c = rest.chars().next()?;
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    let text = if quote.len() == 3 { dedented(&out) } else { out };
    Some((if is_known { Pkl::Text(text) } else { Pkl::Unknown }, rest))
}

/// A text of several lines without what all of them begin with.
fn dedented(text: &str) -> String {
    let lines: Vec<&str> = text.strip_prefix('\n').unwrap_or(text).lines().collect();
    let blanks = |line: &&str| line.len() - line.trim_start().len();
    let common = lines.iter().filter(|line| !line.trim().is_empty()).map(blanks).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(common..).unwrap_or("")).collect();
    lines.join("\n").trim_end().to_owned()
}

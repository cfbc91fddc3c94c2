//! What stands beside a place: how bad it is, what is wrong, and the name of the rule.

use bstr::ByteSlice;

use super::plain::text;
use super::problem::Severity;

/// How long the name of a rule is at most.
const RULE: usize = 80;

/// A message, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// How bad it is; `None` where the tool doesn't say.
    pub(super) severity: Option<Severity>,
    /// What is wrong.
    pub(super) text: String,
    /// The name of the rule.
    pub(super) rule: Option<String>,
}

/// `error: text [rule]`, `error[E0308]: text`, `error TS2304: text`, `F401 text`, `text [Error/rule]` and the like.
pub(super) fn message(bytes: &[u8]) -> Message {
    let bytes = bytes.trim();
    let bytes = bytes.strip_prefix(b"- ").unwrap_or(bytes);
    let (severity, code, rest) = match header(bytes) {
        Some((severity, code, rest)) => (Some(severity), code, rest),
        None => (None, None, bytes),
    };
    let (code, rest) = match code {
        Some(code) => (Some(code), rest),
        None => leading_code(rest),
    };
    let (named, rest) = if code.is_none() { trailing_rule(rest) } else { (None, rest) };
    let (told, named) = named.map_or((None, None), |named| unix(named));
    let severity = severity.or(told).or_else(|| rest.contains_str("Warning: ").then_some(Severity::Warning));
    Message { severity, text: text(rest), rule: code.or(named).map(rule) }
}

/// A severity, a code beside it, and what follows.
type Header<'a> = (Severity, Option<&'a [u8]>, &'a [u8]);

/// `error: `, `error[E0308]: `, `error TS2304: ` at the start, and what follows.
pub(super) fn header(bytes: &[u8]) -> Option<Header<'_>> {
    let colon = bytes.find_byte(b':').filter(|colon| *colon < RULE)?;
    let (head, rest) = (&bytes[..colon], &bytes[colon + 1..]);
    if let Some(severity) = Severity::of(head) {
        return Some((severity, None, rest));
    }
    let end = head.find_byteset(b"[ ")?;
    let severity = Severity::of(&head[..end])?;
    let code = head[end + 1..].strip_suffix(b"]").unwrap_or(&head[end + 1..]);
    is_name(code).then_some((severity, Some(code), rest))
}

/// `F401 ` or `C0114: ` at the start: one to four capitals and up to five digits.
pub(super) fn leading_code(bytes: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let digits = bytes[letters..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (code, rest) = bytes.split_at(letters + digits);
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    if (1..=4).contains(&letters) && (1..=5).contains(&digits) && rest.starts_with(b" ") {
        let rest = rest.trim_start();
        (Some(code), rest.strip_prefix(b"[*] ").unwrap_or(rest))
    } else {
        (None, bytes)
    }
}

/// ` [rule]` or ` (rule)` at the end.
fn trailing_rule(bytes: &[u8]) -> (Option<&[u8]>, &[u8]) {
    for (open, close) in [(b'[', b"]"), (b'(', b")")] {
        let Some(inner) = bytes.strip_suffix(close) else { continue };
        let Some(at) = inner.rfind_byte(open).filter(|at| *at > 0 && inner[at - 1] == b' ') else { continue };
        let named = &inner[at + 1..];
        if is_name(named) {
            return (Some(named), bytes[..at].trim_end());
        }
    }
    (None, bytes)
}

/// `Error/no-undef`, as eslint's unix format writes a rule.
fn unix(named: &[u8]) -> (Option<Severity>, Option<&[u8]>) {
    match named.split_once_str(b"/") {
        Some((word, rule)) if Severity::of(word).is_some() => (Severity::of(word), Some(rule)),
        _ => (Severity::of(named), Severity::of(named).is_none().then_some(named)),
    }
}

/// Whether bytes can be the name of a rule.
pub(super) fn is_name(bytes: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./@:+=".contains(byte);
    (2..=RULE).contains(&bytes.len()) && bytes.iter().all(allowed)
}

/// A rule's name as text.
pub(super) fn rule(bytes: &[u8]) -> String {
    bytes.to_str_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_apart() {
        use Severity::{Error, Note, Warning};
        for (line, severity, text, rule) in [
            (" error: expected ';'", Some(Error), "expected ';'", None),
            (" fatal error: no.h: No such file", Some(Error), "no.h: No such file", None),
            (
                " warning: unused variable [-Wunused-variable]",
                Some(Warning),
                "unused variable",
                Some("-Wunused-variable"),
            ),
            (" note: declared here", Some(Note), "declared here", None),
            ("error[E0308]: mismatched types", Some(Error), "mismatched types", Some("E0308")),
            (" - error TS2304: Cannot find name 'x'.", Some(Error), "Cannot find name 'x'.", Some("TS2304")),
            (" F401 [*] `os` imported but unused", None, "`os` imported but unused", Some("F401")),
            (" E501 line too long (90 > 79 characters)", None, "line too long (90 > 79 characters)", Some("E501")),
            (" error: Bad type  [arg-type]", Some(Error), "Bad type", Some("arg-type")),
            (" 'x' is not defined. [Error/no-undef]", Some(Error), "'x' is not defined.", Some("no-undef")),
            (" Parsing failed [Error]", Some(Error), "Parsing failed", None),
            (
                " Error return value is not checked (errcheck)",
                None,
                "Error return value is not checked",
                Some("errcheck"),
            ),
            (" DeprecationWarning: old", None, "DeprecationWarning: old", None),
            (" UserWarning: a b", None, "UserWarning: a b", None),
            (" undefined: x", None, "undefined: x", None),
            (" a b [c d]", None, "a b [c d]", None),
            ("", None, "", None),
        ] {
            let severity = if text.contains("Warning: ") { Some(Warning) } else { severity };
            let expected = Message { severity, text: text.into(), rule: rule.map(Into::into) };
            assert_eq!(message(line.as_bytes()), expected, "{line}");
        }
    }
}

//! `private-key`: keys that belong to nobody but their owner.
//!
//! Of a key only the line that announces it is ever shown, without what stands beside it: findings go into logs.

use std::ops::Range;

use bstr::{BString, ByteSlice};

use super::file::{File, Found};
use crate::diagnostic::Diagnostic;

/// The words that PEM, OpenSSH and PGP announce a key with, and those that SSH2 does.
/// <https://www.rfc-editor.org/rfc/rfc7468>, <https://www.rfc-editor.org/rfc/rfc4880#section-6.2>,
/// <https://www.rfc-editor.org/rfc/rfc4716>
const PEM: &str = "PRIVATE KEY";

/// Others that announce a key, in two parts: this file is to pass its own check.
const OTHERS: [(&str, &str); 3] =
    [("PuTTY-User-", "Key-File-"), ("-----BEGIN OpenVPN ", "Static key V1-----"), ("AGE-SECRET-", "KEY-1")];

/// The longest kind that PEM knows before [`PEM`], such as `ENCRYPTED`, with some to spare.
const LONGEST_KIND: usize = 40;

/// Whether it has words that announce a key.
pub(super) fn may_hold(bytes: &[u8]) -> bool {
    bytes.find(PEM).is_some() || OTHERS.iter().any(|(first, _)| bytes.find(first).is_some())
}

/// Looks for private keys, in binary files too.
pub(super) fn look(file: &File<'_>, found: &mut Found<'_>) {
    let mut spans: Vec<Range<usize>> = pem(file.bytes).collect();
    for (first, second) in OTHERS {
        let needle = [first, second].concat();
        spans.extend(file.bytes.find_iter(&needle).map(|at| at..at + needle.len()));
    }
    if spans.is_empty() {
        return;
    }
    spans.sort_by_key(|span| span.start);
    let text = mask(file.bytes, &spans);
    let mut shown = Found::new(file.path.to_string(), &text);
    for span in spans {
        let problem = Diagnostic::error("builtin/private-key", "a private key");
        shown.at(span, "", problem.hint("take it out, and revoke it if it was ever pushed"));
    }
    shown.finish().into_iter().for_each(|problem| found.whole(problem));
}

/// The lines such as `BEGIN RSA` and [`PEM`] with their dashes, `BLOCK` and the like included.
fn pem(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    bytes.find_iter(PEM).filter_map(|at| {
        let from = at.saturating_sub(LONGEST_KIND);
        let before = &bytes[from..at];
        let begin = before.rfind("BEGIN ")?;
        let is_kind = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
        let dashes = before[..begin].trim_end_with(|c| c == ' ');
        if !dashes.ends_with(b"----") || !before[begin..].iter().all(is_kind) {
            return None;
        }
        let rest = &bytes[at + PEM.len()..];
        let after = rest.strip_prefix(b" BLOCK").unwrap_or(rest).trim_start_with(|c| c == ' ');
        let start = dashes.trim_end_with(|c| c == '-').len() + from;
        after.starts_with(b"----").then(|| start..bytes.len() - after.len() + b"----".len())
    })
}

/// The text with nothing left but what announces keys, and the line endings.
fn mask(bytes: &[u8], spans: &[Range<usize>]) -> BString {
    let hidden = |byte: &u8| if matches!(byte, b'\n' | b'\r') { *byte } else { b'*' };
    let mut masked = BString::default();
    for span in spans {
        let from = masked.len().min(span.start);
        masked.extend(bytes[from..span.start].iter().map(hidden));
        let from = masked.len().min(span.end);
        masked.extend_from_slice(&bytes[from..span.end]);
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::sample::{at, rendered};

    fn key(kind: &str) -> String {
        format!("-----BEGIN {kind}{PEM}-----\nMIIEsecret\n-----END {kind}{PEM}-----\n")
    }

    #[test]
    fn every_kind_of_key_is_found() {
        for kind in ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "] {
            assert_eq!(at(look, "f", format!("a\n{}", key(kind)).as_bytes()), [(2, 1)], "{kind}");
        }
        let pgp = format!("-----BEGIN PGP {PEM} BLOCK-----\n");
        let ssh2 = format!("---- BEGIN SSH2 ENCRYPTED {PEM} ----\n");
        assert_eq!(at(look, "f", pgp.as_bytes()), [(1, 1)]);
        assert_eq!(at(look, "f", ssh2.as_bytes()), [(1, 1)]);
        for (first, second) in OTHERS {
            assert_eq!(at(look, "f", format!("\0 {first}{second}1Q").as_bytes()), [(1, 3)]);
        }
        let two = key("RSA ").repeat(2);
        assert_eq!(at(look, "f", two.as_bytes()), [(1, 1), (4, 1)]);
    }

    #[test]
    fn what_only_speaks_of_keys_is_not() {
        for text in
            [format!("the {PEM} of BEGIN"), format!("-----BEGIN x {PEM}-----"), format!("BEGIN RSA {PEM}"), PEM.into()]
        {
            assert_eq!(at(look, "f", text.as_bytes()), [], "{text}");
        }
    }

    #[test]
    fn no_part_of_a_key_is_shown() {
        let one_line = key("RSA ").replace('\n', "\\n");
        for text in [key("RSA "), format!("{{\"id\":\"secret\",\"k\":\"{one_line}\"}}"), key("").replace('\n', "")] {
            let shown = rendered(look, "f", text.as_bytes());
            assert!(shown.contains("BEGIN") && !shown.contains("secret"), "{shown}");
        }
    }
}

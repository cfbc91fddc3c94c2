//! Words for a POSIX shell, and values for git's configuration.

/// The bytes as one word of a POSIX shell: in single quotes, in which every byte stands for itself.
pub(super) fn sh(bytes: &[u8]) -> Vec<u8> {
    let mut word = vec![b'\''];
    for byte in bytes {
        match byte {
            b'\'' => word.extend(br"'\''"),
            other => word.push(*other),
        }
    }
    word.push(b'\'');
    word
}

/// Reads a word that [`sh`] wrote; gives what it stands for and the rest of the text.
pub(super) fn read_sh(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"'")?;
    let mut bytes = Vec::new();
    loop {
        let end = rest.iter().position(|byte| *byte == b'\'')?;
        bytes.extend(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix(br"\''") {
            Some(more) => {
                bytes.push(b'\'');
                rest = more;
            }
            None => return Some((bytes, rest)),
        }
    }
}

/// The bytes as a quoted value of git's configuration: <https://git-scm.com/docs/git-config#_syntax>.
pub(super) fn config(bytes: &[u8]) -> Vec<u8> {
    let mut value = vec![b'"'];
    for byte in bytes {
        match byte {
            b'"' | b'\\' => value.extend([b'\\', *byte]),
            b'\n' => value.extend(br"\n"),
            other => value.push(*other),
        }
    }
    value.push(b'"');
    value
}

/// The bytes with everything escaped that a pattern of git's reads as more than itself.
pub(super) fn pattern(bytes: &[u8]) -> Vec<u8> {
    let special = |byte: u8| matches!(byte, b'*' | b'?' | b'[' | b'\\');
    bytes.iter().flat_map(|byte| special(*byte).then_some(b'\\').into_iter().chain([*byte])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for word in [&b""[..], b"a", b"it's", b"''", b"a\nb'\n'", b"\\$`\"", b"\xff\xfe"] {
            let text = [sh(word), b" rest".to_vec()].concat();
            assert_eq!(read_sh(&text), Some((word.to_vec(), &b" rest"[..])));
        }
        assert_eq!(read_sh(b"a"), None);
        assert_eq!(read_sh(b"'a"), None);
    }

    #[test]
    fn configuration_and_patterns_are_escaped() {
        assert_eq!(config(b"a \"b\"\\\n#"), br#""a \"b\"\\\n#""#);
        assert_eq!(pattern(br"/a*[b]?\"), br"/a\*\[b]\?\\");
    }
}

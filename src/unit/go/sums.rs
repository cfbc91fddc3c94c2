//! Checksums of modules: <https://go.dev/ref/mod#go-sum-files>.

use bstr::ByteSlice;
use serde::{Deserialize, Serialize};

use crate::digest::{Digest, Hasher};

/// A go.sum or a go.work.sum.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sums {
    /// What it says, in whatever order.
    pub(super) content: Digest,
    /// Why it can't be read.
    pub(super) mistake: Option<String>,
}

impl Sums {
    /// Reads one: each line is a module, a version and a hash.
    pub(super) fn read(content: &[u8]) -> Self {
        let mut lines: Vec<Vec<&[u8]>> = Vec::new();
        let mut mistake = None;
        for (number, line) in content.lines().enumerate() {
            let words: Vec<&[u8]> = line.fields_with(|c| matches!(c, ' ' | '\t' | '\r')).collect();
            match words.len() {
                0 => {}
                3 if words[2].contains(&b':') => lines.push(words),
                _ => mistake = mistake.or_else(|| Some(format!("line {} is no checksum", number + 1))),
            }
        }
        lines.sort_unstable();
        lines.dedup();
        let mut hasher = Hasher::new("unit-go-sums", 1);
        for word in lines.iter().flatten() {
            hasher.field("word", word);
        }
        Self { content: hasher.finish(), mistake }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_blank_lines_mean_nothing() {
        let a = Sums::read(b"a v1 h1:x=\nb v1/go.mod h1:y=\n\n");
        let b = Sums::read(b"b v1/go.mod h1:y=\r\na v1 h1:x=\na v1 h1:x=");
        assert_eq!(a.content, b.content);
        assert_eq!(a.mistake, None);
        assert_ne!(a.content, Sums::read(b"a v1 h1:z=\nb v1/go.mod h1:y=\n").content);
    }

    #[test]
    fn a_conflict_is_a_mistake() {
        let sums = Sums::read(b"a v1 h1:x=\n<<<<<<< main\nb v1 h1:y=\n=======\n");
        assert_eq!(sums.mistake.as_deref(), Some("line 2 is no checksum"));
    }
}

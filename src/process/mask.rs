//! Copies what a process wrote without the values that nobody may see.

use std::io::{self, Read, Write};

/// What stands where a secret stood.
const MASK: &[u8] = b"***";

/// A value shorter than this is no secret, and masking it would only make the log unreadable.
const SHORTEST: usize = 4;

/// The same for one line of a value of several lines.
const SHORTEST_LINE: usize = 8;

const CHUNK: usize = 64 << 10;

/// Masks secrets in a stream of bytes.
pub(super) struct Mask {
    /// Longest first, so that a secret that begins with another one goes whole.
    secrets: Vec<Vec<u8>>,
    starts: Box<[bool; 256]>,
}

/// Where a copied piece was cut out of something longer: half a secret may stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Nowhere,
    AtStart,
    AtEnd,
    AtBoth,
}

impl Cut {
    fn is_at_start(self) -> bool {
        matches!(self, Self::AtStart | Self::AtBoth)
    }

    fn is_at_end(self) -> bool {
        matches!(self, Self::AtEnd | Self::AtBoth)
    }
}

impl Mask {
    /// A mask for some values, each as a whole and, if it has several lines, line by line.
    pub(super) fn new(values: &[Vec<u8>]) -> Self {
        let lines = values.iter().filter(|value| value.contains(&b'\n')).flat_map(|value| {
            value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| line.len() >= SHORTEST_LINE)
        });
        let whole = values.iter().map(|value| value.trim_ascii()).filter(|value| value.len() >= SHORTEST);
        let mut secrets: Vec<Vec<u8>> = whole.chain(lines).map(<[u8]>::to_vec).collect();
        secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        secrets.dedup();
        let mut starts = Box::new([false; 256]);
        for secret in &secrets {
            starts[usize::from(secret[0])] = true;
        }
        Self { secrets, starts }
    }

    /// Whether there is nothing to mask.
    pub(super) fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// A text without secrets.
    pub(super) fn text(&self, text: &str) -> String {
        let mut out = Vec::new();
        // Neither end of this copy can fail.
        let _infallible = self.copy(&mut text.as_bytes(), &mut out, Cut::Nowhere);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Copies `from` to `to`, masking on the way; memory does not grow with what is copied.
    pub(super) fn copy(&self, mut from: &mut dyn Read, to: &mut dyn Write, cut: Cut) -> io::Result<()> {
        let longest = self.secrets.first().map_or(0, Vec::len);
        let mut buffer: Vec<u8> = Vec::with_capacity(CHUNK + longest);
        let mut first = true;
        loop {
            let wanted = CHUNK + longest - buffer.len();
            let read = Read::by_ref(&mut from).take(wanted as u64).read_to_end(&mut buffer)?;
            let last = read < wanted;
            if first && cut.is_at_start() {
                buffer.drain(..self.half_at_start(&buffer));
            }
            first = false;
            if last && cut.is_at_end() {
                buffer.truncate(buffer.len() - self.half_at_end(&buffer));
            }
            // A secret that begins in the last bytes may go on in the next chunk.
            let until = if last { buffer.len() } else { buffer.len() - longest };
            let done = self.write_masked(&buffer, until, to)?;
            buffer.drain(..done);
            if last {
                return Ok(());
            }
        }
    }

    /// Writes what begins before `until`; gives how many bytes that was.
    fn write_masked(&self, bytes: &[u8], until: usize, to: &mut dyn Write) -> io::Result<usize> {
        let (mut written, mut at) = (0, 0);
        while at < until {
            match self.secret_at(&bytes[at..]) {
                Some(length) => {
                    to.write_all(&bytes[written..at])?;
                    to.write_all(MASK)?;
                    at += length;
                    written = at;
                }
                None => at += 1,
            }
        }
        to.write_all(&bytes[written..at])?;
        Ok(at)
    }

    fn secret_at(&self, bytes: &[u8]) -> Option<usize> {
        if !self.starts[usize::from(bytes[0])] {
            return None;
        }
        self.secrets.iter().find(|secret| bytes.starts_with(secret)).map(Vec::len)
    }

    /// How many bytes at the start are the end of a secret, or all of it.
    fn half_at_start(&self, bytes: &[u8]) -> usize {
        let half = |secret: &Vec<u8>| (1..=secret.len()).rev().find(|n| bytes.starts_with(&secret[secret.len() - n..]));
        self.secrets.iter().filter_map(half).max().unwrap_or(0)
    }

    /// How many bytes at the end are the start of a secret, or all of it.
    fn half_at_end(&self, bytes: &[u8]) -> usize {
        let half = |secret: &Vec<u8>| (1..=secret.len()).rev().find(|n| bytes.ends_with(&secret[..*n]));
        self.secrets.iter().filter_map(half).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(secrets: &[&str], text: &[u8], cut: Cut) -> Vec<u8> {
        let values: Vec<Vec<u8>> = secrets.iter().map(|secret| secret.as_bytes().to_vec()).collect();
        let mut out = Vec::new();
        Mask::new(&values).copy(&mut &*text, &mut out, cut).unwrap();
        out
    }

    #[test]
    fn masks_every_occurrence_and_nothing_else() {
        let check = |secrets: &[&str], text: &str, expected: &str| {
            assert_eq!(masked(secrets, text.as_bytes(), Cut::Nowhere), expected.as_bytes(), "{text}");
        };
        check(&["hunter2"], "hunter2, hunter22 and hunter", "***, ***2 and hunter");
        check(&["abcd", "abcdef"], "abcdefg abcd", "***g ***");
        check(&["abc"], "abc", "abc");
        check(&[], "abc", "abc");
        check(&["first line\nsecond line\n"], "x first line\ny second line", "x ***\ny ***");
        assert_eq!(Mask::new(&[b"hunter2".to_vec()]).text("-p hunter2"), "-p ***");
        check(&["aaab"], "aaaab", "a***");
    }

    #[test]
    fn masks_across_chunks() {
        let secret = "0123456789abcdef";
        for offset in (CHUNK - 20)..(CHUNK + 20) {
            let mut text = vec![b'.'; offset];
            text.extend_from_slice(secret.as_bytes());
            text.extend_from_slice(&vec![b'.'; CHUNK]);
            let out = masked(&[secret], &text, Cut::Nowhere);
            assert_eq!(out.len(), text.len() - secret.len() + MASK.len(), "at {offset}");
            assert_eq!(&out[offset..offset + 3], MASK);
        }
    }

    #[test]
    fn leaves_no_half_where_it_was_cut() {
        assert_eq!(masked(&["hunter2"], b"ter2 x hun", Cut::AtStart), b" x hun");
        assert_eq!(masked(&["hunter2"], b"ter2 x hun", Cut::AtEnd), b"ter2 x ");
        assert_eq!(masked(&["abcXabc"], b"x abcXabc", Cut::AtEnd), b"x ", "whole, though its end is like its start");
    }
}

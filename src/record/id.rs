//! Ids of runs: short, unique, and in the order in which the runs began.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Crockford's base 32, in lower case: digits sort before letters, and no letter looks like a digit.
/// <https://www.crockford.com/base32.html>
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Digits that hold the time: milliseconds since 1970 until the year 3084.
const TIME: usize = 9;

/// Digits that tell apart what began within one millisecond.
const REST: usize = 5;

/// A new run's id: nine digits of time in milliseconds, five of chance and `pid`. Seven digits tell most runs apart.
#[must_use]
pub fn new_id(now: SystemTime, pid: u32) -> String {
    let time = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let time = u64::try_from(time).unwrap_or(u64::MAX);
    // The hasher is keyed with the system's randomness, anew in each process and with each call.
    let rest = RandomState::new().hash_one((pid, time));
    format!("{}{}", digits(time, TIME), digits(rest, REST))
}

/// When a run of this id began, in whole milliseconds; `None` if the text is no id.
#[must_use]
pub fn began(id: &str) -> Option<SystemTime> {
    if id.len() != TIME + REST {
        return None;
    }
    let value = |byte: u8| DIGITS.iter().position(|digit| *digit == byte).map(|value| value as u64);
    id.bytes().try_fold(0_u64, |_, byte| value(byte))?;
    let milliseconds = id.bytes().take(TIME).try_fold(0_u64, |sum, byte| Some(sum << 5 | value(byte)?))?;
    UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds))
}

/// The lowest `count` digits of a number, highest first.
#[expect(clippy::cast_possible_truncation, reason = "five bits at a time")]
fn digits(number: u64, count: usize) -> String {
    (0..count).rev().map(|place| char::from(DIGITS[usize::from((number >> (5 * place)) as u8 & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_sort_by_time_and_name_it() {
        let at = |milliseconds| UNIX_EPOCH + Duration::from_millis(milliseconds);
        let ids: Vec<String> =
            [1, 31, 32, 1_700_000_000_000, 1_700_000_000_001].map(|time| new_id(at(time), 7)).to_vec();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.len() == 14));
        assert_eq!(began(&ids[3]), Some(at(1_700_000_000_000)));
        for bad in ["", "logs", "0000000000000u", "000000000000000", "..............", "00000000\u{e4}0000"] {
            assert_eq!(began(bad), None, "{bad}");
        }
    }

    #[test]
    fn ids_of_one_moment_and_process_differ() {
        let ids: BTreeSet<String> = (0..200).map(|_| new_id(UNIX_EPOCH, 7)).collect();
        assert!(ids.len() > 198, "{}", ids.len());
    }
}

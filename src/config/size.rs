//! Sizes as gate.toml writes them: `"10GB"`, `"512MiB"`.

/// The units, in bytes. Those with an `i` are powers of 1024.
const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// Reads a whole number with a unit, in bytes; `None` if it is not one, or is more than TOML's integers hold.
pub(super) fn parse(text: &str) -> Option<u64> {
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let (_, bytes) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim_start()))?;
    let size = digits.parse::<u64>().ok()?.checked_mul(*bytes)?;
    i64::try_from(size).is_ok().then_some(size)
}

/// A text that [`parse`] reads as the size, in the largest decimal unit that leaves a whole number.
pub(super) fn show(size: u64) -> String {
    let decimal = UNITS[..5].iter().rev().find(|(_, bytes)| size > 0 && size.is_multiple_of(*bytes));
    let (unit, bytes) = decimal.copied().unwrap_or(UNITS[0]);
    format!("{}{unit}", size / bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_numbers_with_units() {
        let check = |text, bytes| assert_eq!(parse(text), bytes, "{text}");
        check("10GB", Some(10_000_000_000));
        check("10 gb", Some(10_000_000_000));
        check("512MiB", Some(512 << 20));
        check("0B", Some(0));
        for text in ["", "10", "GB", "1.5GB", "-1GB", "10 apples", "99999999999TB", "9223372036854775808B"] {
            check(text, None);
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(size in 0..=i64::MAX.unsigned_abs()) {
            prop_assert_eq!(parse(&show(size)), Some(size));
        }
    }
}

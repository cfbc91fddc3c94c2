//! Durations as gate.toml writes them: `90s`, `10m`, `1h30m`, `2d`, `500ms`.

use std::time::Duration;

/// Why a text is not a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DurationError {
    /// It is not made of numbers with units, the largest unit first.
    #[error("is not a duration")]
    Form,
    /// It is nothing at all.
    #[error("must be longer than nothing")]
    Zero,
    /// It is longer than [`LONGEST`].
    #[error("is longer than ten years")]
    TooLong,
}

/// The longest duration: more would overflow the clock of some systems.
const LONGEST: Duration = Duration::from_hours(24 * 3650);

/// The units, largest first, in milliseconds.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads a duration: numbers with units, each unit at most once and the largest first.
pub(super) fn parse(text: &str) -> Result<Duration, DurationError> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    if text.is_empty() {
        return Err(DurationError::Form);
    }
    while !rest.is_empty() {
        let (digits, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after, |c| c.is_ascii_lowercase());
        if digits.is_empty() {
            return Err(DurationError::Form);
        }
        let (_, millis) = units.find(|(name, _)| *name == unit).ok_or(DurationError::Form)?;
        let part = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(*millis));
        total = part.and_then(|part| total.checked_add(part)).ok_or(DurationError::TooLong)?;
        rest = after;
    }
    match Duration::from_millis(total) {
        Duration::ZERO => Err(DurationError::Zero),
        long if long > LONGEST => Err(DurationError::TooLong),
        duration => Ok(duration),
    }
}

/// The shortest text that [`parse`] reads as the duration; parts of a millisecond are dropped.
pub(super) fn show(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (unit, millis) in UNITS {
        let count = rest / millis;
        rest %= millis;
        if count > 0 {
            text.extend([count.to_string().as_str(), unit]);
        }
    }
    text
}

fn split(text: &str, inside: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !inside(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_numbers_with_units() {
        let check = |text, millis| assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        check("90s", 90_000);
        check("10m", 600_000);
        check("1h30m", 5_400_000);
        check("2d", 172_800_000);
        check("500ms", 500);
        check("1d1h1m1s1ms", 90_061_001);
    }

    #[test]
    fn refuses_everything_else() {
        for text in ["", "10", "m", "10 m", "-1s", "1.5h", "1m1h", "1s1s", "1S", "1w", "1hs", "\u{661}s"] {
            assert_eq!(parse(text), Err(DurationError::Form), "{text}");
        }
        assert_eq!(parse("0s"), Err(DurationError::Zero));
        assert_eq!(parse("0d0h"), Err(DurationError::Zero));
        assert_eq!(parse("4000d"), Err(DurationError::TooLong));
        assert_eq!(parse("99999999999999999999s"), Err(DurationError::TooLong));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(millis in 1_u64..=3650 * 86_400_000) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse(&show(duration)), Ok(duration));
        }
    }
}

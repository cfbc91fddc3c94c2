//! The known word that a misspelt one most likely means.

/// The known word nearest to `word`, if one is near enough to be meant: at most one edit for every three letters.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let word = plain(word);
    let length = word.chars().count();
    if length > LONGEST {
        return None;
    }
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| distance * 3 <= length.max(candidate.len()))
        .min()
        .map(|(_, candidate)| candidate)
}

/// Longer words are not compared: the cost grows with the square.
const LONGEST: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_nothing_else() {
        let check = |word, expected| assert_eq!(nearest(word, ["run", "on", "idle-timeout", "timeout"]), expected);
        check("rnu", Some("run"));
        check("Run", Some("run"));
        check("timout", Some("timeout"));
        check("idle_timeout", Some("idle-timeout"));
        check("xyz", None);
        check("", None);
        check(&"run".repeat(1000), None);
    }
}

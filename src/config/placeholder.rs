//! Placeholders of a command that is run for units, and what stands in their place.

use super::{CommandLine, Subject};
use crate::path::RepoPath;

/// A list of units, for one command over all of them.
const UNITS: &str = "{units}";
/// The same as one word.
const JOINED: &str = "{units,}";
/// What begins one with an option before each unit.
const WITH_OPTION: &str = "{units:";
/// A list of test files likewise.
const TESTS: &str = "{tests}";
/// What begins a placeholder for one unit: `{unit}`, `{unit.root}`, `{unit.manifest}`, `{unit.workspace}`.
const UNIT: &str = "{unit";

impl CommandLine {
    /// Whether it takes several units at once: whether it holds `{units}`, `{units,}` or `{units:OPTION}`.
    #[must_use]
    pub fn takes_units(&self) -> bool {
        [UNITS, JOINED, WITH_OPTION].iter().any(|placeholder| self.holds(placeholder))
    }

    /// The option that stands before a word `{units}`: whether it is meant for each unit can't be told.
    #[must_use]
    pub(super) fn doubtful_option(&self) -> Option<&str> {
        let words: Vec<&str> = match self {
            Self::Words(words) => words.iter().map(String::as_str).collect(),
            Self::Shell(line) => line.split_whitespace().collect(),
        };
        let is_doubtful = |pair: &&[&str]| pair[1] == UNITS && pair[0].starts_with('-') && pair[0] != "--";
        let found = words.windows(2).find(is_doubtful)?[0];
        match self {
            Self::Words(words) => words.iter().find(|word| *word == found).map(String::as_str),
            Self::Shell(line) => line.find(found).map(|at| &line[at..at + found.len()]),
        }
    }

    /// Whether it takes test files: whether it holds `{tests}`.
    #[must_use]
    pub fn takes_tests(&self) -> bool {
        self.holds(TESTS)
    }

    /// Whether it holds any placeholder for units.
    #[must_use]
    pub fn is_about_units(&self) -> bool {
        self.holds(UNIT) || self.takes_tests()
    }

    /// The command for one or several subjects: `{units:-p}` becomes `-p a -p b`, `-pl {units,}` becomes `-pl a,b`, and any
    /// other word with `{units}` or `{tests}` is repeated. In a line for a shell values are quoted where they have to be.
    #[must_use]
    pub fn for_subjects(&self, subjects: &[&Subject]) -> Self {
        match self {
            Self::Words(words) => {
                let words: Vec<Piece<'_>> = words.iter().map(|word| Piece { blank: "", word }).collect();
                Self::Words(filled(&words, subjects, &str::to_owned).into_iter().map(|(_, word)| word).collect())
            }
            Self::Shell(line) => {
                let filled = filled(&pieces(line), subjects, &quoted);
                Self::Shell(filled.into_iter().flat_map(|(blank, word)| [blank, word]).collect())
            }
        }
    }

    fn holds(&self, placeholder: &str) -> bool {
        match self {
            Self::Shell(line) => line.contains(placeholder),
            Self::Words(words) => words.iter().any(|word| word.contains(placeholder)),
        }
    }
}

impl Subject {
    /// A folder with the placeholders for one unit filled in; `None` for the root.
    #[must_use]
    pub fn dir(&self, dir: &RepoPath) -> Option<RepoPath> {
        let filled = fill(&dir.as_bstr().to_string(), self, &str::to_owned);
        let plain: Vec<&str> = filled.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        (!plain.is_empty()).then(|| RepoPath::from(plain.join("/").as_str()))
    }
}

/// Text with the placeholders for one unit filled in, each value as `write` writes it.
fn fill(text: &str, subject: &Subject, write: &dyn Fn(&str) -> String) -> String {
    let values = [
        ("{unit}", &subject.unit),
        ("{unit.root}", &subject.root),
        ("{unit.manifest}", &subject.manifest),
        ("{unit.workspace}", &subject.workspace),
        (UNITS, &subject.unit),
        (TESTS, subject.file.as_ref().unwrap_or(&subject.unit)),
    ];
    let (mut filled, mut rest) = (String::new(), text);
    // From left to right, so that nothing in a value is taken for a placeholder.
    while let Some(at) = rest.find('{') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((name, value)) = values.iter().find(|(name, _)| rest.starts_with(name)) {
            filled.push_str(&write(value));
            rest = &rest[name.len()..];
        } else {
            filled.push('{');
            rest = &rest[1..];
        }
    }
    filled + rest
}

/// A word, and the blanks before it.
#[derive(Clone, Copy)]
struct Piece<'a> {
    blank: &'a str,
    word: &'a str,
}

fn pieces(line: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), line);
    while !rest.is_empty() {
        let word = rest.trim_start();
        let blank = &rest[..rest.len() - word.len()];
        // What the shell takes for more than a part of a word ends one: `for u in {units}; do`.
        let is_operator = |c: char| ";&|()<>".contains(c);
        let ends = |c: char| c.is_whitespace() || is_operator(c) != word.starts_with(is_operator);
        let end = word.find(ends).unwrap_or(word.len());
        pieces.push(Piece { blank, word: &word[..end] });
        rest = &word[end..];
    }
    pieces
}

/// Every piece filled in, repeated where it stands for several.
fn filled(pieces: &[Piece<'_>], subjects: &[&Subject], write: &dyn Fn(&str) -> String) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for piece in pieces {
        for (at, words) in words(piece.word, subjects, write).into_iter().enumerate() {
            let blank = if at > 0 && piece.blank.is_empty() { " " } else { piece.blank };
            out.extend(words.into_iter().map(|word| (blank.to_owned(), word)));
        }
    }
    out
}

/// The words that one becomes, those of each repetition together.
fn words(word: &str, subjects: &[&Subject], write: &dyn Fn(&str) -> String) -> Vec<Vec<String>> {
    if let Some(option) = option(word) {
        return subjects.iter().map(|subject| vec![option.to_owned(), write(&subject.unit)]).collect();
    }
    if word.contains(JOINED) {
        let names: Vec<String> = subjects.iter().map(|subject| write(&subject.unit)).collect();
        return vec![vec![word.replace(JOINED, &names.join(","))]];
    }
    let is_list = word.contains(UNITS) || word.contains(TESTS);
    let times = if is_list { subjects.len() } else { 1 };
    subjects.iter().take(times).map(|subject| vec![fill(word, subject, write)]).collect()
}

/// The option that comes before each unit, of a word `{units:-p}`.
fn option(word: &str) -> Option<&str> {
    word.strip_prefix("{units:")?.strip_suffix('}').filter(|option| !option.contains(['{', '}']))
}

/// A value as a shell takes it for one word.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::check::UnitKind;

    fn subject(unit: &str, file: Option<&str>) -> Subject {
        Subject {
            check: "test".parse().unwrap(),
            unit: unit.to_owned(),
            kind: UnitKind::Cargo,
            root: format!("crates/{unit}"),
            manifest: format!("crates/{unit}/Cargo.toml"),
            workspace: ".".to_owned(),
            file: file.map(str::to_owned),
            together: None,
            groups: NonZeroUsize::MIN,
        }
    }

    #[test]
    fn a_line_is_filled_in_for_one_and_for_several() {
        let (a, b, odd) = (subject("a", Some("t/a.py")), subject("b", Some("t/b c.py")), subject("it's", None));
        let cases: &[(&str, &[&Subject], &str)] = &[
            ("cargo test -p {unit}", &[&a], "cargo test -p a"),
            ("cargo test  {units:-p} --lib", &[&a, &b], "cargo test  -p  a  -p  b --lib"),
            ("cargo test {units:-p}", &[&a], "cargo test -p a"),
            ("mvn -pl {units,} test", &[&a, &b], "mvn -pl a,b test"),
            ("gradle {units}:test", &[&a, &b], "gradle a:test b:test"),
            ("turbo run test --filter={units}", &[&a, &b], "turbo run test --filter=a --filter=b"),
            ("pytest {tests} -q", &[&a, &b], "pytest t/a.py 't/b c.py' -q"),
            (
                "cd {unit.root} && cat {unit.manifest} ${HOME} {unit.x} {",
                &[&a],
                "cd crates/a && cat crates/a/Cargo.toml ${HOME} {unit.x} {",
            ),
            ("echo {unit}", &[&odd], "echo 'it'\\''s'"),
            ("{units}", &[&a, &b], "a b"),
            ("for u in {units}; do x; done", &[&a, &b], "for u in a b; do x; done"),
            ("(echo {units}) >x", &[&a, &b], "(echo a b) >x"),
        ];
        for (line, subjects, expected) in cases {
            let filled = CommandLine::Shell((*line).to_owned()).for_subjects(subjects);
            assert_eq!(filled, CommandLine::Shell((*expected).to_owned()), "{line}");
        }
    }

    #[test]
    fn words_are_filled_in_without_quotes() {
        let (a, odd) = (subject("a", None), subject("it's {unit}", None));
        let words = |words: &[&str]| CommandLine::Words(words.iter().map(|word| (*word).to_owned()).collect());
        let filled = words(&["cargo", "test", "{units:-p}"]).for_subjects(&[&a, &odd]);
        assert_eq!(filled, words(&["cargo", "test", "-p", "a", "-p", "it's {unit}"]));
    }
}

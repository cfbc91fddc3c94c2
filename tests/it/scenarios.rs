//! Whole scenarios, each a text file in `fixtures/scenarios` that reads like the report of a bug.
//!
//! A file begins with what it shows. `$` is a command for a shell in the repository's folder; below it come the lines that
//! it writes, `>` on standard output and `!` on standard error, and `?` with its exit code where that is not 0. At the end
//! stand the files of the repository's first commit, each below a line `-- path --`.
//!
//! Ids, times, ages, folders and the order in which steps end are made equal before lines are compared. `GATE_UPDATE=1 cargo test scenarios` writes what
//! commands gave into the files: look at what changed.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use gate::check::Outcome;

use crate::repo::{Ran, TestRepo};

/// A scenario: what stands before its commands, the commands, and its files.
struct Scenario<'a> {
    parts: Vec<Part<'a>>,
    files: Vec<(&'a str, String)>,
}

/// A piece of a scenario's text.
enum Part<'a> {
    /// A line for the reader.
    Prose(&'a str),
    /// A command, and the lines that it is to give.
    Command(&'a str, Vec<&'a str>),
}

impl<'a> Scenario<'a> {
    fn parse(text: &'a str) -> Self {
        let mut scenario = Self { parts: Vec::new(), files: Vec::new() };
        for line in text.lines() {
            if let Some(path) = line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
                scenario.files.push((path, String::new()));
            } else if let Some((_, content)) = scenario.files.last_mut() {
                writeln!(content, "{line}").unwrap();
            } else {
                scenario.take(line);
            }
        }
        scenario
    }

    fn take(&mut self, line: &'a str) {
        let is_output = line.starts_with(['>', '!', '?']);
        match (line.strip_prefix("$ "), self.parts.last_mut()) {
            (Some(command), _) => self.parts.push(Part::Command(command, Vec::new())),
            (None, Some(Part::Command(_, expected))) if is_output => expected.push(line),
            (None, _) => self.parts.push(Part::Prose(line)),
        }
    }

    /// The scenario's text as it would have to be: its own, with what its commands give now.
    fn play(&self) -> String {
        let repo = self.repo();
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Prose(line) => writeln!(text, "{line}").unwrap(),
                Part::Command(command, _) => {
                    let ran = repo.run(&repo.path(), "sh", &["-c", command]);
                    writeln!(text, "$ {command}").unwrap();
                    text.extend(given(&ran, &repo).into_iter().map(|line| line + "\n"));
                }
            }
        }
        for (path, content) in &self.files {
            write!(text, "-- {path} --\n{content}").unwrap();
        }
        text
    }

    /// The repository that the scenario begins with, and gate on the path of programs.
    fn repo(&self) -> TestRepo {
        let repo = TestRepo::new();
        for (path, content) in &self.files {
            repo.write(path, content);
        }
        repo.commit("first");
        let programs = repo.root().join("bin");
        fs_err::create_dir(&programs).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_gate"), programs.join("gate")).unwrap();
        let path = repo.run(&repo.path(), "sh", &["-c", "printf %s \"$PATH\""]).stdout;
        repo.set_env("PATH", format!("{}:{path}", programs.display()));
        repo.set_env("COLUMNS", "1000");
        repo
    }
}

/// What a command gave, as lines of a scenario.
fn given(ran: &Ran, repo: &TestRepo) -> Vec<String> {
    let lines = |mark: char, text: &str| {
        let plain = text.lines().map(|line| without_folders(line, repo)).filter(|line| !is_chance(line));
        plain.map(|line| format!("{mark} {line}").trim_end().to_owned()).collect::<Vec<_>>()
    };
    let mut told = lines('!', &ran.stderr);
    sort_ends(&mut told);
    let mut given = [told, lines('>', &ran.stdout)].concat();
    given.extend((ran.code != 0).then(|| format!("? {}", ran.code)));
    given
}

/// Brings the lines that tell of steps' ends into one order: which step ends first is up to the machine.
fn sort_ends(lines: &mut [String]) {
    let ends = |line: &str| {
        let word = line.trim_start_matches(['!', ' ']).split(' ').next().unwrap_or_default();
        Outcome::ALL.iter().any(|outcome| outcome.as_str() == word)
    };
    let places: Vec<usize> = (0..lines.len()).filter(|at| ends(&lines[*at])).collect();
    let mut sorted: Vec<String> = places.iter().map(|at| lines[*at].clone()).collect();
    sorted.sort_by_key(|line| line.trim_start_matches(['!', ' ']).to_owned());
    places.into_iter().zip(sorted).for_each(|(at, line)| lines[at] = line);
}

/// Lines that only a slow machine shows.
fn is_chance(line: &str) -> bool {
    line.starts_with("    running ") || line.starts_with("      ready checkout")
}

/// A line in which everything that differs from run to run is the same, folders too.
fn without_folders(line: &str, repo: &TestRepo) -> String {
    plain(&line.replace(repo.path().to_str().unwrap(), "REPO").replace(repo.root().to_str().unwrap(), "ROOT"))
}

/// A line in which ids, digests, times and ages are the same.
pub(crate) fn plain(line: &str) -> String {
    let mut plain = String::new();
    for word in line.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '.') {
        let end = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        plain.push_str(if is_id(end) {
            "ID"
        } else if is_digest(end) {
            "DIGEST"
        } else if is_time(end) {
            "TIME"
        } else {
            end
        });
        plain.push_str(&word[end.len()..]);
    }
    same_age(&plain)
}

/// A run's id: a time in base 32, which begins with a 1 for the next decades, and the process.
fn is_id(word: &str) -> bool {
    word.len() == 14 && word.starts_with('1') && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
}

/// The beginning of a fingerprint or another digest.
fn is_digest(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_time(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|number| number.contains('.') && number.parse::<f64>().is_ok())
}

/// `4 seconds ago` and the like as `just now`.
fn same_age(line: &str) -> String {
    let line = &line.replace("a moment ago", "just now");
    let mut words: Vec<&str> = line.split(' ').collect();
    for at in 0..words.len() {
        if let [number, _, ago] = words[at..words.len().min(at + 3)]
            && number.parse::<u64>().is_ok()
            && let Some(rest) = ago.strip_prefix("ago")
        {
            let now = if rest.is_empty() {
                "now"
            } else if rest == "," {
                "now,"
            } else {
                "now."
            };
            words.splice(at..at + 3, ["just", now]);
            return same_age(&words.join(" "));
        }
    }
    line.to_owned()
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios");
    let mut files: Vec<PathBuf> = fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn scenarios_go_as_they_are_told() {
    let mut wrong = String::new();
    for path in files() {
        let told = fs_err::read_to_string(&path).unwrap();
        let went = Scenario::parse(&told).play();
        if option_env!("GATE_UPDATE").is_some() {
            fs_err::write(&path, went).unwrap();
        } else if told != went {
            writeln!(wrong, "{} goes otherwise:\n{went}", path.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn commands_and_what_they_give_are_told_from_prose() {
    let scenario =
        Scenario::parse("about\n\n$ a\n> 1\n! 2\n? 3\n> is prose after a gap\n\n> so\n-- f --\nx\n-- g --\n");
    let told = scenario.parts.iter().map(|part| match part {
        Part::Prose(line) => format!("p:{line}"),
        Part::Command(command, expected) => format!("c:{command}:{}", expected.len()),
    });
    assert_eq!(told.collect::<Vec<_>>(), ["p:about", "p:", "c:a:4", "p:", "p:> so"]);
    assert_eq!(scenario.files, [("f", "x\n".to_owned()), ("g", String::new())]);
}

#[test]
fn what_differs_from_run_to_run_is_the_same() {
    let repo = TestRepo::new();
    let path = repo.path();
    for (line, expected) in [
        (format!("log: {}/x 1.25s", path.display()), "log: REPO/x TIME"),
        ("passed in run 1m88ds9bqezawd, 12 seconds ago".to_owned(), "passed in run ID, just now"),
        ("1 reused from 1 minute ago.".to_owned(), "1 reused from just now."),
        ("1 reused from a moment ago.".to_owned(), "1 reused from just now."),
        ("went from c352ae8d9d24 to 7191a053716b".to_owned(), "went from DIGEST to DIGEST"),
        ("gate.toml 0.5 a-1.5s".to_owned(), "gate.toml 0.5 a-TIME"),
    ] {
        assert_eq!(without_folders(&line, &repo), expected);
    }
}

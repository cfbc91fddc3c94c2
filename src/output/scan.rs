//! The problems in a log.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, Read};

use super::cargo_json;
use super::place::Place;
use super::plain::plain;
use super::problem::Problem;
use super::several::Several;
use super::single::{self, Found};
use crate::path::RepoPath;

/// How many problems of a log are found at most.
pub const MOST_PROBLEMS: usize = 1000;

/// How much of a log is read.
pub(super) const BYTES: u64 = 16 << 20;

/// How much of a line is looked at; the rest of it is passed over. A line of JSON holds a whole message.
const LINE: usize = 256 << 10;

/// How long a line may be that people are to read.
const SHORT: usize = 8 << 10;

/// How many different paths are looked for at most.
const PATHS: usize = 20_000;

/// The problems in a log, in its order, each once.
///
/// # Errors
/// When the log can't be read.
pub fn problems(log: impl BufRead, place: &Place<'_>) -> io::Result<Vec<Problem>> {
    let mut log = log.take(BYTES);
    let mut scan =
        Scan { place, paths: BTreeMap::new(), several: Several::default(), found: Vec::new(), seen: HashSet::new() };
    let mut line = Vec::new();
    while scan.found.len() < MOST_PROBLEMS && next_line(&mut log, &mut line)? {
        scan.line(&line);
    }
    Ok(scan.finish())
}

/// The next line, as far as it is looked at; `false` at the end.
pub(super) fn next_line(log: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let read = log.by_ref().take(LINE as u64).read_until(b'\n', line)?;
    let mut ends = read == 0 || line.ends_with(b"\n");
    while !ends {
        let rest = log.fill_buf()?;
        let end = rest.iter().position(|byte| *byte == b'\n');
        let skip = end.map_or(rest.len(), |end| end + 1);
        ends = end.is_some() || rest.is_empty();
        log.consume(skip);
    }
    Ok(read > 0)
}

struct Scan<'a> {
    place: &'a Place<'a>,
    /// What paths were resolved to.
    paths: BTreeMap<Vec<u8>, Option<RepoPath>>,
    several: Several,
    found: Vec<Problem>,
    seen: HashSet<Problem>,
}

impl Scan<'_> {
    fn line(&mut self, line: &[u8]) {
        if let Some(found) = cargo_json::found(line) {
            self.add(found);
            return;
        }
        if line.len() > SHORT {
            return;
        }
        let line = plain(line);
        let (place, paths) = (self.place, &mut self.paths);
        let complete = self.several.take(&line, &mut |path| resolve(place, paths, path).is_some());
        if let Some(found) = complete {
            self.add(found);
        } else if let Some(mut found) = single::found(&line) {
            if found.path.ends_with(b".py")
                && found.region.is_some()
                && let Some(said) = self.several.assertion()
            {
                found.message = said;
            }
            self.add(found);
        }
    }

    fn add(&mut self, found: Found) {
        let Some(path) = resolve(self.place, &mut self.paths, &found.path) else { return };
        let Found { region, severity, message, rule, .. } = found;
        let problem = Problem { path, region, severity, message, rule };
        if self.seen.insert(problem.clone()) {
            self.found.push(problem);
        }
    }

    /// What was found, without lines of summaries about files in which a place is known.
    fn finish(self) -> Vec<Problem> {
        let placed: HashSet<RepoPath> =
            self.found.iter().filter(|problem| problem.region.is_some()).map(|problem| problem.path.clone()).collect();
        let adds = |problem: &Problem| problem.region.is_some() || !placed.contains(&problem.path);
        self.found.into_iter().filter(adds).collect()
    }
}

/// The file that a path leads to; looked for once.
fn resolve(place: &Place<'_>, paths: &mut BTreeMap<Vec<u8>, Option<RepoPath>>, path: &[u8]) -> Option<RepoPath> {
    if let Some(known) = paths.get(path) {
        return known.clone();
    }
    if paths.len() >= PATHS {
        return None;
    }
    let resolved = place.resolve(path);
    paths.insert(path.to_vec(), resolved.clone());
    resolved
}

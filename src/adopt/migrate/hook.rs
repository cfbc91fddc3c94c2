//! What a hook of another manager asks for, and the check that it becomes.

use std::collections::BTreeSet;

use super::super::entry::{Entry, Work};
use super::super::files::Files;
use super::forms::{Forms, Programs};
use super::globs::{literal, tidy};
use super::line::{FILES, Line, MESSAGE};

/// Which files a hook is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The patterns; every file if there are none.
    pub(super) files: Vec<String>,
    /// What is left out.
    pub(super) exclude: Vec<String>,
    /// What of the old selection has no exact pattern, so that more files are looked at than before.
    pub(super) wider: Vec<String>,
    /// Whether files are listed by name, because only what they hold shows their kind.
    pub(super) lists: bool,
}

/// What a hook's manager says of mending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mends {
    /// Nothing: what is known of the command tells.
    Unsaid,
    /// What the command itself changes becomes part of the commit.
    Itself,
    /// This line mends.
    By(String),
}

/// What a hook of another manager asks for.
#[derive(Clone, Debug)]
pub(super) struct Hook {
    /// What it is called.
    pub(super) name: String,
    /// What it runs, with [`FILES`] where it takes files and [`MESSAGE`] where it takes a message.
    pub(super) line: Line,
    /// The files that it is about.
    pub(super) wanted: Wanted,
    /// The early stages it runs at.
    pub(super) on: Vec<&'static str>,
    /// Where it runs.
    pub(super) dir: Option<String>,
    /// What mends what it finds.
    pub(super) mends: Mends,
    /// Whether the manager brings what it runs.
    pub(super) is_brought: bool,
}

/// What another manager's configuration comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::adopt) struct Old {
    /// What was found, and where.
    pub(in crate::adopt) found: String,
    /// The checks, each with what it was called.
    pub(in crate::adopt) carried: Vec<(String, Entry)>,
    /// What was not carried over, each with why.
    pub(in crate::adopt) left: Vec<(String, String)>,
    /// What else there is to know.
    pub(in crate::adopt) notes: Vec<String>,
    /// Programs that the manager brought, and that have to be on the PATH now.
    pub(in crate::adopt) wanted: BTreeSet<String>,
    /// How to retire it.
    pub(in crate::adopt) retire: String,
    /// Whether lint-staged's configuration was read: several hooks may name it.
    pub(super) is_staged: bool,
}

impl Old {
    /// Something found, of which nothing is known yet.
    pub(super) fn new(found: impl Into<String>, retire: impl Into<String>) -> Self {
        Self { found: found.into(), retire: retire.into(), ..Self::default() }
    }

    /// Notes what was not carried over.
    pub(super) fn leave(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let left = (what.into(), why.into());
        if !self.left.contains(&left) {
            self.left.push(left);
        }
    }

    /// Adds a hook's check, or why there is none. Says where it looks at more files than before.
    pub(super) fn add(&mut self, hook: Hook, files: &Files, programs: &Programs<'_>) -> Option<String> {
        let (name, is_brought) = (hook.name.clone(), hook.is_brought);
        let is_narrow = !hook.wanted.files.is_empty();
        match hook.entry(files, programs) {
            Ok((entry, wanted)) => {
                if is_narrow && entry.files.is_empty() && !entry.run().contains(MESSAGE) {
                    let what = one_line(&name);
                    self.notes.push(format!(
                        "{what} ran for some files only: what it looks at is not known, so it depends on all"
                    ));
                }
                self.wanted.extend(wanted.filter(|_| is_brought));
                Some(self.push(name, entry))
            }
            Err(why) => {
                self.leave(name, why);
                None
            }
        }
    }
}

impl Old {
    /// Adds a check, under a name of its own, which it gives back. One that is there for another stage gets this one's.
    pub(super) fn push(&mut self, what: String, mut entry: Entry) -> String {
        let stages = |entry: &Entry| Entry { name: String::new(), on: Vec::new(), ..entry.clone() };
        let is_twin = |(other, twin): &&mut (String, Entry)| *other == what && stages(twin) == stages(&entry);
        if let Some((_, twin)) = self.carried.iter_mut().find(is_twin) {
            let new = entry.on.into_iter().filter(|stage| !twin.on.contains(stage));
            twin.on.extend(new.collect::<Vec<_>>());
            twin.on.sort_unstable();
            return twin.name.clone();
        }
        let wanted = entry.name.clone();
        let mut number = 2;
        while self.carried.iter().any(|(_, other)| other.name == entry.name) {
            entry.name = format!("{wanted}-{number}");
            number += 1;
        }
        let name = entry.name.clone();
        self.carried.push((what, entry));
        name
    }
}

/// What to say of a check whose command is given files, and of which nothing more is known.
pub(in crate::adopt) const PER_FILE: &str =
    "Each file is looked at by itself: name in `inputs` what else the result depends on.";

/// What to say of one that changes files.
const CHANGES: &str = "It changes files, which fails the check where there is something to change.";

impl Hook {
    /// The check, and the program that has to be on the PATH for it.
    fn entry(self, files: &Files, programs: &Programs<'_>) -> Result<(Entry, Option<String>), String> {
        // With a folder of its own, it is not the root's tools that it runs.
        let line = self.line.clone().unwrapped();
        let Forms { run, fix, known, wanted } = programs.forms(&line);
        let mut entry =
            Entry { name: check_name(&self.name), on: self.on.clone(), dir: self.dir.clone(), ..Entry::default() };
        entry.work = Work::Run(run.text()?);
        entry.fix = fix.map(|fix| fix.text()).transpose()?;
        sound(&entry)?;
        if run.takes_message() {
            entry.on.clear();
            return Ok((entry, wanted));
        }
        match &self.mends {
            Mends::By(line) => {
                let forms = programs.forms(&Line::parse(line));
                entry.fix = Some(forms.fix.unwrap_or(forms.run).text()?);
                sound(&entry)?;
            }
            Mends::Itself if entry.fix.is_none() && known.is_none() => {
                entry.comments.push(CHANGES.to_owned());
                entry.fix = Some(entry.run().to_owned());
            }
            Mends::Itself | Mends::Unsaid => {}
        }
        if run.takes_files() {
            self.wanted.select(&mut entry);
            entry.inputs = known.map_or_else(
                || {
                    entry.comments.push(PER_FILE.to_owned());
                    own(&run, files)
                },
                |known| known.settings,
            );
            return Ok((entry, wanted));
        }
        match known {
            Some(known) if !known.sources.is_empty() => {
                entry.files = known.sources;
                entry.inputs = known.settings;
            }
            _ => {}
        }
        Ok((entry, wanted))
    }
}

impl Wanted {
    /// Says which files a check is about.
    pub(super) fn select(&self, entry: &mut Entry) {
        let is_run = matches!(entry.work, Work::Run(_));
        entry.files = tidy(&self.files);
        if entry.files.is_empty() && is_run {
            entry.files = vec!["**".to_owned()];
        }
        entry.exclude = tidy(&self.exclude);
        entry.comments.extend(self.wider.iter().map(|what| one_line(&format!("Wider than before: {what}."))));
        if self.lists {
            entry.comments.push("Programs without an ending are listed by name.".to_owned());
        }
    }
}

/// The files of the repository that a command names: it depends on them.
fn own(run: &Line, files: &Files) -> Vec<String> {
    let Line::Words(words) = run else { return Vec::new() };
    let named = words.iter().map(|word| word.strip_prefix("./").unwrap_or(word)).filter(|word| files.has(word));
    named.map(literal).collect()
}

/// Whether a check's commands mean what they did: a placeholder that stands in the old one would be filled.
fn sound(entry: &Entry) -> Result<(), String> {
    let lines = [Some(entry.run()), entry.fix.as_deref()];
    for line in lines.into_iter().flatten() {
        if line.trim().is_empty() {
            return Err("it runs nothing".to_owned());
        }
        if line.contains("{unit}") {
            return Err("its command holds {unit}, which means something else to gate".to_owned());
        }
        if line.contains(FILES) && line.contains(MESSAGE) {
            return Err("its command takes both files and a message".to_owned());
        }
        if quoted(line) {
            return Err("its command takes files inside quotes, where names can't be told apart".to_owned());
        }
    }
    Ok(())
}

/// Whether files stand inside quotes that hold more than them.
fn quoted(line: &str) -> bool {
    let line = line.replace("\"{files}\"", FILES).replace("'{files}'", FILES);
    let (mut quote, mut rest) = (None, line.as_str());
    while let Some(c) = rest.chars().next() {
        if quote.is_some() && rest.starts_with(FILES) {
            return true;
        }
        let is_escape = c == '\\' && quote != Some('\'');
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
        let skipped = if is_escape { 2 } else { 1 };
        rest = rest.char_indices().nth(skipped).map_or("", |(at, _)| &rest[at..]);
    }
    false
}

/// A name that a check can have, made of what a hook is called.
pub(super) fn check_name(name: &str) -> String {
    const LONGEST: usize = 40;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut plain = String::new();
    for c in name.chars() {
        if is_plain(c) {
            plain.push(c);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
        if plain.len() >= LONGEST {
            break;
        }
    }
    let plain = plain.trim_matches(['-', '_']);
    if plain.is_empty() { "check".to_owned() } else { plain.to_owned() }
}

/// A text of somebody else's that is to stand on one line of a file or a terminal.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 160;
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > LONGEST {
        words = words.chars().take(LONGEST).collect::<String>() + "...";
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_plain() {
        for (name, expected) in [
            ("ruff-format", "ruff-format"),
            ("npm run lint && x", "npm-run-lint-x"),
            ("../../a b/", "a-b"),
            ("\u{e4}", "check"),
            (".x.y.", "x-y"),
        ] {
            assert_eq!(check_name(name), expected);
        }
        assert_eq!(check_name(&"a".repeat(100)).len(), 40);
        assert_eq!(one_line("a\n  b\u{1b}[31m"), "a b [31m");
    }

    #[test]
    fn files_inside_quotes_are_seen() {
        assert!(quoted("sh -c 'x {files}'") && quoted("x \"a {files}\""));
        assert!(!quoted("x '{files}' \"{files}\" {files} 'a'") && !quoted(r"x \' {files}"));
    }
}

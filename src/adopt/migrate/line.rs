//! Command lines: their words, where nothing of the shell's is in them, and what runs them.

/// What stands for the files that a command is given.
pub(super) const FILES: &str = "{files}";

/// What stands for the message of a commit.
pub(super) const MESSAGE: &str = "{message_file}";

/// A command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The words of one program; [`FILES`] and [`MESSAGE`] stand for what they say.
    Words(Vec<String>),
    /// Anything that only a shell can read.
    Shell(String),
}

/// Programs that run another, up to which word: what follows is the command itself.
const RUNNERS: &[&[&str]] = &[
    &["npx", "--no-install"],
    &["npx", "--no", "--"],
    &["npx", "--no"],
    &["npx", "--"],
    &["npx", "--yes"],
    &["npx", "-y"],
    &["npx"],
    &["pnpm", "exec"],
    &["pnpm", "run"],
    &["pnpm", "dlx"],
    &["pnpm"],
    &["yarn", "run"],
    &["yarn", "exec"],
    &["yarn", "-s"],
    &["yarn"],
    &["bunx"],
    &["bun", "x"],
    &["bun", "run"],
    &["npm", "exec", "--"],
    &["npm", "exec"],
    &["uv", "run", "--no-sync"],
    &["uv", "run", "--frozen"],
    &["uv", "run"],
    &["uvx"],
    &["poetry", "run"],
    &["pdm", "run"],
    &["pipenv", "run"],
    &["hatch", "run"],
    &["bundle", "exec"],
    &["composer", "exec"],
    &["python", "-m"],
    &["python3", "-m"],
    &["mise", "x", "--"],
    &["mise", "exec", "--"],
];

impl Line {
    /// Reads a line as a shell would.
    pub(super) fn parse(line: &str) -> Self {
        let words = if is_plain(line) { shlex::split(line) } else { None };
        words.filter(|words| !words.is_empty()).map_or_else(|| Self::Shell(line.trim().to_owned()), Self::Words)
    }

    /// The line as a shell reads it; an error if it can't be written.
    pub(super) fn text(&self) -> Result<String, String> {
        match self {
            Self::Words(words) => {
                let quoted: Result<Vec<_>, _> = words.iter().map(|word| quote(word)).collect();
                Ok(quoted?.join(" "))
            }
            Self::Shell(line) if line.contains('\0') => Err("its command holds a NUL character".to_owned()),
            Self::Shell(line) => Ok(line.clone()),
        }
    }

    /// Whether it takes the names of files.
    pub(super) fn takes_files(&self) -> bool {
        self.holds(FILES)
    }

    /// Whether it takes the message of a commit.
    pub(super) fn takes_message(&self) -> bool {
        self.holds(MESSAGE)
    }

    fn holds(&self, placeholder: &str) -> bool {
        match self {
            Self::Words(words) => words.iter().any(|word| word == placeholder),
            Self::Shell(line) => line.contains(placeholder),
        }
    }

    /// A script in a shell's argument that takes no files, for itself: `bash -c 'tsc --noEmit'` is given files and
    /// looks at none.
    pub(super) fn unwrapped(self) -> Self {
        let Self::Words(words) = &self else { return self };
        let [shell, "-c", script, ..] = words.iter().map(String::as_str).collect::<Vec<_>>()[..] else { return self };
        let is_shell = ["sh", "bash", "zsh", "/bin/sh", "/bin/bash"].contains(&shell);
        let takes = ["$@", "$*", "$0", "$1", "$2", "${", "$#", "{files}"].iter().any(|text| script.contains(text));
        if is_shell && !takes { Self::parse(script) } else { self }
    }

    /// Whether it runs commitlint.
    pub(super) fn is_commitlint(&self) -> bool {
        self.program().is_some_and(|(_, words)| name(&words[0]) == "commitlint")
    }

    /// What to call it: the program and the words after it, up to the first option.
    pub(super) fn title(&self) -> String {
        let Some((_, words)) = self.program() else {
            let Self::Shell(line) = self else { return String::new() };
            return line.clone();
        };
        let is_plain = |word: &&String| !word.starts_with(['-', '{']);
        let plain = words.iter().take_while(is_plain).map(|word| name(word)).filter(|word| *word != "run");
        plain.take(3).collect::<Vec<_>>().join(" ")
    }

    /// The words from the program on that does the work, and what runs it.
    pub(super) fn program(&self) -> Option<(&[String], &[String])> {
        let Self::Words(words) = self else { return None };
        let matching = |runner: &&&[&str]| {
            words.len() > runner.len() && words.iter().zip(**runner).all(|(word, expected)| word == expected)
        };
        let length = RUNNERS.iter().find(matching).map_or(0, |runner| runner.len());
        Some(words.split_at(length))
    }
}

/// The name of a program without the folder that it lies in.
pub(super) fn name(word: &str) -> &str {
    word.rsplit_once('/').map_or(word, |(_, name)| name)
}

/// A line without `git add` at its end: what a fix changes becomes part of the commit anyway.
pub(super) fn without_git_add(line: &str) -> String {
    let last = line.rsplit_once("&&").filter(|(_, last)| last.trim_start().starts_with("git add"));
    last.map_or(line, |(first, _)| first).trim().to_owned()
}

/// A word as a shell reads it; placeholders as they are.
fn quote(word: &str) -> Result<String, String> {
    if [FILES, MESSAGE].contains(&word) {
        return Ok(word.to_owned());
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@%+".contains(c);
    if word.starts_with('-') && word.chars().all(is_plain) {
        return Ok(word.to_owned());
    }
    shlex::try_quote(word).map(std::borrow::Cow::into_owned).map_err(|_| "its command holds a NUL character".to_owned())
}

/// Whether a shell would take the line apart into words, and nothing else.
fn is_plain(line: &str) -> bool {
    let line = line.replace(FILES, "").replace(MESSAGE, "");
    let (mut quote, mut is_start) = (None, true);
    for c in line.chars() {
        let special = match quote {
            Some('\'') => false,
            Some(_) => matches!(c, '$' | '`' | '\\'),
            None => "|&;<>()$`\\*?~#[]!{}\n".contains(c) || (is_start && c == '='),
        };
        if special {
            return false;
        }
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, c) if c.is_whitespace() => is_start = false,
            _ => {}
        }
    }
    quote.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines_are_words() {
        let words = |line: &str| match Line::parse(line) {
            Line::Words(words) => words,
            Line::Shell(line) => panic!("{line}"),
        };
        assert_eq!(words("eslint --ext .js,.ts {files}"), ["eslint", "--ext", ".js,.ts", "{files}"]);
        assert_eq!(words("a 'b c' \"d*\""), ["a", "b c", "d*"]);
        for line in ["a | b", "a && b", "A=1 b", "a $B", "a \"$B\"", "a > b", "a *", "a\nb", "'a", "", "a `b`"] {
            assert!(matches!(Line::parse(line), Line::Shell(_)), "{line}");
        }
    }

    #[test]
    fn words_are_written_so_that_a_shell_reads_them_back() {
        let line = Line::Words(["a b", "{files}", "x'y", "$z"].map(str::to_owned).to_vec());
        assert_eq!(line.text().unwrap(), r#"'a b' {files} "x'y" '$z'"#);
        assert!(Line::Words(vec!["a\0".to_owned()]).text().is_err());
        assert!(Line::Shell("a\0 | b".to_owned()).text().is_err());
    }

    #[test]
    fn runners_and_wrappers_are_told_from_what_they_run() {
        let run = |line: &str| {
            let line = Line::parse(line);
            line.program().map(|(runner, command)| (runner.join(" "), command.join(" ")))
        };
        let pair = |runner: &str, command: &str| Some((runner.to_owned(), command.to_owned()));
        assert_eq!(run("npx --no -- eslint ."), pair("npx --no --", "eslint ."));
        assert_eq!(run("npx"), pair("", "npx"));
        assert_eq!(run("poetry run ruff check"), pair("poetry run", "ruff check"));
        assert_eq!(run("black ."), pair("", "black ."));
        assert_eq!(Line::parse("bash -c 'tsc --noEmit' {files}").unwrapped(), Line::parse("tsc --noEmit"));
        let takes = Line::parse("bash -c 'x \"$@\"' {files}");
        assert_eq!(takes.clone().unwrapped(), takes);
    }
}

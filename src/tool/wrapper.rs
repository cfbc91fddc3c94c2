//! Which programs a simple command starts: its first word, and what wrappers such as `env` or `xargs` start for it.

use super::lexer::Word;
use super::shell_words::{commands, is_assignment};

/// How deep wrappers are followed.
const DEPTH: usize = 8;

/// A program that a command starts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Wanted {
    /// Its name, or its path.
    pub(super) name: String,
    /// The rustup toolchain that the command names: `cargo +nightly`.
    pub(super) toolchain: Option<String>,
    /// Whether PATH need not find it, so that it says nothing when the machine does not have it: the command can do without
    /// it, or what starts it has it in an environment of its own.
    pub(super) optional: bool,
}

impl Wanted {
    /// A program that nothing more is known of.
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), toolchain: None, optional: false }
    }

    /// The name, with the toolchain where the command names one.
    pub(super) fn shown(&self) -> String {
        match &self.toolchain {
            Some(toolchain) => format!("{}+{toolchain}", self.name),
            None => self.name.clone(),
        }
    }
}

/// A program that starts another one, which its arguments name.
struct Wrapper {
    /// Its words: the name, and a subcommand where only that starts something.
    words: &'static [&'static str],
    /// Options whose value is a word of its own.
    valued: &'static [&'static str],
    /// How many operands come before the program.
    operands: usize,
    /// Whether it looks in an environment of its own before it looks in PATH.
    own: bool,
}

const fn wrapper(words: &'static [&'static str], valued: &'static [&'static str], operands: usize) -> Wrapper {
    Wrapper { words, valued, operands, own: false }
}

const fn environment(words: &'static [&'static str], valued: &'static [&'static str], operands: usize) -> Wrapper {
    Wrapper { words, valued, operands, own: true }
}

const WRAPPERS: &[Wrapper] = &[
    wrapper(&["env"], &["-u", "--unset", "-C", "--chdir"], 0),
    wrapper(&["exec"], &["-a"], 0),
    wrapper(&["command"], &[], 0),
    wrapper(&["builtin"], &[], 0),
    wrapper(&["nice"], &["-n", "--adjustment"], 0),
    wrapper(&["ionice"], &["-c", "-n", "--class", "--classdata"], 0),
    wrapper(&["nohup"], &[], 0),
    wrapper(&["setsid"], &[], 0),
    wrapper(&["time"], &["-f", "-o", "--format", "--output"], 0),
    wrapper(&["timeout"], &["-k", "-s", "--kill-after", "--signal"], 1),
    wrapper(&["gtimeout"], &["-k", "-s", "--kill-after", "--signal"], 1),
    wrapper(&["stdbuf"], &["-i", "-o", "-e"], 0),
    wrapper(&["taskset"], &[], 1),
    wrapper(&["flock"], &["-w", "-E"], 1),
    wrapper(&["sudo"], &["-u", "-g", "-C", "-D", "-R", "-T"], 0),
    wrapper(&["doas"], &["-u", "-C"], 0),
    wrapper(&["xargs"], &["-n", "-P", "-I", "-L", "-d", "-a", "-s", "-E", "--max-args", "--max-procs"], 0),
    wrapper(&["xvfb-run"], &["-s", "-n", "-e", "-f", "-p", "-w", "--server-args"], 0),
    wrapper(&["chronic"], &[], 0),
    wrapper(&["rustup", "run"], &[], 1),
    environment(&["uv", "run"], &["-p", "--python", "--with", "--extra", "--group", "--directory", "--project"], 0),
    environment(&["poetry", "run"], &[], 0),
    environment(&["pipenv", "run"], &[], 0),
    environment(&["pdm", "run"], &[], 0),
    environment(&["bundle", "exec"], &["--gemfile"], 0),
    environment(&["pyenv", "exec"], &[], 0),
    environment(&["rbenv", "exec"], &[], 0),
    environment(&["nodenv", "exec"], &[], 0),
    environment(&["asdf", "exec"], &[], 0),
    environment(&["mise", "exec"], &[], 0),
    environment(&["direnv", "exec"], &[], 1),
];

const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "ash"];

/// Programs that start others without being told to.
const BRINGS: &[(&str, &[&str])] = &[
    ("cargo", &["rustc"]),
    ("mvn", &["java"]),
    ("mvnw", &["java"]),
    ("gradle", &["java"]),
    ("gradlew", &["java"]),
    ("ant", &["java"]),
    ("sbt", &["java"]),
    ("cmake", &["cc", "c++"]),
];

/// What a shell does itself: no program of that name is started.
const BUILTINS: &[&str] = &[
    ".", ":", "[", "alias", "bg", "break", "builtin", "cd", "command", "continue", "echo", "eval", "exec", "exit",
    "export", "false", "fg", "getopts", "hash", "jobs", "kill", "local", "printf", "pwd", "read", "readonly", "return",
    "set", "shift", "source", "test", "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset", "wait",
];

/// The programs that a shell line starts, the shell itself apart.
pub(super) fn of_line(line: &str) -> Vec<Wanted> {
    let mut found = Vec::new();
    for words in commands(line) {
        of_shell_words(&words, DEPTH, &mut found);
    }
    found
}

/// The programs that a command given as words starts.
pub(super) fn of_words(words: &[String]) -> Vec<Wanted> {
    let words: Vec<Word> = words.iter().map(Word::literal).collect();
    let mut found = Vec::new();
    of_words_at(&words, DEPTH, &mut found);
    found
}

fn of_shell_words(words: &[Word], depth: usize, found: &mut Vec<Wanted>) {
    let before = found.len();
    of_words_at(words, depth, found);
    if words.first().is_some_and(|first| BUILTINS.contains(&first.text.as_str())) && found.len() > before {
        found.remove(before);
    }
}

fn of_words_at(words: &[Word], depth: usize, found: &mut Vec<Wanted>) {
    let Some((first, args)) = words.split_first().filter(|(first, _)| first.literal && !first.text.is_empty()) else {
        return;
    };
    let toolchain = args.first().and_then(|word| word.text.strip_prefix('+')).filter(|name| !name.is_empty());
    found.push(Wanted { name: first.text.clone(), toolchain: toolchain.map(str::to_owned), optional: false });
    if depth == 0 {
        return;
    }
    let name = first.text.rsplit('/').next().unwrap_or_default();
    let brought = BRINGS.iter().filter(|(known, _)| *known == name).flat_map(|(_, brought)| brought.iter());
    found.extend(brought.map(|brought| optional(brought, toolchain)));
    match name {
        "eval" => of_text(args, depth, found),
        "cargo" => cargo(args, toolchain, found),
        "find" => {
            let starts = |word: &Word| ["-exec", "-execdir", "-ok", "-okdir"].contains(&word.text.as_str());
            for (at, _) in args.iter().enumerate().filter(|(_, word)| starts(word)) {
                of_words_at(&args[at + 1..], depth - 1, found);
            }
        }
        _ if SHELLS.contains(&name) => shell(args, depth, found),
        _ => wrapped(name, args, depth, found),
    }
}

/// `eval` puts its words together and reads them again.
fn of_text(words: &[Word], depth: usize, found: &mut Vec<Wanted>) {
    let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    for words in commands(&text) {
        of_shell_words(&words, depth - 1, found);
    }
}

/// `sh -c LINE`, with other options before or in the same word.
fn shell(args: &[Word], depth: usize, found: &mut Vec<Wanted>) {
    let mut takes_line = false;
    let mut rest = args;
    while let Some((word, after)) = rest.split_first().filter(|(word, _)| word.text.starts_with(['-', '+'])) {
        let short = !word.text.starts_with("--");
        takes_line |= short && word.text.contains('c');
        // `-o pipefail` has its value in a word of its own.
        rest = after.get(usize::from(short && word.text.ends_with('o'))..).unwrap_or_default();
    }
    if let Some(line) = rest.first().filter(|_| takes_line) {
        of_text(std::slice::from_ref(line), depth, found);
    }
}

/// A program that a command can do without.
fn optional(name: &str, toolchain: Option<&str>) -> Wanted {
    Wanted { name: name.to_owned(), toolchain: toolchain.map(str::to_owned), optional: true }
}

/// `cargo NAME` starts `cargo-NAME` where cargo itself has no such command, and those of the toolchain start others.
fn cargo(args: &[Word], toolchain: Option<&str>, found: &mut Vec<Wanted>) {
    let subcommand = args.iter().find(|word| !word.text.starts_with(['+', '-']));
    if let Some(word) = subcommand.filter(|word| word.literal) {
        found.push(optional(&format!("cargo-{}", word.text), toolchain));
        match word.text.as_str() {
            "fmt" => found.push(optional("rustfmt", toolchain)),
            "clippy" => found.push(optional("clippy-driver", toolchain)),
            _ => {}
        }
    }
}

fn wrapped(name: &str, args: &[Word], depth: usize, found: &mut Vec<Wanted>) {
    let given = |wrapper: &&Wrapper| {
        wrapper.words[0] == name && wrapper.words[1..].iter().zip(args).all(|(want, word)| *want == word.text)
    };
    let Some(wrapper) = WRAPPERS.iter().find(given) else { return };
    let mut rest = args.get(wrapper.words.len() - 1..).unwrap_or_default();
    let mut operands = Vec::new();
    while let Some((word, after)) = rest.split_first() {
        let text = word.text.as_str();
        if let Some(line) = env_split(name, word, after) {
            return of_text(&line, depth, found);
        }
        if text.len() > 1 && text.starts_with('-') {
            let value = usize::from(wrapper.valued.contains(&text));
            rest = after.get(value..).unwrap_or_default();
        } else if operands.len() < wrapper.operands {
            operands.push(text);
            rest = after;
        } else if is_assignment(text) || text == "-" {
            rest = after;
        } else {
            break;
        }
    }
    let before = found.len();
    of_words_at(rest, depth - 1, found);
    for inner in found.iter_mut().skip(before).filter(|_| wrapper.own) {
        inner.optional = true;
    }
    if let (["rustup", "run"], [toolchain], Some(inner)) = (wrapper.words, &operands[..], found.get_mut(before)) {
        inner.toolchain = Some((*toolchain).to_owned());
    }
}

/// `env -S 'PROGRAM ARGUMENTS'`: the words of the option's value come before the rest.
fn env_split(name: &str, word: &Word, after: &[Word]) -> Option<Vec<Word>> {
    if name != "env" {
        return None;
    }
    let (value, after) = match word.text.strip_prefix("-S").or_else(|| word.text.strip_prefix("--split-string=")) {
        Some("") => (after.first()?.clone(), &after[1..]),
        Some(value) => (Word { text: value.to_owned(), literal: word.literal }, after),
        None => return None,
    };
    let mut words = vec![Word::literal("env"), value];
    words.extend_from_slice(after);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let shown: Vec<String> = of_line(line).iter().map(Wanted::shown).collect();
        assert_eq!(shown, expected, "{line}");
    }

    #[test]
    fn what_a_wrapper_starts_counts_too() {
        check("env -i -u X A=1 node x.js", &["env", "node"]);
        check("env -S 'A=1 deno run' x", &["env", "env", "deno"]);
        check("exec nice -n 5 nohup make", &["nice", "nohup", "make"]);
        check("timeout -k 5 10m go test", &["timeout", "go"]);
        check("git ls-files -z | xargs -0 -n 10 rustfmt --check", &["git", "xargs", "rustfmt"]);
        check("find . -name x -exec grep y {} ';' -o -exec sed z {} +", &["find", "grep", "sed"]);
        check("time -p make", &["time", "make"]);
        check("uv run --with x pytest && uv sync", &["uv", "pytest", "uv"]);
        check("/usr/bin/env python3", &["/usr/bin/env", "python3"]);
    }

    #[test]
    fn path_need_not_find_what_is_in_an_environment() {
        let needed = |line: &str| -> Vec<String> {
            of_line(line).into_iter().filter(|wanted| !wanted.optional).map(|wanted| wanted.name).collect()
        };
        assert_eq!(needed("uv run --no-sync ruff check && codespell"), ["uv", "codespell"]);
        assert_eq!(needed("poetry run env A=1 sh -c 'mypy .'"), ["poetry"]);
        assert_eq!(needed("timeout 5 make"), ["timeout", "make"]);
    }

    #[test]
    fn a_probe_for_a_program_counts() {
        check("if command -v shellcheck; then shellcheck x; fi", &["shellcheck", "shellcheck"]);
    }

    #[test]
    fn builtins_and_variables_are_no_programs() {
        check("cd web && echo x | test -f y; $CMD z; export A=1", &[]);
    }

    #[test]
    fn lines_given_to_shells_are_read() {
        check("sh -c 'ruby a; go b'", &["sh", "ruby", "go"]);
        check("bash -euo pipefail -c \"node x\"", &["bash", "node"]);
        check("bash script.sh -c", &["bash"]);
        check("eval 'make all'", &["make"]);
        assert_eq!(of_words(&["sh".into(), "-c".into(), "tsc".into()]), [Wanted::new("sh"), Wanted::new("tsc")]);
    }

    #[test]
    fn rust_toolchains_are_taken_from_the_command() {
        check(
            "cargo +nightly fmt --check",
            &["cargo+nightly", "rustc+nightly", "cargo-fmt+nightly", "rustfmt+nightly"],
        );
        check("rustup run beta rustc -V", &["rustup", "rustc+beta"]);
        check("cargo --locked nextest run", &["cargo", "rustc", "cargo-nextest"]);
    }

    #[test]
    fn wrapping_without_end_is_survived() {
        let line = "env ".repeat(100);
        assert_eq!(of_line(&line).len(), DEPTH + 1);
        check("env", &["env"]);
        check("timeout 5", &["timeout"]);
        check("rustup run", &["rustup"]);
        check("sh -c", &["sh"]);
    }
}

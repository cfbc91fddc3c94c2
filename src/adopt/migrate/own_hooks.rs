//! Hooks that gate brings with it: which of its own checks takes the place of which hook of others.

use super::super::entry::{Entry, Work};
use super::super::toml_text::{list, quote};
use super::hook::check_name;

/// What becomes of a hook.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// One of gate's own checks: its name, what it does, and the endings of the files that it is about.
    Check(&'static str, Work, &'static [&'static str]),
    /// A command.
    Command(&'static str, &'static [&'static str]),
    /// Nothing, for this reason.
    Nothing(&'static str),
}

const NOT_MINE: &str =
    "gate has no such check; its program comes with the Python package pre-commit-hooks: put it in a check's `run`";

/// What becomes of a hook of the collection that pre-commit itself keeps.
pub(super) fn of_the_collection(id: &str, args: &[String]) -> Own {
    let check = |name, endings| Own::Check(name, Work::Builtin(name, Vec::new()), endings);
    match id {
        "check-yaml" => check("syntax", &["yaml", "yml"]),
        "check-json" => check("syntax", &["json"]),
        "check-toml" => check("syntax", &["toml"]),
        "check-xml" => check("syntax", &["xml"]),
        "check-merge-conflict" => check("merge-conflict", &[]),
        "check-case-conflict" => check("case-conflict", &[]),
        "check-symlinks" => check("symlinks", &[]),
        "check-executables-have-shebangs" | "check-shebang-scripts-are-executable" => check("executables", &[]),
        "check-illegal-windows-names" => check("filenames", &[]),
        "detect-private-key" => check("private-key", &[]),
        "trailing-whitespace" => check("trailing-whitespace", &[]),
        "end-of-file-fixer" => check("final-newline", &[]),
        "check-added-large-files" => {
            let most =
                value(args, "--maxkb").filter(|most| !most.is_empty() && most.bytes().all(|c| c.is_ascii_digit()));
            let most = format!("max-size = {}", quote(&format!("{}KiB", most.unwrap_or("500"))));
            Own::Check("large-files", Work::Builtin("large-files", vec![most]), &[])
        }
        "mixed-line-ending" => {
            let ending =
                value(args, "--fix").or_else(|| value(args, "-f")).filter(|ending| ["lf", "crlf"].contains(ending));
            let ending = ending.map(|ending| format!("line-ending = {}", quote(ending)));
            Own::Check("line-endings", Work::Builtin("line-endings", ending.into_iter().collect()), &[])
        }
        "check-ast" => Own::Command(
            "python3 -c 'import ast, sys; [ast.parse(open(name, \"rb\").read(), name) for name in sys.argv[1:]]'",
            &["python"],
        ),
        "no-commit-to-branch" => Own::Nothing(
            "gate judges what a commit or a merge results in, not where it is made: protect the branch on the server, and let gate judge its merges",
        ),
        "destroyed-symlinks" => {
            Own::Nothing("gate's `symlinks` sees where links lead; that one became a file is in its difference only")
        }
        "debug-statements" => Own::Nothing("gate has no such check; ruff's rules T100 and T20 find them"),
        "check-builtin-literals" => Own::Nothing("gate has no such check; ruff's rule C408 finds them"),
        "check-docstring-first" | "fix-encoding-pragma" | "check-byte-order-marker" => {
            Own::Nothing("its own project gave it up")
        }
        "fix-byte-order-marker" => {
            Own::Nothing("no check of gate's looks for a byte order mark at the start of a file")
        }
        "forbid-submodules" | "forbid-new-submodules" => {
            Own::Nothing("gate's `submodules` looks whether each is declared; none forbids them")
        }
        _ => Own::Nothing(NOT_MINE),
    }
}

/// What holds for the messages of commits, where a hook of others looked at them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Messages {
    /// Whether Conventional Commits are asked for.
    pub(super) conventional: bool,
    /// The types; the usual ones if there are none.
    pub(super) types: Vec<String>,
    /// The scopes.
    pub(super) scopes: Vec<String>,
    /// The longest subject.
    pub(super) longest: Option<u32>,
}

impl Messages {
    /// The check.
    pub(super) fn work(&self) -> Work {
        let mut settings = Vec::new();
        settings.extend((!self.conventional).then(|| "conventional = false".to_owned()));
        settings.extend((!self.types.is_empty()).then(|| list("types", &self.types)));
        settings.extend((!self.scopes.is_empty()).then(|| list("scopes", &self.scopes)));
        settings.extend(self.longest.map(|longest| format!("max-subject = {}", longest.clamp(1, 1000))));
        Work::Builtin("commit-message", settings)
    }

    /// What a hook of a repository asks of messages; `None` if it is about something else.
    pub(super) fn of(repo: &str, id: &str, args: &[String]) -> Option<Self> {
        let free = Some(1000);
        match (repo, id) {
            (_, "conventional-pre-commit") => Some(Self::conventional_pre_commit(args)),
            (_, "commitlint") => Some(Self { conventional: true, longest: Some(100), ..Self::default() }),
            ("commitizen-tools/commitizen", "commitizen") => {
                Some(Self { conventional: true, longest: free, ..Self::default() })
            }
            ("jorisroovers/gitlint", "gitlint" | "gitlint-ci") => Some(Self::default()),
            ("crate-ci/committed", "committed") => Some(Self { longest: Some(50), ..Self::default() }),
            _ => None,
        }
    }

    /// Its arguments are the types; its own are added to those of the convention.
    fn conventional_pre_commit(args: &[String]) -> Self {
        let scope = args.iter().position(|arg| arg == "--scopes").map(|at| at + 1);
        let words = args.iter().enumerate().filter(|(at, arg)| Some(*at) != scope && is_word(arg));
        let mut types: Vec<String> = words.map(|(_, arg)| arg.clone()).collect();
        if !types.is_empty() {
            types.extend(
                ["feat", "fix"].iter().filter(|name| !args.iter().any(|arg| arg == *name)).map(ToString::to_string),
            );
        }
        let scopes = value(args, "--scopes").unwrap_or_default();
        let scopes = scopes.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned);
        Self { conventional: true, types, scopes: scopes.collect(), longest: Some(1000) }
    }
}

/// The check that takes the place of commitlint, with what it was called.
pub(super) fn commitlint(what: &str) -> (String, Entry) {
    let rules = Messages { conventional: true, longest: Some(100), ..Messages::default() };
    let comments = vec!["What commitlint's own settings say is not read: set it here.".to_owned()];
    (what.to_owned(), Entry { name: check_name(what), comments, work: rules.work(), ..Entry::default() })
}

fn is_word(arg: &str) -> bool {
    !arg.is_empty() && arg.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) && !arg.starts_with('-')
}

/// The value of a flag: after `=`, or as the next word.
pub(super) fn value<'a>(args: &'a [String], flag: &str) -> Option<&'a str> {
    let mut args = args.iter().map(String::as_str);
    while let Some(arg) = args.next() {
        if arg == flag {
            return args.next();
        }
        if let Some(value) = arg.strip_prefix(flag).and_then(|rest| rest.strip_prefix('=')) {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn arguments_become_settings() {
        let settings = |id: &str, args: &[&str]| match of_the_collection(id, &words(args)) {
            Own::Check(_, Work::Builtin(_, settings), _) => settings,
            other => panic!("{other:?}"),
        };
        assert_eq!(settings("check-added-large-files", &["--maxkb=1024"]), ["max-size = \"1024KiB\""]);
        assert_eq!(settings("check-added-large-files", &["--maxkb", "\" x"]), ["max-size = \"500KiB\""]);
        assert_eq!(settings("mixed-line-ending", &["--fix=lf"]), ["line-ending = \"lf\""]);
        assert_eq!(settings("mixed-line-ending", &["--fix=auto"]), <[&str; 0]>::default());
    }

    #[test]
    fn messages_are_held_to_what_they_were() {
        let of = |repo: &str, id: &str, args: &[&str]| match Messages::of(repo, id, &words(args))
            .map(|rules| rules.work())
        {
            Some(Work::Builtin(_, settings)) => settings,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            of("", "conventional-pre-commit", &["--strict", "build", "--scopes", "api,web"]),
            [r#"types = ["build", "feat", "fix"]"#, r#"scopes = ["api", "web"]"#, "max-subject = 1000"]
        );
        assert_eq!(of("jorisroovers/gitlint", "gitlint", &[]), ["conventional = false"]);
        assert!(Messages::of("a/b", "gitlint", &[]).is_none());
    }
}

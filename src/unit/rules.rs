//! What files affect that belong to no unit.
//!
//! The first rule that matches decides: first those of gate.toml, then those here, and what no rule names affects
//! everything. A file of which an ecosystem tells exactly what it means for each of its units, such as a lock file, affects
//! those that it means something for.

use std::collections::BTreeSet;

use super::Kind;
use crate::config::{Affects, UnitRules};
use crate::path::{Mode, Pattern, RepoPath, Selection};

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The files, as patterns.
    pub paths: Vec<Pattern>,
    /// Which units they affect.
    pub affects: Affects,
    /// Why, for people; `None` for one of gate.toml.
    pub why: Option<&'static str>,
}

/// Rules, ready to be asked.
#[derive(Clone, Debug)]
pub(super) struct RuleBook {
    rules: Vec<(Selection, Rule)>,
    own: usize,
}

/// What a rule says of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ruling<'a> {
    /// The rule, with its number from 0; `None` where none names the path, so that it affects everything.
    pub(super) rule: Option<(usize, &'a Rule)>,
    /// Whether gate.toml says so.
    pub(super) is_users: bool,
}

/// What gate brings: patterns, kinds, why. No kind is nothing.
const BROUGHT: &[(&[&str], &[Kind], &str)] = &[
    (&["gate.toml"], &[], "its meaning is part of what each check depends on"),
    (
        &[
            ".github/**",
            ".gitlab-ci.yml",
            ".gitlab/**",
            ".circleci/**",
            ".buildkite/**",
            ".travis.yml",
            "azure-pipelines.yml",
            "Jenkinsfile",
            ".drone.yml",
            ".woodpecker.yml",
            ".woodpecker/**",
            ".cirrus.yml",
            "appveyor.yml",
            ".appveyor.yml",
            ".forgejo/**",
            ".gitea/**",
            "bitbucket-pipelines.yml",
        ],
        &[],
        "a CI reads it, not a check",
    ),
    (
        &[".git-blame-ignore-revs", ".mailmap", ".gitkeep", "CODEOWNERS", ".vscode/**", ".idea/**"],
        &[],
        "people's tools read it, not a check",
    ),
    (
        &[
            "LICENSE",
            "LICENSE.*",
            "LICENSE-*",
            "LICENCE",
            "LICENCE.*",
            "COPYING",
            "COPYING.*",
            "NOTICE",
            "NOTICE.*",
            "AUTHORS",
            "AUTHORS.*",
        ],
        &[],
        "a text for people; who reads it in a build depends on it by that",
    ),
    (
        &[
            "rust-toolchain",
            "rust-toolchain.toml",
            ".cargo/**",
            "clippy.toml",
            ".clippy.toml",
            "rustfmt.toml",
            ".rustfmt.toml",
            "deny.toml",
            ".config/nextest.toml",
        ],
        &[Kind::Cargo],
        "Rust's tools read it",
    ),
    (
        &[
            ".nvmrc",
            ".node-version",
            ".npmrc",
            ".yarnrc",
            ".yarnrc.yml",
            ".yarn/**",
            ".pnpmfile.cjs",
            "bunfig.toml",
            "turbo.json",
            "turbo.jsonc",
            "nx.json",
            "lerna.json",
            "tsconfig.json",
            "tsconfig.*.json",
            "jsconfig.json",
            ".eslintrc*",
            ".eslintignore",
            "eslint.config.*",
            ".prettierrc*",
            ".prettierignore",
            "prettier.config.*",
            "biome.json",
            "biome.jsonc",
            "babel.config.*",
            ".babelrc*",
            ".swcrc",
            "jest.config.*",
            "jest.setup.*",
            "jest.preset.*",
            "vitest.config.*",
            "vitest.workspace.*",
            "vitest.setup.*",
            "vite.config.*",
            ".browserslistrc",
            "postcss.config.*",
            "tailwind.config.*",
        ],
        &[Kind::Npm],
        "Node's tools read it",
    ),
    (
        &[
            ".python-version",
            "pytest.ini",
            ".pytest.ini",
            "tox.ini",
            "setup.cfg",
            "conftest.py",
            "mypy.ini",
            ".mypy.ini",
            "ruff.toml",
            ".ruff.toml",
            ".flake8",
            ".pylintrc",
            "pylintrc",
            ".coveragerc",
            "noxfile.py",
            "uv.toml",
            "pyrightconfig.json",
        ],
        &[Kind::Python],
        "Python's tools read it",
    ),
    (&[".golangci.*", "go.env", ".go-version"], &[Kind::Go], "Go's tools read it"),
    (&[".mvn/**", "mvnw", "mvnw.cmd"], &[Kind::Maven], "Maven reads it"),
    (
        &["gradlew", "gradlew.bat", "gradle/wrapper/**", "init.gradle", "init.gradle.kts"],
        &[Kind::Gradle],
        "Gradle reads it",
    ),
    (&[".bazelrc", ".bazelversion", ".bazelignore"], &[Kind::Bazel], "Bazel reads it"),
];

impl RuleBook {
    /// The rules of a gate.toml and those that gate brings.
    pub(super) fn new(rules: &UnitRules) -> Self {
        let own = rules.rules.iter();
        let own = own.map(|rule| Rule { paths: rule.paths.clone(), affects: rule.affects.clone(), why: None });
        let all: Vec<Rule> = own.chain(brought()).collect();
        let selected = all.into_iter().map(|rule| (Selection::new(&rule.paths, &[]), rule));
        Self { rules: selected.collect(), own: rules.rules.len() }
    }

    /// The rules, in the order in which they decide.
    pub(super) fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(|(_, rule)| rule)
    }

    /// What holds of a path that belongs to no unit.
    pub(super) fn of(&self, path: &RepoPath, mode: Mode) -> Ruling<'_> {
        let found = self.rules.iter().position(|(selection, _)| selection.matches(path, mode));
        Ruling { rule: found.map(|at| (at, &self.rules[at].1)), is_users: found.is_some_and(|at| at < self.own) }
    }
}

impl Ruling<'_> {
    /// Which units it affects.
    pub(super) fn affects(&self) -> Affects {
        self.rule.map_or(Affects::Everything, |(_, rule)| rule.affects.clone())
    }

    /// Which units it affects by the rules that gate brings; nothing where gate.toml decides.
    pub(super) fn brought(&self) -> Affects {
        if self.is_users { Affects::Nothing } else { self.affects() }
    }
}

fn brought() -> impl Iterator<Item = Rule> {
    BROUGHT.iter().map(|(paths, kinds, why)| {
        // What runs in a declared unit is not known.
        let of_all = (!kinds.is_empty()).then_some(Kind::Declared);
        let kinds: BTreeSet<Kind> = kinds.iter().copied().chain(of_all).collect();
        let affects = if kinds.is_empty() { Affects::Nothing } else { Affects::Some(kinds, BTreeSet::new()) };
        Rule { paths: paths.iter().filter_map(|path| Pattern::parse(path).ok()).collect(), affects, why: Some(why) }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::UnitRule;

    #[test]
    fn every_pattern_that_is_brought_can_be_read() {
        for ((paths, ..), rule) in BROUGHT.iter().zip(brought()) {
            assert_eq!(paths.len(), rule.paths.len(), "{paths:?}");
        }
    }

    #[test]
    fn the_first_rule_decides_and_the_users_come_first() {
        let rule = |path: &str, affects| UnitRule { paths: vec![Pattern::parse(path).unwrap()], affects };
        let own = vec![rule("docs/**", Affects::Nothing), rule(".nvmrc", Affects::Everything)];
        let book = RuleBook::new(&UnitRules { declared: BTreeMap::new(), rules: own });
        let affects = |path: &str| book.of(&RepoPath::from(path), Mode::File).affects();
        let only = |kind| Affects::Some(BTreeSet::from([kind, Kind::Declared]), BTreeSet::new());
        assert_eq!(affects("docs/a.md"), Affects::Nothing);
        assert_eq!(affects(".nvmrc"), Affects::Everything);
        assert_eq!(affects(".node-version"), only(Kind::Npm));
        assert_eq!(affects("rust-toolchain.toml"), only(Kind::Cargo));
        assert_eq!(affects(".github/workflows/ci.yml"), Affects::Nothing);
        assert_eq!(affects("run.js"), Affects::Everything);
        assert_eq!(affects("README.md"), Affects::Everything);
    }
}

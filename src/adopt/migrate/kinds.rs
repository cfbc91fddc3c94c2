//! The kinds of files that pre-commit knows by name, and the endings, names and `#!` lines that show them.
//!
//! The list is that of <https://github.com/pre-commit/identify>, as far as hooks ask for it.

use super::super::files::Files;
use super::globs::{literal, matches};

/// A kind: its tag, the endings and the names of its files, and the programs of their `#!` lines.
type Kind = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const KINDS: &[Kind] = &[
    ("asciidoc", &["adoc", "asciidoc"], &[], &[]),
    ("astro", &["astro"], &[], &[]),
    (
        "bash",
        &["bash", "bats"],
        &[".bash_aliases", ".bash_profile", ".bashrc", ".envrc", "PKGBUILD"],
        &["bash", "bats"],
    ),
    ("batch", &["bat", "cmd"], &[], &[]),
    ("bazel", &["bazel", "bzl"], &["BUILD", "WORKSPACE"], &[]),
    ("c", &["c", "h"], &[], &[]),
    ("c#", &["cs", "csx"], &[], &[]),
    (
        "c++",
        &[
            "c++", "c++m", "cc", "ccm", "cpp", "cppm", "cxx", "cxxm", "h", "hh", "hpp", "hxx", "inl", "ino", "ipp",
            "ixx", "mm", "tpp",
        ],
        &[],
        &[],
    ),
    ("clojure", &["clj", "cljc", "cljs", "edn"], &[], &[]),
    ("cmake", &["cmake"], &["CMakeLists.txt"], &[]),
    ("css", &["css"], &[], &[]),
    ("csv", &["csv"], &[], &[]),
    ("cuda", &["cu", "cuh"], &[], &[]),
    ("cython", &["pxd", "pxi", "pyx"], &[], &[]),
    ("dart", &["dart"], &[], &[]),
    ("dockerfile", &[], &["Containerfile", "Dockerfile"], &[]),
    ("dotenv", &["env"], &[], &[]),
    ("elixir", &["ex", "exs"], &[], &[]),
    ("erb", &["erb"], &[], &[]),
    ("fish", &["fish"], &[], &["fish"]),
    ("fortran", &["f03", "f08", "f90", "f95"], &[], &[]),
    ("go", &["go"], &[], &[]),
    ("go-mod", &[], &["go.mod"], &[]),
    ("go-sum", &[], &["go.sum"], &[]),
    ("graphql", &["graphql"], &[], &[]),
    ("groovy", &["gradle", "groovy", "jenkins", "jenkinsfile"], &["Jenkinsfile"], &[]),
    ("haskell", &["hs"], &[], &[]),
    ("hcl", &["hcl"], &[], &[]),
    ("header", &["h", "hh", "hpp", "hxx"], &[], &[]),
    ("html", &["htm", "html", "xhtml"], &[], &[]),
    ("ini", &["ini"], &[".coveragerc", ".flake8", ".gitconfig", ".isort.cfg", "pylintrc", "setup.cfg"], &[]),
    ("java", &["java"], &[], &[]),
    ("javascript", &["cjs", "js", "mjs"], &[], &["node", "nodejs"]),
    ("jinja", &["j2", "jinja", "jinja2"], &[], &[]),
    (
        "json",
        &["ejson", "geojson", "ipynb", "json", "jsonld", "piskel", "xctestplan"],
        &[".babelrc", ".bowerrc", ".csslintrc", ".jshintrc", "Pipfile.lock"],
        &[],
    ),
    ("json5", &["json5"], &[], &[]),
    ("jsonnet", &["jsonnet", "libsonnet"], &[], &[]),
    ("jsx", &["jsx"], &[], &[]),
    ("julia", &["jl"], &[], &[]),
    ("jupyter", &["ipynb"], &[], &[]),
    ("kotlin", &["kt", "kts"], &[], &[]),
    ("less", &["less"], &[], &[]),
    ("lua", &["lua"], &[], &["lua"]),
    ("makefile", &["make", "mk"], &["GNUmakefile", "Makefile", "makefile"], &[]),
    ("markdown", &["markdown", "md"], &[], &[]),
    ("mdx", &["mdx"], &[], &[]),
    ("metal", &["metal"], &[], &[]),
    ("nix", &["nix"], &[], &[]),
    ("objective-c", &["m"], &[], &[]),
    ("ocaml", &["ml", "mli"], &[], &[]),
    ("perl", &["pl", "pm"], &[], &["perl"]),
    ("php", &["php", "php4", "php5", "phtml"], &[], &["php", "php7", "php8"]),
    ("powershell", &["ps1", "psd1", "psm1"], &[], &["pwsh"]),
    ("prisma", &["prisma"], &[], &[]),
    ("proto", &["proto"], &[], &[]),
    ("pyi", &["pyi"], &[], &[]),
    ("pyproject", &[], &["pyproject.toml"], &[]),
    (
        "python",
        &["gyp", "gypi", "py", "pyt", "pyw", "tac", "wsgi"],
        &[".pdbrc", "wscript"],
        &["python", "python2", "python3"],
    ),
    ("r", &["r"], &[], &["Rscript"]),
    ("rst", &["rst"], &[], &[]),
    (
        "ruby",
        &["gemspec", "jbuilder", "rake", "rb"],
        &["Brewfile", "Fastfile", "Gemfile", "Rakefile", "Vagrantfile", "config.ru"],
        &["ruby"],
    ),
    ("rust", &["rs"], &[], &[]),
    ("sass", &["sass"], &[], &[]),
    ("scala", &["sbt", "sc", "scala"], &[], &[]),
    ("scss", &["scss"], &[], &[]),
    (
        "shell",
        &["bash", "bats", "csh", "sh", "zsh"],
        &[
            ".bash_aliases",
            ".bash_profile",
            ".bashrc",
            ".cshrc",
            ".envrc",
            ".profile",
            ".zprofile",
            ".zshenv",
            ".zshrc",
            "PKGBUILD",
        ],
        &["ash", "bash", "bats", "csh", "dash", "ksh", "sh", "tcsh", "zsh"],
    ),
    ("sql", &["sql"], &[], &[]),
    ("svelte", &["svelte"], &[], &[]),
    ("svg", &["svg"], &[], &[]),
    ("swift", &["swift"], &[], &[]),
    ("terraform", &["tf", "tfvars"], &[], &[]),
    ("tex", &["sty", "tex"], &[], &[]),
    ("textproto", &["textproto", "txtpb"], &[], &[]),
    ("toml", &["toml"], &["Cargo.lock", "Pipfile", "poetry.lock", "uv.lock"], &[]),
    ("ts", &["ts"], &[], &[]),
    ("tsx", &["tsx"], &[], &[]),
    ("vue", &["vue"], &[], &[]),
    (
        "xml",
        &[
            "csproj", "fsproj", "pom", "props", "resx", "rng", "svg", "targets", "vbproj", "xhtml", "xlf", "xliff",
            "xml", "xsd", "xsl", "xslt",
        ],
        &[],
        &[],
    ),
    ("yaml", &["eyaml", "yaml", "yml"], &[".ansible-lint", ".clang-format", ".clang-tidy", ".yamllint"], &[]),
    ("zig", &["zig"], &[], &[]),
    ("zsh", &["zsh"], &[".zprofile", ".zshenv", ".zshrc"], &["zsh"]),
];

/// Tags of names that other tools give the same kind.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("typescript", "ts"),
    ("ts", "ts"),
    ("sh", "shell"),
    ("js", "javascript"),
    ("yml", "yaml"),
    ("objective-c++", "c++"),
];

/// Endings that few files of their kinds have.
const RARE: [&str; 34] = [
    "bats",
    "c++",
    "c++m",
    "ccm",
    "cppm",
    "csh",
    "csx",
    "cxxm",
    "ejson",
    "eyaml",
    "geojson",
    "gyp",
    "gypi",
    "inl",
    "ino",
    "ipp",
    "ixx",
    "jbuilder",
    "jsonld",
    "php4",
    "php5",
    "piskel",
    "pom",
    "props",
    "pyt",
    "pyw",
    "resx",
    "rng",
    "tac",
    "targets",
    "tpp",
    "txsprofile",
    "wsgi",
    "xctestplan",
];

/// The patterns for files of a kind, and for the files that a `#!` line shows to be of it; `None` for a kind that is not
/// known here. What few files of a kind are called is left out where the tree has no such file.
pub(super) fn patterns(tag: &str, files: &Files) -> Option<Vec<String>> {
    let tag = OTHER_NAMES.iter().find(|(other, _)| *other == tag).map_or(tag, |(_, tag)| tag);
    let (_, endings, names, starters) = KINDS.iter().find(|(name, ..)| *name == tag)?;
    let is_there = |pattern: &String| files.paths().any(|path| matches(std::slice::from_ref(pattern), path));
    let (rare, usual): (Vec<&str>, Vec<&str>) = endings.iter().partition(|ending| RARE.contains(ending));
    let mut patterns: Vec<String> = usual.iter().map(|ending| format!("**/*.{ending}")).collect();
    let names = names.iter().map(|name| format!("**/{name}"));
    let is_by_name = patterns.is_empty();
    patterns.extend(rare.iter().map(|ending| format!("**/*.{ending}")).filter(|pattern| is_there(pattern)));
    patterns.extend(names.filter(|pattern| is_by_name || is_there(pattern)));
    let shown = files.programs().filter(|(_, starter)| starters.contains(starter)).map(|(path, _)| literal(path));
    patterns.extend(shown);
    Some(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Pattern;

    #[test]
    fn every_kind_is_listed_once_and_makes_patterns() {
        assert!(KINDS.is_sorted_by(|(one, ..), (other, ..)| one < other));
        for (tag, ..) in KINDS {
            let patterns = patterns(tag, &Files::default()).unwrap();
            assert!(!patterns.is_empty() && patterns.iter().all(|pattern| Pattern::parse(pattern).is_ok()), "{tag}");
        }
        assert!(patterns("text", &Files::default()).is_none());
    }

    #[test]
    fn what_is_rare_is_listed_where_it_is() {
        let files = Files::of(&[("a/b.pyw", ""), (".bashrc", "")]);
        assert_eq!(patterns("python", &Files::default()).unwrap(), ["**/*.py"]);
        assert_eq!(patterns("python", &files).unwrap(), ["**/*.py", "**/*.pyw"]);
        assert_eq!(
            patterns("bash", &files.with_programs(&[("bin/[x]", "bash"), ("bin/y", "python3")])).unwrap(),
            ["**/*.bash", "**/.bashrc", r"bin/\[x\]",]
        );
    }
}

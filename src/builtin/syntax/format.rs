//! Which format a name tells.

use bstr::ByteSlice;

use super::ini::Dialect;
use crate::builtin::file::MARK;
use crate::path::RepoPath;

/// A format that configuration is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::builtin) enum Format {
    Toml,
    Json,
    /// JSON with comments and with commas at the end.
    Jsonc,
    Json5,
    Yaml,
    Xml,
    Ini(Dialect),
    Env,
}

/// Names without an ending, or whose ending tells something else.
const NAMES: &[(&str, Format)] = &[
    ("cargo.lock", Format::Toml),
    ("poetry.lock", Format::Toml),
    ("uv.lock", Format::Toml),
    ("pdm.lock", Format::Toml),
    ("gopkg.lock", Format::Toml),
    ("pipfile", Format::Toml),
    ("pipfile.lock", Format::Json),
    ("composer.lock", Format::Json),
    ("flake.lock", Format::Json),
    (".watchmanconfig", Format::Json),
    ("pubspec.lock", Format::Yaml),
    ("podfile.lock", Format::Yaml),
    (".clang-format", Format::Yaml),
    (".clang-tidy", Format::Yaml),
    (".clangd", Format::Yaml),
    (".yamllint", Format::Yaml),
    (".prettierrc", Format::Yaml),
    (".stylelintrc", Format::Yaml),
    ("citation.cff", Format::Yaml),
    (".babelrc", Format::Json5),
    (".babelrc.json", Format::Json5),
    ("babel.config.json", Format::Json5),
    (".swcrc", Format::Jsonc),
    (".jshintrc", Format::Jsonc),
    (".eslintrc.json", Format::Jsonc),
    ("devcontainer.json", Format::Jsonc),
    (".devcontainer.json", Format::Jsonc),
    ("deno.json", Format::Jsonc),
    ("tslint.json", Format::Jsonc),
    ("api-extractor.json", Format::Jsonc),
    ("turbo.json", Format::Jsonc),
    ("nx.json", Format::Jsonc),
    ("wrangler.json", Format::Jsonc),
    ("renovate.json", Format::Json5),
    ("app.config", Format::Xml),
    ("web.config", Format::Xml),
    ("nuget.config", Format::Xml),
    ("packages.config", Format::Xml),
    ("directory.build.props", Format::Xml),
    ("directory.packages.props", Format::Xml),
    (".editorconfig", Format::Ini(Dialect::Pairs)),
    (".flake8", Format::Ini(Dialect::Pairs)),
    (".coveragerc", Format::Ini(Dialect::Pairs)),
    (".pylintrc", Format::Ini(Dialect::Pairs)),
    ("pylintrc", Format::Ini(Dialect::Pairs)),
    (".gitconfig", Format::Ini(Dialect::Bare)),
    (".gitmodules", Format::Ini(Dialect::Bare)),
    ("hosts.ini", Format::Ini(Dialect::Bare)),
    ("php.ini", Format::Ini(Dialect::Bare)),
    ("my.ini", Format::Ini(Dialect::Bare)),
];

/// Endings.
const ENDINGS: &[(&str, Format)] = &[
    ("toml", Format::Toml),
    ("json", Format::Json),
    ("geojson", Format::Json),
    ("topojson", Format::Json),
    ("jsonld", Format::Json),
    ("webmanifest", Format::Json),
    ("ipynb", Format::Json),
    ("avsc", Format::Json),
    ("har", Format::Json),
    ("jsonc", Format::Jsonc),
    ("code-workspace", Format::Jsonc),
    ("json5", Format::Json5),
    ("yaml", Format::Yaml),
    ("yml", Format::Yaml),
    ("xml", Format::Xml),
    ("svg", Format::Xml),
    ("plist", Format::Xml),
    ("xsd", Format::Xml),
    ("xsl", Format::Xml),
    ("xslt", Format::Xml),
    ("rng", Format::Xml),
    ("wsdl", Format::Xml),
    ("resx", Format::Xml),
    ("xaml", Format::Xml),
    ("csproj", Format::Xml),
    ("fsproj", Format::Xml),
    ("vbproj", Format::Xml),
    ("vcxproj", Format::Xml),
    ("nuspec", Format::Xml),
    ("storyboard", Format::Xml),
    ("xib", Format::Xml),
    ("xliff", Format::Xml),
    ("xlf", Format::Xml),
    ("rss", Format::Xml),
    ("atom", Format::Xml),
    ("gpx", Format::Xml),
    ("kml", Format::Xml),
    ("iml", Format::Xml),
    ("ini", Format::Ini(Dialect::Pairs)),
    ("cfg", Format::Ini(Dialect::Pairs)),
];

/// What follows `.env.` in names of files that are something else.
const NO_ENV: &[&str] = &[
    "js", "mjs", "cjs", "ts", "json", "yaml", "yml", "toml", "py", "rb", "php", "sh", "md", "j2", "tmpl", "tpl", "erb",
    "gpg", "age", "enc", "vault", "sops",
];

impl Format {
    /// Whether a path's name may tell a format.
    pub(in crate::builtin) fn may_be(path: &RepoPath) -> bool {
        small_name(path).is_some_and(|name| told(path, &name).is_some())
    }

    /// The format that a path's name tells. The content is asked only where one name stands for several formats.
    pub(in crate::builtin) fn of(path: &RepoPath, bytes: &[u8]) -> Option<Self> {
        let name = small_name(path)?;
        match told(path, &name)? {
            // Apple's binary form, and other programs' own files of the name.
            Self::Xml if bytes.starts_with(b"bplist") => None,
            Self::Ini(Dialect::Pairs) if ending(&name) == Some("cfg") && !begins_with_section(bytes) => None,
            Self::Ini(_) if name.starts_with("inventory") => Some(Self::Ini(Dialect::Bare)),
            found => Some(found),
        }
    }

    /// What people call it.
    pub(in crate::builtin) fn name(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Json => "JSON",
            Self::Jsonc => "JSON with comments",
            Self::Json5 => "JSON5",
            Self::Yaml => "YAML",
            Self::Xml => "XML",
            Self::Ini(_) => "INI",
            Self::Env => ".env",
        }
    }
}

fn small_name(path: &RepoPath) -> Option<String> {
    Some(path.file_name().to_str().ok()?.to_ascii_lowercase())
}

/// The format that a name in small letters tells.
fn told(path: &RepoPath, name: &str) -> Option<Format> {
    let by_name = NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format);
    by_name.or_else(|| env(name)).or_else(|| {
        let ending = ending(name)?;
        let format = ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, format)| *format)?;
        Some(if format == Format::Json && has_comments(path, name) { Format::Jsonc } else { format })
    })
}

/// Whether the programs that read a `.json` of this name let comments stand in it.
fn has_comments(path: &RepoPath, name: &str) -> bool {
    let folder = path.parent();
    let of_editor = folder.is_some_and(|folder| folder.file_name() == ".vscode" || folder.file_name() == ".zed");
    let is_project = ["tsconfig", "jsconfig"]
        .iter()
        .any(|start| name.strip_prefix(start).is_some_and(|rest| rest.starts_with(['.', '-', '_'])));
    of_editor || is_project
}

fn env(name: &str) -> Option<Format> {
    let is_env = match name.strip_prefix(".env") {
        Some(rest) => {
            rest.is_empty()
                || rest
                    .strip_prefix('.')
                    .is_some_and(|rest| !NO_ENV.contains(&rest.rsplit('.').next().unwrap_or_default()))
        }
        None => ending(name) == Some("env"),
    };
    is_env.then_some(Format::Env)
}

/// What follows the last dot of a name in small letters.
fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}

fn begins_with_section(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let mut lines = text.lines().map(ByteSlice::trim).filter(|line| !line.is_empty());
    lines.find(|line| !line.starts_with(b"#") && !line.starts_with(b";")).is_some_and(|line| line.starts_with(b"["))
}

//! Which files are tests, and what every test of a package sees without naming it.

use bstr::{BStr, ByteSlice};

use super::{Package, form};
use crate::path::RepoPath;

/// Tools whose configuration decides what a test sees.
const TOOLS: [&str; 22] = [
    "ava",
    "astro",
    "babel",
    "c8",
    "cypress",
    "jest",
    "karma",
    "metro",
    "mocha",
    "next",
    "nuxt",
    "nyc",
    "playwright",
    "postcss",
    "rollup",
    "rspack",
    "svelte",
    "swc",
    "tap",
    "vite",
    "vitest",
    "webpack",
];

/// Whether jest or vitest take a file as a test by default: <https://jestjs.io/docs/configuration#testmatch-arraystring>,
/// <https://vitest.dev/config/include>. `takes_folders` is whether everything below `__tests__` is one, as for jest.
pub(super) fn is_test(path: &RepoPath, takes_folders: bool) -> bool {
    let name = path.file_name();
    let Some((stem, ending)) = name.rsplit_once_str(".") else { return false };
    let ending = ending.strip_prefix(b"c").or_else(|| ending.strip_prefix(b"m")).unwrap_or(ending);
    if !matches!(ending, b"js" | b"jsx" | b"ts" | b"tsx") || stem.ends_with(b".d") {
        return false;
    }
    let last = stem.rsplit_once_str(".").map_or(stem, |(_, last)| last);
    matches!(last, b"test" | b"spec")
        || takes_folders && path.parent().is_some_and(|folder| has_component(&folder, "__tests__"))
}

/// Whether jest runs a package's tests, or what does isn't known.
pub(super) fn takes_folders(package: &Package) -> bool {
    package.dependencies.contains_key("jest") || !package.dependencies.contains_key("vitest")
}

/// Whether a file is the configuration of a tool that decides what a test sees.
pub(super) fn is_configuration(path: &RepoPath) -> bool {
    let name = path.file_name();
    let first = name.trim_start_with(|c| c == '.').split(|byte| *byte == b'.').next().unwrap_or_default();
    let first = first.strip_suffix(b"rc").unwrap_or(first);
    let first = first.strip_suffix(b"-preset").unwrap_or(first);
    let is_setup = name.starts_with(b"setupTests.");
    is_setup
        || TOOLS.iter().any(|tool| tool.as_bytes() == first)
            && matches!(form(path), Some("js config" | "ts config" | "strings"))
}

/// Whether a path has a folder of this name.
pub(super) fn has_component(path: &RepoPath, name: &str) -> bool {
    path.components().any(|component| component == name)
}

/// The snapshot that belongs to a test.
pub(super) fn snapshot(path: &RepoPath) -> RepoPath {
    let name: &BStr = path.file_name();
    crate::unit::Folder::of(path).file([b"__snapshots__/", name.as_bytes(), b".snap"].concat())
}

/// The file that a mock stands for, without its ending; `None` of what is no mock.
pub(super) fn mocked(path: &RepoPath) -> Option<crate::unit::Folder> {
    let text = path.as_bstr();
    let at = text.rfind("__mocks__/")?;
    let name = &text[at + "__mocks__/".len()..];
    let name = name.rsplit_once_str(".").map_or(name.as_bytes(), |(stem, _)| stem);
    crate::unit::Folder::root().resolve([&text[..at], name].concat())
}

#[cfg(test)]
mod cases {
    use super::*;

    #[test]
    fn tests_are_told_by_their_names() {
        let check = |path: &str, jest: bool, vitest: bool| {
            let path = RepoPath::from(path);
            assert_eq!((is_test(&path, true), is_test(&path, false)), (jest, vitest), "{path}");
        };
        check("a/b.test.ts", true, true);
        check("a/b.spec.mjs", true, true);
        check("a/test.js", true, true);
        check("a/__tests__/b.js", true, false);
        check("a/__tests__/c/b.tsx", true, false);
        check("a/__tests__/b.json", false, false);
        check("a/b.test.d.ts", false, false);
        check("a/btest.ts", false, false);
        check("a/b.test.ts.snap", false, false);
    }
}

//! Which files say anything.

use bstr::{BStr, ByteSlice};

use crate::path::RepoPath;

/// What kind of file this is, by its path; `None` for one that says nothing, such as all below `node_modules`.
///
/// Forms are `js`, `ts` and `tsx`, after the grammar that each is read by, `js config` and `ts config` where all texts may
/// be paths, `component` for what holds scripts in markup, `loose` for what no grammar here reads, `style`, `strings` for
/// JSON configuration, and `tsconfig`.
pub(in crate::unit) fn form(path: &RepoPath) -> Option<&'static str> {
    if path.components().any(|name| name == "node_modules") {
        return None;
    }
    let name = path.file_name();
    let extension = name.rfind_byte(b'.').map_or(b"".as_slice(), |at| &name[at + 1..]);
    Some(match extension {
        b"js" | b"cjs" | b"mjs" | b"jsx" | b"es6" if is_config(name) => "js config",
        b"ts" | b"cts" | b"mts" if is_config(name) => "ts config",
        b"js" | b"cjs" | b"mjs" | b"jsx" | b"es6" => "js",
        b"ts" | b"cts" | b"mts" => "ts",
        b"tsx" => "tsx",
        b"vue" | b"svelte" | b"astro" => "component",
        b"mdx" | b"gjs" | b"gts" | b"marko" | b"coffee" | b"civet" => "loose",
        b"css" | b"pcss" | b"postcss" | b"scss" | b"sass" | b"less" | b"styl" => "style",
        b"json" | b"jsonc" | b"json5" if is_project(name) || is_beside_projects(path) => "tsconfig",
        b"json" | b"jsonc" | b"json5" if is_config(name) => "strings",
        _ if matches!(name.as_bytes(), b".babelrc" | b".swcrc" | b".mocharc" | b".nycrc" | b".taprc") => "strings",
        _ => return None,
    })
}

/// Whether a name is that of a TypeScript project by itself: `tsconfig.json`, `tsconfig.build.json`, `jsconfig.json`.
pub(super) fn is_project(name: &BStr) -> bool {
    (name.starts_with(b"tsconfig") || name.starts_with(b"jsconfig")) && name.ends_with(b".json")
}

/// Whether a file may be what projects extend, by the folder it lies in: packages of such files name them freely.
fn is_beside_projects(path: &RepoPath) -> bool {
    let is_telling = |name: &BStr| [&b"config"[..], b"typescript"].iter().any(|word| name.contains_str(word));
    let is_other = path.file_name() == "package.json" || path.file_name() == "package-lock.json";
    !is_other && path.parent().is_some_and(|folder| folder.components().any(is_telling))
}

/// Whether a name is that of a tool's configuration: `vite.config.ts`, `.eslintrc.cjs`, `karma.conf.js` ….
fn is_config(name: &BStr) -> bool {
    let parts: Vec<&[u8]> = name.split(|byte| *byte == b'.').collect();
    let [stem @ .., _] = parts.as_slice() else { return false };
    stem.last().is_some_and(|last| matches!(*last, b"config" | b"conf" | b"preset" | b"workspace") && stem.len() > 1)
        || stem.iter().any(|part| part.ends_with(b"rc") && name.starts_with(b"."))
        || stem.first().is_some_and(|first| {
            matches!(*first, b"jest-preset" | b"webpack" | b"rollup" | b"gulpfile" | b"Gruntfile" | b"gruntfile")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_follow_names() {
        let at = |path: &str| form(&RepoPath::from(path)).unwrap_or("-");
        let check = |form: &str, paths: &[&str]| paths.iter().for_each(|path| assert_eq!(at(path), form, "{path}"));
        check("js", &["a.js", "a/b.test.mjs", "x.cjs", "config.js", "src/config/a.jsx"]);
        check("ts", &["a.ts", "a.d.ts", "a.mts", "config.ts"]);
        check("tsx", &["a.tsx"]);
        check(
            "js config",
            &["vite.config.js", "a/.eslintrc.cjs", "karma.conf.js", "webpack.prod.js", "jest.preset.js"],
        );
        check("ts config", &["vitest.config.mts", "vitest.workspace.ts"]);
        check("component", &["a.vue", "b.svelte", "c.astro"]);
        check("tsconfig", &["tsconfig.json", "a/tsconfig.spec.json", "jsconfig.json", "packages/tsconfig/base.json"]);
        check("strings", &["jest.config.json", ".babelrc", ".mocharc.json", ".babelrc.json"]);
        check(
            "-",
            &["a.json", "package.json", "tsconfig/package.json", "node_modules/a.js", "a/node_modules/b/c.ts", "a"],
        );
    }
}

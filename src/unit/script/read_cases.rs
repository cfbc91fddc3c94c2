//! What source files say, in table form.

use super::fact::{How, Use};
use super::{Fact, form, read};
use crate::path::RepoPath;

/// What a file says, as text: specifiers as they are, `b:` before beginnings, `p:` before places, `m:` before what may be.
fn said(name: &str, content: &str) -> (Vec<String>, Option<String>) {
    let Fact::Source(source) = read(form(&RepoPath::from(name)).unwrap(), content.as_bytes()) else {
        panic!("{name} is no source file");
    };
    let line = |Use(how, name): &Use| match how {
        How::Load => name.clone(),
        How::Type => format!("t:{name}"),
        How::Beginning => format!("b:{name}"),
        How::Place => format!("p:{name}"),
        How::Maybe => format!("m:{name}"),
        How::File => format!("f:{name}"),
    };
    (source.uses.iter().map(line).collect(), source.open)
}

fn check(name: &str, content: &str, expected: &[&str]) {
    assert_eq!(said(name, content), (expected.iter().map(ToString::to_string).collect(), None), "{content}");
}

#[test]
fn statements() {
    for name in ["a.js", "a.mjs", "a.jsx", "a.ts", "a.mts", "a.tsx"] {
        check(
            name,
            "import './a'; import b from \"./b\"; import * as c from './c'; import d, { e as f } from './d'",
            &["./a", "./b", "./c", "./d"],
        );
        check(
            name,
            "export * from './a'; export * as b from './b'; export { c } from './c'; export const d = 1",
            &["./a", "./b", "./c"],
        );
        check(name, "import a from './a.json' with { type: 'json' };", &["./a.json"]);
        check(name, "#!/usr/bin/env node\nimport './a'\nexport default () => require('./b')", &["./a", "./b"]);
    }
    for name in ["a.ts", "a.tsx", "a.cts"] {
        check(
            name,
            "import a = require('./a'); import b = require('./b'); import c = d.e; export = a",
            &["./a", "./b"],
        );
        check(
            name,
            "import type { A } from './a'; export type { B } from './b'; let x: import('./c').D; let y: typeof import('./d')",
            &["./c", "./d", "t:./a", "t:./b"],
        );
        check(
            name,
            "import { type A } from './a'; declare module './b' { } declare module 'c'",
            &["./a", "m:./b", "m:c"],
        );
        check(
            name,
            "enum A { B } abstract class C<T> { @dec() private x!: T; constructor(readonly y = require('./a')) {} }",
            &["./a"],
        );
    }
}

#[test]
fn calls() {
    for name in ["a.js", "a.ts", "a.tsx"] {
        check(
            name,
            "const a = require('./a'), { b = require(\"./b\").c } = d; if (x) { require(`./c`) }",
            &["./a", "./b", "./c"],
        );
        check(
            name,
            "await import('./a'); import(/* webpackChunkName: 'x' */ './b'); () => import('./c').then(m => m.d)",
            &["./a", "./b", "./c"],
        );
        check(
            name,
            "require.resolve('./a'); import.meta.resolve('./b'); module.require('./c'); require?.('./d')",
            &["./a", "./b", "./c", "./d"],
        );
        check(
            name,
            "require(x ? './a' : './b'); require(('./c')); import('./d' + '/e')",
            &["./a", "./b", "./c", "./d/e"],
        );
        check(
            name,
            "import(`./c/${x}.js`); require('./d/' + y); require.context('./e', true, /x/)",
            &["b:./c/", "b:./d/", "b:./e/"],
        );
        check(
            name,
            "import.meta.glob(['../c/*.ts', '!../c/x.ts']); import.meta.glob('./d/**/*.{a,b}', { eager: true })",
            &["b:../c/", "b:./d/"],
        );
        check(
            name,
            "jest.mock('./a', () => jest.requireActual('./b')); vi.doMock('./c'); await vi.importActual('./d')",
            &["./a", "./b", "./c", "./d"],
        );
        check(name, "vi.mock(import('./a'), async (original) => ({ ...(await original()) }))", &["./a"]);
        check(
            name,
            "import { createRequire } from 'module'; const load = createRequire(import.meta.url); load('./a')",
            &["./a", "module"],
        );
        check(name, "const load = require; load('./a')", &["./a"]);
        check(name, "require('\\x2e/a\\u{62}')", &["./ab"]);
        check(
            name,
            "define(['./a', 'b'], function (a) {}); importScripts('c.js'); new Worker('./d.js')",
            &["m:./a", "m:./d.js", "m:b", "m:c.js"],
        );
    }
}

#[test]
fn places() {
    for name in ["a.js", "a.ts"] {
        check(
            name,
            "new URL('./a', import.meta.url); new Worker(new URL('../b.js', import.meta.url))",
            &["p:./../b.js", "p:./a"],
        );
        check(
            name,
            "path.join(__dirname, '..', 'a', `b.json`); resolve(__dirname, './c'); `${__dirname}/d/e`",
            &["p:./../a/b.json", "p:./c", "p:./d/e"],
        );
        check(
            name,
            "__dirname + '/a'; path.join(__dirname, 'b', x); join(dirname(fileURLToPath(import.meta.url)), 'c')",
            &["b:./b/", "p:./a", "p:./c"],
        );
        check(
            name,
            "const here = path.dirname(__filename); const all = join(here, 'a'); join(all, 'b', `c-${x}`)",
            &["b:./a/b/c-", "p:./a"],
        );
        check(
            name,
            "require(path.join(__dirname, '../a')); path.join(process.cwd(), 'b', 'c')",
            &["./../a", "p:./../a", "p:/b/c"],
        );
        check(name, "path.join(__dirname, '..'); console.log(__dirname, import.meta.url, `${__dirname}`)", &[]);
    }
    check(
        "vite.config.ts",
        "export default { setup: ['./a.ts'], alias: { '@': path.resolve(__dirname, '../b') } }",
        &["m:../b", "m:./../b", "m:./a.ts", "m:@"],
    );
}

#[test]
fn what_configuration_lists_is_not_what_it_takes() {
    check(
        "jest.config.js",
        "module.exports = { projects: ['./p'], roots: ['<rootDir>/q'], setupFiles: ['./r.js'] }",
        &["m:./r.js", "f:./p", "f:<rootDir>/q"],
    );
    check(
        "vitest.workspace.ts",
        "export default ['./p', './q/vitest.config.ts']",
        &["f:./p", "f:./q/vitest.config.ts"],
    );
    check("jest.config.json", "{\"projects\": [\"./p\"], \"preset\": \"./q\"}", &["m:./q", "f:./p"]);
}

#[test]
fn comments() {
    for name in ["a.js", "a.ts", "a.tsx"] {
        check(
            name,
            "/// <reference path='a.d.ts' />\n/// <reference types=\"b\" />\n// import './no'",
            &["m:./a.d.ts", "m:a.d.ts", "m:b"],
        );
        check(name, "/** @type {import('./a').B} */ let x\n/** @import { C } from \"./c\" */", &["m:./a", "m:./c"]);
        check(
            name,
            "/** @jsxImportSource @a/b */\n/**\n * @jest-environment ./env.js\n */\nimport './x'",
            &["./x", "m:./env.js", "m:@a/b/jsx-runtime"],
        );
    }
}

#[test]
fn components() {
    let vue = "<template><img src=\"./a.png\"><!-- it's --></template>\n<SCRIPT lang='ts' data-x=\">\" setup>\n\
        import b from './b.vue'; let c: import('./c').D\n</SCRIPT>\n<script>export * from './d'</script>\n\
        <style src='./e.css'></style>";
    let (uses, open) = said("a.vue", vue);
    for expected in ["./b.vue", "./c", "./d", "m:./a.png", "m:./e.css"] {
        assert!(uses.iter().any(|name| name == expected), "{expected} of {uses:?}");
    }
    assert_eq!(open, None);
    check("a.astro", "---\nimport a from './a'\n---\n<A /><script>import './b'</script>", &["./a", "./b"]);
    check("a.svelte", "<script>import './a'", &["./a"]);
    check("a.svelte", "<p>no script</p>", &[]);
}

#[test]
fn what_is_known_only_when_it_runs_says_so() {
    let open = |name: &str, content: &str| said(name, content).1.unwrap_or_default();
    for name in ["a.js", "a.ts", "a.tsx"] {
        assert_eq!(open(name, "\n\nrequire(x)"), "line 3 loads what is known only when it runs");
        assert_eq!(open(name, "import(`${x}/y`)"), "line 1 loads what is known only when it runs");
        assert_eq!(open(name, "jest.mock(x)"), "line 1 loads what is known only when it runs");
        assert_eq!(open(name, "require(x ? './a' : y)"), "line 1 loads what is known only when it runs");
        let long = format!("require('./{}')", "x".repeat(5000));
        assert_eq!(open(name, &long), "it loads by a name that is longer than any path");
        assert_eq!(open(name, "run(require)"), "line 1 hands `require` on");
        assert_eq!(open(name, "if (typeof require === 'function') { x.resolve(y) } function f(require) {}"), "");
        assert_eq!(open(name, "x = [__dirname <<<<<<< HEAD"), "line 1 can't be parsed");
    }
}

#[test]
fn what_can_not_be_parsed_is_searched() {
    let (uses, open) = said("a.ts", "class { ((\nconst a = re('./a'); import b from \"./b\"");
    assert!(uses.contains(&"m:./a".to_owned()) && uses.contains(&"m:./b".to_owned()) && open.is_none(), "{uses:?}");
    check("a.js", "// @flow\nimport type { A } from './a'; function b(c: ?string, d: A): void {}", &["t:./a"]);
    // The grammars lag behind: what they can't read loads nothing but what it spells out.
    for unread in [
        "export { b } from './b' with { x: 'y' }",
        "export type * from './b'",
        "import defer * as b from './b'",
        "let b: import('./b').B<typeof import('./d')>",
    ] {
        let (uses, open) = said("a.ts", &format!("import './a'\n{unread}\nimport './c'"));
        let finds = |name: &str| uses.iter().any(|found| found.trim_start_matches("m:") == name);
        assert!(finds("./a") && finds("./b") && finds("./c") && open.is_none(), "{unread} {uses:?} {open:?}");
    }
    let (uses, open) = said("a.js", &format!("import './a'\n{}", " ".repeat(1 << 20)));
    assert!(uses.contains(&"m:./a".to_owned()) && open.is_some());
}

#[test]
fn hostile_texts_end_soon() {
    let deep = |open: &str, count: usize| format!("import './a'; x = {}", open.repeat(count));
    let texts =
        ["[", "(", "!", "a=>", "a?", "`${", "<a>", "{a:", "a<", "if(a)", "(a=(", "async(", "a.b(", "'", "/*", "\\"];
    for text in texts {
        for name in ["a.js", "a.ts", "a.tsx", "a.vue", "x.config.js"] {
            let source = deep(text, 2_000);
            let source = if name == "a.vue" { format!("<script>{source}") } else { source };
            let (uses, _) = said(name, &source);
            assert!(uses.iter().any(|name| name.contains("./a")), "{name} {text}");
        }
    }
    for name in ["a.js", "a.ts", "a.vue", "a.css", "tsconfig.json", ".babelrc"] {
        let bytes: Vec<u8> = (0..=255).cycle().take(3000).collect();
        read(form(&RepoPath::from(name)).unwrap(), &bytes);
    }
}

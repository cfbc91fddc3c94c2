//! Lock files of every format, and what a change in them affects.

use crate::unit::npm::Npm;
use crate::unit::sample::{changed, edges, found};

/// A workspace of `a` (which takes `x`, and that `y`), `b` (which takes `z` and `a`), and a root that takes `t`.
struct Sample {
    file: &'static str,
    lock: &'static str,
    /// What is changed, with the units that it affects.
    changes: &'static [(&'static str, &'static str, &'static [&'static str])],
}

const ROOT: &str = r#"{"name": "r", "private": true, "workspaces": ["packages/*"], "devDependencies": {"t": "^1"}}"#;
const A: &str =
    r#"{"name": "a", "version": "1.0.0", "dependencies": {"x": "^1"}, "peerDependencies": {"nobody": "*"}}"#;
const B: &str = r#"{"name": "b", "version": "1.0.0", "devDependencies": {"z": "^1", "a": "^1"}}"#;

const ALL: &[&str] = &["a", "b"];

const NPM_3: Sample = Sample {
    file: "package-lock.json",
    lock: r#"{"name": "r", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
        "": {"name": "r", "workspaces": ["packages/*"], "devDependencies": {"t": "^1"}},
        "node_modules/a": {"resolved": "packages/a", "link": true},
        "node_modules/b": {"resolved": "packages/b", "link": true},
        "node_modules/t": {"version": "1.0.0", "dev": true, "resolved": "r/t", "integrity": "sha512-t"},
        "node_modules/x": {"version": "1.0.1", "resolved": "r/x", "integrity": "sha512-x", "dependencies": {"y": "^1"}},
        "node_modules/x/node_modules/y": {"version": "1.0.2", "resolved": "r/y1", "integrity": "sha512-y1"},
        "node_modules/y": {"version": "2.0.0", "resolved": "r/y2", "integrity": "sha512-y2"},
        "packages/a": {"name": "a", "version": "1.0.0", "dependencies": {"x": "^1"}, "peerDependencies": {"nobody": "*"}},
        "packages/b": {"name": "b", "version": "1.0.0", "devDependencies": {"z": "^1", "a": "^1"}},
        "packages/b/node_modules/z": {"version": "1.0.3", "dependencies": {"y": "^2"}, "optionalDependencies": {"gone": "1"}}
    }}"#,
    changes: &[
        (r#""version": "1.0.2""#, r#""version": "1.0.9""#, &["a"]),
        ("sha512-y1", "sha512-other", &["a"]),
        ("r/y1", "elsewhere/y1", &["a"]),
        ("sha512-y2", "sha512-other", &["b"]),
        ("sha512-x", "sha512-other", &["a"]),
        ("sha512-t", "sha512-other", ALL),
        (r#""dev": true, "#, "", &[]),
        (r#""version": "1.0.0", "lockfileVersion""#, r#""version": "2.0.0", "lockfileVersion""#, &[]),
        // `y` is no longer another for `x`.
        (
            r#""node_modules/x/node_modules/y": {"version": "1.0.2", "resolved": "r/y1", "integrity": "sha512-y1"},"#,
            "",
            &["a"],
        ),
        // It no longer holds what `a` asks for, so that all of it counts.
        (r#""dependencies": {"x": "^1"}"#, r#""dependencies": {"x": "^2"}"#, &["a"]),
        (r#""dependencies": {"x": "^1"}, "#, "", &["a"]),
    ],
};

const PNPM_9: Sample = Sample {
    file: "pnpm-lock.yaml",
    lock: "lockfileVersion: '9.0'
settings:
  autoInstallPeers: true
catalogs:
  default:
    q: {specifier: 1, version: 1}
importers:
  .:
    devDependencies:
      t: {specifier: ^1, version: 1.0.0}
  packages/a:
    dependencies:
      x: {specifier: ^1, version: 1.0.1(y@1.0.2)}
  packages/b:
    devDependencies:
      a: {specifier: ^1, version: link:../a}
      z: {specifier: ^1, version: 1.0.3}
packages:
  t@1.0.0:
    resolution: {integrity: sha512-t}
  x@1.0.1:
    resolution: {integrity: sha512-x}
    engines: {node: '>=1'}
  y@1.0.2:
    resolution: {integrity: sha512-y1}
  y@2.0.0:
    resolution: {integrity: sha512-y2}
  z@1.0.3:
    resolution: {integrity: sha512-z}
snapshots:
  t@1.0.0: {}
  x@1.0.1(y@1.0.2):
    dependencies:
      y: 1.0.2
  y@1.0.2: {}
  y@2.0.0: {}
  z@1.0.3:
    dependencies:
      y: 2.0.0
",
    changes: &[
        ("sha512-y1", "sha512-other", &["a"]),
        ("sha512-y2", "sha512-other", &["b"]),
        ("sha512-t", "sha512-other", ALL),
        ("autoInstallPeers: true", "autoInstallPeers: false", ALL),
        ("    engines: {node: '>=1'}\n", "", &[]),
        ("q: {specifier: 1, version: 1}", "q: {specifier: 1, version: 2}", &[]),
        ("      y: 2.0.0", "      y: 1.0.2", &["b"]),
        ("      x: {specifier: ^1, version: 1.0.1(y@1.0.2)}", "      w: {specifier: ^1, version: 1.0.0}", &["a"]),
    ],
};

const PNPM_6: Sample = Sample {
    file: "pnpm-lock.yaml",
    lock: "lockfileVersion: '6.0'
importers:
  .:
    devDependencies:
      t: {specifier: ^1, version: 1.0.0}
  packages/a:
    dependencies:
      x: {specifier: ^1, version: 1.0.1(y@1.0.2)}
  packages/b:
    devDependencies:
      a: {specifier: ^1, version: link:../a}
      z: {specifier: ^1, version: /@s/z@1.0.3}
packages:
  /t@1.0.0:
    resolution: {integrity: sha512-t}
    dev: true
  /x@1.0.1(y@1.0.2):
    resolution: {integrity: sha512-x}
    dependencies:
      y: 1.0.2
  /y@1.0.2:
    resolution: {integrity: sha512-y1}
  /@s/y@2.0.0:
    resolution: {integrity: sha512-y2}
  /@s/z@1.0.3:
    resolution: {integrity: sha512-z}
    dependencies:
      '@s/y': 2.0.0
",
    changes: &[
        ("sha512-y1", "sha512-other", &["a"]),
        ("sha512-y2", "sha512-other", &["b"]),
        ("sha512-t", "sha512-other", ALL),
        ("    dev: true\n", "", &[]),
    ],
};

const PNPM_5: Sample = Sample {
    file: "pnpm-lock.yaml",
    lock: "lockfileVersion: 5.4
importers:
  .:
    specifiers: {t: ^1}
    devDependencies: {t: 1.0.0}
  packages/a:
    specifiers: {x: ^1}
    dependencies: {x: 1.0.1_y@1.0.2}
  packages/b:
    specifiers: {a: ^1, z: ^1}
    devDependencies: {a: link:../a, z: 1.0.3}
packages:
  /t/1.0.0:
    resolution: {integrity: sha512-t}
  /x/1.0.1_y@1.0.2:
    resolution: {integrity: sha512-x}
    dependencies: {y: 1.0.2}
  /y/1.0.2:
    resolution: {integrity: sha512-y1}
  /@s/y/2.0.0:
    resolution: {integrity: sha512-y2}
  /z/1.0.3:
    resolution: {integrity: sha512-z}
    dependencies: {y: /@s/y/2.0.0}
",
    changes: &[
        ("sha512-y1", "sha512-other", &["a"]),
        ("sha512-y2", "sha512-other", &["b"]),
        ("sha512-t", "sha512-other", ALL),
        ("specifiers: {x: ^1}", "specifiers: {x: ^2}", &["a"]),
    ],
};

const CLASSIC: Sample = Sample {
    file: "yarn.lock",
    lock: "# THIS IS AN AUTOGENERATED FILE. DO NOT EDIT THIS FILE DIRECTLY.
# yarn lockfile v1


\"t@^1\", t@^1.5:
  version \"1.0.0\"
  resolved \"https://r/t.tgz#abc\"
  integrity sha512-t

x@^1:
  version \"1.0.1\"
  resolved \"https://r/x.tgz#abc\"
  integrity sha512-x
  dependencies:
    y \"^1 || ^0.1\"
  optionalDependencies:
    gone \"1\"

\"y@^1 || ^0.1\":
  version \"1.0.2\"
  integrity sha512-y1

y@^2:
  version \"2.0.0\"
  integrity sha512-y2

z@^1:
  version \"1.0.3\"
  dependencies:
    \"y\" \"^2\"
",
    changes: &[
        ("sha512-y1", "sha512-other", &["a"]),
        ("sha512-y2", "sha512-other", &["b"]),
        ("sha512-t", "sha512-other", ALL),
        ("x@^1:", "x@^1.1:", &["a"]),
        ("# THIS IS", "# This is", &[]),
        ("\n", "\r\n", &[]),
        ("\"y\" \"^2\"", "y \"^3\"", &["b"]),
    ],
};

const BERRY: Sample = Sample {
    file: "yarn.lock",
    lock: "# This file is generated by running \"yarn install\" inside your project.

__metadata:
  version: 8
  cacheKey: 10c0

\"a@npm:^1, a@workspace:packages/a\":
  version: 0.0.0-use.local
  resolution: \"a@workspace:packages/a\"
  dependencies:
    x: \"npm:^1\"
  languageName: unknown
  linkType: soft

\"b@workspace:packages/b\":
  version: 0.0.0-use.local
  resolution: \"b@workspace:packages/b\"
  dependencies:
    a: \"npm:^1\"
    z: \"npm:^1\"
  linkType: soft

\"r@workspace:.\":
  version: 0.0.0-use.local
  resolution: \"r@workspace:.\"
  dependencies:
    t: \"npm:^1\"
  linkType: soft

\"t@npm:^1\":
  version: 1.0.0
  resolution: \"t@npm:1.0.0\"
  checksum: 10c0/t
  linkType: hard

\"x@npm:^1\":
  version: 1.0.1
  resolution: \"x@npm:1.0.1\"
  dependencies:
    gone: \"npm:^1\"
    y: \"npm:^1\"
  dependenciesMeta:
    gone:
      optional: true
  checksum: 10c0/x

\"y@npm:^1\":
  version: 1.0.2
  resolution: \"y@npm:1.0.2\"
  checksum: 10c0/y1

\"y@patch:y@npm%3A^1#optional!builtin<compat/y>\":
  version: 1.0.2
  resolution: \"y@patch:y@npm%3A1.0.2#optional!builtin<compat/y>::version=1.0.2&hash=abc\"
  checksum: 10c0/patched

\"y@npm:^2\":
  version: 2.0.0
  resolution: \"y@npm:2.0.0\"
  checksum: 10c0/y2

\"z@npm:^1\":
  version: 1.0.3
  resolution: \"z@npm:1.0.3\"
  dependencies:
    y: ^2
  checksum: 10c0/z
",
    changes: &[
        ("10c0/y1", "10c0/other", &["a"]),
        ("10c0/patched", "10c0/other", &["a"]),
        ("10c0/y2", "10c0/other", &["b"]),
        ("checksum: 10c0/t", "checksum: 10c0/other", ALL),
        ("  linkType: hard\n", "", &[]),
        ("    x: \"npm:^1\"", "    x: \"npm:^2\"", &["a"]),
        ("    z: \"npm:^1\"\n", "", &["b"]),
    ],
};

const BUN: Sample = Sample {
    file: "bun.lock",
    lock: r#"{
  "lockfileVersion": 1,
  "workspaces": {
    "": {"name": "r", "devDependencies": {"t": "^1"}},
    "packages/a": {"name": "a", "version": "1.0.0", "dependencies": {"x": "^1"}, "peerDependencies": {"nobody": "*"}},
    "packages/b": {"name": "b", "version": "1.0.0", "devDependencies": {"z": "^1", "a": "^1"}},
  },
  "trustedDependencies": ["t"],
  "packages": {
    "a": ["a@workspace:packages/a"],
    "b": ["b@workspace:packages/b"],
    "t": ["t@1.0.0", "", {}, "sha512-t"],
    "x": ["x@1.0.1", "", { "dependencies": { "y": "^1" }, "os": "linux" }, "sha512-x"],
    "y": ["y@2.0.0", "", {}, "sha512-y2"],
    "x/y": ["y@1.0.2", "", {}, "sha512-y1"], // nested
    "b/z": ["z@1.0.3", "", { "dependencies": { "y": "^2" } }, "sha512-z"],
  }
}"#,
    changes: &[
        ("sha512-y1", "sha512-other", &["a"]),
        ("sha512-y2", "sha512-other", &["b"]),
        ("sha512-z", "sha512-other", &["b"]),
        ("sha512-t", "sha512-other", ALL),
        (r#"["t"]"#, r#"["x"]"#, ALL),
        (r#""os": "linux""#, r#""os": "darwin""#, &[]),
        ("// nested", "", &[]),
        (r#"{"x": "^1"}"#, r#"{"x": "^2"}"#, &["a"]),
    ],
};

const SAMPLES: [&Sample; 7] = [&NPM_3, &PNPM_9, &PNPM_6, &PNPM_5, &CLASSIC, &BERRY, &BUN];

fn tree<'t>(file: &'t str, lock: &'t str) -> [(&'t str, &'t str); 4] {
    [("package.json", ROOT), ("packages/a/package.json", A), ("packages/b/package.json", B), (file, lock)]
}

/// A tree with one more file.
fn with<'t>(files: &[(&'t str, &'t str)], file: &'t str, content: &'t str) -> Vec<(&'t str, &'t str)> {
    [files, &[(file, content)]].concat()
}

#[test]
fn a_change_affects_those_whose_closure_it_is_in() {
    let mut wrong = Vec::new();
    for Sample { file, lock, changes } in SAMPLES {
        for (from, to, affected) in *changes {
            let new = lock.replace(from, to);
            assert_ne!(*lock, new, "{file}: {from}");
            let found: Vec<String> = changed(&Npm, &tree(file, lock), &tree(file, &new));
            let expected: Vec<String> = affected.iter().map(|unit| format!("{unit}: {file}")).collect();
            if found != expected {
                wrong.push(format!("{file}: {from} -> {to}: {found:?}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_lock_file_that_is_whole_explains_itself() {
    for Sample { file, lock, .. } in SAMPLES {
        let found = found(&Npm, &tree(file, lock));
        assert_eq!(found.widened, [], "{file}");
        assert!(found.explained.iter().any(|path| path.to_string() == *file), "{file}");
        assert_eq!(edges(&found), ["b -> a"], "{file}");
        // An addition that nobody takes is no change for anybody: nothing counts as a whole.
        let more = match *file {
            "package-lock.json" => {
                lock.replace(r#""node_modules/y""#, r#""node_modules/new": {"version": "1.0.0"}, "node_modules/y""#)
            }
            "pnpm-lock.yaml" => lock.replace("packages:\n  ", "packages:\n  /new@1.0.0: {}\n  "),
            "bun.lock" => lock.replace(r#""packages": {"#, r#""packages": {"new": ["new@1.0.0", "", {}, "x"],"#),
            _ if lock.contains("__metadata") => {
                format!("{lock}\n\"new@npm:^1\":\n  version: 1.0.0\n  resolution: \"new@npm:1.0.0\"\n")
            }
            _ => format!("{lock}\nnew@^1:\n  version \"1.0.0\"\n"),
        };
        assert_ne!(*lock, more, "{file}");
        assert_eq!(changed(&Npm, &tree(file, lock), &tree(file, &more)), Vec::<String>::new(), "{file}");
    }
}

#[test]
fn a_dependency_that_is_not_there_takes_the_whole_file() {
    for Sample { file, lock, .. } in SAMPLES {
        let a = A.replace(r#""x": "^1""#, r#""x": "^1", "missing": "^1""#);
        let tree = |lock| {
            [("package.json", ROOT), ("packages/a/package.json", &*a), ("packages/b/package.json", B), (file, lock)]
        };
        let touched = format!("{lock}\n");
        assert_eq!(changed(&Npm, &tree(lock), &tree(&touched)), [format!("a: {file}")], "{file}");
    }
}

#[test]
fn version_1_of_npm_is_of_one_package() {
    let lock = r#"{"lockfileVersion": 1, "requires": true, "dependencies": {
        "x": {"version": "1.0.1", "integrity": "sha512-x", "requires": {"y": "^1"}, "dependencies": {
            "y": {"version": "1.0.2", "integrity": "sha512-y1"}}},
        "y": {"version": "2.0.0", "integrity": "sha512-y2"},
        "l": {"version": "file:../lib", "dev": true}}}"#;
    let a = r#"{"name": "a", "dependencies": {"x": "^1"}, "devDependencies": {"l": "file:../lib"}}"#;
    let a = [("a/package.json", a)];
    let file = "a/package-lock.json";
    let change = |from: &str, to: &str| changed(&Npm, &with(&a, file, lock), &with(&a, file, &lock.replace(from, to)));
    assert_eq!(change("sha512-y1", "sha512-other"), ["a: a/package-lock.json"]);
    assert_eq!(change("sha512-x", "sha512-other"), ["a: a/package-lock.json"]);
    assert_eq!(change("sha512-y2", "sha512-other"), Vec::<String>::new());
    assert_eq!(edges(&found(&Npm, &with(&a, file, lock))), ["a -> lib (path)"]);
}

#[test]
fn a_single_project_of_pnpm_has_no_importers() {
    for lock in [
        "lockfileVersion: 5.3\nspecifiers: {x: ^1}\ndependencies: {x: 1.0.1}\npackages:\n  /x/1.0.1:\n    resolution: {integrity: sha}\n",
        "lockfileVersion: '6.0'\ndependencies:\n  x: {specifier: ^1, version: 1.0.1}\npackages:\n  /x@1.0.1:\n    resolution: {integrity: sha}\n",
        "---\nlockfileVersion: '9.0'\nimporters: {}\n---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      x: {specifier: ^1, version: 1.0.1}\npackages:\n  x@1.0.1:\n    resolution: {integrity: sha}\nsnapshots:\n  x@1.0.1: {}\n",
    ] {
        let a = [("a/package.json", r#"{"name": "a", "dependencies": {"x": "^1"}}"#)];
        let file = "a/pnpm-lock.yaml";
        let change =
            |from: &str, to: &str| changed(&Npm, &with(&a, file, lock), &with(&a, file, &lock.replace(from, to)));
        assert_eq!(found(&Npm, &with(&a, file, lock)).widened, []);
        assert_eq!(change("integrity: sha", "integrity: other"), ["a: a/pnpm-lock.yaml"]);
        assert_eq!(change("packages:\n", "packages:\n  new@1.0.0: {}\n"), Vec::<String>::new());
    }
}

#[test]
fn a_package_from_a_registry_is_no_member_of_the_same_name() {
    let lock = r#"{"lockfileVersion": 3, "packages": {
        "": {"workspaces": ["packages/*"]},
        "node_modules/a": {"resolved": "packages/a", "link": true},
        "node_modules/b": {"resolved": "packages/b", "link": true},
        "packages/a": {"version": "2.0.0"},
        "packages/b": {"dependencies": {"a": "^1"}},
        "packages/b/node_modules/a": {"version": "1.0.0", "integrity": "sha512-a"}}}"#;
    let b = r#"{"name": "b", "dependencies": {"a": "^1"}}"#;
    let files = [
        ("package.json", r#"{"workspaces": ["packages/*"]}"#),
        ("packages/a/package.json", r#"{"name": "a", "version": "2.0.0"}"#),
        ("packages/b/package.json", b),
    ];
    let file = "package-lock.json";
    let (old, new) = (with(&files, file, lock), lock.replace("sha512-a", "x"));
    assert_eq!(edges(&found(&Npm, &old)), Vec::<String>::new());
    assert_eq!(changed(&Npm, &old, &with(&files, file, &new)), ["b: package-lock.json"]);
    // One that doesn't say so can't be relied on.
    let other = lock.replace(r#"{"a": "^1"}"#, r#"{"a": "^2"}"#);
    assert_eq!(edges(&found(&Npm, &with(&files, file, &other))), ["b -> a"]);
}

#[test]
fn what_packages_from_elsewhere_take_from_the_tree_is_an_edge() {
    let npm = r#"{"lockfileVersion": 3, "packages": {
        "": {"workspaces": ["packages/*"]},
        "node_modules/a": {"resolved": "packages/a", "link": true},
        "node_modules/x": {"version": "1.0.0", "peerDependencies": {"a": "*"}, "dependencies": {"v": "*"}},
        "node_modules/v": {"resolved": "vendor/v", "link": true},
        "node_modules/w": {"resolved": "vendor/w", "link": true},
        "vendor/v": {"dependencies": {"w": "*"}},
        "packages/a": {}, "packages/b": {"dependencies": {"x": "^1"}}}}"#;
    let pnpm = "lockfileVersion: '9.0'\nimporters:\n  packages/b:\n    dependencies:\n      x: {specifier: ^1, version: 1.0.0}\npackages:\n  v@file:vendor/v:\n    resolution: {directory: vendor/v, type: directory}\nsnapshots:\n  x@1.0.0:\n    dependencies: {a: link:packages/a, v: file:vendor/v}\n  v@file:vendor/v:\n    dependencies: {w: link:vendor/w}\n";
    let classic = "x@^1:\n  version \"1.0.0\"\n  dependencies:\n    a \"*\"\n    v \"*\"\n    w \"*\"\n\nv@*, \"v@link:vendor/v\":\n  version \"0.0.0\"\n\n\"w@*\", \"w@file:./vendor/w\":\n  version \"0.0.0\"\n";
    let berry = "__metadata:\n  version: 8\n\n\"a@workspace:packages/a, a@npm:*\":\n  resolution: \"a@workspace:packages/a\"\n\n\"b@workspace:packages/b\":\n  resolution: \"b@workspace:packages/b\"\n  dependencies:\n    x: \"npm:^1\"\n\n\"v@portal:../../vendor/v::locator=b%40workspace%3Apackages%2Fb\":\n  resolution: \"v@portal:../../vendor/v::locator=b%40workspace%3Apackages%2Fb\"\n  dependencies:\n    w: \"link:./vendor/w\"\n\n\"w@link:./vendor/w::locator=r%40workspace%3A.\":\n  resolution: \"w@link:./vendor/w::locator=r%40workspace%3A.\"\n\n\"x@npm:^1\":\n  resolution: \"x@npm:1.0.0\"\n  dependencies:\n    a: \"npm:*\"\n    v: \"npm:^1\"\n";
    let bun = r#"{"lockfileVersion": 1, "workspaces": {"packages/b": {"name": "b", "dependencies": {"x": "^1"}}}, "packages": {
        "a": ["a@workspace:packages/a"], "v": ["v@file:vendor/v", {"dependencies": {"w": "*"}}], "w": ["w@link:vendor/w", {}],
        "x": ["x@1.0.0", "", {"dependencies": {"a": "*", "v": "*"}}, "sha"]}}"#;
    for (file, lock) in [
        ("package-lock.json", npm),
        ("pnpm-lock.yaml", pnpm),
        ("yarn.lock", classic),
        ("yarn.lock", berry),
        ("bun.lock", bun),
    ] {
        let tree = [
            ("package.json", r#"{"workspaces": ["packages/*"]}"#),
            ("packages/a/package.json", r#"{"name": "a"}"#),
            ("packages/b/package.json", r#"{"name": "b", "dependencies": {"x": "^1"}}"#),
            (file, lock),
        ];
        let found = found(&Npm, &tree);
        assert_eq!(edges(&found), ["b -> a", "b -> vendor/v (path)", "b -> vendor/w (path)"], "{file} {lock}");
        assert_eq!(found.widened, [], "{file}");
    }
}

#[test]
fn malformed_lock_files_are_errors() {
    for (name, text) in [
        ("yarn.lock", "x@^1:\n   version \"1\"\n"),
        ("yarn.lock", "x@^1:\n  version \"1\n"),
        ("yarn.lock", "x@^1:\n  version\n"),
        ("yarn.lock", "  version \"1\"\n"),
        ("yarn.lock", "x@^1:\n  version \"1\"\n\nx@^1:\n  version \"2\"\n"),
        ("yarn.lock", "<<<<<<< HEAD\nx@^1:\n  version \"1\"\n"),
        ("yarn.lock", "__metadata:\n  version: 99\n"),
        ("pnpm-lock.yaml", ""),
        ("pnpm-lock.yaml", "packages: {}\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n<<<<<<< HEAD\nimporters: {}\n"),
        ("package-lock.json", ""),
        ("package-lock.json", "[]"),
        ("package-lock.json", r#"{"lockfileVersion": 4}"#),
        ("bun.lock", ""),
        ("bun.lock", r#"{"packages": {}}"#),
        ("bun.lock", r#"{"lockfileVersion": 99}"#),
        ("bun.lockb", "#!/usr/bin/env bun\nbun-lockfile-format-v0\n"),
    ] {
        assert!(super::read(name, text.as_bytes()).is_err(), "{name}: {text}");
    }
    assert!(super::read("yarn.lock", b"\xff").is_err());
}

#[test]
fn hostile_lock_files_take_no_time() {
    let many = |entry: &dyn Fn(usize) -> String| (0..20_000).map(entry).collect::<Vec<_>>().join(",");
    let chain = many(&|at| format!(r#""node_modules/p{at}": {{"dependencies": {{"p{}": "1"}}}}"#, at + 1));
    assert!(
        super::read("package-lock.json", format!(r#"{{"lockfileVersion": 3, "packages": {{{chain}}}}}"#).as_bytes())
            .is_ok()
    );
    let missing = many(&|at| format!(r#""node_modules/p{at}": {{"dependencies": {{"q{at}": "1"}}}}"#));
    assert!(
        super::read("package-lock.json", format!(r#"{{"lockfileVersion": 3, "packages": {{{missing}}}}}"#).as_bytes())
            .is_err()
    );
    let deep = format!("{}x", "node_modules/a/".repeat(100_000));
    assert!(
        super::read(
            "package-lock.json",
            format!(r#"{{"lockfileVersion": 3, "packages": {{"{deep}": {{}}}}}}"#).as_bytes()
        )
        .is_err()
    );
}

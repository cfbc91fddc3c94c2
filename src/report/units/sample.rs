//! A graph for tests.

use std::time::SystemTime;

use crate::path::{Mode, RepoPath};
use crate::report::{Detail, Style, View};
use crate::unit::sample::{edge, module, rule, unit};
use crate::unit::{Affects, Found, Graph, Kind, Target, Unit, Widening};

pub(super) fn view() -> View<'static> {
    let now = SystemTime::UNIX_EPOCH;
    View { style: Style::plain(), width: 80, now, logs: None, detail: Detail::Notable, recorded: true }
}

/// Two kinds that share a name, names that nobody would choose, and somebody who is taken to depend on everything.
pub(super) fn graph() -> Graph {
    let files =
        ["a/unit", "c/unit", "x/unit", "x/a.js", "x/b.js", "y/unit", "y/a.js", "docs/a.md", ".nvmrc", "lock", "w/unit"];
    let tree: Vec<_> = files.iter().map(|path| (*path, Mode::File, *path)).collect();
    let cargo = Found {
        units: vec![
            unit(Kind::Cargo, "app", "a"),
            unit(Kind::Cargo, "both", "c"),
            Unit { is_member: false, ..unit(Kind::Cargo, "a\"b", "w") },
        ],
        edges: vec![edge("app", Target::Unit("both".to_owned())), edge("both", Target::Path("x/a.js".into()))],
        widened: vec![Widening {
            unit: Some("a\"b".to_owned()),
            file: "w/unit".into(),
            why: "can't be\u{1b}read".into(),
        }],
        ..Found::default()
    };
    let npm = Found {
        units: vec![unit(Kind::Npm, "@scope/x", "x"), unit(Kind::Npm, "both", "y")],
        edges: vec![edge("@scope/x", Target::Unit("both".to_owned()))],
        explained: [RepoPath::from("lock")].into(),
        modules: [
            ("x/a.js".into(), module(&["x/b.js", "y/a.js"])),
            ("x/b.js".into(), crate::unit::Module { open: Some("require(name)".into()), ..module(&[]) }),
            ("y/a.js".into(), module(&[])),
        ]
        .into(),
        tests: [RepoPath::from("x/b.js")].into(),
        ..Found::default()
    };
    let rules = rule("docs/**", Affects::Nothing);
    crate::unit::sample::graph(&tree, vec![(Kind::Cargo, cargo), (Kind::Npm, npm)], &rules)
}

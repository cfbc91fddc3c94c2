//! Graphs out of repositories: with a memo and without, and what a change affects.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use crate::config::{DeclaredUnit, UnitRules};
use crate::digest::ObjectId;
use crate::git::Repo;
use crate::path::{Mode, RepoPath};
use crate::unit::sample::unit;
use crate::unit::{Cause, Graph, Kind, Reader};

/// What a tree holds: at each path, what it is and its content.
type Model = BTreeMap<&'static str, (Mode, &'static str)>;

fn git(dir: &std::path::Path, args: &[&str], input: &[u8]) -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "git makes the trees, so that nothing of ours can be wrong about them"
    )]
    let mut command = Command::new("git");
    command.arg("-C").arg(dir).args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for inherited in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"] {
        command.env_remove(inherited);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "git {args:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn trees(dir: &std::path::Path, models: &[Model]) -> Vec<ObjectId> {
    git(dir, &["init", "-q"], b"");
    let mut stream = Vec::new();
    for model in models {
        stream.extend(b"commit refs/heads/main\ncommitter A <a@example.org> 0 +0000\ndata 0\ndeleteall\n");
        for (path, (mode, content)) in model {
            let (octal, length) = (mode.octal(), content.len());
            stream.extend(format!("M {octal} inline {path}\ndata {length}\n{content}\n").bytes());
        }
    }
    git(dir, &["fast-import", "--quiet", "--force"], &stream);
    let ids = git(dir, &["log", "--reverse", "--format=%T", "main"], b"");
    ids.lines().map(|id| id.parse().unwrap()).collect()
}

fn rules() -> UnitRules {
    let unit = |root: &str, depends: &[&str]| DeclaredUnit {
        root: Some(RepoPath::from(root)),
        depends: depends.iter().map(|name| (*name).to_owned()).collect(),
    };
    let declared = [("a", unit("a", &[])), ("b", unit("b", &["a"])), ("c", unit("c", &[]))];
    UnitRules { declared: declared.map(|(name, unit)| (name.to_owned(), unit)).into(), rules: Vec::new() }
}

/// Everything that a graph says.
fn told(graph: &Graph) -> String {
    let unit = |at: usize| (&graph.units()[at], graph.inputs(at), graph.edges(at).collect::<Vec<_>>());
    let units: Vec<_> = (0..graph.units().len()).map(unit).collect();
    format!("{units:#?} {:#?} {:#?} {:#?}", graph.listing(), graph.modules(), graph.widened())
}

/// Paths that can't lie beside each other are in no model together.
fn model() -> impl Strategy<Value = Model> {
    let content = prop_oneof![
        (Just(Mode::File), prop_oneof![Just("1"), Just("2"), Just("import x\n")]),
        (Just(Mode::Executable), Just("1")),
        (Just(Mode::Link), prop_oneof![Just("../b/x.py"), Just("../c"), Just("../../out"), Just("l.py")]),
    ];
    let path = prop::sample::select(vec![
        "a/x.py",
        "a/l.py",
        "a/d",
        "a/d/x.py",
        "b/x.py",
        "c/x.py",
        "c/deep/x",
        "root",
        "a/Cargo.toml",
        "b/package.json",
        "pyproject.toml",
        "c/go.mod",
        "docs/l",
    ]);
    prop::collection::btree_map(path, content, 0..10).prop_map(|mut model| {
        if model.contains_key("a/d") {
            model.remove("a/d/x.py");
        }
        model
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_reader_that_remembers_says_what_a_new_one_says(models in prop::collection::vec(model(), 1..5)) {
        let dir = tempfile::tempdir().unwrap();
        let trees = trees(dir.path(), &models);
        let repo = Repo::discover(dir.path()).unwrap();
        let memo = dir.path().join("memo");
        let mut kept = Reader::open(&memo);
        for (number, tree) in trees.iter().enumerate() {
            let cold = Reader::open(&dir.path().join("none")).graph(&repo, *tree, &rules()).unwrap();
            let warm = kept.graph(&repo, *tree, &rules()).unwrap();
            prop_assert_eq!(told(&cold), told(&warm));
            if number % 2 == 1 {
                kept.save().unwrap();
                kept = Reader::open(&memo);
            }
        }
    }

    /// Whatever differs between two trees, a unit that comes to something else is told why, and one that does not is
    /// touched by nothing.
    #[test]
    fn what_comes_to_something_else_is_touched_and_nothing_else(models in prop::collection::vec(model(), 2..3)) {
        let dir = tempfile::tempdir().unwrap();
        let trees = trees(dir.path(), &models);
        let repo = Repo::discover(dir.path()).unwrap();
        let mut reader = Reader::open(&dir.path().join("memo"));
        let old = reader.graph(&repo, trees[0], &rules()).unwrap();
        let new = reader.graph(&repo, trees[1], &rules()).unwrap();
        let deltas = repo.diff(Some(trees[0]), Some(trees[1])).unwrap();
        let affected = new.affected(&old, &deltas);
        for affected in &affected {
            prop_assert!(!affected.is_unexplained(), "{:?}", affected);
        }
        let differing = new.differing(&old);
        for unit in (0..new.units().len()).filter(|unit| !differing.contains(unit)) {
            let own = |delta: &&crate::git::Delta| {
                let mode = delta.new.or(delta.old).unwrap().mode;
                new.owner(&delta.path, mode).units.contains(&unit)
            };
            prop_assert!(deltas.iter().find(own).is_none(), "{}", new.full_name(unit));
        }
    }
}

#[test]
fn a_change_is_told_with_the_nearest_reason() {
    let tree = super::files(&["a/x", "b/x", "docs/x"]);
    let build = |tree: &[_], edges: &[(&str, &str)], units: &[&str]| {
        let units = units.iter().map(|name| unit(Kind::Npm, name, name)).collect();
        super::only(tree, Kind::Npm, super::found(units, edges))
    };
    let told = |new: &Graph, old: &Graph, path: &str| {
        let deltas = super::deltas(&tree, path);
        let one = |affected: &crate::unit::Affected<'_>| {
            let cause = match &affected.cause {
                Cause::New => "new".to_owned(),
                Cause::Path { path, .. } => path.to_string(),
                Cause::Field(field) => field.clone(),
                Cause::Depends(on, _) => format!("now {on}"),
                Cause::NoLonger(on) => format!("no longer {on}"),
                Cause::Otherwise => "otherwise".to_owned(),
            };
            format!("{} by {}: {cause}", new.full_name(affected.unit), new.full_name(affected.by))
        };
        new.affected(old, &deltas).iter().map(one).collect::<Vec<_>>()
    };
    let old = build(&tree, &[("a", "b")], &["a", "b"]);
    let edited = super::edited(&tree, "b/x", Some("2"));
    assert_eq!(told(&build(&edited, &[("a", "b")], &["a", "b"]), &old, "b/x"), ["a by b: b/x", "b by b: b/x"]);
    assert_eq!(told(&build(&tree, &[], &["a", "b"]), &old, "b/x"), ["a by a: no longer b"]);
    assert_eq!(told(&old, &build(&tree, &[], &["a", "b"]), "a/x"), ["a by a: a/x"]);
    assert_eq!(told(&old, &build(&tree, &[], &["a", "b"]), "b/none"), ["a by a: now b"]);
    assert_eq!(
        told(&build(&tree, &[], &["a", "b"]), &build(&tree, &[], &["b"]), "a/x"),
        ["a by a: new", "b by b: a/x"]
    );
    let gone: Vec<String> = build(&tree, &[], &["b"]).gone(&old).iter().map(|unit| unit.name.clone()).collect();
    assert_eq!(gone, ["a"]);
}

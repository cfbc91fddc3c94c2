//! File names as arguments: very many of them, very long ones, and such as would be taken for something else.

use std::collections::BTreeSet;

use super::no_panic;
use crate::repo::TestRepo;

/// A commit of a tree with these empty files in `d`, made without writing any of them.
fn commit_with(repo: &TestRepo, names: &BTreeSet<Vec<u8>>) -> String {
    use std::io::Write;
    let blob = repo.git(&["hash-object", "-w", "--stdin"]);
    let mut input: Vec<u8> = Vec::new();
    for name in names {
        input.extend_from_slice(format!("100644 {blob}\td/").as_bytes());
        input.extend_from_slice(name);
        input.push(0);
    }
    let mut git = repo.command(&repo.path(), "git");
    let mut child =
        git.args(["update-index", "-z", "--index-info"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    assert!(child.wait().unwrap().success());
    let tree = repo.git(&["write-tree"]);
    repo.git(&["commit-tree", &tree, "-m", "names"])
}

const RULES: &str = r#"
[check.names]
files = ["d/**"]
run = ["sh", "-c", 'for name; do printf "%s\0" "$name"; done >"$(mktemp $HOME/given-XXXXXX)"', "sh", "{files}"]
"#;

/// What all programs were given.
fn given(repo: &TestRepo) -> (usize, Vec<Vec<u8>>) {
    let files: Vec<_> = fs_err::read_dir(repo.home()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let read = |path: &std::path::PathBuf| fs_err::read(path).unwrap();
    let split = |bytes: Vec<u8>| bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let names = files.iter().map(read).flat_map(split).filter(|name| !name.is_empty());
    (files.len(), names.collect())
}

fn check_given(rules: &str, names: &BTreeSet<Vec<u8>>) -> usize {
    let repo = TestRepo::with(&[("gate.toml", rules)]);
    let commit = commit_with(&repo, names);
    let ran = repo.gate(&["check", "--commit", &commit, "--jobs", "2"]);
    no_panic(&ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    let (programs, given) = given(&repo);
    let bare = |name: &Vec<u8>| name.strip_prefix(b"./").unwrap_or(name).to_vec();
    let distinct: BTreeSet<Vec<u8>> = given.iter().map(bare).collect();
    let wanted: BTreeSet<Vec<u8>> = names.iter().map(|name| [b"d/", name.as_slice()].concat()).collect();
    assert_eq!(given.len(), wanted.len(), "each is given once");
    assert!(distinct == wanted, "every name arrives as it is");
    programs
}

/// `GATE_NAMES` at build time asks for more.
#[test]
fn very_many_are_split_under_the_systems_limit_and_spread() {
    let count = option_env!("GATE_NAMES").map_or(40_000, |count| count.parse().unwrap());
    let name = |n: u32| format!("{:02}/{n:07}-{:x<60}", n % 50, "").into_bytes();
    let programs = check_given(RULES, &(0..count).map(name).collect());
    assert!(programs >= 2, "{programs}");
}

#[test]
fn hostile_ones_arrive_as_they_are() {
    let long = "l".repeat(255);
    let names: [&[u8]; 14] = [
        b"-rf",
        b"--help",
        b"a b",
        b"new\nline",
        b"'quote\"",
        b"$(touch $HOME/pwned)",
        b"`id`",
        b"back\\slash",
        b"caf\xe9",
        b"*",
        b"~",
        b"#",
        b"{files}",
        long.as_bytes(),
    ];
    let names: BTreeSet<Vec<u8>> = names.iter().map(|name| name.to_vec()).collect();
    check_given(RULES, &names);
    let shell = RULES.replace(
        r#"["sh", "-c", 'for name; do printf "%s\0" "$name"; done >"$(mktemp $HOME/given-XXXXXX)"', "sh", "{files}"]"#,
        r#"'printf "%s\0" {files} >"$(mktemp $HOME/given-XXXXXX)"'"#,
    );
    assert_ne!(shell, RULES);
    check_given(&shell, &names);
}

#[test]
fn in_a_folder_of_its_own_a_leading_dash_is_no_option() {
    let rules = RULES.replace("files =", "dir = \"d\"\nfiles =");
    let repo = TestRepo::with(&[("gate.toml", &rules)]);
    let commit = commit_with(&repo, &[b"-rf".to_vec(), b"--version".to_vec()].into());
    let ran = repo.gate(&["check", "--commit", &commit]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut names = given(&repo).1;
    names.sort();
    assert_eq!(names, [b"./--version".to_vec(), b"./-rf".to_vec()]);
}

#[test]
fn a_command_that_cannot_be_split_says_so() {
    let long = "x".repeat(200_000);
    for run in [format!("echo {long} {{files}}"), format!("echo {{files}} {long}")] {
        let rules = format!("[check.names]\nfiles = [\"d/**\"]\nrun = \"{run}\"\n");
        let repo = TestRepo::with(&[("gate.toml", &rules), ("d/a", "")]);
        let ran = repo.gate(&["check", "--all", "--format", "json"]);
        no_panic(&ran);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(ran.stdout.contains("can't be split") || ran.stderr.contains("can't be split"), "{}", ran.stderr);
    }
}

#[test]
fn a_command_line_that_is_too_long_says_so() {
    let words = "x".repeat(140_000);
    let rules = format!("[check.long]\nrun = [\"true\", \"{words}\"]\n");
    let repo = TestRepo::with(&[("gate.toml", &rules)]);
    let ran = repo.gate(&["check", "--all"]);
    no_panic(&ran);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    assert!(shown.contains("can't start 'true'"), "{}", &shown[..shown.len().min(2000)]);
}

#[test]
fn paths_of_the_deepest_kind() {
    let folder = "n".repeat(250) + "/";
    let names = [(folder.repeat(15) + "end").into_bytes()].into();
    let repo = TestRepo::with(&[("gate.toml", RULES)]);
    let commit = commit_with(&repo, &names);
    let ran = repo.gate(&["check", "--commit", &commit]);
    no_panic(&ran);
    // 3,767 bytes and the checkout's own path fit into a path of Linux; where they don't it is an error with the path.
    assert!(ran.code == 0 || ran.stderr.contains("nnnn"), "{ran:?}");
}

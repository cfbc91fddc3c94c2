//! Values that checks are passed and nobody may see afterwards.

use std::path::{Path, PathBuf};

use super::{Running, lines_of, wait_until};
use crate::repo::TestRepo;

const SECRET: &str = "open-sesame-Zq81kD7x";

/// Every file below a folder that holds the secret.
fn with_secret(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).into_iter().flatten() {
            let entry = entry.unwrap();
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if entry.file_type().unwrap().is_file() {
                let bytes = fs_err::read(&path).unwrap();
                let holds = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
                found.extend(holds.then_some(path));
            }
        }
    }
    found
}

fn ground(run: &str) -> TestRepo {
    let rules = format!("[check.a]\nrun = '''{run}'''\npass-env = [\"TOKEN\"]\n");
    let repo = TestRepo::with(&[("gate.toml", &rules)]);
    repo.set_env("TOKEN", SECRET);
    repo
}

#[track_caller]
fn assert_masked(repo: &TestRepo) {
    assert_eq!(with_secret(&repo.path().join(".git")), Vec::<PathBuf>::new());
    assert_eq!(with_secret(&repo.cache()), Vec::<PathBuf>::new());
}

#[test]
fn they_are_in_no_file_and_in_no_report() {
    let split = r#"printf %s "${TOKEN%??????????}"; sleep 0.2; printf "%s\n" "${TOKEN#??????????}""#;
    let lines = [
        "echo $TOKEN; echo $TOKEN >&2; exit 1",
        &format!("{split}; exit 1"),
        "yes $TOKEN | head -c 3000000; exit 1",
        "sh -c 'sleep 1000; :' $TOKEN & exit 0",
        "echo $TOKEN; sleep 1000",
        "no-such-program-$TOKEN",
    ];
    for line in lines {
        let repo = ground(line);
        let rules = repo.read("gate.toml") + "timeout = \"600ms\"\ncleanup = \"echo clean $TOKEN\"\nretries = 1\n";
        repo.write("gate.toml", rules);
        for format in ["text", "json", "jsonl"] {
            let ran = repo.gate(&["check", "--all", "--format", format]);
            assert_eq!(ran.code, 1, "{ran:?}");
            assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{line}: {ran:?}");
        }
        assert_masked(&repo);
    }
}

#[test]
fn nor_is_half_of_one_where_the_output_was_cut_short() {
    let repo = ground("printf 'it is %s' \"${TOKEN%????}\"; exec sleep 1000");
    let rules = repo.read("gate.toml");
    repo.write("gate.toml", rules + "timeout = \"300ms\"\n");
    let (code, document) = repo.check(&["--all"]);
    assert_eq!(code, 1);
    let log = fs_err::read_to_string(document["steps"][0]["log"].as_str().unwrap()).unwrap();
    assert_eq!(log, "it is ");
}

#[test]
fn nor_after_the_run_was_killed() {
    let repo = ground("echo $TOKEN; echo up >$HOME/up; exec sleep 1000");
    let mut gate = Running::start(&repo, &["check", "--all"]);
    lines_of(&repo.home().join("up"));
    gate.0.kill().unwrap();
    let _killed = gate.0.wait().unwrap();
    assert!(!with_secret(&repo.path().join(".git/gate")).is_empty(), "it is there as long as nobody clears up");
    repo.write("gate.toml", "[check.b]\nrun = \"true\"\n");
    assert_eq!(repo.gate(&["check", "--all"]).code, 0);
    assert_masked(&repo);
}

#[test]
fn nor_in_a_log_while_it_is_cut_or_put_together() {
    let repo = ground("while :; do echo $TOKEN; done");
    for wait in 0..8 {
        let mut gate = Running::start(&repo, &["check", "--all", "--fresh"]);
        wait_until("output", || !with_secret(&repo.path().join(".git/gate/logs")).is_empty());
        std::thread::sleep(std::time::Duration::from_millis(20 * wait));
        gate.signal(rustix::process::Signal::TERM);
        std::thread::sleep(std::time::Duration::from_millis(3 * wait));
        let _ended = gate.0.kill();
        let _killed = gate.0.wait().unwrap();
        assert_eq!(repo.gate(&["clean"]).code, 0);
        let rules = repo.read("gate.toml");
        repo.write("gate.toml", "[check.b]\nrun = \"true\"\n");
        assert_eq!(repo.gate(&["check", "--all", "--fresh"]).code, 0);
        assert_masked(&repo);
        repo.write("gate.toml", rules);
    }
}

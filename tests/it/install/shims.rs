//! What a shim does: what it calls, with what, and what happens when gate is gone.

use super::{Scene, write_program};
use crate::repo::Ran;

#[test]
fn hooks_of_the_stages_that_checks_name_are_installed_and_called() {
    let scene = Scene::new();
    let said = scene.gate(&["install"]);
    assert!(said.starts_with("installed pre-commit\ninstalled pre-merge-commit\ninstalled pre-push\n"), "{said}");
    assert_eq!(scene.commit(), ["gate hook pre-commit"]);
    let server = scene.repo.root().join("server.git");
    scene.repo.git(&["init", "--quiet", "--bare", server.to_str().unwrap()]);
    let (ran, noted) = scene.git_in(&scene.repo.path(), &["push", server.to_str().unwrap(), "main", "main:other"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let (head, none) = (scene.repo.git(&["rev-parse", "HEAD"]), "0".repeat(40));
    let server = server.display();
    assert_eq!(noted[0], format!("gate hook pre-push {server} {server}"));
    assert_eq!(
        noted[1..],
        [
            format!("< refs/heads/main {head} refs/heads/main {none}"),
            format!("< refs/heads/main {head} refs/heads/other {none}"),
        ]
    );
}

#[test]
fn a_merge_and_the_hooks_that_are_asked_for_by_name() {
    let scene = Scene::new();
    scene.gate(&["install", "--hook", "pre-merge-commit", "--hook", "post-checkout", "--hook", "prepare-commit-msg"]);
    scene.git_in(&scene.repo.path(), &["checkout", "--quiet", "-b", "side"]);
    scene.commit();
    let (_, noted) = scene.git_in(&scene.repo.path(), &["checkout", "--quiet", "main"]);
    assert!(noted[0].starts_with("gate hook post-checkout "), "{noted:?}");
    let (ran, noted) = scene.git_in(&scene.repo.path(), &["merge", "--no-ff", "--no-edit", "side"]);
    assert_eq!((ran.code, noted[0].as_str()), (0, "gate hook pre-merge-commit"), "{ran:?}");
    assert!(noted[1].starts_with("gate hook prepare-commit-msg .git/MERGE_MSG merge"), "{noted:?}");
}

#[test]
fn what_gate_says_is_what_git_does() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    scene.stand_in("exit 3");
    let (ran, _) = scene.git_as_it_is(&scene.repo.path(), &["commit", "--allow-empty", "--message", "x"]);
    assert_eq!(ran.code, 1);
}

#[test]
fn terminal_and_desktop_find_the_same_tools() {
    let scene = Scene::new();
    let tools = scene.repo.root().join("tools");
    write_program(&tools.join("tool"), "#!/bin/sh\n");
    let path = scene.path();
    scene.repo.set_env("PATH", format!("{path}:{}:.:{}", tools.display(), tools.display()));
    scene.gate(&["install"]);
    let log = scene.repo.root().join("path");
    scene.stand_in(&format!("echo \"$PATH\" >'{}'; command -v tool >>'{}'", log.display(), log.display()));
    scene.repo.set_env("PATH", "/usr/bin:/bin");
    let (ran, _) = scene.git_as_it_is(&scene.repo.path(), &["commit", "--allow-empty", "--message", "x"]);
    let seen = fs_err::read_to_string(log).unwrap();
    assert!(seen.starts_with(&format!("{path}:{}:", tools.display())), "{ran:?} {seen}");
    assert!(seen.trim_end().ends_with(&format!("bin:/bin\n{}", tools.join("tool").display())), "{seen}");
}

fn commit_without_gate(scene: &Scene) -> Ran {
    let (ran, noted) = scene.git_as_it_is(&scene.repo.path(), &["commit", "--allow-empty", "--message", "x"]);
    assert!(noted.is_empty());
    ran
}

#[test]
fn without_gate_git_stops_with_the_cure() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    fs_err::remove_file(scene.programs().join("gate")).unwrap();
    let ran = commit_without_gate(&scene);
    assert_eq!(ran.code, 1);
    for word in ["gate: pre-commit is refused", "gate install", "GATE=0"] {
        assert!(ran.stderr.contains(word), "{ran:?}");
    }
    scene.repo.set_env("GATE", "0");
    let ran = commit_without_gate(&scene);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("GATE=0 lets pre-commit go on unchecked"), "{ran:?}");
}

#[test]
fn gate_elsewhere_in_path_takes_its_place_and_hears_of_the_skip() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    fs_err::remove_file(scene.programs().join("gate")).unwrap();
    let elsewhere = scene.repo.root().join("elsewhere");
    write_program(&elsewhere.join("gate"), &scene.noting("elsewhere $GATE", ""));
    scene.repo.set_env("PATH", format!("{}:/usr/bin:/bin", elsewhere.display()));
    scene.repo.set_env("GATE", "0");
    let (ran, noted) = scene.git_as_it_is(&scene.repo.path(), &["commit", "--allow-empty", "--message", "x"]);
    assert_eq!((ran.code, noted), (0, vec!["elsewhere 0 hook pre-commit".to_owned()]));
}

#[test]
fn every_shell_reads_them_alike() {
    let scene = Scene::new();
    write_program(&scene.hooks().join("pre-push"), &scene.noting("mine", "sed 's/^/mine /' >&2; exit 0"));
    scene.gate(&["install"]);
    scene.stand_in("");
    let shim = scene.hooks().join("pre-push");
    let refs = scene.repo.root().join("refs");
    let shells: &[&[&str]] = &[&["sh"], &["dash"], &["bash"], &["bash", "--posix"]];
    for lines in ["refs/heads/a\\n$x `y` 1 b 2\nc 3 d 4\n".to_owned(), String::new(), "a b c d\n".repeat(50_000)] {
        fs_err::write(&refs, &lines).unwrap();
        for shell in shells {
            let log = scene.repo.root().join("log");
            drop(fs_err::remove_file(&log));
            let given = [shell, &[shim.to_str().unwrap(), "origin", "a b", ""][..]].concat();
            let mut command = scene.repo.command(&scene.repo.path(), given[0]);
            let ran = command.args(&given[1..]).stdin(std::fs::File::from(fs_err::File::open(&refs).unwrap())).output();
            let ran = ran.unwrap();
            assert!(ran.status.success(), "{shell:?}: {ran:?}");
            let marked = |mark: &str| lines.lines().fold(String::new(), |text, line| text + mark + line + "\n");
            let noted = fs_err::read_to_string(&log).unwrap();
            assert_eq!(
                noted,
                format!("mine origin a b \ngate hook pre-push origin a b \n{}", marked("< ")),
                "{shell:?}"
            );
            assert_eq!(String::from_utf8_lossy(&ran.stderr), marked("mine "), "{shell:?}");
        }
    }
}

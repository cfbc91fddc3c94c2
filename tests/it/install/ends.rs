//! Installations that were ended in between, and several at once.

use std::process::Child;
use std::time::{Duration, Instant};

use super::{Files, Scene, write_program};

fn start(scene: &Scene, command: &str) -> Child {
    let mut program = scene.repo.command(&scene.repo.path(), scene.programs().join("gate"));
    let quiet = || std::process::Stdio::null();
    program.arg(command).stdout(quiet()).stderr(quiet()).spawn().unwrap()
}

/// Repositories with hooks of the user's: in the usual folder, and in one that a setting names.
fn scenes() -> [Scene; 2] {
    let [usual, told] = [Scene::new(), Scene::new()];
    for scene in [&usual, &told] {
        write_program(&scene.hooks().join("pre-commit"), &scene.noting("mine", ""));
    }
    write_program(&told.repo.path().join("told/pre-commit"), &told.noting("mine", ""));
    told.repo.git(&["config", "core.hooksPath", "told"]);
    [usual, told]
}

/// In how many parts the time that an installation takes is divided, to end one at each.
const PARTS: u32 = 16;

/// What is done first, what is ended, and what comes after it.
const ENDED: [(&str, &str, &str); 3] =
    [("uninstall", "install", "install"), ("install", "uninstall", "install"), ("uninstall", "install", "uninstall")];

#[test]
fn whatever_moment_ends_one_the_next_ends_right() {
    for scene in scenes() {
        let before = scene.state();
        let began = Instant::now();
        scene.gate(&["install"]);
        let whole = began.elapsed();
        scene.gate(&["uninstall"]);
        for part in 0..PARTS {
            for (first, ended, next) in ENDED {
                scene.gate(&[first]);
                end_after(start(&scene, ended), whole * part / PARTS);
                scene.gate(&[next]);
                assert_ends(&scene, next, &before, &format!("{ended} ended at {part}/{PARTS}, then {next}"));
            }
        }
        assert!(!scene.repo.path().join(".git/config.lock").exists());
    }
}

fn end_after(mut child: Child, time: Duration) {
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Asserts that an installation is whole, and leaves nothing when it goes.
#[track_caller]
fn assert_ends(scene: &Scene, done: &str, before: &(Files, String), what: &str) {
    if done == "install" {
        assert_eq!(scene.commit(), ["mine ", "gate hook pre-commit"], "{what}");
        assert!(scene.gate(&["install"]).contains("nothing was to be done"), "{what}");
        scene.gate(&["uninstall"]);
    }
    assert_eq!(&scene.state(), before, "{what}");
}

/// What an installation leaves that is ended after each of its steps, made by hand.
#[test]
fn every_step_may_be_the_last() {
    let scene = Scene::new();
    let hook = scene.hooks().join("pre-commit");
    let aside = scene.hooks().join("pre-commit.before-gate");
    write_program(&hook, &scene.noting("mine", ""));
    let before = scene.state();
    let steps: [&dyn Fn(); 3] =
        [&|| fs_err::hard_link(&hook, &aside).unwrap(), &|| fs_err::rename(&hook, &aside).unwrap(), &|| {
            fs_err::hard_link(&hook, &aside).unwrap();
            fs_err::write(scene.hooks().join(".gate-unfinished-x"), "#!/bin").unwrap();
        }];
    for (number, step) in steps.iter().enumerate() {
        step();
        scene.gate(&["uninstall"]);
        assert_eq!(scene.state(), before, "step {number}, uninstalled");
        step();
        scene.gate(&["install"]);
        assert_eq!(scene.commit(), ["mine ", "gate hook pre-commit"], "step {number}, installed");
        assert_eq!(scene.problems(), [""; 0]);
        scene.gate(&["uninstall"]);
        assert_eq!(scene.state(), before, "step {number}, installed and uninstalled");
    }
}

#[test]
fn several_at_once_are_as_one() {
    for scene in scenes() {
        let before = scene.state();
        for _ in 0..3 {
            let all: Vec<Child> = (0..6).map(|_| start(&scene, "install")).collect();
            assert!(all.into_iter().all(|mut child| child.wait().unwrap().success()));
            assert_eq!(scene.commit(), ["mine ", "gate hook pre-commit"]);
            let unfinished = |files: &Files| files.keys().any(|name| name.to_string_lossy().starts_with('.'));
            assert!(!unfinished(&scene.state().0));
            let mixed: Vec<Child> =
                ["install", "uninstall"].repeat(3).iter().map(|command| start(&scene, command)).collect();
            assert!(mixed.into_iter().all(|mut child| child.wait().unwrap().success()));
            scene.gate(&["uninstall"]);
            assert_eq!(scene.state(), before);
        }
    }
}

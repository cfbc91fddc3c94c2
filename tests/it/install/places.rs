//! Every place in which git looks for hooks.

use std::os::unix::fs::symlink;
use std::path::Path;

use gate::check::Hook;
use gate::git::Repo;
use gate::hook::{Installer, uninstall};

use super::{Scene, files, write_program};

/// What husky's folder of hooks holds, as far as it matters here.
fn write_husky(scene: &Scene) {
    let husky = scene.repo.path().join(".husky");
    fs_err::create_dir_all(husky.join("_")).unwrap();
    fs_err::write(husky.join("_/.gitignore"), "*").unwrap();
    fs_err::write(
        husky.join("_/h"),
        "n=$(basename \"$0\")\ns=$(dirname \"$(dirname \"$0\")\")/$n\n[ ! -f \"$s\" ] && exit 0\nsh -e \"$s\" \"$@\"\n",
    )
    .unwrap();
    for name in ["pre-commit", "post-commit", "pre-push", "commit-msg"] {
        write_program(&husky.join("_").join(name), "#!/usr/bin/env sh\n. \"$(dirname \"$0\")/h\"");
    }
    scene.repo.git(&["config", "core.hooksPath", ".husky/_"]);
}

#[test]
fn husky_runs_first_and_may_be_installed_again() {
    let scene = Scene::new();
    scene.repo.write(".husky/pre-commit", scene.noting("husky", ""));
    scene.repo.write(".husky/post-commit", scene.noting("husky-post", ""));
    scene.repo.commit("husky");
    write_husky(&scene);
    let before = (scene.state(), scene.repo.snapshot());
    scene.gate(&["install"]);
    assert_eq!(scene.commit(), ["husky ", "gate hook pre-commit", "husky-post "]);
    write_husky(&scene);
    assert_eq!(scene.commit(), ["husky ", "gate hook pre-commit", "husky-post "]);
    assert_eq!(scene.problems(), [""; 0]);
    assert!(scene.gate(&["install"]).contains("nothing was to be done"));
    assert_eq!(files(&scene.repo.path().join(".husky")).len(), 3, "what is tracked is as it was");
    scene.gate(&["uninstall"]);
    assert_eq!(scene.state(), before.0);
}

#[test]
fn husky_that_is_installed_later_does_not_take_gates_place() {
    let scene = Scene::new();
    scene.repo.write(".husky/pre-commit", scene.noting("husky", ""));
    scene.repo.write(".husky/post-commit", scene.noting("husky-post", ""));
    scene.repo.commit("husky");
    scene.gate(&["install"]);
    assert_eq!(scene.commit(), ["gate hook pre-commit"]);
    write_husky(&scene);
    assert_eq!(scene.commit(), ["husky ", "gate hook pre-commit", "husky-post "]);
}

#[test]
fn a_folder_that_is_tracked_is_not_written_to() {
    let scene = Scene::new();
    write_program(&scene.repo.path().join(".githooks/pre-commit"), &scene.noting("tracked", ""));
    scene.repo.commit("hooks");
    scene.repo.git(&["config", "core.hooksPath", ".githooks"]);
    let before = scene.state();
    scene.gate(&["install"]);
    assert_eq!(scene.repo.git(&["status", "--porcelain"]), "");
    assert_eq!(scene.commit(), ["tracked ", "gate hook pre-commit"]);
    scene.gate(&["uninstall"]);
    assert_eq!(scene.state(), before);
}

#[test]
fn a_global_folder_is_shared_and_stays_as_it_is() {
    let scene = Scene::new();
    let shared = scene.repo.home().join("hooks");
    write_program(&shared.join("pre-commit"), &scene.noting("global", ""));
    write_program(&shared.join("post-commit"), &scene.noting("global-post", ""));
    fs_err::write(scene.repo.home().join("gitconfig"), "[core]\n\thooksPath = ~/hooks\n").unwrap();
    scene.repo.set_env("GIT_CONFIG_GLOBAL", scene.repo.home().join("gitconfig"));
    // Shadowed until now, and so it stays.
    write_program(&scene.hooks().join("pre-commit"), &scene.noting("shadowed", ""));
    let before = (scene.state(), files(&shared));
    scene.gate(&["install"]);
    assert_eq!(files(&shared), before.1);
    assert_eq!(scene.commit(), ["global ", "gate hook pre-commit", "global-post "]);
    assert_eq!(scene.problems(), [""; 0]);
    write_program(&shared.join("pre-rebase"), "#!/bin/sh\n");
    assert_eq!(scene.problems(), ["hook/not-handed-over"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), [""; 0]);
    fs_err::remove_file(shared.join("pre-rebase")).unwrap();
    scene.gate(&["uninstall"]);
    assert_eq!((scene.state(), files(&shared)), before);
}

#[test]
fn a_setting_that_names_the_usual_folder_changes_nothing() {
    let scene = Scene::new();
    scene.repo.git(&["config", "core.hooksPath", ".git/hooks"]);
    let before = scene.state();
    scene.gate(&["install"]);
    assert_eq!(scene.state().1, before.1);
    assert_eq!(scene.commit(), ["gate hook pre-commit"]);
}

#[test]
fn a_setting_of_one_worktree_is_refused_with_the_cure() {
    let scene = Scene::new();
    scene.repo.git(&["config", "extensions.worktreeConfig", "true"]);
    scene.repo.git(&["config", "--worktree", "core.hooksPath", "mine"]);
    let ran = scene.gate_in(&scene.repo.path(), &["install"]);
    assert!(ran.code == 2 && ran.stderr.contains("git config --worktree --unset core.hooksPath"), "{ran:?}");
}

#[test]
fn a_link_in_place_of_the_folder_is_not_followed() {
    let scene = Scene::new();
    let elsewhere = scene.repo.path().join("ci/hooks");
    write_program(&elsewhere.join("pre-commit"), &scene.noting("linked", ""));
    scene.repo.commit("hooks");
    fs_err::remove_dir_all(scene.hooks()).unwrap();
    symlink("../ci/hooks", scene.hooks()).unwrap();
    scene.gate(&["install"]);
    assert_eq!(scene.repo.git(&["status", "--porcelain"]), "");
    assert_eq!(scene.commit(), ["linked ", "gate hook pre-commit"]);
}

#[test]
fn linked_worktrees_have_the_same_hooks() {
    let scene = Scene::new();
    let linked = scene.repo.root().join("linked");
    scene.repo.git(&["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    let commit = ["commit", "--allow-empty", "--message", "x"];
    for setting in [None, Some(".githooks")] {
        if let Some(folder) = setting {
            scene.repo.git(&["config", "core.hooksPath", folder]);
            write_program(&linked.join(folder).join("pre-commit"), &scene.noting("of this worktree", ""));
        }
        let ran = scene.gate_in(&linked, &["install"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(scene.git_in(&scene.repo.path(), &commit).1, ["gate hook pre-commit"]);
        let expected: &[&str] =
            if setting.is_some() { &["of this worktree ", "gate hook pre-commit"] } else { &["gate hook pre-commit"] };
        assert_eq!(scene.git_in(&linked, &commit).1, expected);
    }
    scene.gate(&["uninstall"]);
    assert!(scene.git_in(&scene.repo.path(), &commit).1.is_empty());
}

#[test]
fn submodules_have_hooks_of_their_own() {
    let scene = Scene::new();
    let other = scene.repo.root().join("other");
    scene.repo.git(&["clone", "--quiet", ".", other.to_str().unwrap()]);
    scene.repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        other.to_str().unwrap(),
        "sub",
    ]);
    let sub = scene.repo.path().join("sub");
    for setting in ["", "hooks-here"] {
        if !setting.is_empty() {
            scene.repo.git(&["-C", "sub", "config", "core.hooksPath", setting]);
        }
        let ran = scene.gate_in(&sub, &["install"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let commit = ["commit", "--allow-empty", "--message", "x"];
        assert_eq!(scene.git_in(&sub, &commit).1, ["gate hook pre-commit"]);
        assert!(scene.git_in(&scene.repo.path(), &commit).1.is_empty(), "the repository above has none");
    }
}

#[test]
fn bare_repositories_hear_of_what_they_receive() {
    let scene = Scene::new();
    let server = scene.repo.root().join("server.git");
    scene.repo.git(&["clone", "--quiet", "--bare", ".", server.to_str().unwrap()]);
    let ran = scene.gate_in(&server, &["install", "--hook", "pre-commit"]);
    assert!(ran.code == 2 && ran.stderr.contains("a bare repository never runs pre-commit"), "{ran:?}");
    write_program(&server.join("hooks/pre-receive"), &scene.noting("mine", "cat >/dev/null"));
    let before = files(&server.join("hooks"));
    let ran = scene.gate_in(&server, &["install"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let old = scene.repo.git(&["rev-parse", "HEAD"]);
    let new = scene.repo.commit("second");
    let (ran, noted) = scene.git_in(&scene.repo.path(), &["push", server.to_str().unwrap(), "main"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(noted, ["mine ", "gate hook pre-receive", &format!("< {old} {new} refs/heads/main")]);
    assert_eq!(scene.gate_in(&server, &["doctor"]).code, 0);
    scene.gate_in(&server, &["uninstall"]);
    assert_eq!(files(&server.join("hooks")), before);
}

#[test]
fn a_template_brings_shims_that_work_and_are_known() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    let template = scene.repo.root().join("template/hooks");
    fs_err::create_dir_all(&template).unwrap();
    for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
        fs_err::copy(scene.hooks().join(name), template.join(name)).unwrap();
    }
    let copy = scene.repo.root().join("copy");
    let option = format!("--template={}", template.parent().unwrap().display());
    scene.repo.git(&["clone", "--quiet", &option, ".", copy.to_str().unwrap()]);
    assert_eq!(scene.git_in(&copy, &["commit", "--allow-empty", "--message", "x"]).1, ["gate hook pre-commit"]);
    assert!(scene.gate_in(&copy, &["install"]).stdout.contains("nothing was to be done"));
    assert_eq!(scene.gate_in(&copy, &["doctor"]).code, 0);
}

#[test]
fn without_a_folder_of_hooks_one_is_made_and_goes_again() {
    let scene = Scene::new();
    fs_err::remove_dir_all(scene.hooks()).unwrap();
    scene.gate(&["install"]);
    assert_eq!(scene.commit(), ["gate hook pre-commit"]);
    scene.gate(&["uninstall"]);
    assert!(!scene.hooks().exists());
}

#[test]
fn a_repository_that_was_moved_still_finds_gate() {
    let scene = Scene::new();
    scene.repo.git(&["config", "core.hooksPath", "mine"]);
    scene.gate(&["install"]);
    let moved = scene.repo.root().join("moved");
    fs_err::rename(scene.repo.path(), &moved).unwrap();
    assert_eq!(scene.git_in(&moved, &["commit", "--allow-empty", "--message", "x"]).1, ["gate hook pre-commit"]);
}

#[test]
fn nothing_that_calls_for_a_hook_is_said_with_the_cure() {
    let scene = Scene::with(&[("gate.toml", "[check.a]\nrun = \"true\"\n")]);
    let ran = scene.gate_in(&scene.repo.path(), &["install"]);
    assert!(ran.code == 4 && ran.stderr.contains("gate install --hook pre-push"), "{ran:?}");
    scene.gate(&["install", "--hook", "pre-push"]);
    assert_eq!(scene.problems(), ["hook/unused"]);
    let ran = scene.gate_in(&scene.repo.path(), &["install", "--hook", "pre-comit"]);
    assert!(ran.code == 2 && ran.stderr.contains("pre-merge-commit"), "{ran:?}");
}

fn install(repo: &Repo, git: (u32, u32)) {
    let installer = Installer { repo, program: Path::new("/opt/gate"), path: "/bin".as_ref(), git, replace: false };
    installer.install(&[Hook::PreCommit, Hook::PrePush].into()).unwrap();
}

/// What a git that reads hooks from its configuration is given is read here by one that does not, as configuration.
#[test]
fn a_newer_git_is_told_in_its_configuration() {
    let scene = Scene::new();
    write_program(&scene.hooks().join("pre-commit"), "#!/bin/sh\n");
    let before = scene.state();
    let repo = Repo::discover(&scene.repo.path()).unwrap();
    install(&repo, (2, 54));
    assert_eq!(scene.state().0, before.0, "the others' folder is as it was");
    let own = scene.repo.path().join(".git/gate/hooks");
    assert_eq!(scene.repo.git(&["config", "--get-all", "hook.gate-pre-push.event"]), "pre-push");
    let command = scene.repo.git(&["config", "hook.gate-pre-push.command"]);
    // As git runs it: by a shell, with the hook's arguments behind it.
    write_program(&own.join("pre-push"), "#!/bin/sh\necho \"$*\"\nexit 5\n");
    let run = |command: &str| {
        scene.repo.run(&scene.repo.path(), "sh", &["-c", &format!("{command} \"$@\""), command, "a b", "c"])
    };
    let ran = run(&command);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, "a b c\n"));
    fs_err::remove_file(own.join("pre-push")).unwrap();
    let ran = run(&command);
    assert!(ran.code == 1 && ran.stderr.contains("gate install"), "{ran:?}");

    install(&repo, (2, 54));
    let there = scene.repo.snapshot();
    install(&repo, (2, 54));
    crate::repo::assert_untouched(&there, &scene.repo.snapshot(), "twice");
    assert_eq!(scene.problems()[..1], ["hook/shadowed"], "this git is older");
    uninstall(&repo).unwrap();
    assert_eq!(scene.state(), before);

    // From one way to another, and back.
    install(&repo, (2, 47));
    let older = scene.state();
    install(&repo, (2, 54));
    assert_eq!(scene.state().0, before.0);
    install(&repo, (2, 47));
    assert_eq!(scene.state(), older);
    uninstall(&repo).unwrap();
    assert_eq!(scene.state(), before);
}

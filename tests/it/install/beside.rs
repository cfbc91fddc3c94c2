//! Hooks that are there already: they are kept, run first, and come back as they were.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::{Scene, write_program};

#[test]
fn earlier_hooks_run_first_and_their_failure_stops() {
    let scene = Scene::new();
    write_program(&scene.hooks().join("pre-commit"), &scene.noting("mine", ""));
    scene.gate(&["install"]);
    assert_eq!(scene.commit(), ["mine ", "gate hook pre-commit"]);
    write_program(&scene.hooks().join("pre-commit.before-gate"), &scene.noting("mine", "exit 7"));
    let (ran, noted) = scene.git_in(&scene.repo.path(), &["commit", "--allow-empty", "--message", "x"]);
    assert_eq!((ran.code, noted), (1, vec!["mine ".to_owned()]));
}

#[test]
fn both_read_what_is_pushed() {
    let scene = Scene::new();
    write_program(
        &scene.hooks().join("pre-push"),
        &scene.noting("mine", &format!("cat >>'{}'", scene.repo.root().join("log").display())),
    );
    scene.gate(&["install"]);
    let server = scene.repo.root().join("server.git");
    scene.repo.git(&["init", "--quiet", "--bare", server.to_str().unwrap()]);
    let (ran, noted) = scene.git_in(&scene.repo.path(), &["push", server.to_str().unwrap(), "main", "main:other"]);
    assert_eq!((ran.code, noted.len()), (0, 6), "{ran:?} {noted:?}");
    assert_eq!(noted[4], format!("< {}", noted[1]));
    assert_eq!(noted[5], format!("< {}", noted[2]));
}

#[test]
fn everything_comes_back_as_it_was() {
    let scene = Scene::new();
    let hooks = scene.hooks();
    write_program(&hooks.join("pre-commit"), "#!/bin/sh\nexit 0\n");
    fs_err::set_permissions(hooks.join("pre-commit"), std::fs::Permissions::from_mode(0o750)).unwrap();
    fs_err::write(hooks.join("pre-push"), "not a program\n").unwrap();
    symlink("../../nowhere", hooks.join("pre-merge-commit")).unwrap();
    write_program(&hooks.join("post-commit"), "#!/bin/sh\n");
    let before = (scene.state(), scene.repo.snapshot());
    scene.gate(&["install"]);
    assert_ne!(scene.state(), before.0);
    scene.gate(&["uninstall"]);
    assert_eq!(scene.state(), before.0);
    crate::repo::assert_untouched(&before.1, &scene.repo.snapshot(), "not even times");
    assert!(scene.gate(&["uninstall"]).contains("nothing was to be done"));
}

#[test]
fn twice_is_once() {
    let scene = Scene::new();
    write_program(&scene.hooks().join("pre-commit"), "#!/bin/sh\nexit 0\n");
    scene.gate(&["install"]);
    let before = scene.repo.snapshot();
    let said = scene.gate(&["install"]);
    assert!(said.contains("nothing was to be done"), "{said}");
    crate::repo::assert_untouched(&before, &scene.repo.snapshot(), "twice");
}

#[test]
fn what_git_did_not_run_gate_does_not_run() {
    let scene = Scene::new();
    fs_err::write(scene.hooks().join("pre-commit"), scene.noting("mine", "")).unwrap();
    let ran = scene.gate_in(&scene.repo.path(), &["install"]);
    assert!(ran.stderr.contains("could not be executed, so git did not run it"), "{ran:?}");
    assert_eq!(scene.commit(), ["gate hook pre-commit"]);
}

#[test]
fn replaced_hooks_rest_until_gate_goes() {
    let scene = Scene::new();
    write_program(&scene.hooks().join("pre-commit"), &scene.noting("mine", ""));
    let before = scene.state();
    scene.gate(&["install"]);
    scene.gate(&["install", "--replace"]);
    assert_eq!(scene.commit(), ["gate hook pre-commit"]);
    scene.gate(&["install"]);
    assert_eq!(scene.commit(), ["gate hook pre-commit"]);
    scene.gate(&["uninstall"]);
    assert_eq!(scene.state(), before);
}

#[test]
fn a_hook_that_asks_for_its_name_stays_where_it_is() {
    let scene = Scene::new();
    let hook = scene.hooks().join("pre-commit");
    write_program(&hook, &scene.noting("$(basename \"$0\") in $(dirname \"$0\")", ""));
    write_program(&scene.hooks().join("post-commit"), &scene.noting("post", ""));
    let before = scene.state();
    scene.gate(&["install"]);
    assert_eq!(scene.state().0, before.0);
    let noted = scene.commit();
    assert!(noted[0].starts_with("pre-commit in "), "{noted:?}");
    assert_eq!(noted[1..], ["gate hook pre-commit", "post "]);
    assert_eq!(scene.problems(), [""; 0]);
    scene.gate(&["uninstall"]);
    assert_eq!(scene.state(), before);
}

#[test]
fn what_is_nobodys_to_overwrite_is_refused_before_anything_is_written() {
    let scene = Scene::new();
    let hooks = scene.hooks();
    write_program(&hooks.join("pre-push"), "#!/bin/sh\n");
    write_program(&hooks.join("pre-push.before-gate"), "#!/bin/sh\n# another\n");
    let before = scene.repo.snapshot();
    let ran = scene.gate_in(&scene.repo.path(), &["install"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("hook/two"), "{ran:?}");
    crate::repo::assert_untouched(&before, &scene.repo.snapshot(), "two hooks");

    fs_err::remove_file(hooks.join("pre-push.before-gate")).unwrap();
    fs_err::remove_file(hooks.join("pre-push")).unwrap();
    fs_err::create_dir(hooks.join("pre-push")).unwrap();
    let ran = scene.gate_in(&scene.repo.path(), &["install"]);
    assert!(ran.code == 2 && ran.stderr.contains("hook/not-a-file"), "{ran:?}");
    fs_err::remove_dir(hooks.join("pre-push")).unwrap();

    scene.gate(&["install"]);
    let edited = fs_err::read_to_string(hooks.join("pre-commit")).unwrap() + "echo mine\n";
    write_program(&hooks.join("pre-commit"), &edited);
    let ran = scene.gate_in(&scene.repo.path(), &["install"]);
    assert!(ran.code == 2 && ran.stderr.contains("hook/edited"), "{ran:?}");
    assert_eq!(scene.problems(), ["hook/edited"]);
    let ran = scene.gate_in(&scene.repo.path(), &["uninstall"]);
    assert!(ran.code == 1 && ran.stderr.contains("hook/edited"), "{ran:?}");
    assert_eq!(fs_err::read_to_string(hooks.join("pre-commit")).unwrap(), edited);
}

/// What pre-commit writes, as far as it matters here: it runs what it has put aside first.
fn of_pre_commit(scene: &Scene) -> String {
    scene.noting(
        "pre-commit",
        "# File generated by pre-commit: https://pre-commit.com\nhere=$(dirname \"$0\")\n\
         [ ! -x \"$here/pre-commit.legacy\" ] || \"$here/pre-commit.legacy\" \"$@\" || exit 1",
    )
}

#[test]
fn pre_commit_may_be_installed_again() {
    let scene = Scene::new();
    let hook = scene.hooks().join("pre-commit");
    write_program(&hook, &of_pre_commit(&scene));
    let before = scene.state();
    scene.gate(&["install"]);
    assert_eq!(scene.commit(), ["pre-commit ", "gate hook pre-commit"]);
    // What `pre-commit install` does with a hook that is not its own.
    fs_err::rename(&hook, scene.hooks().join("pre-commit.legacy")).unwrap();
    write_program(&hook, &of_pre_commit(&scene));
    assert_eq!(scene.commit(), ["pre-commit ", "gate hook pre-commit"]);
    assert_eq!(scene.problems(), [""; 0]);
    assert!(scene.gate(&["install"]).contains("nothing was to be done"));
    scene.gate(&["uninstall"]);
    assert_eq!(scene.state(), before);
}

#[test]
fn pre_commit_with_a_hook_of_the_users_keeps_it() {
    let scene = Scene::new();
    write_program(&scene.hooks().join("pre-commit"), &of_pre_commit(&scene));
    write_program(&scene.hooks().join("pre-commit.legacy"), &scene.noting("mine", ""));
    let before = scene.state();
    scene.gate(&["install"]);
    assert_eq!(scene.state().0, before.0, "pre-commit would write over it");
    assert_eq!(scene.commit(), ["pre-commit ", "mine ", "gate hook pre-commit"]);
    scene.gate(&["uninstall"]);
    assert_eq!(scene.state(), before);
}

/// What `lefthook install` does, in the folder where git looks.
fn install_lefthook(scene: &Scene, text: &str) {
    let own = scene.repo.path().join(".git/gate/hooks");
    fs_err::rename(own.join("pre-commit"), own.join("pre-commit.old")).unwrap();
    write_program(&own.join("pre-commit"), text);
    write_program(&own.join("commit-msg"), text);
}

#[test]
fn lefthook_may_be_installed_again() {
    let scene = Scene::new();
    let lefthook = |version: u32| scene.noting("lefthook", &format!("call_lefthook() {{ :; }}\n# {version}"));
    write_program(&scene.hooks().join("pre-commit"), &lefthook(1));
    let config = scene.state().1;
    scene.gate(&["install"]);
    assert_eq!(scene.commit(), ["lefthook ", "gate hook pre-commit"]);
    install_lefthook(&scene, &lefthook(2));
    assert_eq!(scene.commit(), ["lefthook ", "lefthook .git/COMMIT_EDITMSG"]);
    assert_eq!(scene.problems(), ["hook/ousted"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), [""; 0]);
    assert_eq!(scene.commit(), ["lefthook ", "gate hook pre-commit", "lefthook .git/COMMIT_EDITMSG"]);
    // Once more, and gate is not asked to come back: what lefthook wrote last is where it would be without gate.
    install_lefthook(&scene, &lefthook(3));
    scene.gate(&["uninstall"]);
    let (hooks, after) = scene.state();
    assert_eq!(after, config);
    let expected = format!("100755 {}", lefthook(3));
    let names = ["commit-msg", "pre-commit"];
    assert_eq!(hooks, names.into_iter().map(|name| (name.into(), expected.clone())).collect());
    assert!(!scene.repo.path().join(".git/gate/hooks").exists());
}

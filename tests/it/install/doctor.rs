//! `gate doctor`: each thing that can be wrong, and that mending it as it says makes it well.

use std::os::unix::fs::PermissionsExt;

use super::{RULES, Scene, write_program};

const WELL: [&str; 0] = [];

#[test]
fn all_is_well_after_installing() {
    let scene = Scene::new();
    assert_eq!(scene.problems(), ["hook/none"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), WELL);
    let said = scene.gate(&["doctor"]);
    assert_eq!(
        said,
        "gate answers pre-commit\ngate answers pre-merge-commit\ngate answers pre-push\nnothing is wrong\n"
    );
}

#[test]
fn it_writes_nothing() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    let before = scene.repo.snapshot();
    scene.gate(&["doctor"]);
    crate::repo::assert_untouched(&before, &scene.repo.snapshot(), "doctor");
}

#[test]
fn hooks_that_git_passes_by() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    scene.repo.git(&["config", "core.hooksPath", "elsewhere"]);
    assert_eq!(scene.problems(), ["hook/shadowed"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), WELL);
    // Set again, to another folder that has hooks.
    write_program(&scene.repo.path().join("third/pre-commit"), "#!/bin/sh\n");
    scene.repo.git(&["config", "core.hooksPath", "third"]);
    assert_eq!(scene.problems(), ["hook/not-handed-over"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), WELL);
    scene.repo.git(&["config", "--unset", "core.hooksPath"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), WELL);
    assert!(!scene.repo.read(".git/config").contains("gate"), "nothing leads elsewhere any more");

    let hook = scene.hooks().join("pre-push");
    fs_err::set_permissions(&hook, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(scene.problems(), ["hook/not-executable"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), WELL);
    fs_err::remove_file(&hook).unwrap();
    assert_eq!(scene.problems(), ["hook/missing"]);
    write_program(&hook, "#!/bin/sh\n");
    assert_eq!(scene.problems(), ["hook/missing"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), WELL);
    write_program(&hook, "#!/bin/sh\n");
    assert_eq!(scene.problems(), ["hook/ousted"]);
}

#[test]
fn stages_and_hooks_that_do_not_meet() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    scene.repo.write(
        "gate.toml",
        "[check.a]\nrun = \"true\"\non = [\"pre-commit\"]\n[check.b]\nbuiltin = \"commit-message\"\n",
    );
    assert_eq!(scene.problems(), ["hook/missing", "hook/unused"]);
    scene.gate(&["uninstall"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), WELL);
    scene.gate(&["install", "--hook", "post-checkout"]);
    assert_eq!(scene.problems(), WELL, "asked for by name");
}

#[test]
fn programs_that_are_gone_or_others() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    let doctor = |code: i32, expected: &[&str]| {
        let ran = scene.repo.gate(&["doctor"]);
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(expected.iter().all(|code| ran.stdout.contains(code)), "{ran:?}");
    };
    doctor(0, &["nothing is wrong"]);
    scene.stand_in("echo gate 0.0.1");
    doctor(0, &["warning[hook/other-version]", "which is gate 0.0.1"]);
    fs_err::remove_file(scene.programs().join("gate")).unwrap();
    doctor(1, &["error[hook/program-gone]"]);
}

#[test]
fn tools_that_hooks_or_nobody_can_find() {
    let rules = "[check.a]\nrun = \"FLAG=1 its-tool --fix | sort && no-such-tool\"\non = [\"pre-commit\"]\n";
    let scene = Scene::with(&[("gate.toml", rules)]);
    scene.gate(&["install"]);
    let tools = scene.repo.root().join("tools");
    write_program(&tools.join("its-tool"), "#!/bin/sh\n");
    let path = scene.path();
    scene.repo.set_env("PATH", format!("{path}:{}", tools.display()));
    assert_eq!(scene.problems(), ["hook/lost-tool", "hook/missing-tool"]);
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), ["hook/missing-tool"]);
}

#[test]
fn tools_of_an_environment_are_none_of_paths() {
    let rules = "[check.a]\nrun = \"uv run --no-sync its-tool {files}\"\nfiles = [\"*.py\"]\non = [\"pre-commit\"]\n";
    let scene = Scene::with(&[("gate.toml", rules)]);
    write_program(&scene.repo.root().join("tools/uv"), "#!/bin/sh\n");
    scene.repo.set_env("PATH", format!("{}:{}", scene.path(), scene.repo.root().join("tools").display()));
    scene.gate(&["install"]);
    assert_eq!(scene.problems(), WELL);
}

#[test]
fn an_old_git_and_none() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    let old = scene.repo.root().join("old");
    write_program(&old.join("git"), "#!/bin/sh\necho git version 2.30.2\n");
    scene.repo.set_env("PATH", &old);
    assert_eq!(scene.problems(), ["git/version"]);
    fs_err::remove_file(old.join("git")).unwrap();
    assert_eq!(scene.problems(), ["git/missing"]);
}

#[test]
fn the_repository_itself() {
    let scene = Scene::new();
    scene.gate(&["install"]);
    scene.repo.git(&["rm", "--quiet", "--cached", "gate.toml"]);
    scene.repo.git(&["commit", "--quiet", "--no-verify", "--message", "gone"]);
    assert_eq!(scene.problems(), ["hook/uncommitted"]);
    scene.repo.write("gate.toml", "[check.a]\nrnu = 1\n");
    assert!(scene.problems().iter().any(|code| code.starts_with("config/")));
    scene.repo.remove("gate.toml");
    assert_eq!(scene.problems(), ["config/absent"]);
    scene.repo.write("gate.toml", RULES);
    scene.repo.git(&["add", "--all"]);
    scene.repo.git(&["commit", "--quiet", "--no-verify", "--message", "back"]);
    assert_eq!(scene.problems(), WELL);
    let head = scene.repo.git(&["rev-parse", "HEAD"]);
    scene.repo.write(".git/shallow", format!("{head}\n"));
    assert_eq!(scene.problems(), ["git/shallow"]);
}

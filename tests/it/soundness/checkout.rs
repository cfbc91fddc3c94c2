//! What lies about: products of other trees, and ways back into the user's checkout.

use std::os::unix::fs::symlink;

use super::{FAILED, PASSED, judge, repository, said, verdict};
use crate::repo::assert_untouched;

#[test]
fn an_ignored_product_of_the_users_does_not_make_a_check_pass() {
    let repo = repository("[check.built]\nrun = \"test -f dist/app\"\n", &[(".gitignore", "dist/\n")]);
    repo.write("dist/app", "built");
    assert_eq!(said(&judge(&repo), "built"), FAILED);
}

#[test]
fn a_stale_ignored_product_of_an_earlier_run_does_not_make_a_check_pass() {
    let repo = repository(
        "[check.build]\nfiles = [\"source\"]\nrun = \"mkdir -p dist && cp source dist/app\"\n\
         [check.uses]\nfiles = [\"other\"]\nafter = [\"build\"]\nrun = \"test -f dist/app\"\n",
        &[(".gitignore", "dist/\n"), ("source", "1"), ("other", "1")],
    );
    assert_eq!(said(&judge(&repo), "uses"), PASSED);
    repo.write("other", "2");
    assert_eq!(said(&judge(&repo), "uses"), FAILED, "what 'build' left is of another run");
}

#[test]
fn a_kept_folder_stays_and_an_unkept_one_goes() {
    let rules = "[workspace]\nkeep = [\"cache\"]\n\
                 [check.a]\nrun = \"test -e cache/mark; was=$?; mkdir -p cache; touch cache/mark; exit $was\"\n";
    let repo = repository(rules, &[(".gitignore", "cache/\n")]);
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("gate.toml", rules.replace("keep = [\"cache\"]", "keep = []"));
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_deleted_package_is_not_imported_from_what_was_compiled() {
    let repo = repository(
        "[check.imports]\nrun = \"python3 -c 'import app.extra'\"\n[workspace]\nkeep = [\"**/__pycache__\"]\n",
        &[(".gitignore", "__pycache__/\n"), ("app/__init__.py", ""), ("app/extra/__init__.py", "X = 1\n")],
    );
    assert_eq!(said(&judge(&repo), "imports"), PASSED);
    repo.remove("app/extra/__init__.py");
    assert_eq!(said(&judge(&repo), "imports"), FAILED);
}

#[test]
fn a_deleted_module_is_not_imported_from_what_was_compiled() {
    let repo = repository(
        "[check.imports]\nrun = \"python3 -c 'import app.extra'\"\n[workspace]\nkeep = [\"**/__pycache__\"]\n",
        &[(".gitignore", "__pycache__/\n"), ("app/__init__.py", ""), ("app/extra.py", "X = 1\n")],
    );
    assert_eq!(said(&judge(&repo), "imports"), PASSED);
    repo.remove("app/extra.py");
    assert_eq!(said(&judge(&repo), "imports"), FAILED);
}

/// Python trusts a compiled file whose source has the same size and whole second.
#[test]
fn there_and_back_within_a_second_is_seen_by_python() {
    let repo = repository(
        "[check.value]\nrun = \"python3 -c 'import app; assert app.X == int(open(\\\"want\\\").read())'\"\n\
         [workspace]\nkeep = [\"**/__pycache__\"]\n",
        &[(".gitignore", "__pycache__/\n"), ("app.py", "X = 1\n"), ("want", "1")],
    );
    for value in ["1", "2", "1", "2", "1"] {
        repo.write("app.py", format!("X = {value}\n"));
        repo.write("want", value);
        let (_, document) = repo.check(&["--all", "--fresh"]);
        assert_eq!(said(&document, "value"), PASSED, "{value}");
    }
}

/// mypy does the same with its cache: the two annotations are of one length.
#[test]
fn there_and_back_within_a_second_is_seen_by_mypy() {
    let repo = repository(
        "[check.types]\nrun = \"mypy app.py\"\n[workspace]\nkeep = [\".mypy_cache\"]\n",
        &[(".gitignore", ".mypy_cache/\n"), ("app.py", "X: int = 1\n")],
    );
    for (annotation, expected) in [("int", PASSED), ("str", FAILED), ("int", PASSED), ("str", FAILED)] {
        repo.write("app.py", format!("X: {annotation} = 1\n"));
        assert_eq!(said(&repo.check(&["--all", "--fresh"]).1, "types"), expected, "{annotation}");
    }
}

#[test]
fn a_folder_turns_into_a_file_and_back() {
    let repo = repository("[check.kind]\nrun = \"test -f thing\"\n", &[("thing/a", "1"), ("thing/b/c", "1")]);
    assert_eq!(said(&judge(&repo), "kind"), FAILED);
    fs_err::remove_dir_all(repo.path().join("thing")).unwrap();
    repo.write("thing", "file");
    assert_eq!(said(&judge(&repo), "kind"), PASSED);
    repo.remove("thing");
    repo.write("thing/a", "1");
    assert_eq!(said(&judge(&repo), "kind"), FAILED);
}

#[test]
fn a_shared_folder_that_leads_back_into_the_users_checkout_is_refused() {
    let repo = repository(
        "[workspace]\nshare = [\"node_modules\"]\n[check.a]\nrun = \"grep -q good node_modules/pkg/index.js\"\n",
        &[(".gitignore", "node_modules/\n"), ("packages/pkg/index.js", "good")],
    );
    fs_err::create_dir_all(repo.path().join("node_modules")).unwrap();
    symlink(repo.path().join("packages/pkg"), repo.path().join("node_modules/pkg")).unwrap();
    let ran = repo.gate(&["check", "--all"]);
    assert_ne!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stderr.contains("node_modules"), "{}", ran.stderr);
}

#[test]
fn a_relative_link_of_a_shared_folder_stays_in_the_private_checkout() {
    let repo = repository(
        "[workspace]\nshare = [\"node_modules\"]\n\
         [check.a]\non = [\"pre-commit\"]\nrun = \"grep -q good node_modules/pkg/index.js\"\n",
        &[(".gitignore", "node_modules/\n"), ("packages/pkg/index.js", "good")],
    );
    fs_err::create_dir_all(repo.path().join("node_modules")).unwrap();
    symlink("../packages/pkg", repo.path().join("node_modules/pkg")).unwrap();
    let staged = || repo.check(&["--staged", "--stage", "pre-commit", "--fresh"]).1;
    assert_eq!(said(&staged(), "a"), PASSED);
    repo.write("packages/pkg/index.js", "bad");
    repo.git(&["add", "packages"]);
    repo.write("packages/pkg/index.js", "good");
    assert_eq!(said(&staged(), "a"), FAILED, "what is staged is bad, whatever lies in the working tree");
}

#[test]
fn a_virtual_environment_is_never_shared() {
    let repo =
        repository("[workspace]\nshare = [\".venv\"]\n[check.a]\nrun = \"true\"\n", &[(".gitignore", ".venv/\n")]);
    repo.write(".venv/pyvenv.cfg", "home = /usr/bin\n");
    let ran = repo.gate(&["check", "--all"]);
    assert_ne!(ran.code, 0, "{}", ran.stdout);
    assert!(ran.stderr.contains(".venv"), "{}", ran.stderr);
}

#[test]
fn path_does_not_lead_into_the_users_checkout() {
    let repo = repository("[check.a]\nrun = \"tool\"\n", &[(".gitignore", "/bin-local/\n")]);
    repo.write_program("bin-local/tool", "#!/bin/sh\nexit 0\n");
    let path = std::env::join_paths([repo.path().join("bin-local"), "/usr/bin".into(), "/bin".into()]).unwrap();
    repo.set_env("PATH", path);
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn checkouts_of_the_pool_do_not_lend_each_other_products() {
    let rules = "[workspace]\nkeep = [\"out\"]\n\
                 [check.build]\nfiles = [\"source\"]\nrun = \"mkdir -p out && cp source out/app\"\n\
                 [check.uses]\nneeds = [\"build\"]\nrun = \"sleep 0.3; cmp source out/app\"\n";
    let repo = repository(rules, &[(".gitignore", "out/\n"), ("source", "1")]);
    let first = repo.commit("first");
    repo.write("source", "2");
    let second = repo.commit("second");
    let check = |commit: &str| {
        let mut command = repo.command(&repo.path(), env!("CARGO_BIN_EXE_gate"));
        command.args(["check", "--commit", commit, "--fresh", "--format", "json"]);
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    let mut running: Vec<_> = [&first, &second, &first, &second].map(|commit| check(commit)).into();
    for child in &mut running {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    for commit in [&second, &first, &second] {
        let (_, document) = repo.check(&["--commit", commit, "--fresh"]);
        assert_eq!(verdict(&document), "deployable", "{document:#}");
    }
}

#[test]
fn a_need_whose_product_is_gone_runs_again() {
    let repo = repository(
        "[check.build]\nfiles = [\"source\"]\nrun = \"mkdir -p out && cp source out/app\"\n\
         [check.uses]\nfiles = [\"other\"]\nneeds = [\"build\"]\nrun = \"cmp source out/app\"\n",
        &[(".gitignore", "out/\n"), ("source", "1"), ("other", "1")],
    );
    assert_eq!(verdict(&judge(&repo)), "deployable");
    repo.write("other", "2");
    let document = judge(&repo);
    assert_eq!((said(&document, "build"), said(&document, "uses")), (PASSED, PASSED));
    repo.gate(&["clean"]);
    repo.write("other", "3");
    assert_eq!(said(&judge(&repo), "uses"), PASSED);
}

/// What npm's husky does on `npm ci`, and what tests that run git do.
#[test]
fn a_check_that_uses_git_does_not_reach_the_users_repository() {
    let script = "git config core.hooksPath .husky && git config user.name Nobody && git tag made-by-check && \
                  git commit --quiet --allow-empty -m x && git update-ref refs/heads/made HEAD && \
                  printf x > a && git stash --quiet && git stash drop --quiet && git gc --quiet";
    let repo = repository(&format!("[check.a]\nrun = '''{script}'''\n"), &[("a", "1")]);
    repo.write("untracked", "u");
    let before = repo.snapshot();
    let document = judge(&repo);
    assert_eq!(document["steps"][0]["exit"], 0, "{document:#}");
    assert_untouched(&before, &repo.snapshot(), "a check that uses git");
}

#[test]
fn what_was_changed_in_a_checkout_between_two_runs_is_put_right() {
    let repo = repository("[check.a]\nrun = \"grep -q good data\"\n", &[("data", "good")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    let told = repo.gate(&["warm"]).stdout;
    let dir = told.trim().rsplit(": ").next().unwrap().to_owned();
    fs_err::write(std::path::Path::new(&dir).join("data"), "evil").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(said(&repo.check(&["--all", "--fresh"]).1, "a"), PASSED);
    repo.write("data", "bad!");
    fs_err::write(std::path::Path::new(&dir).join("data"), "good").unwrap();
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

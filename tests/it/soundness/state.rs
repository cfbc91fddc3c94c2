//! What gate remembers: receipts, memos and checkouts, and what happens to them.

use super::{FAILED, PASSED, REUSED, judge, repository, said};

#[test]
fn a_shared_file_that_is_gone_is_gone_from_the_checkout() {
    let rules = "[workspace]\nshare = [\".env\"]\n[check.a]\nrun = \"grep -q A=1 .env\"\n";
    let repo = repository(rules, &[(".gitignore", ".env\n")]);
    repo.write(".env", "A=1\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.remove(".env");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_shared_folder_that_is_gone_is_gone_from_the_checkout() {
    let rules = "[workspace]\nshare = [\"deps\"]\n[check.a]\nrun = \"grep -q 1 deps/x\"\n";
    let repo = repository(rules, &[(".gitignore", "deps\n")]);
    repo.write("deps/x", "1\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    fs_err::remove_dir_all(repo.path().join("deps")).unwrap();
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    let (_, document) = repo.check(&["--all"]);
    assert_ne!(document["proof"], "proved");
}

#[test]
fn what_a_step_left_in_a_shared_folder_is_gone_for_the_next() {
    let rules = "[workspace]\nshare = [\"deps\"]\n[check.a]\nreuse = false\nrun = \"test -e deps/mark; was=$?; touch deps/mark; exit $was\"\n";
    let repo = repository(rules, &[(".gitignore", "deps\n")]);
    repo.write("deps/x", "1\n");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_kind_of_shared_file_counts() {
    let rules = "[workspace]\nshare = [\"tool\"]\n[check.a]\nrun = \"./tool\"\n";
    let repo = repository(rules, &[(".gitignore", "tool\n")]);
    repo.write_program("tool", "#!/bin/sh\n");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.remove("tool");
    repo.write("tool", "#!/bin/sh\n");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn another_history_under_the_same_tree_is_another_input() {
    let rules = "[check.a]\ngit = \"history\"\nrun = \"git log --format=%s | grep -q good\"\n";
    let repo = repository(rules, &[("x", "1")]);
    repo.git(&["commit", "--quiet", "--allow-empty", "--amend", "-m", "good"]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.git(&["commit", "--quiet", "--allow-empty", "--amend", "-m", "other"]);
    assert_eq!(said(&judge(&repo), "a"), FAILED, "over the working tree");
    repo.write("x", "2");
    repo.git(&["commit", "--quiet", "--all", "--amend", "-m", "good"]);
    assert_eq!(said(&repo.check(&["--commit", "HEAD"]).1, "a"), PASSED);
    repo.git(&["commit", "--quiet", "--amend", "-m", "other"]);
    assert_eq!(said(&repo.check(&["--commit", "HEAD"]).1, "a"), FAILED, "of a commit");
}

#[test]
fn an_edited_program_of_the_tree_is_seen_whatever_the_inputs_are() {
    for run in
        ["\"./run.sh\"", "[\"./run.sh\"]", "\"sh run.sh\"", "[\"sh\", \"./run.sh\"]", "\"sh -eu run.sh x && true\""]
    {
        let rules = format!("[check.a]\ninputs = [\"src\"]\nrun = {run}\n");
        let repo = repository(&rules, &[("src", "1")]);
        repo.write_program("run.sh", "#!/bin/sh\nexit 0\n");
        assert_eq!(said(&judge(&repo), "a"), PASSED, "{run}");
        assert_eq!(said(&judge(&repo), "a"), REUSED, "{run}");
        repo.write_program("run.sh", "#!/bin/sh\nexit 1\n");
        assert_eq!(said(&judge(&repo), "a"), FAILED, "{run}");
    }
}

#[test]
fn a_program_on_a_path_inside_the_repository_is_the_candidates() {
    let repo = repository("[check.a]\ninputs = [\"src\"]\nrun = \"lint\"\n", &[("src", "1")]);
    repo.write_program("bin/lint", "#!/bin/sh\nexit 0\n");
    let good = repo.commit("good");
    repo.write_program("bin/lint", "#!/bin/sh\nexit 1\n");
    let bad = repo.commit("bad");
    repo.set_env("PATH", std::env::join_paths([repo.path().join("bin"), "/usr/bin".into(), "/bin".into()]).unwrap());
    repo.git(&["checkout", "--quiet", &good]);
    assert_eq!(said(&repo.check(&["--commit", &good, "--fresh"]).1, "a"), PASSED);
    let (_, document) = repo.check(&["--from", &good, "--to", &bad]);
    assert_eq!(said(&document, "a"), FAILED, "{document:#}");
}

#[test]
fn variables_that_every_check_gets_count_where_they_change_results() {
    let repo = repository("[check.a]\nrun = 'test \"$TZ\" = UTC'\n", &[]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.set_env("TZ", "Asia/Tokyo");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
    let repo = repository("[check.a]\nrun = 'test \"$LC_ALL\" = C'\n", &[]);
    repo.set_env("LC_ALL", "C");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.set_env("LC_ALL", "C.UTF-8");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn damaged_memos_are_no_memos() {
    let rules = "[check.a]\nfiles = [\"src/**\"]\nrun = \"! grep -r bad src\"\n";
    let repo = repository(rules, &[("src/a", "good"), ("src/b/c", "good")]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    let folds = repo.path().join(".git/gate/folds");
    let bytes = fs_err::read(&folds).unwrap();
    for at in [0, 20, 60, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        fs_err::write(&folds, damaged).unwrap();
        repo.write("src/a", "bad");
        assert_eq!(said(&judge(&repo), "a"), FAILED, "{at}");
        repo.write("src/a", "good");
        assert_eq!(said(&judge(&repo), "a"), REUSED, "{at}");
    }
    let other = repository(rules, &[("src/a", "bad"), ("src/b/c", "good")]);
    judge(&other);
    fs_err::copy(other.path().join(".git/gate/folds"), &folds).unwrap();
    assert_eq!(said(&judge(&repo), "a"), REUSED);
    repo.write("src/a", "bad");
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn results_age() {
    let rules = "[check.a]\nreuse = \"1s\"\nrun = \"true\"\n";
    let repo = repository(rules, &[]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.write("gate.toml", rules.replace("\"1s\"", "false"));
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    assert_eq!(said(&repo.check(&[]).1, "a"), PASSED, "though nothing differs from the base");
}

#[test]
fn a_pass_on_a_retry_leaves_nothing_to_reuse() {
    let rules = "[check.a]\nretries = 1\nrun = \"test -e $HOME/mark || ! touch $HOME/mark\"\n\
                 [check.b]\nneeds = [\"a\"]\nrun = \"true\"\n";
    let repo = repository(rules, &[]);
    let document = judge(&repo);
    assert_eq!((said(&document, "a"), said(&document, "b")), (("run", Some("flaky")), PASSED));
    assert_ne!(said(&judge(&repo), "a"), REUSED);
}

#[test]
fn worktrees_share_receipts_of_trees_and_nothing_else() {
    let rules = "[workspace]\nshare = [\".env\"]\n[check.a]\nrun = \"grep -q good .env\"\n";
    let repo = repository(rules, &[(".gitignore", ".env\n")]);
    repo.write(".env", "good");
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    let linked = repo.root().join("linked");
    repo.git(&["worktree", "add", "--quiet", "--detach", linked.to_str().unwrap()]);
    fs_err::write(linked.join(".env"), "bad").unwrap();
    let ran = repo.run(&linked, env!("CARGO_BIN_EXE_gate"), &["check", "--all"]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    fs_err::remove_file(linked.join(".env")).unwrap();
    let ran = repo.run(&linked, env!("CARGO_BIN_EXE_gate"), &["check", "--all"]);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    fs_err::write(linked.join(".env"), "good").unwrap();
    let ran = repo.run(&linked, env!("CARGO_BIN_EXE_gate"), &["check", "--all"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_mode_of_the_rules_changes_nothing_but_is_a_change() {
    let repo = repository("[check.a]\nrun = \"test ! -x gate.toml\"\n", &[]);
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    let text = repo.read("gate.toml");
    repo.write_program("gate.toml", text);
    let (code, document) = repo.check(&[]);
    assert_eq!((code, said(&document, "a")), (1, FAILED));
}

#[test]
fn a_submodule_that_is_not_filled_is_no_pass() {
    let inner = crate::repo::TestRepo::with(&[("version", "1")]);
    let repo = crate::repo::TestRepo::new();
    repo.set_env("GIT_ALLOW_PROTOCOL", "file");
    repo.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "lib"]);
    repo.write("gate.toml", "[check.a]\nrun = \"grep -q 1 lib/version\"\n");
    repo.commit("rules");
    let copy = repo.root().join("copy");
    repo.git(&["clone", "--quiet", repo.path().to_str().unwrap(), copy.to_str().unwrap()]);
    let check = |folder: &std::path::Path| repo.run(folder, env!("CARGO_BIN_EXE_gate"), &["check", "--all"]).code;
    assert_eq!(check(&copy), 1);
    assert_eq!(check(&repo.path()), 0);
    repo.git(&["submodule", "--quiet", "deinit", "--force", "lib"]);
    fs_err::remove_dir_all(repo.path().join(".git/modules")).unwrap();
    assert_eq!(repo.gate(&["check", "--all", "--fresh"]).code, 1, "filled by an earlier run only");
}

#[test]
fn a_submodule_whose_filling_changes_is_another_environment() {
    let inner = crate::repo::TestRepo::with(&[("version", "1")]);
    let repo = crate::repo::TestRepo::new();
    repo.set_env("GIT_ALLOW_PROTOCOL", "file");
    repo.git(&["submodule", "--quiet", "add", inner.path().to_str().unwrap(), "lib"]);
    repo.write("gate.toml", "[check.a]\nrun = \"test ! -e lib/version\"\n");
    repo.commit("rules");
    repo.git(&["submodule", "--quiet", "deinit", "--force", "lib"]);
    fs_err::remove_dir_all(repo.path().join(".git/modules")).unwrap();
    assert_eq!(said(&judge(&repo), "a"), PASSED);
    repo.git(&["submodule", "--quiet", "update", "--init"]);
    assert_eq!(said(&judge(&repo), "a"), FAILED);
}

#[test]
fn a_prepared_product_that_a_step_changed_is_made_again() {
    let rules = "[[workspace.prepare]]\nrun = \"mkdir -p deps; echo bad > deps/x\"\ninputs = [\"lock\"]\n\
                 [check.a]\nfiles = [\"a\"]\nrun = \"echo good > deps/x\"\n\
                 [check.b]\nfiles = [\"b\"]\nrun = \"grep -q good deps/x\"\n";
    let repo = repository(rules, &[("a", "1"), ("b", "1"), ("lock", "1"), (".gitignore", "deps/\n")]);
    repo.check(&["--all", "--jobs", "1", "--only", "a"]);
    let (_, document) = repo.check(&["--all", "--only", "b"]);
    assert_eq!(said(&document, "b"), FAILED);
}

/// A prepare command that makes `deps`, a step `a` that meddles with it, and in the next run a step `b` that a fresh
/// checkout would fail. Gives both documents.
fn meddles_with_products(meddle: &str, reads: &str) -> (serde_json::Value, serde_json::Value) {
    let rules = format!(
        "[workspace]\nkeep = [\"deps/kept\"]\n\
         [[workspace.prepare]]\nrun = \"mkdir -p deps/d; echo bad1 > deps/x; ln -s x deps/l; echo y > deps/d/y\"\n\
         inputs = [\"lock\"]\n\
         [check.a]\nfiles = [\"a\"]\nrun = '''{meddle}'''\n\
         [check.b]\nfiles = [\"b\"]\nrun = '''{reads}'''\n"
    );
    let repo = repository(&rules, &[("a", "1"), ("b", "1"), ("lock", "1"), (".gitignore", "deps/\n")]);
    let first = repo.check(&["--all", "--jobs", "1", "--only", "a"]).1;
    (first, repo.check(&["--all", "--only", "b"]).1)
}

#[test]
fn nothing_that_a_step_does_to_a_prepared_product_is_there_in_the_next_run() {
    for meddle in [
        "echo good > deps/x",
        "touch -r deps/x $TMPDIR/t; printf good > deps/x; echo >> deps/x; touch -r $TMPDIR/t deps/x",
        "echo good > $TMPDIR/x; mv $TMPDIR/x deps/x",
        "echo good > deps/kept; ln -sf kept deps/x",
        "mv deps d2; mkdir deps; echo good > deps/x; rm -r d2",
        "mkdir deps/good; echo good > deps/good/x; ln -sfn good/x deps/l; rm deps/x; mv deps/good/x deps/x",
    ] {
        let (first, second) = meddles_with_products(meddle, "grep -q good deps/x");
        assert_eq!(said(&first, "a"), PASSED, "{meddle}");
        assert_eq!(said(&second, "b"), FAILED, "{meddle}: {second:#}");
    }
    for (meddle, reads) in [
        ("rm -r deps", "test ! -e deps"),
        ("rm deps/d/y", "test ! -e deps/d/y"),
        ("rm -r deps/d", "test ! -e deps/d"),
        ("ln -sfn d deps/l", "test -d deps/l"),
        ("chmod +x deps/x", "test -x deps/x"),
        ("mkdir deps/d/.cache; touch deps/d/.cache/x", "test -e deps/d/.cache"),
        ("rm deps/d/y; mkfifo deps/d/y", "test -p deps/d/y"),
    ] {
        let (first, second) = meddles_with_products(meddle, reads);
        assert_eq!(said(&first, "a"), PASSED, "{meddle}");
        assert_eq!(said(&second, "b"), FAILED, "{meddle}: {second:#}");
    }
    let (_, second) = meddles_with_products("touch deps/kept deps/other", "test -e deps/kept && test ! -e deps/other");
    assert_eq!(said(&second, "b"), PASSED, "what is kept stays: {second:#}");
}

#[test]
fn a_prepared_product_that_a_step_changes_earns_nobody_a_receipt() {
    for meddle in [
        "echo good > deps/x",
        "echo good > deps/x; sleep 1; echo bad > deps/x",
        "mv deps e; mkdir deps; echo good > deps/x; sleep 1; rm -r deps; mv e deps",
    ] {
        let rules = format!(
            "[[workspace.prepare]]\nrun = \"mkdir deps; echo bad > deps/x\"\ninputs = [\"lock\"]\n\
             [check.meddles]\nfiles = [\"a\"]\nrun = '''{meddle}'''\n\
             [check.reads]\nfiles = [\"b\"]\nrun = \"sleep 0.5; grep -q good deps/x\"\n"
        );
        let repo = repository(&rules, &[("a", "1"), ("b", "1"), ("lock", "1"), (".gitignore", "deps/\n")]);
        let (_, document) = repo.check(&["--all", "--jobs", "2"]);
        assert_eq!(said(&document, "reads"), PASSED, "the test itself: {document:#}");
        assert_ne!(document["proof"], "proved", "{meddle}");
        let (_, document) = repo.check(&["--all", "--jobs", "1", "--only", "reads"]);
        assert_eq!(said(&document, "reads"), FAILED, "{meddle}");
    }
}

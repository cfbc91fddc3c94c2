//! What is staged is judged: not what lies in the working tree, and not what was left out of a partial commit.

use std::os::unix::fs::symlink;

use super::Ground;

#[test]
fn bad_in_the_working_tree_only_and_bad_in_the_index_only() {
    let ground = Ground::new("");
    ground.stage("a", "staged\n");
    ground.repo.write("a", "BAD and not staged\n");
    ground.repo.write("untracked", "BAD\n");
    ground.commits(&["commit", "-q", "-m", "good"]);
    ground.stage("a", "BAD\n");
    ground.repo.write("a", "mended and not staged\n");
    ground.stops(&["commit", "-q", "-m", "bad"]);
    assert_eq!(ground.repo.read("a"), "mended and not staged\n");
}

#[test]
fn a_file_that_was_never_added_is_not_there() {
    let ground = Ground::new("[check.needs-it]\nrun = 'grep -q . needed'\non = [\"pre-commit\"]\n");
    ground.repo.write("needed", "here\n");
    ground.stage("a", "uses it\n");
    let ran = ground.git(&["commit", "-q", "-m", "without"]);
    ran.fails("needs-it");
    ground.seen();
    ground.repo.git(&["add", "needed"]);
    ground.commits(&["commit", "-q", "-m", "with"]);
}

#[test]
fn a_hunk_of_a_file() {
    let ground = Ground::new("");
    let lines = |first: &str, last: &str| format!("{first}\n{}{last}\n", "middle\n".repeat(20));
    ground.around("long", &lines("one", "one"));
    ground.repo.write("long", lines("two", "BAD"));
    let yes_then_no = |answers: &str, message: &str| {
        let path = ground.repo.path();
        let line = format!("printf '{answers}' | git commit -q -p -m '{message}' long");
        let ran = ground.repo.run(&path, "sh", &["-c", &line]);
        ground.assert_untouched();
        ran
    };
    let ran = yes_then_no("y\\nn\\n", "first hunk");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ground.repo.git(&["show", "HEAD:long"]), lines("two", "one").trim_end());
    assert_eq!(ground.seen(), [ground.repo.git(&["rev-parse", "HEAD^{tree}"])]);
    assert_eq!(ground.repo.read("long"), lines("two", "BAD"));
    let ran = yes_then_no("y\\n", "second hunk");
    ran.fails("grep");
}

#[test]
fn only_deletions() {
    let ground = Ground::new("[check.uses-b]\nfiles = [\"**\"]\nrun = 'cat d/b'\non = [\"pre-commit\"]\n");
    ground.repo.git(&["rm", "-q", "a"]);
    ground.commits(&["commit", "-q", "-m", "nobody needs it"]);
    ground.repo.git(&["rm", "-q", "d/b"]);
    let ran = ground.git(&["commit", "-q", "-m", "somebody needs it"]);
    ran.fails("uses-b");
}

#[test]
fn a_file_becomes_a_link_and_a_program() {
    let ground =
        Ground::new("[check.plain]\nfiles = [\"a\"]\nrun = 'test ! -L a && test ! -x a'\non = [\"pre-commit\"]\n");
    let is_refused = |what: &str| {
        ground.repo.git(&["add", "a"]);
        let ran = ground.git(&["commit", "-q", "-m", what]);
        ran.fails("plain");
        ground.repo.git(&["reset", "-q", "--hard"]);
    };
    ground.repo.write_program("a", "good\n");
    is_refused("a program");
    ground.repo.remove("a");
    symlink("d/b", ground.repo.path().join("a")).unwrap();
    is_refused("a link");
}

#[test]
fn entries_that_are_only_intended_are_no_part_of_it_and_stay() {
    let ground = Ground::new("");
    ground.repo.write("intended", "BAD\n");
    ground.repo.git(&["add", "-N", "intended"]);
    ground.stage("a", "staged\n");
    ground.commits(&["commit", "-q", "-m", "without"]);
    assert_eq!(ground.repo.git(&["status", "--porcelain"]), " A intended");
    ground.stops(&["commit", "-q", "-a", "-m", "with"]);
    assert_eq!(ground.repo.git(&["status", "--porcelain"]), " A intended");
}

#[test]
fn a_submodule_that_moves_on() {
    let inner = crate::repo::TestRepo::with(&[("lib", "old\n")]);
    let rules = "[check.lib]\nrun = 'grep -q old lib/lib'\non = [\"pre-commit\"]\n";
    let ground = Ground::new(rules);
    let url = inner.path();
    let add = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", url.to_str().unwrap(), "lib"];
    ground.repo.git(&add);
    ground.goes(&["commit", "-q", "-m", "submodule"], &["HEAD"]);
    let lib = ground.repo.path().join("lib");
    fs_err::write(lib.join("lib"), "new\n").unwrap();
    ground.git_in(&lib, &["commit", "-q", "-a", "-m", "new"]);
    ground.repo.git(&["add", "lib"]);
    let ran = ground.git(&["commit", "-q", "-m", "moves on"]);
    ran.fails("lib");
    assert_eq!(ground.repo.git(&["status", "--porcelain"]), "M  lib");
}

#[test]
fn names_that_mean_something_to_somebody() {
    use std::os::unix::ffi::OsStrExt;
    let ground = Ground::new("[check.each]\nfiles = [\"n/**\"]\nrun = 'cat {files}'\non = [\"pre-commit\"]\n");
    let names: [&[u8]; 8] =
        [b"\xff", b" leading", b"new\nline", b"back\\slash", b"-d", b"q'\"$(x)", b"*", b"\xe9t\xe9 "];
    let path = |name: &[u8]| std::path::Path::new("n").join(std::ffi::OsStr::from_bytes(name));
    for name in names {
        ground.repo.write(path(name), "good\n");
    }
    ground.repo.git(&["add", "n"]);
    ground.commits(&["commit", "-q", "-m", "names"]);
    assert_eq!(super::step(&ground.last("pre-commit"), "each")["outcome"], "passed");
    for name in names {
        ground.repo.write(path(name), "BAD\n");
        let ran = ground.stops(&["commit", "-q", "-a", "-m", "bad"]);
        assert_eq!(ran.code, 1, "{name:?} {ran:?}");
        ground.repo.write(path(name), "good\n");
    }
}

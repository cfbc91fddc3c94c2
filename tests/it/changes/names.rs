//! Every kind of change, under every kind of name.

use std::os::unix::fs::symlink;

use super::{Watched, bytes};

/// Judges what is staged and then the working tree: both are the same here.
#[track_caller]
fn judged(watched: &Watched, touched: &[&str]) {
    let expected = watched.tree_of_everything();
    for args in [&[][..], &["--base", "HEAD"]] {
        let seen = watched.check(args);
        assert_eq!(seen.verdict(), "deployable", "{seen:?}");
        seen.is_exactly(watched, &expected);
    }
    watched.repo.git(&["add", "--all"]);
    let seen = watched.check(&["--staged"]);
    seen.is_exactly(watched, &expected);
    for path in touched {
        let why = watched.repo.gate(&["why", "--staged", "--", path]);
        assert!(why.stdout.contains("look"), "{path}: {why:?}");
    }
}

#[test]
fn deletions_renames_modes_and_links() {
    let watched = Watched::new();
    let repo = &watched.repo;
    for (path, content) in [("gone", "x\n"), ("old name", "moved\n"), ("mode", "m\n"), ("becomes-link", "l\n")] {
        repo.write(path, content);
    }
    repo.write_program("was-program", "p\n");
    symlink("a", repo.path().join("link")).unwrap();
    symlink("nowhere", repo.path().join("dangling")).unwrap();
    symlink("d", repo.path().join("to-folder")).unwrap();
    symlink("/etc/passwd", repo.path().join("absolute")).unwrap();
    repo.commit("before");
    repo.remove("gone");
    repo.git(&["mv", "old name", "new name"]);
    repo.write_program("mode", "m\n");
    repo.remove("was-program");
    repo.write("was-program", "p\n");
    for (path, target) in [("becomes-link", "a"), ("link", "d/e/b"), ("to-folder", "d/e")] {
        repo.remove(path);
        symlink(target, repo.path().join(path)).unwrap();
    }
    repo.remove("dangling");
    repo.write("dangling", "a file now\n");
    judged(&watched, &["gone", "old name", "new name", "mode", "was-program", "link"]);
}

#[test]
fn files_and_folders_swap() {
    let watched = Watched::new();
    let repo = &watched.repo;
    for path in ["to-folder", "folder/x/y", "folder/z", "link-to-folder", "folder-to-link/x"] {
        repo.write(path, "1\n");
    }
    symlink("folder", repo.path().join("link")).unwrap();
    repo.commit("before");
    judged(&watched, &[]);
    let swap = |paths: &[&str]| {
        for path in paths {
            let at = repo.path().join(path);
            drop(fs_err::remove_file(&at).or_else(|_| fs_err::remove_dir_all(&at)));
        }
    };
    swap(&["to-folder", "folder", "folder-to-link", "link"]);
    repo.write("to-folder/in/it", "2\n");
    repo.write("folder", "2\n");
    repo.write("link/in", "2\n");
    symlink("to-folder", repo.path().join("folder-to-link")).unwrap();
    judged(&watched, &["to-folder/in/it", "folder", "folder/x/y", "link/in"]);
    repo.commit("swapped");
    swap(&["to-folder", "folder", "folder-to-link", "link"]);
    repo.write("to-folder", "3\n");
    repo.write("folder/x", "3\n");
    judged(&watched, &["to-folder", "folder/x"]);
}

#[test]
fn names_that_mean_something_to_somebody() {
    let watched = Watched::new();
    let names: [&[u8]; 19] = [
        b"with space",
        b" leading space",
        b"trailing space ",
        b"new\nline",
        b"tab\tand\rreturn",
        b"double\"quote",
        b"single'quote",
        b"back\\slash",
        b"-dash",
        b"--all",
        b"*star?[a]",
        b"!bang",
        b"#hash",
        b":(top)magic",
        b"$HOME `id`",
        b"\xff\xfe not UTF-8 \x80",
        b"\xc3\xa9 composed and decomposed e\xcc\x81",
        b"bell\x07",
        b"...",
    ];
    for name in names {
        watched.repo.write(bytes(name), "file\n");
        let folder = std::path::Path::new(&bytes(name)).with_extension("d");
        watched.repo.write(folder.join(bytes(name)), "in a folder\n");
    }
    judged(&watched, &[]);
    watched.repo.commit("names");
    for name in &names[..10] {
        watched.repo.remove(std::path::Path::new(&bytes(name)));
    }
    for name in &names[10..] {
        watched.repo.write_program(bytes(name), "changed\n");
    }
    judged(&watched, &["--all", "-dash", "new\nline"]);
    let seen = watched.check(&["--commit", "HEAD"]);
    seen.is_exactly(&watched, &watched.repo.git(&["rev-parse", "HEAD^{tree}"]));
}

/// Names reach a command as they are, whatever they hold, and deleted ones never.
#[test]
fn names_reach_a_command_unchanged() {
    let watched = Watched::with_rules(
        "[check.each]\nfiles = [\"n/**\"]\non = [\"pre-commit\"]\n\
         run = [\"sh\", \"-c\", '''for f do test -f \"$f\" || exit 1; printf '%s\\0' \"$f\"; done''', \"sh\", \"{files}\"]\n",
    );
    let repo = &watched.repo;
    repo.write("n/deleted", "x");
    repo.commit("before");
    repo.remove("n/deleted");
    let names: [&[u8]; 6] = [b"n/new\nline", b"n/ space ", b"n/-x", b"n/\xff", b"n/q\"'\\", b"n/$(x)"];
    for name in names {
        repo.write(bytes(name), "x");
    }
    let seen = watched.check(&["--base", "HEAD"]);
    assert_eq!(seen.verdict(), "deployable", "{seen:#?}");
    let id = seen.document["id"].as_str().unwrap();
    let log = fs_err::read_dir(repo.path().join(".git/gate/logs").join(id)).unwrap();
    let logs: Vec<Vec<u8>> = log.map(|entry| fs_err::read(entry.unwrap().path()).unwrap()).collect();
    for name in names {
        let ended = [name, b"\0"].concat();
        let has = |log: &Vec<u8>| bstr_contains(log, &ended);
        assert!(logs.iter().any(has), "{:?} is not in {logs:?}", name.escape_ascii().to_string());
    }
    assert!(!logs.iter().any(|log| bstr_contains(log, b"deleted")));
}

fn bstr_contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

//! Filters, line endings and encodings: what a check sees is what git would have checked out.

use super::Watched;

/// Judges HEAD, what is staged and the working tree.
#[track_caller]
fn judged(watched: &Watched) {
    let head = watched.repo.git(&["rev-parse", "HEAD^{tree}"]);
    let (index, everything) = (watched.tree_of_index(), watched.tree_of_everything());
    watched.check(&["--commit", "HEAD"]).is_exactly(watched, &head);
    watched.check(&["--staged"]).is_exactly(watched, &index);
    watched.check(&[]).is_exactly(watched, &everything);
}

/// Changes committed, staged and only in the working tree, of files of several kinds.
fn edit(watched: &Watched, content: &dyn Fn(&str) -> Vec<u8>) {
    let repo = &watched.repo;
    for name in ["f.txt", "f.bat", "f.bin", "d/f.txt", "f.utf16", "-f.txt", " f.bat", "d/-f.txt"] {
        repo.write(name, content("committed"));
    }
    repo.commit("content");
    for (name, text) in [("f.txt", "staged"), ("f.bat", "staged"), ("new.txt", "staged"), ("f.utf16", "staged")] {
        repo.write(name, content(text));
    }
    repo.git(&["add", "--all"]);
    for (name, text) in [("d/f.txt", "unsaved"), ("f.bin", "unsaved"), ("newer.bat", "unsaved")] {
        repo.write(name, content(text));
    }
}

#[test]
fn line_endings_by_settings() {
    for setting in [("core.autocrlf", "true"), ("core.autocrlf", "input"), ("core.eol", "crlf")] {
        for ending in ["\n", "\r\n"] {
            for attributes in ["", "* text=auto\n*.bin -text\n", "*.bat text eol=crlf\n*.txt text eol=lf\n"] {
                let watched = Watched::new();
                watched.repo.git(&["config", setting.0, setting.1]);
                watched.repo.write(".gitattributes", attributes);
                edit(&watched, &|text| format!("{text}{ending}two{ending}").into_bytes());
                judged(&watched);
            }
        }
    }
}

/// A setting that changes what files hold changes the files of a warm checkout.
#[test]
fn a_setting_that_changes() {
    let watched = Watched::new();
    edit(&watched, &|text| format!("{text}\n").into_bytes());
    judged(&watched);
    watched.repo.git(&["config", "core.autocrlf", "true"]);
    judged(&watched);
    assert_eq!(watched.check(&["--commit", "HEAD"]).file("f.txt"), "644 committed\r\n");
    watched.repo.git(&["config", "--unset", "core.autocrlf"]);
    judged(&watched);
    watched.repo.write(".git/info/attributes", "*.txt eol=crlf\n");
    judged(&watched);
    assert_eq!(watched.check(&["--commit", "HEAD"]).file("f.txt"), "644 committed\r\n");
    fs_err::remove_file(watched.repo.path().join(".git/info/attributes")).unwrap();
    judged(&watched);
}

/// The same tree makes other files, so what was proved of those says nothing.
#[test]
fn a_result_under_other_settings_is_none() {
    let repo = crate::repo::TestRepo::with(&[
        ("gate.toml", "[check.a]\nrun = '''test \"$(cat f.txt)\" = good'''\n"),
        (".gitattributes", "*.txt filter=word\n"),
        ("f.txt", "good\n"),
    ]);
    let judged = || {
        let (_, document) = repo.check(&["--all"]);
        format!("{} {}", document["verdict"], document["steps"][0]["decision"])
    };
    assert_eq!(judged(), r#""deployable" "run""#);
    assert_eq!(judged(), r#""deployable" "reuse""#);
    repo.git(&["config", "filter.word.smudge", "sed s/good/bad/"]);
    repo.git(&["config", "filter.word.clean", "sed s/bad/good/"]);
    assert_eq!(judged(), r#""rejected" "run""#);
    repo.git(&["config", "--remove-section", "filter.word"]);
    assert_eq!(judged(), r#""deployable" "reuse""#);
}

#[test]
fn attributes_in_folders_and_of_the_user() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write(".gitattributes", "[attr]windows text eol=crlf\n*.bat windows\n");
    repo.write("d/.gitattributes", "*.txt windows\n");
    edit(&watched, &|text| format!("{text}\n").into_bytes());
    judged(&watched);
    // Only staged, only in the working tree, and gone.
    repo.write(".gitattributes", "*.bin text eol=crlf\n");
    judged(&watched);
    repo.git(&["add", ".gitattributes"]);
    judged(&watched);
    repo.remove("d/.gitattributes");
    judged(&watched);
    // The user's own, where no setting names it.
    for folder in [".config/git", "xdg/git"] {
        let folder = repo.home().join(folder);
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(folder.join("attributes"), "*.txt text eol=crlf\n").unwrap();
        judged(&watched);
        assert_eq!(watched.check(&["--commit", "HEAD"]).file("f.txt"), "644 committed\r\n", "{folder:?}");
        fs_err::remove_file(folder.join("attributes")).unwrap();
        repo.set_env("XDG_CONFIG_HOME", repo.home().join("xdg"));
    }
    judged(&watched);
}

#[test]
fn encodings_and_keywords() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write(
        ".gitattributes",
        "*.utf16 text working-tree-encoding=UTF-16\n*.bin working-tree-encoding=UTF-16LE eol=crlf\n*.txt ident\n\
         *.bat export-subst export-ignore\n",
    );
    let utf16 = |text: &str| {
        let mut bytes = vec![0xff, 0xfe];
        bytes.extend(format!("$Id$ {text} \u{e9}\n").encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    for name in ["f.utf16", "f.bin"] {
        let text = utf16("committed");
        repo.write(name, if name == "f.bin" { &text[2..] } else { &text });
    }
    for name in ["f.txt", "d/f.txt", "f.bat"] {
        repo.write(name, "$Id$ $Format:%H$ committed\n");
    }
    repo.commit("content");
    let seen = watched.check(&["--commit", "HEAD"]);
    assert!(seen.file("f.txt").starts_with("644 $Id: "), "{seen:?}");
    assert_eq!(seen.file("f.bat"), "644 $Id$ $Format:%H$ committed\n");
    judged(&watched);
    repo.write("f.utf16", utf16("staged"));
    repo.git(&["add", "--all"]);
    repo.write("d/f.txt", "$Id: of somebody else$ unsaved\n");
    judged(&watched);
}

#[test]
fn filters_of_the_users_settings() {
    for process in ["local", "global", "named"] {
        let watched = Watched::new();
        let repo = &watched.repo;
        let config = match process {
            "local" => vec!["config"],
            "global" => vec!["config", "--file", "../home/.gitconfig"],
            _ => vec!["config", "--file", "../named"],
        };
        for (name, value) in [("clean", "tr a-z A-Z"), ("smudge", "tr A-Z a-z"), ("required", "true")] {
            repo.git(&[&config[..], &[&format!("filter.shout.{name}"), value]].concat());
        }
        match process {
            // Git takes the user's own file where it is not told of another one.
            "global" => repo.set_env("GIT_CONFIG_GLOBAL", repo.home().join(".gitconfig")),
            "named" => repo.set_env("GIT_CONFIG_GLOBAL", repo.root().join("named")),
            _ => {}
        }
        repo.write(".gitattributes", "*.txt filter=shout\n*.bat filter=unknown\n");
        edit(&watched, &|text| format!("{text}\n").into_bytes());
        judged(&watched);
        assert!(watched.check(&["--commit", "HEAD"]).file("d/f.txt").starts_with("644 committed\n"));
    }
}

/// `git -c` and the variables that it becomes, and the files that variables name instead of the user's own.
#[test]
fn settings_from_the_environment() {
    let watched = Watched::new();
    let repo = &watched.repo;
    edit(&watched, &|text| format!("{text}\n").into_bytes());
    fs_err::write(repo.root().join("named"), "[core]\n\tautocrlf = true\n").unwrap();
    repo.set_env("GIT_CONFIG_GLOBAL", repo.root().join("named"));
    judged(&watched);
    assert_eq!(watched.check(&["--commit", "HEAD"]).file("f.txt"), "644 committed\r\n");
    fs_err::write(repo.root().join("named"), "[core]\n\tautocrlf = false\n").unwrap();
    fs_err::write(repo.home().join(".gitconfig"), "[core]\n\tautocrlf = true\n").unwrap();
    judged(&watched);
    assert_eq!(watched.check(&["--commit", "HEAD"]).file("f.txt"), "644 committed\n");
}

#[test]
fn a_filter_that_fails_is_no_pass() {
    let watched = Watched::new();
    let repo = &watched.repo;
    repo.write(".gitattributes", "*.txt filter=broken\n");
    repo.write("f.txt", "x\n");
    repo.commit("content");
    repo.git(&["config", "filter.broken.smudge", "echo no such thing >&2; exit 1"]);
    repo.git(&["config", "filter.broken.required", "true"]);
    repo.git(&["config", "filter.broken.clean", "cat"]);
    let seen = watched.check(&["--commit", "HEAD"]);
    assert_ne!(seen.code, 0, "{seen:?}");
    assert!(seen.document.is_null() && seen.stderr.contains("f.txt"), "{seen:?}");
    repo.git(&["config", "filter.broken.smudge", "cat"]);
    assert_eq!(watched.check(&["--commit", "HEAD"]).verdict(), "deployable");
}

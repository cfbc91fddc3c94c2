//! Checks of the message: they see what git hands over, on a copy of their own, once for each message.

use super::{Ground, step};

/// A repository whose check `words` fails on a message with `NO` in it and keeps what it saw, beside these rules.
fn ground(rules: &str) -> Ground {
    let ground = Ground::new("");
    let words = "[check.words]\non = [\"commit-msg\"]\n\
                 run = '''echo x >>ROOT/ran; cp {message_file} ROOT/message; ! grep -qa NO {message_file}'''\n";
    let rules = format!("{words}{rules}").replace("ROOT", &ground.repo.root().display().to_string());
    ground.repo.write("gate.toml", super::gate_toml(&ground.repo, &rules));
    ground.around("a", "rules\n");
    ground
}

/// How often `words` has run since this was last asked.
fn runs(ground: &Ground) -> usize {
    ground.take("ran").len()
}

#[test]
fn by_every_way_to_give_one() {
    let ground = ground("");
    let file = ground.beside("a message");
    fs_err::write(&file, "from a file\n").unwrap();
    let commit = |args: &[&str]| ground.git(&[&["commit", "-q", "--allow-empty"][..], args].concat());
    assert_eq!(commit(&["-m", "as an argument"]).code, 0);
    assert_eq!(ground.take("message"), ["as an argument"]);
    assert_eq!(commit(&["-F", file.to_str().unwrap()]).code, 0);
    assert_eq!(ground.take("message"), ["from a file"]);
    assert_eq!(commit(&["--amend", "--no-edit"]).code, 0);
    commit(&["-m", "NO"]).fails("words");
    commit(&["-m", "fine", "-m", "NO"]).fails("words");
    assert_eq!(ground.repo.git(&["log", "-1", "--format=%s"]), "from a file");
    assert_eq!(ground.repo.read(".git/COMMIT_EDITMSG"), "fine\n\nNO\n", "it is kept for another try");
}

#[test]
fn from_an_editor_with_comments_and_scissors() {
    let ground = ground("");
    ground.stage("a", "edited\n");
    ground
        .repo
        .write_program("../editor", "#!/bin/sh\n{ echo subject; cat \"$1\"; } >\"$1.new\"; mv \"$1.new\" \"$1\"\n");
    ground.repo.set_env("GIT_EDITOR", ground.beside("editor"));
    let ran = ground.git(&["commit", "-q", "-v"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let seen = ground.take("message");
    assert_eq!(seen[0], "subject");
    // A copy is a copy: what a message is once git has cleaned it depends on how git was called.
    assert!(seen.iter().any(|line| line.starts_with("# -----") && line.contains(">8")), "{seen:?}");
    assert!(seen.contains(&"+edited".to_owned()), "{seen:?}");
    assert_eq!(ground.repo.git(&["log", "-1", "--format=%B"]).trim_end(), "subject");
}

#[test]
fn a_check_that_edits_its_copy_edits_nothing_else() {
    let ground = ground(
        "[check.edits]\non = [\"commit-msg\"]\nrun = 'echo NO >{message_file}'\n\
         [check.later]\non = [\"commit-msg\"]\nafter = [\"edits\"]\nrun = '! grep -q NO {message_file}'\n",
    );
    let ran = ground.git(&["commit", "-q", "--allow-empty", "-m", "as I said"]);
    assert_eq!(ran.code, 0, "each check has a copy of its own: {ran:?}");
    assert_eq!(ground.repo.git(&["log", "-1", "--format=%B"]).trim_end(), "as I said");
}

#[test]
fn as_a_word_and_in_a_line_from_a_folder_with_a_hostile_name() {
    let ground = ground(
        "[check.word]\non = [\"commit-msg\"]\nrun = [\"grep\", \"-q\", \"^good\", \"{message_file}\"]\n\
         [check.line]\non = [\"commit-msg\"]\nrun = '''test -f \"{message_file}\" && grep -q \"^good\" '{message_file}' '''\n",
    );
    let folder = ground.beside("it's \"a\" $(x) folder");
    ground.repo.git(&["clone", "-q", ".", folder.to_str().unwrap()]);
    ground.install(&folder.join(".git"));
    let commit = |message: &str| ground.git_in(&folder, &["commit", "-q", "--allow-empty", "-m", message]);
    let ran = commit("good");
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = commit("other");
    ran.fails("word");
    ran.fails("line");
}

#[test]
fn of_a_merge() {
    let ground = ground("");
    ground.repo.git(&["checkout", "-q", "-b", "side"]);
    ground.around("side", "side\n");
    ground.repo.git(&["checkout", "-q", "main"]);
    ground.around("a", "main\n");
    ground.git(&["merge", "-q", "-m", "NO merge", "side"]).fails("words");
    ground.repo.git(&["merge", "--abort"]);
    let ran = ground.git(&["merge", "-q", "--no-edit", "side"]);
    assert_eq!((ran.code, ground.take("message")), (0, vec!["Merge branch 'side'".to_owned()]), "{ran:?}");
}

#[test]
fn that_is_not_utf_8_reaches_the_check_byte_for_byte() {
    let ground = ground("");
    let (file, bytes) = (ground.beside("latin"), b"caf\xe9 \x80\n\n\xff\n");
    fs_err::write(&file, bytes).unwrap();
    let args = ["-c", "i18n.commitEncoding=latin1", "commit", "-q", "--allow-empty", "-F", file.to_str().unwrap()];
    let ran = ground.git(&args);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(fs_err::read(ground.beside("message")).unwrap(), bytes);
}

#[test]
fn once_for_each_message_and_tree() {
    let ground = ground(
        "[check.only]\non = [\"commit-msg\"]\ninputs = [\"rules\"]\nrun = 'grep -q . {message_file}; echo x >>ROOT/only'\n",
    );
    let commit = |args: &[&str]| {
        let ran = ground.git(&[&["commit", "-q", "--allow-empty"][..], args].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        (runs(&ground), ground.take("only").len())
    };
    assert_eq!(commit(&["-m", "one"]), (1, 1));
    assert_eq!(commit(&["-m", "one"]), (0, 0), "the same again");
    assert_eq!(commit(&["--amend", "--no-edit"]), (0, 0));
    assert_eq!(commit(&["-m", "two"]), (1, 1), "another message");
    assert_eq!(commit(&["-m", "one"]), (0, 0), "the first one again");
    ground.stage("a", "another tree\n");
    assert_eq!(commit(&["-m", "one"]), (1, 0), "another tree");
}

#[test]
fn a_failed_one_is_asked_again() {
    let ground = ground("");
    for _ in 0..2 {
        ground.git(&["commit", "-q", "--allow-empty", "-m", "NO"]).fails("words");
        assert_eq!(runs(&ground), 1);
    }
}

#[test]
fn checks_of_messages_belong_to_no_other_stage() {
    let ground = ground("");
    ground.repo.git(&["init", "-q", "--bare", "../remote.git"]);
    ground.around("a", "NO message\n");
    let ran = ground.git(&["push", "-q", "../remote.git", "main"]);
    assert_eq!((ran.code, runs(&ground)), (0, 0), "{ran:?}");
    let (code, document) = ground.repo.check(&["--all"]);
    let names: Vec<&str> =
        document["steps"].as_array().unwrap().iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!((code, names, runs(&ground)), (0, vec!["grep", "look"], 0), "{document:#}");
}

#[test]
fn without_a_message_there_is_nothing_to_judge() {
    let ground = ground("");
    for args in [&["check", "--stage", "commit-msg"][..], &["plan", "--stage", "commit-msg"], &["hook", "commit-msg"]] {
        let ran = ground.repo.gate(args);
        assert_eq!(ran.code, 2, "{args:?}: {ran:?}");
        assert!(ran.stderr.contains("message") && ran.stderr.contains("gate hook commit-msg"), "{args:?}: {ran:?}");
    }
    let ran = ground.repo.gate(&["hook", "commit-msg", "no such file"]);
    assert!(![0, 101].contains(&ran.code) && ran.stderr.contains("no such file"), "{ran:?}");
    // By hand, with a message.
    let message = ground.beside("message by hand");
    fs_err::write(&message, "good\n").unwrap();
    let ran = ground.repo.gate(&["hook", "commit-msg", message.to_str().unwrap()]);
    assert_eq!((ran.code, runs(&ground)), (0, 1), "{ran:?}");
    assert_eq!(step(&ground.last("commit-msg"), "words")["outcome"], "passed");
}

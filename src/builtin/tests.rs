//! Every check over real trees.

use bstr::ByteSlice;

use super::*;
use crate::builtin::file::{File, Found};
use crate::check::{Builtin, LineEnding};
use crate::digest::ObjectId;
use crate::git::Repo;
use crate::git::testing::TestRepo;
use crate::input::{Input, list};
use crate::path::{Mode, RepoPath, Selection};

fn tree(repo: &TestRepo) -> (Repo, ObjectId, Vec<Input>) {
    let open = repo.open();
    let tree = repo.id("HEAD^{tree}");
    let files = list(&open, tree, &Selection::everything()).unwrap();
    (open, tree, files)
}

fn failed(repo: &TestRepo, builtin: &Builtin) -> Vec<String> {
    let (open, tree, files) = tree(repo);
    let findings = look(builtin, &open, tree, &files, &|| false).unwrap();
    assert_eq!(findings.problems.is_empty(), findings.failed.is_empty(), "{builtin:?}");
    assert!(findings.problems.iter().all(|problem| findings.failed.contains(&problem.path)), "{builtin:?}");
    findings.failed.iter().map(ToString::to_string).collect()
}

#[test]
fn every_check_finds_its_own_files() {
    let repo = TestRepo::empty();
    let key = ["-----BEGIN RSA PRIV", "ATE KEY-----\n"].concat();
    for (path, text) in [
        ("fine.txt", "fine\n"),
        ("bad.json", "{\n"),
        ("conflict", &format!("{} HEAD\n", "<".repeat(7))),
        ("large", &"x\n".repeat(50)),
        ("key", &key),
        ("CASE", "x\n"),
        ("case", "x\n"),
        ("script", "#!/bin/sh\n"),
        ("mixed", "a\r\nb\n"),
        ("blanks", "a \n"),
        ("open", "a"),
        ("nul.txt", "x\n"),
        ("bidi", "a\u{202e}b\n"),
        (".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = u\n"),
    ] {
        repo.write(path, text);
    }
    repo.link("link", "gone");
    repo.commit("files");
    for (builtin, wanted) in [
        (Builtin::Syntax, "bad.json"),
        (Builtin::MergeConflict, "conflict"),
        (Builtin::LargeFiles(99), "large"),
        (Builtin::PrivateKey, "key"),
        (Builtin::CaseConflict, "CASE case"),
        (Builtin::Symlinks, "link"),
        (Builtin::Executables, "script"),
        (Builtin::LineEndings(LineEnding::Consistent), "mixed"),
        (Builtin::LineEndings(LineEnding::Lf), "mixed"),
        (Builtin::TrailingWhitespace, "blanks"),
        (Builtin::FinalNewline, "open"),
        (Builtin::Filenames, "nul.txt"),
        (Builtin::Submodules, ".gitmodules"),
        (Builtin::UnicodeBidi, "bidi"),
    ] {
        assert_eq!(failed(&repo, &builtin).join(" "), wanted, "{builtin:?}");
        // What is known of a blob by now changes nothing.
        assert_eq!(failed(&repo, &builtin).join(" "), wanted, "{builtin:?}");
    }
    assert_eq!(failed(&repo, &Builtin::LargeFiles(100)), [""; 0]);
    let crlf = failed(&repo, &Builtin::LineEndings(LineEnding::Crlf));
    assert!(
        crlf.contains(&"mixed".to_owned())
            && crlf.contains(&"fine.txt".to_owned())
            && !crlf.contains(&"open".to_owned())
    );
}

#[test]
fn many_files_are_looked_at_in_order_and_a_few_problems_of_each_told() {
    let repo = TestRepo::empty();
    for number in 0..600 {
        let text = if number % 3 == 0 { "x \n".repeat(100) } else { format!("{number}\n") };
        repo.write(format!("d{}/f{number}", number % 7), text);
    }
    repo.commit("files");
    let (open, tree, files) = tree(&repo);
    let found = look(&Builtin::TrailingWhitespace, &open, tree, &files, &|| false).unwrap();
    assert_eq!((found.failed.len(), found.problems.len()), (200, 200 * 20));
    let lines: Vec<_> = found
        .problems
        .iter()
        .map(|problem| (&problem.path, problem.diagnostic.place.as_ref().unwrap().line_and_column()))
        .collect();
    assert!(lines.is_sorted());
}

#[test]
fn it_ends_when_it_is_told_to() {
    let repo = TestRepo::empty();
    repo.write("a.json", "{}");
    repo.commit("file");
    let (open, tree, files) = tree(&repo);
    for builtin in [Builtin::Syntax, Builtin::CaseConflict, Builtin::LargeFiles(1)] {
        let ended = look(&builtin, &open, tree, &files, &|| true);
        assert!(matches!(ended, Err(Error::Stopped)), "{builtin:?}");
    }
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let later = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) > 0;
    assert!(matches!(look(&Builtin::Syntax, &open, tree, &files, &later), Err(Error::Stopped)));
}

#[test]
fn what_cant_be_read_is_an_error() {
    let repo = TestRepo::empty();
    repo.write("a.json", "{}");
    repo.commit("file");
    let (open, tree, mut files) = tree(&repo);
    files[0].id = "00000000000000000000000000000000000000aa".parse().unwrap();
    for builtin in [Builtin::Syntax, Builtin::UnicodeBidi, Builtin::LargeFiles(1)] {
        assert!(matches!(look(&builtin, &open, tree, &files, &|| false), Err(Error::Git(_))), "{builtin:?}");
    }
}

#[test]
fn links_and_submodules_have_no_text() {
    let repo = TestRepo::empty();
    repo.link("link.json", "no newline, no JSON");
    repo.commit("link");
    for builtin in [Builtin::Syntax, Builtin::FinalNewline, Builtin::LargeFiles(1), Builtin::Executables] {
        assert_eq!(failed(&repo, &builtin), [""; 0], "{builtin:?}");
    }
}

#[test]
fn a_partial_clone_is_looked_at() {
    let origin = TestRepo::new();
    origin.write("b", "blank \n");
    origin.commit("blank");
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = TestRepo::empty();
    clone.remove("");
    let url = format!("file://{}", origin.root().display());
    clone.git_in(&clone.top(), &["clone", "-q", "--no-checkout", "--filter=blob:none", &url, "r"]);
    assert_eq!(failed(&clone, &Builtin::LargeFiles(6)), ["b"]);
    assert_eq!(failed(&clone, &Builtin::TrailingWhitespace), ["b"]);
}

#[test]
fn a_file_is_mended_by_what_its_name_says() {
    let (blanks, text) = (Builtin::TrailingWhitespace, b"a  \n");
    assert_eq!(fix(&blanks, &"a.txt".into(), text).as_deref(), Some(&b"a\n"[..]));
    assert_eq!(fix(&blanks, &"a.md".into(), text), None);
    assert_eq!(fix(&Builtin::Syntax, &"a.txt".into(), text), None);
}

#[test]
fn the_projects_own_files_pass() {
    let mut pending = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = pending.pop() {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            let bytes = fs_err::read(&path).unwrap();
            let name = RepoPath::new(path.as_os_str().as_encoded_bytes().as_bstr());
            let mut found = Found::new(name.to_string(), &bytes);
            for check in
                [marks::look, secret::look, invisible::look, lines::look_at_blanks, lines::look_at_end, programs::look]
            {
                check(&File { path: &name, mode: Mode::File, bytes: &bytes }, &mut found);
            }
            assert_eq!(found.finish(), []);
        }
    }
}

//! What a checkout holds equals what git checks out.

use super::{Bench, git_in, listing};

/// A small generator, so that a failing sequence can be run again.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

const NAMES: [&str; 9] = ["a", "b", "c", "d e", "-x", "n\nl", "q\"\\", "gr\u{fc}n", "z.txt"];

/// Changes a few paths at random: files, programs, links, folders that become files and back, deletions.
fn shake(bench: &Bench, random: &mut Random) {
    for _ in 0..=random.below(6) {
        let depth = 1 + random.below(3);
        let parts: Vec<&str> = (0..depth).map(|_| NAMES[usize::try_from(random.below(9)).unwrap()]).collect();
        let mut at = bench.user();
        for part in &parts[..parts.len() - 1] {
            at.push(part);
            if at.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
                fs_err::remove_file(&at).unwrap();
            }
        }
        fs_err::create_dir_all(&at).unwrap();
        let path = at.join(parts[parts.len() - 1]);
        match path.symlink_metadata() {
            Ok(found) if found.is_dir() => fs_err::remove_dir_all(&path).unwrap(),
            Ok(_) => fs_err::remove_file(&path).unwrap(),
            Err(_) => {}
        }
        match random.below(5) {
            0 => {}
            1 => std::os::unix::fs::symlink(format!("../{}", random.below(3)), &path).unwrap(),
            2 => {
                use std::os::unix::fs::PermissionsExt;
                fs_err::write(&path, format!("#!{}", random.below(3))).unwrap();
                fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
            }
            _ => fs_err::write(&path, format!("text {}", random.below(5))).unwrap(),
        }
    }
}

#[test]
fn equals_a_fresh_checkout_after_random_changes() {
    let bench = Bench::new();
    let mut random = Random(7);
    for step in 0..60 {
        shake(&bench, &mut random);
        let tree = bench.tree();
        let mut workspace = bench.at(tree);
        assert_eq!(listing(workspace.dir()), bench.fresh(tree), "step {step}");
        assert_eq!(git_in(workspace.dir(), &["status", "--porcelain", "--ignored"]), "", "step {step}");
        let head = git_in(workspace.dir(), &["rev-parse", "HEAD^{tree}"]);
        assert_eq!(head.trim(), tree.to_string());
        // Every other run is cut short, so that the next one has to compare.
        if step % 2 == 0 {
            assert_eq!(workspace.verify(&bench.repo(), &super::Spec::default()).unwrap(), []);
        }
    }
    assert_eq!(bench.pool().list().len(), 1);
}

#[test]
fn names_that_are_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::new();
    fs_err::write(bench.user().join(std::ffi::OsStr::from_bytes(b"caf\xe9")), "x").unwrap();
    let tree = bench.tree();
    assert_eq!(listing(bench.at(tree).dir()), bench.fresh(tree));
}

#[test]
fn many_files_are_written_by_several_threads() {
    let bench = Bench::new();
    for n in 0..600 {
        bench.write(&format!("d{}/e{}/f{n}", n % 7, n % 3), format!("{n}"));
    }
    let tree = bench.tree();
    let workspace = bench.at(tree);
    assert_eq!(listing(workspace.dir()), bench.fresh(tree));
    assert_eq!(git_in(workspace.dir(), &["status", "--porcelain"]), "");
}

#[test]
fn line_endings_and_encodings_are_gits_own() {
    let bench = Bench::new();
    bench.write("a.bat", "one\ntwo\n");
    bench.write("b.txt", "one\ntwo\n");
    bench.write("c.txt", "$Id$\n");
    let plain = bench.tree();
    bench.write(".gitattributes", "*.bat eol=crlf\nc.txt ident\n");
    let with = bench.tree();
    for tree in [plain, with, plain, with] {
        let mut workspace = bench.at(tree);
        let fresh = bench.fresh(tree);
        assert_eq!(listing(workspace.dir()), fresh);
        assert_eq!(git_in(workspace.dir(), &["status", "--porcelain"]), "");
        assert_eq!(workspace.verify(&bench.repo(), &super::Spec::default()).unwrap(), []);
    }
    assert!(bench.fresh(with)[&b"a.bat"[..]].contains("\\r\\n"));
    bench.git(&["config", "core.autocrlf", "true"]);
    assert_eq!(listing(bench.at(with).dir()), bench.fresh(with));
    bench.git(&["config", "core.autocrlf", "false"]);
    assert_eq!(listing(bench.at(with).dir()), bench.fresh(with));
}

#[test]
fn filters_of_the_users_settings_are_run() {
    let bench = Bench::new();
    bench.write(".gitattributes", "*.up filter=case\n");
    bench.write("x/a.up", "quiet\n");
    bench.git(&["config", "filter.case.clean", "tr A-Z a-z"]);
    bench.git(&["config", "filter.case.smudge", "tr a-z A-Z"]);
    let tree = bench.tree();
    let mut workspace = bench.at(tree);
    assert_eq!(listing(workspace.dir()), bench.fresh(tree));
    assert_eq!(fs_err::read_to_string(workspace.dir().join("x/a.up")).unwrap(), "QUIET\n");
    assert_eq!(workspace.verify(&bench.repo(), &super::Spec::default()).unwrap(), []);
    drop(workspace);
    bench.git(&["config", "filter.case.smudge", "false"]);
    bench.git(&["config", "filter.case.required", "true"]);
    let mut workspace = bench.take(tree);
    let error = workspace.update(&bench.repo(), tree, &super::Spec::default()).unwrap_err();
    assert!(matches!(error, crate::workspace::Error::Filter { .. }), "{error}");
}

#[test]
fn lfs_pointers_become_their_files() {
    let bench = Bench::new();
    if crate::process::Program::new("git-lfs").arg("version").run().is_err() {
        return;
    }
    bench.git(&["lfs", "install", "--local", "--skip-smudge"]);
    for (name, value) in
        [("smudge", "git-lfs smudge -- %f"), ("clean", "git-lfs clean -- %f"), ("process", "git-lfs filter-process")]
    {
        bench.git(&["config", &format!("filter.lfs.{name}"), value]);
    }
    bench.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
    bench.write("art/big.bin", "heavy content");
    let tree = bench.tree();
    assert!(bench.git(&["cat-file", "-p", &format!("{tree}:art/big.bin")]).contains("git-lfs"));
    let workspace = bench.at(tree);
    assert_eq!(fs_err::read_to_string(workspace.dir().join("art/big.bin")).unwrap(), "heavy content");
    assert_eq!(git_in(workspace.dir(), &["status", "--porcelain"]), "");
}

#[test]
fn submodules_are_filled_where_the_user_has_them() {
    let bench = Bench::new();
    let library = tempfile::tempdir().unwrap();
    git_in(library.path(), &["init", "-q", "-b", "main"]);
    fs_err::create_dir_all(library.path().join("src")).unwrap();
    fs_err::write(library.path().join("src/lib.c"), "one").unwrap();
    fs_err::write(library.path().join("old.c"), "old").unwrap();
    git_in(library.path(), &["add", "-A"]);
    git_in(library.path(), &["commit", "-q", "-m", "one"]);
    let url = library.path().to_str().unwrap();
    bench.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", url, "vendor/lib"]);
    bench.write("a", "a");
    let one = bench.commit();
    let inside = bench.user().join("vendor/lib");
    fs_err::write(inside.join("src/lib.c"), "two").unwrap();
    fs_err::remove_file(inside.join("old.c")).unwrap();
    git_in(&inside, &["add", "-A"]);
    git_in(&inside, &["commit", "-q", "-m", "two"]);
    let two = bench.commit();
    bench.git(&["rm", "-q", "-f", "--cached", "vendor/lib"]);
    let none: crate::digest::ObjectId = bench.git(&["write-tree"]).trim().parse().unwrap();
    let file = |dir: &std::path::Path, name: &str| fs_err::read_to_string(dir.join(name)).ok();
    for (tree, lib, old) in [(one, Some("one"), Some("old")), (two, Some("two"), None), (one, Some("one"), Some("old"))]
    {
        let mut workspace = bench.at(tree);
        assert_eq!(file(workspace.dir(), "vendor/lib/src/lib.c").as_deref(), lib);
        assert_eq!(file(workspace.dir(), "vendor/lib/old.c").as_deref(), old);
        assert_eq!(git_in(workspace.dir(), &["status", "--porcelain"]), "");
        assert_eq!(workspace.verify(&bench.repo(), &super::Spec::default()).unwrap(), []);
    }
    let workspace = bench.at(none);
    assert!(!workspace.dir().join("vendor").exists());
    drop(workspace);
    fs_err::remove_dir_all(&inside).unwrap();
    fs_err::create_dir_all(&inside).unwrap();
    let workspace = bench.at(one);
    assert_eq!(fs_err::read_dir(workspace.dir().join("vendor/lib")).unwrap().count(), 0);
}

#[test]
fn hostile_trees_are_refused() {
    let bench = Bench::new();
    bench.write("x", "[core]\n\tfsmonitor = touch /tmp/never\n");
    bench.tree();
    let blob = bench.git(&["hash-object", "-w", "x"]);
    let inner = mktree(&bench, format!("100644 blob {}\tconfig\0", blob.trim()).as_bytes());
    let tree = mktree(&bench, format!("040000 tree {inner}\t.GIT\0").as_bytes());
    let error = bench.take(tree).update(&bench.repo(), tree, &super::Spec::default()).unwrap_err();
    assert!(matches!(error, crate::workspace::Error::Path(_)), "{error}");
}

fn mktree(bench: &Bench, text: &[u8]) -> crate::digest::ObjectId {
    let program = crate::process::Program::new("git").args(["mktree", "-z"]).dir(bench.user()).input(text);
    let ran = super::hermetic(program).run().unwrap();
    String::from_utf8(ran.stdout).unwrap().trim().parse().unwrap()
}

#[test]
fn only_files_that_are_ours_alone_are_written_in_place() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let bench = Bench::new();
    let names = ["plain", "linked", "closed"];
    for name in names {
        bench.write(name, "a longer text\n");
    }
    let dir = bench.at(bench.tree()).dir().to_owned();
    let at = |name: &str| dir.join(name);
    let inode = |name: &str| fs_err::metadata(at(name)).unwrap().ino();
    let before = names.map(inode);
    let other = bench.cache().join("other");
    fs_err::hard_link(at("linked"), &other).unwrap();
    fs_err::set_permissions(at("closed"), std::fs::Permissions::from_mode(0o600)).unwrap();
    for name in names {
        bench.write(name, "short\n");
    }
    let tree = bench.tree();
    drop(bench.at(tree));
    assert_eq!(listing(&dir), bench.fresh(tree));
    assert_eq!(fs_err::read_to_string(&other).unwrap(), "a longer text\n", "the other name keeps what it had");
    let same: Vec<bool> = names.iter().zip(before).map(|(name, before)| inode(name) == before).collect();
    assert_eq!(same[..2], [true, false]);
    assert_eq!(
        fs_err::metadata(at("closed")).unwrap().permissions(),
        fs_err::metadata(at("plain")).unwrap().permissions()
    );
}

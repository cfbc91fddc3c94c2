//! From wherever git is called: subfolders, linked worktrees, submodules, a bare environment.

use super::Ground;

#[test]
fn from_a_subfolder() {
    let ground = Ground::new("");
    let folder = ground.repo.path().join("d");
    ground.repo.write("d/b", "below\n");
    ground.goes_in(&folder, &["commit", "-q", "-m", "path", "b"], &["HEAD"]);
    ground.repo.write("a", "BAD\n");
    ground.stops_in(&folder, &["commit", "-q", "-a", "-m", "all"]);
    ground.stops_in(&folder, &["commit", "-q", "-m", "path", "../a"]);
}

#[test]
fn from_a_linked_worktree() {
    let ground = Ground::new("");
    ground.repo.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = ground.beside("linked");
    ground.stage("a", "BAD in the first worktree\n");
    fs_err::write(linked.join("a"), "linked\n").unwrap();
    ground.goes_in(&linked, &["commit", "-q", "-a", "-m", "all"], &["HEAD"]);
    fs_err::write(linked.join("d/b"), "BAD\n").unwrap();
    ground.stops_in(&linked.join("d"), &["commit", "-q", "-m", "path", "b"]);
    ground.stops(&["commit", "-q", "-m", "first worktree"]);
}

#[test]
fn a_push_from_a_linked_worktree_and_from_a_bare_repository() {
    let ground = Ground::pushed("");
    ground.repo.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = ground.beside("linked");
    ground.repo.git(&["checkout", "-q", "-b", "bad"]);
    ground.around("a", "BAD\n");
    ground.git_in(&linked.join("d"), &["push", "-q", "origin", "bad"]).fails("grep");
    ground.repo.git(&["clone", "-q", "--mirror", ".", "../bare.git"]);
    ground.install(&ground.beside("bare.git"));
    ground.git_in(&ground.beside("bare.git"), &["push", "-q", "../remote.git", "bad"]).fails("grep");
    ground.seen();
    let run = |args: &[&str]| assert_eq!(ground.repo.run(&linked, "git", args).code, 0);
    fs_err::write(linked.join("a"), "good\n").unwrap();
    run(&["commit", "-q", "-a", "--allow-empty", "--no-verify", "-m", "good"]);
    fs_err::write(linked.join("a"), "better\n").unwrap();
    run(&["commit", "-q", "-a", "--no-verify", "-m", "better"]);
    ground.goes_in(&linked, &["push", "-q", "origin", "side"], &["side"]);
}

/// Nothing that belongs to one working tree serves another.
#[test]
fn commits_in_several_worktrees_at_once() {
    let ground = Ground::new("");
    let folders: Vec<_> = (0..4).map(|n| ground.beside(&format!("at-once-{n}"))).collect();
    for (n, folder) in folders.iter().enumerate() {
        ground.repo.git(&["worktree", "add", "-q", "-b", &format!("side-{n}"), folder.to_str().unwrap()]);
        fs_err::write(folder.join("a"), if n == 2 { "BAD\n".to_owned() } else { format!("{n}\n") }).unwrap();
    }
    // Written once: a script that is written again while git starts it is busy, or empty, which passes.
    let hooks = ground.plain_hooks();
    let commits: Vec<_> = folders
        .iter()
        .map(|folder| {
            let mut command = ground.repo.command(folder, "git");
            // Each hook sees the others at work: only what it says counts here.
            command.args(["-c", &format!("core.hooksPath={}", hooks.display()), "commit", "-q", "-a", "-m", "x"]);
            let piped = std::process::Stdio::piped;
            command.stdout(piped()).stderr(piped()).spawn().unwrap()
        })
        .collect();
    let ended: Vec<_> = commits.into_iter().map(|git| git.wait_with_output().unwrap()).collect();
    let codes: Vec<_> = ended.iter().map(|ended| ended.status.code()).collect();
    let trees = ground.seen();
    let judged: Vec<bool> = folders.iter().map(|folder| trees.contains(&ground.tree_in(folder, "HEAD"))).collect();
    let said = || ended.iter().map(|ended| String::from_utf8_lossy(&ended.stderr)).collect::<Vec<_>>().join("\n---\n");
    assert_eq!(codes, [Some(0), Some(0), Some(1), Some(0)], "{}", said());
    assert_eq!(judged, [true, true, false, true], "{trees:?}\n{}\n{:#?}", said(), ground.runs("pre-commit"));
}

#[test]
fn from_a_submodule() {
    let inner = crate::repo::TestRepo::new();
    let ground = Ground::new("");
    inner.write("gate.toml", super::gate_toml(&ground.repo, ""));
    inner.commit("inner");
    let url = inner.path();
    let add = ["-c", "protocol.file.allow=always", "submodule", "add", "-q", url.to_str().unwrap(), "sub"];
    ground.repo.git(&add);
    ground.repo.git(&["commit", "-q", "--no-verify", "-m", "submodule"]);
    ground.install(&ground.repo.path().join(".git/modules/sub"));
    let gate = ground.repo.path().join(".git/modules/sub/gate");
    let sub = ground.repo.path().join("sub");
    fs_err::write(sub.join("x"), "good\n").unwrap();
    ground.repo.run(&sub, "git", &["add", "x"]);
    let ran = ground.repo.run(&sub, "git", &["commit", "-q", "-m", "inside"]);
    // The submodule's own ledger is new.
    let touched = ground.take("touched");
    assert!(touched.iter().all(|line| !line.starts_with(['<', '>']) || line.contains("modules/sub")), "{touched:?}");
    assert!(gate.exists(), "{ran:?}");
    fs_err::write(sub.join("x"), "BAD\n").unwrap();
    let ran = ground.repo.run(&sub, "git", &["commit", "-q", "-a", "-m", "inside"]);
    ran.fails("grep");
}

#[test]
fn with_almost_no_environment() {
    let ground = Ground::new("");
    let home = format!("HOME={}", ground.repo.home().display());
    let cache = format!("XDG_CACHE_HOME={}", ground.repo.cache().display());
    let commit = |message: &str| {
        let args = ["-i", &home, &cache, "PATH=/usr/bin:/bin", "git", "-c", "user.name=a", "-c", "user.email=b@c"];
        let ran =
            ground.repo.run(&ground.repo.path(), "env", &[&args[..], &["commit", "-q", "-a", "-m", message]].concat());
        ground.assert_untouched();
        ran
    };
    ground.repo.write("a", "BAD\n");
    let ran = commit("bad");
    ran.fails("grep");
    ground.seen();
    ground.repo.write("a", "better\n");
    let ran = commit("good");
    assert_eq!((ran.code, ground.seen()), (0, vec![ground.repo.git(&["rev-parse", "HEAD^{tree}"])]), "{ran:?}");
}

#[test]
fn with_an_index_of_its_own() {
    let ground = Ground::new("");
    ground.stage("a", "BAD, and in the repository's own index\n");
    ground.repo.set_env("GIT_INDEX_FILE", ground.beside("own index"));
    ground.repo.git(&["read-tree", "HEAD"]);
    ground.repo.git(&["rm", "-q", "--cached", "d/b"]);
    ground.commits(&["commit", "-q", "-m", "own"]);
    ground.stops(&["commit", "-q", "-a", "-m", "all"]);
}

/// What git's own variables say of a commit being made must not reach what a check does with git.
#[test]
fn a_checks_own_git_works_on_its_own_repository() {
    let ground = Ground::new(
        "[check.scratch]\non = [\"pre-commit\"]\nrun = '''\nset -e; t=$(mktemp -d); cd $t; git init -q; echo x >x\n\
         git add x; git -c user.name=a -c user.email=b commit -q -m x; test \"$(git ls-files)\" = x; cd /; rm -rf $t'''\n",
    );
    ground.repo.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let linked = ground.beside("linked");
    fs_err::write(linked.join("a"), "linked\n").unwrap();
    ground.goes_in(&linked, &["commit", "-q", "-a", "-m", "all"], &["HEAD"]);
    assert_eq!(super::step(&ground.last("pre-commit"), "scratch")["outcome"], "passed");
}

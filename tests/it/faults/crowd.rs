//! Many runs at once in one repository.

use super::{Running, checkouts, no_panic};
use crate::repo::{TestRepo, assert_untouched};

const RULES: &str = r#"
[check.right]
run = '''test "$(cat files/* | sort -u)" = "$(cat which)" && test "$(cat which)" != bad'''

[check.alone]
run = "mkdir taken && sleep 0.05 && rmdir taken"
"#;

#[test]
fn fifty_runs_are_each_right_and_share_nothing() {
    let repo = TestRepo::new();
    repo.write("gate.toml", RULES);
    let commit = |what: &str| {
        (0..20).for_each(|n| repo.write(format!("files/{n}"), format!("{what}\n")));
        repo.write("which", what);
        repo.commit(what)
    };
    let commits = ["one", "two", "bad", "three"].map(|what| (commit(what), i32::from(what == "bad")));
    repo.write("files/0", "four\n");
    repo.git(&["add", "."]);
    let before = repo.snapshot();
    let mut runs = Vec::new();
    for n in 0..50 {
        let (commit, code) = &commits[n % 4];
        let (args, code): (&[&str], i32) = match n % 5 {
            // A file of another candidate is staged.
            3 => (&["check", "--staged", "--fresh"], 1),
            4 => (&["check", "--all"], 1),
            _ => (&["check", "--fresh", "--commit", commit], *code),
        };
        runs.push((args.join(" "), code, Running::start(&repo, args)));
    }
    for (args, code, run) in runs {
        let ran = run.end();
        no_panic(&ran);
        assert_eq!(ran.code, code, "{args}: {ran:?}");
    }
    assert_untouched(&before, &repo.snapshot(), "fifty runs");
    let log = repo.gate(&["log"]);
    assert_eq!(log.code, 0, "{log:?}");
    assert!(checkouts(&repo) <= 3, "{}", checkouts(&repo));
    let ledger = rusqlite::Connection::open(repo.path().join(".git/gate/ledger.db")).unwrap();
    let answer = |sql: &str| ledger.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(answer("PRAGMA integrity_check"), "ok");
    assert_eq!(answer("SELECT CAST(count(*) AS TEXT) FROM runs"), "50");
}

//! gate is killed at any moment: the next run is right, and ends and removes what was left.

use std::time::{Duration, Instant};

use super::{Running, checkouts, is_alive, names_in, no_panic, own_tmp};
use crate::repo::{TestRepo, assert_untouched};

const RULES: &str = r#"
[[workspace.prepare]]
run = "sh prepare.sh"
inputs = ["prepare.sh"]

[check.right]
run = "sh right.sh"
cleanup = "echo $GATE_STEP >>$HOME/cleaned"

[check.slow]
run = "sh slow.sh"
cleanup = "echo $GATE_STEP >>$HOME/cleaned"
"#;

/// What the tree says of itself holds: every file is of the same candidate, and nothing else is there.
const RIGHT: &str = r#"
echo right >>$HOME/begun
want=$(cat which)
test "$(cat files/* | sort -u)" = "$want" || { echo "files of another candidate"; exit 1; }
test "$(ls files | wc -l)" -eq "$(cat count)" || { echo "more or fewer files"; exit 1; }
test -z "$(git status --porcelain)" || { git status; exit 1; }
test "$(cat made)" = made || { echo "not prepared"; exit 1; }
echo product >product.o
test "$want" != bad
"#;

/// Leaves processes behind that only their mark or their group can tell.
const SLOW: &str = r"
echo slow >>$HOME/begun
mine=$TMPDIR/pids
(sleep 1000 & echo $! | tee -a $HOME/pids >>$mine; wait) & echo $! | tee -a $HOME/pids >>$mine
setsid sh -c 'echo $$ | tee -a $HOME/pids >>$TMPDIR/pids; exec sleep 1000' &
sleep 0.1
# Those of other runs may be others by now.
kill $(cat $mine) 2>/dev/null
exit 0
";

const PREPARE: &str = r"
echo $$ >>$HOME/pids
sleep 0.05
echo made >made
";

/// Two candidates: one good, one bad, with different files.
struct Ground {
    repo: TestRepo,
    tmp: std::path::PathBuf,
    commits: [(String, i32); 2],
}

impl Ground {
    fn new() -> Self {
        let repo = TestRepo::new();
        let tmp = own_tmp(&repo);
        repo.write("gate.toml", RULES);
        repo.write(".gitignore", "made\n*.o\n");
        for (path, text) in [("right.sh", RIGHT), ("slow.sh", SLOW), ("prepare.sh", PREPARE)] {
            repo.write(path, text);
        }
        let commit = |what: &str, count: usize| {
            drop(fs_err::remove_dir_all(repo.path().join("files")));
            (0..count).for_each(|n| repo.write(format!("files/{n}"), format!("{what}\n")));
            repo.write("which", what);
            repo.write("count", count.to_string());
            repo.commit(what)
        };
        let commits = [(commit("good", 90), 0), (commit("bad", 60), 1)];
        Self { repo, tmp, commits }
    }

    fn args(&self, candidate: usize) -> [&str; 4] {
        ["check", "--fresh", "--commit", &self.commits[candidate].0]
    }

    /// A run to its end gives the verdict of this candidate, and leaves nothing.
    #[track_caller]
    fn assert_right(&self, candidate: usize, what: &str) {
        let ran = self.repo.gate(&self.args(candidate));
        no_panic(&ran);
        assert_eq!(ran.code, self.commits[candidate].1, "{what}: {ran:?}");
        let pids = fs_err::read_to_string(self.repo.home().join("pids")).unwrap_or_default();
        let alive: Vec<&str> = pids.lines().filter(|pid| is_alive(pid)).collect();
        assert!(alive.is_empty(), "{what}: alive: {alive:?} {ran:?}");
        drop(fs_err::remove_file(self.repo.home().join("pids")));
        assert_eq!(names_in(&self.tmp), [""; 0], "{what}: temporary files {ran:?}");
        let lines = |name: &str| fs_err::read_to_string(self.repo.home().join(name)).unwrap_or_default();
        for step in ["right", "slow"] {
            let count = |name: &str| lines(name).lines().filter(|line| *line == step).count();
            assert!(count("cleaned") >= count("begun"), "{what}: no cleanup for {step}");
        }
        // One that was killed before its notes had their name leaves an empty file, for an hour: whether whoever made it is
        // dead can't be told before it is locked.
        let notes = names_in(&self.repo.cache().join("gate/runs"));
        let notes: Vec<&String> = notes.iter().filter(|name| !name.starts_with(".new-")).collect();
        assert!(notes.is_empty(), "{what}: notes {notes:?} {ran:?}");
        assert!(checkouts(&self.repo) <= 4, "{what}: {} checkouts", checkouts(&self.repo));
        let left: Vec<String> = names_in(&self.repo.path().join(".git/gate"));
        let known = ["folds", "tools", "ledger.db", "ledger.db-shm", "ledger.db-wal", "logs"];
        assert!(left.iter().all(|name| known.contains(&name.as_str())), "{what}: {left:?}");
    }
}

/// Numbers that look random and are the same every time (xorshift).
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn kill_at_moments(seed: u64, times: usize) {
    let ground = Ground::new();
    let before = ground.repo.snapshot();
    let mut moments = Moments(seed);
    let began = Instant::now();
    ground.assert_right(0, "undisturbed");
    let whole = began.elapsed().as_micros();
    for time in 0..times {
        if moments.next().is_multiple_of(4) {
            // A cold one.
            for pool in names_in(&ground.repo.cache().join("gate")).iter().filter(|name| name.len() == 8) {
                drop(fs_err::remove_dir_all(ground.repo.cache().join("gate").join(pool)));
            }
        }
        let candidate = usize::from(moments.next().is_multiple_of(2));
        let wait = u128::from(moments.next()) % whole;
        let mut gate = Running::start(&ground.repo, &ground.args(candidate));
        std::thread::sleep(Duration::from_micros(u64::try_from(wait).unwrap()));
        gate.0.kill().unwrap();
        let _killed = gate.0.wait().unwrap();
        ground.assert_right(usize::from(moments.next().is_multiple_of(2)), &format!("kill {time} after {wait} us"));
    }
    assert_untouched(&before, &ground.repo.snapshot(), "killed runs");
    let logged = ground.repo.gate(&["log"]);
    assert_eq!((logged.code, logged.stderr.as_str()), (0, ""), "{logged:?}");
}

/// `GATE_KILLS` at build time asks for more.
#[test]
fn at_any_moment() {
    let times = option_env!("GATE_KILLS").map_or(30, |times| times.parse().unwrap());
    kill_at_moments(0x9e37_79b9_7f4a_7c15, times);
}

#[test]
fn while_it_runs_a_prepare_command() {
    let ground = Ground::new();
    ground.repo.write("prepare.sh", "echo $$ >$HOME/pid; sleep 1; while :; do echo late >>made; sleep 0.01; done");
    let commit = ground.repo.commit("a slow prepare");
    let mut gate = Running::start(&ground.repo, &["check", "--commit", &commit]);
    let pid = super::lines_of(&ground.repo.home().join("pid")).remove(0);
    gate.0.kill().unwrap();
    let _killed = gate.0.wait().unwrap();
    ground.assert_right(0, "the next run");
    assert!(!is_alive(&pid), "the prepare command goes on in a checkout that another run has");
}

#[test]
fn a_run_that_needs_nothing_new_clears_up_too() {
    let ground = Ground::new();
    ground.repo.write("slow.sh", "echo $$ >$HOME/pid; exec sleep 1000");
    let commit = ground.repo.commit("sleeps");
    let good = ["check", "--commit", &ground.commits[0].0];
    assert_eq!(ground.repo.gate(&good).code, 0);
    let mut gate = Running::start(&ground.repo, &["check", "--commit", &commit]);
    let pid = super::lines_of(&ground.repo.home().join("pid")).remove(0);
    gate.0.kill().unwrap();
    let _killed = gate.0.wait().unwrap();
    assert!(is_alive(&pid));
    let ran = ground.repo.gate(&good);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(!is_alive(&pid), "{ran:?}");
    assert_eq!(names_in(&ground.tmp), [""; 0]);
}

#[test]
fn a_checkout_is_not_used_before_what_ran_in_it_is_gone() {
    let ground = Ground::new();
    // What is left of the first run takes long to clear up after; the second run must wait for whoever does it.
    ground.repo.write("slow.sh", "echo up >$HOME/up; exec sleep 1000");
    let rules = RULES.replace("echo $GATE_STEP >>$HOME/cleaned\"\n\n[check.slow]", "true\"\n\n[check.slow]");
    let rules = rules.replace("cleanup = \"echo", "cleanup = \"echo dirty >right.sh; sleep 0.5; echo");
    ground.repo.write("gate.toml", rules);
    let commit = ground.repo.commit("sleeps");
    let mut gate = Running::start(&ground.repo, &["check", "--commit", &commit]);
    super::lines_of(&ground.repo.home().join("up"));
    gate.0.kill().unwrap();
    let _killed = gate.0.wait().unwrap();
    let runs: Vec<Running> = (0..3).map(|_| Running::start(&ground.repo, &ground.args(0))).collect();
    for run in runs {
        let ran = run.end();
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

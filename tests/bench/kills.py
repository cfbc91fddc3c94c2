#!/usr/bin/env python3
"""Ends commits at random moments, and looks whether anything of the user's was lost.

    kills.py [--gate PATH] [--rounds 200] [--seed 1] [--fix]

A repository of 300 files gets new staged and unstaged edits for each round, beside an untracked file, an intent-to-add
entry, entries with flags, a deletion, a rename and a stash. `git commit` runs gate by its installed hook, with checks
of 0.2 to 0.4 seconds. At a random moment of that a signal goes to gate, to gate and everything below it, to the group
that git, the hook and gate are in, or to a check. git itself is never killed: what that leaves is git's.

Then every file (content, mode, time), the index, the refs, the stash and the configuration have to be what they were;
or the commit went through, with every check having passed, and they are what a commit makes of them. There is no lock
file, and soon no process. The next commit works, and nothing at all is left of the ended one. In one round of four what is
staged is bad: it never goes through, whatever was ended. With `--fix` the hook mends what is staged: each file is
afterwards as it was or as a fixer mended it, with every unstaged edit; and half of the moments are while it is written.

Prints a line for each signal and target. Exit code 1 if anything was lost. The same seed gives the same rounds, though
not to the microsecond.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

FILES = 300
# How long a process may take to be gone: there is a grace of two seconds, and the machine may be busy.
PATIENCE = 20

# What is sent, and to whom: a moment each, in turn.
SHOTS = [
    ("KILL", "gate"), ("TERM", "gate"), ("KILL", "below"), ("TERM", "group"), ("KILL", "gate"), ("TERM", "gate"),
    ("KILL", "check"), ("TERM", "check"), ("INT", "group"), ("HUP", "gate"),
]

CHECKS = """
[check.words]
files = ["files/**"]
run = "sh words.sh {files}"
on = ["pre-commit"]

[check.whole]
run = "sh whole.sh"
on = ["pre-commit"]

[check.children]
run = "sh children.sh"
on = ["pre-commit"]
"""

FIXERS = """
[hook.pre-commit]
fix = true

[check.first]
files = ["files/**"]
run = "! grep -l MEND-ONE {files}"
fix = "sed -i s/MEND-ONE/mended/ {files}"
on = ["pre-commit"]

[check.second]
files = ["files/**"]
run = "! grep -l MEND-TWO {files}"
fix = "sed -i s/MEND-TWO/mended/ {files}"
on = ["pre-commit"]
"""

SCRIPTS = {
    # Only what is staged is here, and none of it is bad.
    "words.sh": """
sleep 0.2
! grep -l -e BAD -e unstaged "$@" || exit 1
touch "$HOME/passed/words"
""",
    # The checkout is the candidate, and nothing else, whatever happened to the one before.
    "whole.sh": """
test -z "$(git status --porcelain)" || { git status; exit 1; }
! grep -rl unstaged files || exit 1
test "$(ls files | wc -l)" -eq "$(cat count)" || { ls files; exit 1; }
test ! -e product.o || { echo "a product of another run"; exit 1; }
sleep 0.3
echo product >product.o
touch "$HOME/passed/whole"
""",
    # Whoever ends this one only by half leaves a process for longer than anybody waits.
    "children.sh": """
sleep 100 & one=$!
setsid sleep 100 & two=$!
(sleep 100 & echo $! >"$TMPDIR/three"; wait) &
sleep 0.4
kill $one $two $! $(cat "$TMPDIR/three")
touch "$HOME/passed/children"
exit 0
""",
}


def mended(text):
    """What a text may become: either fixer may have been ended."""
    one = lambda text: text.replace(b"MEND-ONE", b"mended")
    two = lambda text: text.replace(b"MEND-TWO", b"mended")
    return [text, one(text), two(text), one(two(text))]


class Loss(Exception):
    """Something is not what it has to be."""


# --- The repository ---------------------------------------------------------------------------------------------------


class Ground:
    def __init__(self, folder, gate, fix):
        self.folder, self.gate, self.fix = Path(folder), os.path.realpath(gate), fix
        self.path, self.home, self.tmp = (self.folder / name for name in ("repository", "home", "tmp"))
        for made in (self.path / "files", self.home / "passed", self.tmp, self.folder / "bin"):
            made.mkdir(parents=True, exist_ok=True)
        (self.folder / "bin/gate").symlink_to(self.gate)
        self.env = {
            "PATH": f"{self.folder}/bin:{Path(shutil.which('git')).parent}:/usr/bin:/bin",
            "HOME": str(self.home),
            "TMPDIR": str(self.tmp),
            "LANG": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            # What only looks does not write.
            "GIT_OPTIONAL_LOCKS": "0",
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "kills"), ("EMAIL", "kills@example.invalid"))},
        }
        self.make()

    def make(self):
        self.git("init", "--quiet", "--initial-branch=main")
        # Its own housekeeping would go on in the background.
        self.git("config", "gc.auto", "0")
        self.git("config", "maintenance.auto", "false")
        rules = CHECKS + (FIXERS if self.fix else "")
        scripts = {**SCRIPTS, "gate.toml": rules, ".gitignore": "*.o\n", "count": f"{FILES}\n", "moved-0": "moves\n"}
        for name, text in scripts.items():
            self.write(name, text)
        for number in range(FILES):
            self.write(f"files/{number}", f"file {number}\n")
        self.commit_all("first")
        self.write("files/0", "stashed\n")
        self.git("stash", "--quiet")
        self.write("new", "to be added\n")
        self.git("add", "--intent-to-add", "new")
        self.git("update-index", "--assume-unchanged", "whole.sh")
        self.git("update-index", "--skip-worktree", "children.sh")
        done = subprocess.run([self.gate, "install"], cwd=self.path, env=self.env, capture_output=True)
        if done.returncode:
            sys.exit(f"gate install: {done.stderr.decode(errors='replace')}")

    def write(self, name, text):
        (self.path / name).write_text(text)

    def git(self, *args, env=None):
        done = subprocess.run(["git", *args], cwd=self.path, env={**self.env, **(env or {})}, capture_output=True)
        if done.returncode:
            raise Loss(f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def commit_all(self, message):
        self.git("add", "-A")
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "-m", message)

    def edit(self, number, chance, bad):
        """New edits, staged and not, for one round. A staged edit takes the place of whatever unstaged ones there were."""
        names = [f"files/{n}" for n in chance.sample(range(FILES), 80)]
        staged, unstaged = names[:60], names[20:]
        mend = "MEND-ONE and MEND-TWO" if self.fix else "no matter"
        for name in staged:
            self.write(name, f"{name}\n1\n2\n3\n4\n5\nround {number}, {mend}\n")
        self.write("files/bad", "BAD\n" if bad else f"fine in round {number}\n")
        self.write("count", f"{FILES + 1}\n")
        self.git("add", "count", "files/bad", *staged)
        self.git("mv", f"moved-{number}", f"moved-{number + 1}")
        if number % 2:
            self.write("toggle", "here\n")
            self.git("add", "toggle")
        elif number:
            self.git("rm", "--quiet", "toggle")
        for name in unstaged:
            path = self.path / name
            path.write_text(f"unstaged {number}\n" + path.read_text())
        self.write("untracked", f"untracked {number}\n")

    def state(self):
        """All that is the user's, and what git says of it."""
        files = {}
        for folder, folders, names in os.walk(self.path):
            if ".git" in folders:
                folders.remove(".git")
            for path in (Path(folder) / name for name in names):
                about = path.lstat()
                files[str(path.relative_to(self.path))] = (path.read_bytes(), about.st_mode, about.st_mtime_ns)
        dot = self.path / ".git"
        with tempfile.TemporaryDirectory(dir=self.folder) as other:
            copy = shutil.copy(dot / "index", other)
            tree = self.git("write-tree", env={"GIT_INDEX_FILE": copy})
        return {
            "files": files,
            "index": self.git("ls-files", "--stage", "-v", "-z"),
            "unstaged": self.git("diff", "--binary"),
            "status": self.git("status", "--porcelain=v2"),
            "staged": self.git("diff", "--cached", "--binary"),
            "tree": tree.decode().strip(),
            "head": self.git("rev-parse", "HEAD").decode().strip(),
            "refs": self.git("for-each-ref") + self.git("stash", "list") + (dot / "HEAD").read_bytes(),
            "settings": (dot / "config").read_bytes(),
            "hooks": {path.name: path.read_bytes() for path in (dot / "hooks").iterdir()},
            "git folder": sorted(path.name for path in dot.iterdir() if path.name not in ("gate", "COMMIT_EDITMSG")),
        }

    def processes(self):
        """Everything that was started here: by the home that only this folder has."""
        mark = f"HOME={self.home}\0".encode()
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            try:
                if mark in Path(f"/proc/{pid}/environ").read_bytes():
                    yield pid
            except OSError:
                continue

    def locks(self):
        """Files that lock by being there. gate's own lock by being held, and fall with their process."""
        found = (path.relative_to(self.path) for path in self.path.glob(".git/**/*.lock"))
        return [str(path) for path in found if path.parts[:2] != (".git", "gate")]

    def passed(self):
        return {path.name for path in (self.home / "passed").iterdir()}


# --- Looking ----------------------------------------------------------------------------------------------------------


def first_difference(one, other):
    if isinstance(one, dict):
        names = [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
        return ", ".join(f"{name}: {one.get(name)!r} -> {other.get(name)!r}" for name in names[:2]) + f" ({len(names)})"
    pairs = [(a, b) for a, b in zip(one.splitlines(), other.splitlines()) if a != b]
    return f"{pairs[:2]!r} ({len(pairs)}), {len(one)} and {len(other)} long"


def same(before, after, but=()):
    for key, value in before.items():
        if key not in but and value != after[key]:
            detail = first_difference(value, after[key]) if isinstance(value, (dict, bytes)) else f"{value} -> {after[key]}"
            raise Loss(f"{key} changed: {detail[:600]}")


def as_mended(ground, before, after):
    """What mending may have changed, up to the moment when it was ended: files and their entries, each by itself."""
    for name in {*before["files"], *after["files"]}:
        was, now = before["files"].get(name), after["files"].get(name)
        if was == now:
            continue
        if was is None or now is None or now[0] not in mended(was[0]) or now[1] != was[1]:
            raise Loss(f"{name}: {was!r} -> {now!r}"[:600])
    entries = lambda state: dict(reversed(entry.split(b"\t", 1)) for entry in state["index"].split(b"\0") if entry)
    old, new = entries(before), entries(after)
    if old.keys() != new.keys():
        raise Loss(f"entries of the index: {old.keys() ^ new.keys()}")
    for name in (name for name in old if old[name] != new[name]):
        (*was, blob, stage), (*now, other, stage_now) = old[name].split(), new[name].split()
        read = lambda blob: ground.git("cat-file", "blob", blob.decode())
        if (was, stage) != (now, stage_now) or read(other) not in mended(read(blob)):
            raise Loss(f"entry {name}: {old[name]} -> {new[name]}")


# What changes with the files and their entries.
MENDABLE = ("files", "index", "unstaged", "staged", "status", "tree")


def untouched(ground, before, after):
    if not ground.fix:
        return same(before, after)
    same(before, after, but=MENDABLE)
    as_mended(ground, before, after)


def committed(ground, before, after):
    """Exactly what a commit changes."""
    parent = ground.git("rev-parse", "HEAD^").decode().strip()
    if parent != before["head"] or after["staged"]:
        raise Loss(f"no commit on top of what there was, or not of all that was staged: {after['staged'][:300]}")
    same(before, after, but=("head", "refs", "status", "staged", *(MENDABLE if ground.fix else ())))
    if ground.fix:
        as_mended(ground, before, after)
        if b"MEND" in ground.git("grep", "-h", "-e", "MEND-", "-e", "^round", "HEAD", "--", "files"):
            raise Loss("what was committed is not mended")
    tree = ground.git("rev-parse", "HEAD^{tree}").decode().strip()
    if tree != after["tree"]:
        raise Loss("what was committed is not what was staged")
    main = lambda state: [line for line in state["refs"].splitlines() if b"refs/heads/main" not in line.split()]
    if main(before) != main(after):
        raise Loss(f"refs: {first_difference(before['refs'], after['refs'])}")


def gone(ground):
    """Waits until no process is left."""
    until = time.monotonic() + PATIENCE
    while left := list(ground.processes()):
        if time.monotonic() > until:
            names = [Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ") for pid in left]
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            raise Loss(f"processes: {names}")
        time.sleep(0.02)


# --- One round --------------------------------------------------------------------------------------------------------


def start(ground):
    shutil.rmtree(ground.home / "passed")
    (ground.home / "passed").mkdir()
    said = open(ground.folder / "said", "wb")
    return subprocess.Popen(["git", "commit", "-m", "round"], cwd=ground.path, env=ground.env, stdin=subprocess.DEVNULL,
                            stdout=said, stderr=said, start_new_session=True)


def said(ground):
    return (ground.folder / "said").read_text(errors="replace")


def children(pid):
    try:
        return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return []


def below(pid):
    found = [pid]
    for one in found:
        found.extend(children(one))
    return found


def is_gate(ground, pid):
    try:
        return os.readlink(f"/proc/{pid}/exe") == ground.gate and b"hook" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def gate_of(ground, commit):
    """The process of gate that git started, as soon as it is there."""
    while commit.poll() is None:
        for pid in below(commit.pid):
            if is_gate(ground, pid):
                return pid
    return None


def targets(commit, gate, target, chance):
    """Whom a signal goes to; nobody if there is none any more."""
    if target == "gate":
        return [gate]
    if target == "below":
        return below(gate)
    if target == "group":
        return [-commit.pid]
    while commit.poll() is None:
        groups = sorted({group(pid) for pid in below(gate)[1:] if is_alive(pid)} - {commit.pid, gate, None})
        if groups:
            return [-chance.choice(groups)]
    return []


def is_alive(pid):
    """Whether it is more than a process that ended and waits for gate to see it."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False


def group(pid):
    try:
        return os.getpgid(pid)
    except OSError:
        return None


def writing(ground, commit):
    """Waits until the user's index or a file is written to."""
    watched = [ground.path / ".git/index", *(ground.path / "files").iterdir()]
    times = lambda: [path.stat().st_mtime_ns for path in watched]
    before = times()
    while commit.poll() is None and before == times():
        pass


def shoot(ground, commit, shot, wait, chance):
    """Sends a signal after a while: whether anybody was there to get it."""
    name, target = shot
    gate = gate_of(ground, commit)
    if ground.fix and target != "check" and chance.random() < 0.5:
        # The moments that matter most are few.
        writing(ground, commit)
        wait = chance.random() * 0.004
    time.sleep(wait)
    hit = False
    for pid in targets(commit, gate, target, chance) if gate and commit.poll() is None else []:
        try:
            os.kill(pid, getattr(signal, f"SIG{name}"))
            hit = True
        except ProcessLookupError:
            continue
    return hit


def finish(commit):
    try:
        return commit.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        raise Loss("git commit does not come back") from None


def whole(ground, wanted, before):
    """A commit that nobody ends."""
    began = time.monotonic()
    code = finish(start(ground))
    seconds = time.monotonic() - began
    if (code == 0) != wanted:
        raise Loss(f"the next commit {'fails' if code else 'goes through'}: {said(ground)}")
    after = ground.state()
    (committed if wanted else untouched)(ground, before, after)
    gone(ground)
    left = [*ground.locks(), *os.listdir(ground.tmp)]
    if left:
        raise Loss(f"left behind after the next commit: {left}")
    return seconds


def one_round(ground, number, shot, chance, span):
    """Ends one commit, and lets the next one be: what came of the first."""
    bad = chance.random() < 0.25
    wait = chance.random() * span
    if chance.random() < 0.15:
        shutil.rmtree(ground.home / ".cache", ignore_errors=True)
    ground.edit(number, chance, bad)
    before = ground.state()
    commit = start(ground)
    hit = shoot(ground, commit, shot, wait, chance)
    code = finish(commit)
    after = ground.state()
    through = before["head"] != after["head"]
    if ground.locks():
        raise Loss(f"lock files: {ground.locks()}")
    if through:
        if bad or ground.passed() != {"words", "whole", "children"}:
            raise Loss(f"went through with only {ground.passed()} passed")
        committed(ground, before, after)
    elif code == 0:
        raise Loss("git says that it committed, and did not")
    else:
        untouched(ground, before, after)
    # Of a gate that was killed the next one clears up.
    if shot[0] != "KILL" or shot[1] == "check":
        gone(ground)
    if not through:
        if bad:
            whole(ground, False, after)
            ground.write("files/bad", f"mended by hand in round {number}\n")
            ground.git("add", "files/bad")
        whole(ground, True, ground.state())
    else:
        gone(ground)
    return "missed" if not hit else "went through" if through else "refused"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fix", action="store_true")
    args = parser.parse_args()
    gate = shutil.which(args.gate) or sys.exit(f"{args.gate} is not there")
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        # That nohup has it ignored is inherited, a handler is not.
        signal.signal(signal.SIGHUP, lambda *_: None)
    chance = random.Random(args.seed)
    counts, losses = {shot: Counter() for shot in SHOTS}, 0
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        ground = Ground(folder, gate, args.fix)
        try:
            # The second one is like those that follow.
            for number in range(2):
                ground.edit(number, chance, bad=False)
                span = whole(ground, True, ground.state())
        except Loss as loss:
            gone_or_not(ground)
            sys.exit(f"a commit that nobody ends: {loss}\n{said(ground)}")
        for number in range(2, args.rounds + 2):
            shot = SHOTS[(number - 2) % len(SHOTS)]
            try:
                counts[shot][one_round(ground, number, shot, chance, span)] += 1
            except Loss as loss:
                losses += 1
                counts[shot]["LOST"] += 1
                print(f"round {number}, {' to '.join(shot)}: {loss}\n{said(ground)}", flush=True)
                # What comes next begins with everything committed.
                gone_or_not(ground)
        checked = ground.git("fsck", "--no-dangling", "--no-progress").decode()
        if checked:
            losses += 1
            print(f"git fsck: {checked}")
        gone_or_not(ground)
    for (name, target), count in sorted(counts.items()):
        print(f"{name:4} to {target:5} {sum(count.values()):4} times: "
              + ", ".join(f"{what} {often}" for what, often in sorted(count.items())))
    print(f"{args.rounds} commits ended, {losses} losses")
    sys.exit(1 if losses else 0)


def gone_or_not(ground):
    """Ends what is left, and leaves the repository as the next round needs it."""
    for pid in ground.processes():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    for lock in ground.locks():
        (ground.path / lock).unlink()
    for file in ground.tmp.iterdir():
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    ground.commit_all("what a loss left")
    for number in range(FILES):
        ground.write(f"files/{number}", f"file {number}\n")
    ground.git("add", "-A")
    ground.git("commit", "--quiet", "--no-verify", "--allow-empty", "-m", "as at first")


if __name__ == "__main__":
    main()

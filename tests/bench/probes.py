#!/usr/bin/env python3
"""Situations in which hook managers check the wrong thing, or lose somebody's work: gate beside prek, pre-commit,
lefthook and hk.

    probes.py [--gate PATH] [--only ROW...] [--tools TOOL...] [--many 1800]

Each probe makes a repository of its own, installs the manager's hooks the way its users do, and lets real git commit or
push. Nothing of the machine's configuration is seen. Where the probe is about a refusal, a harmless commit or push has
to go through the same hook first, and it counts as refused only if the check itself said no.

Prints one table, a row for each probe and a column for each manager, and whether gate was right. What gate said is
printed below for every row where it was wrong. Exit code 1 if there is one. Managers that are not there are left out.
"""

import argparse
import os
import pty
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import time
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path

# How long anything may take. The machine may be busy.
PATIENCE = 120


# --- One repository, and what is done in it ---------------------------------------------------------------------------


@dataclass
class Check:
    """A check as every manager can be told it: a shell line, for the .txt files or for all, with or without their names."""

    line: str
    stage: str = "pre-commit"
    only_txt: bool = True
    names: bool = True


@dataclass
class Ran:
    code: int
    text: str
    seconds: float
    # It did not end by itself.
    hung: bool


class Scene:
    """A folder with a repository, a bare one that it is pushed to, a home, and the programs that are in PATH."""

    def __init__(self, folder, tool):
        self.folder = Path(folder)
        self.tool = tool
        self.path, self.home, self.bin = (self.folder / name for name in ("repository", "home", "bin"))
        for made in (self.path, self.home, self.bin, self.folder / "tmp"):
            made.mkdir()
        (self.bin / tool.name).symlink_to(tool.program)
        self.env = {
            "PATH": f"{self.bin}:{Path(shutil.which('git')).parent}:/usr/bin:/bin",
            "HOME": str(self.home),
            "TMPDIR": str(self.folder / "tmp"),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            # A submodule is cloned from a folder.
            "GIT_ALLOW_PROTOCOL": "file",
            **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "probe"), ("EMAIL", "probe@example.invalid"))},
        }
        self.said = []
        self.seen_file, self.failed_file = self.folder / "seen", self.folder / "failed"
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.folder / "remote"))
        self.git("remote", "add", "origin", str(self.folder / "remote"))

    # Files.

    def write(self, name, text):
        path = os.path.join(os.fsencode(self.path), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def read(self, name):
        with open(os.path.join(os.fsencode(self.path), os.fsencode(name)), "rb") as file:
            return file.read()

    # Programs.

    def run(self, args, terminal=False, patience=PATIENCE, cwd=None):
        """Runs a program. What it leaves running may hold its output, so that goes to a file or a terminal, not a pipe."""
        began = time.monotonic()
        with tempfile.TemporaryFile(dir=self.folder) as out:
            if terminal:
                master, slave = pty.openpty()
                reader = threading.Thread(target=drain, args=(master, out), daemon=True)
                reader.start()
                streams = {"stdin": slave, "stdout": slave, "stderr": slave}
            else:
                streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out}
            child = subprocess.Popen(
                args, cwd=cwd or self.path, env=self.env, start_new_session=True,
                preexec_fn=(lambda: ioctl(0, termios.TIOCSCTTY, 0)) if terminal else None, **streams,
            )
            ended = 0
            while not ended and time.monotonic() - began < patience:
                ended, status = os.waitpid(child.pid, os.WNOHANG)
                time.sleep(0 if ended else 0.005)
            seconds, hung = time.monotonic() - began, not ended
            if hung:
                self.end_all()
                _, status = os.waitpid(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if terminal:
                self.end_all()
                os.close(slave)
                reader.join(5)
                os.close(master)
            out.seek(0)
            text = out.read(1_000_000).decode(errors="replace")
        self.said.append(f"$ {shlex.join(map(printable, args))}\n{text}")
        return Ran(child.returncode, text, seconds, hung)

    def git(self, *args, cwd=None):
        """Runs git where it is to succeed."""
        done = subprocess.run(["git", *args], cwd=cwd or self.path, env=self.env, capture_output=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Broken(f"git {' '.join(map(printable, args))}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape")

    def end_all(self):
        """Ends what was started here and is still running: by the home that only this scene has."""
        mark = f"HOME={self.home}\0".encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if mark in Path(f"/proc/{pid}/environ").read_bytes():
                    os.kill(int(pid), signal.SIGKILL)
            except OSError:
                continue

    # Checks, and what became of them.

    def script(self, text):
        """The line that runs a script which lies outside the repository."""
        path = self.folder / f"check{len(list(self.folder.glob('check*')))}.sh"
        path.write_text(f"seen={shlex.quote(str(self.seen_file))}\nfailed={shlex.quote(str(self.failed_file))}\n{text}")
        return f"sh {path}"

    def under(self, check, files=()):
        """Puts the repository under the manager, with one check, and lets a harmless commit or push through it."""
        for name, text in {**self.tool.settings(check), "first.txt": "fine\n", **dict(files)}.items():
            self.write(name, text)
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", "first")
        self.git("push", "--quiet", "origin", "main")
        # As a clone has it.
        self.git("remote", "set-head", "origin", "main")
        self.tool.install(self, check.stage)
        self.write("harmless.txt", "fine\n")
        self.git("add", "harmless.txt")
        ran = self.run(["git", "commit", "-m", "harmless"])
        if check.stage == "pre-push":
            ran = self.run(["git", "push", "origin", "main"])
        if ran.code:
            raise Broken("refuses what is harmless")
        self.forget()

    def forget(self):
        for file in (self.seen_file, self.failed_file):
            file.unlink(missing_ok=True)

    def seen(self):
        """The names that the check was given."""
        return [name for name in self.seen_file.read_bytes().split(b"\0")[:-1]] if self.seen_file.exists() else None

    def outcome(self, went_through):
        """What happened to something bad, in a word or two."""
        if went_through:
            return "not checked" if self.seen() is None else "through"
        return "refused" if self.failed_file.exists() else "blocked, unseen"

    def commit(self, *args):
        """Commits through the hook: what happened to it."""
        before = self.git("rev-parse", "HEAD")
        self.run(["git", "commit", "-m", "probe", *args])
        return self.outcome(before != self.git("rev-parse", "HEAD"))

    def push(self, *refs, options=()):
        """Pushes through the hook: what happened to the last ref."""
        self.run(["git", "push", *options, "origin", *refs])
        source, _, there = refs[-1].partition(":")
        there = there or f"refs/heads/{source}"
        at = self.git("ls-remote", "origin", there).split("\t")[0]
        return self.outcome(at == self.git("rev-parse", source).strip())

    def branch(self, name, files):
        """A branch off main with one commit, which the hook does not see."""
        self.git("checkout", "--quiet", "-B", name, "main")
        self.sneak(files)

    def sneak(self, files):
        for path, text in files.items():
            self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "--quiet", "--no-verify", "-m", "around the hook")


class Broken(Exception):
    """A probe that could not be made."""


def drain(master, out):
    try:
        while chunk := os.read(master, 65536):
            out.write(chunk)
    except OSError:
        pass  # The last one has closed the terminal.


def printable(text):
    return os.fsdecode(text).encode("utf-8", "replace").decode()


# --- The managers -----------------------------------------------------------------------------------------------------


class Tool:
    def __init__(self, name, program):
        self.name, self.program = name, program

    def settings(self, check):
        """The files that tell it the check."""
        raise NotImplementedError

    def install(self, scene, stage):
        self.call(scene, "install")

    def call(self, scene, *args):
        if scene.run([self.name, *args]).code:
            raise Broken("can't be installed")

    def everything(self):
        """The command that checks all files."""
        raise NotImplementedError


class Gate(Tool):
    def settings(self, check):
        line = check.line + (" {files}" if check.names else "")
        files = '["**/*.txt"]' if check.only_txt else '["**"]'
        return {"gate.toml": f"[check.probe]\nfiles = {files}\nrun = '{line}'\non = ['{check.stage}']\n"}

    def everything(self):
        return [self.name, "check", "--all", "--stage", "pre-commit"]


class PreCommit(Tool):
    """pre-commit, and prek, which reads the same file."""

    def settings(self, check):
        files = r", files: '\.txt$'" if check.only_txt else ""
        return {".pre-commit-config.yaml":
                "repos:\n- repo: local\n  hooks:\n  - {id: probe, name: probe, language: system, entry: '" + check.line
                + f"', pass_filenames: {str(check.names).lower()}, stages: [{check.stage}]{files}" + "}\n"}

    def install(self, scene, stage):
        self.call(scene, "install", "--hook-type", stage)

    def everything(self):
        return [self.name, "run", "--all-files"]


class Lefthook(Tool):
    def settings(self, check):
        names = {"pre-commit": " {staged_files}", "pre-push": " {push_files}"}[check.stage] if check.names else ""
        glob = '\n    glob: "*.txt"' if check.only_txt else ""
        return {"lefthook.yml": f"{check.stage}:\n  jobs:\n  - name: probe\n    run: '{check.line}{names}'{glob}\n"}

    def everything(self):
        return [self.name, "run", "pre-commit", "--all-files"]


class Hk(Tool):
    def settings(self, check):
        version = re.search(r"\d+\.\d+\.\d+", subprocess.run([self.program, "--version"], capture_output=True,
                                                             text=True).stdout)[0]
        names = " {{files}}" if check.names else ""
        glob = ' glob = List("**/*.txt")' if check.only_txt else ""
        return {"hk.pkl":
                f'amends "package://github.com/jdx/hk/releases/download/v{version}/hk@{version}#/Config.pkl"\n'
                f'hooks {{ ["{check.stage}"] {{ fix = false; stash = "git"; steps {{\n'
                f'["probe"] {{ check = "{check.line}{names}"{glob} }}\n}} }} }}\n'}

    def everything(self):
        return [self.name, "run", "pre-commit", "--all"]


KINDS = {"gate": Gate, "prek": PreCommit, "pre-commit": PreCommit, "lefthook": Lefthook, "hk": Hk}


def find(name):
    """A manager's own program: not the shim of a version switcher, nor the script that its package was wrapped with."""
    found = shutil.which(name)
    if found is None:
        return None
    is_script = lambda path: Path(path).read_bytes()[:2] == b"#!"
    if is_script(found):
        behind = sorted(Path(found).parent.parent.glob(f"versions/*/bin/{name}"))
        found = str(behind[-1]) if behind else found
    if is_script(found):
        wrapped = sorted(Path(found).parent.parent.glob(f"lib/*/site-packages/{name}/bin/*/{name}"))
        found = str(wrapped[-1]) if wrapped else found
    return os.path.realpath(found)


# --- The probes -------------------------------------------------------------------------------------------------------


@dataclass
class Probe:
    key: str
    title: str
    run: object
    # Whether what happened is what should have: asked of gate only.
    right: object


PROBES = []


def probe(key, title, *right):
    """Adds a probe. `right` is what gate may come to, each a pattern for all of the cell."""
    def add(function):
        PROBES.append(Probe(key, title, function, lambda cell: any(re.fullmatch(one, cell) for one in right)))
        return function
    return add


# No file may say BAD.
CONTENT = """
for file; do
    printf '%s\\0' "$file" >>$seen
    if grep -q BAD "$file"; then echo "$file is bad"; touch $failed; fi
done
test ! -e $failed
"""

# What a file needs has to be there: 'needs NAME'.
NEEDS = """
printf '%s\\0' "$@" >>$seen
grep -h '^needs ' *.txt | while read -r needs name; do
    test -e "$name" || { echo "$name is missing"; touch $failed; }
done
test ! -e $failed
"""


def content(scene, stage="pre-commit", files=()):
    scene.under(Check(scene.script(CONTENT), stage), files)


@probe("two-branches", "push two branches, only the second bad", "refused")
def two_branches(scene, _):
    content(scene, "pre-push")
    scene.branch("good", {"good.txt": "fine\n"})
    scene.branch("bad", {"bad.txt": "BAD\n"})
    scene.git("checkout", "--quiet", "good")
    return scene.push("good", "bad")


@probe("other-branch", "push a bad branch while another is checked out", "refused")
def other_branch(scene, _):
    content(scene, "pre-push")
    # A file that the other branch has too, so that there is something to check.
    scene.branch("bad", {"first.txt": "BAD\n"})
    scene.git("checkout", "--quiet", "main")
    return scene.push("bad")


@probe("fix-unstaged", "push a bad commit, the fix unstaged in the tree", "refused")
def fix_unstaged(scene, _):
    content(scene, "pre-push")
    scene.branch("bad", {"bad.txt": "BAD\n"})
    scene.write("bad.txt", "fine\n")
    return scene.push("bad")


@probe("fix-staged", "push a bad commit, the fix only staged", "refused")
def fix_staged(scene, _):
    content(scene, "pre-push")
    scene.branch("bad", {"bad.txt": "BAD\n"})
    scene.write("bad.txt", "fine\n")
    scene.git("add", "bad.txt")
    return scene.push("bad")


@probe("older-commit", "push an older bad commit (f3~1:refs/heads/f3)", "refused")
def older_commit(scene, _):
    content(scene, "pre-push")
    scene.branch("f3", {"bad.txt": "BAD\n"})
    scene.sneak({"bad.txt": "fine\n"})
    return scene.push("f3~1:refs/heads/f3")


def needs(scene, stage, only_txt=True):
    check = Check(scene.script(NEEDS), stage, names=False)
    scene.under(check, {"page.txt": "needs other.txt\n", "other.txt": "fine\n"})


@probe("deletion-commit", "commit that only deletes", "refused")
def deletion_commit(scene, _):
    needs(scene, "pre-commit")
    scene.git("rm", "--quiet", "other.txt")
    return scene.commit()


@probe("deletion-push", "push of a commit that only deletes", "refused")
def deletion_push(scene, _):
    needs(scene, "pre-push")
    scene.git("checkout", "--quiet", "-b", "deletes")
    (scene.path / "other.txt").unlink()
    scene.sneak({})
    return scene.push("deletes")


def linked(scene, check):
    """A file becomes a link to what is bad and of another kind."""
    scene.under(check, {"page.txt": "fine\n", "data.bin": "BAD\n"})
    (scene.path / "page.txt").unlink()
    (scene.path / "page.txt").symlink_to("data.bin")
    scene.git("add", "page.txt")
    return scene.commit()


@probe("symlink", "file -> symlink", "refused")
def symlink(scene, _):
    return linked(scene, Check(scene.script(CONTENT)))


@probe("symlink-whole", "file -> symlink, the check without names", "refused")
def symlink_whole(scene, _):
    return linked(scene, Check(scene.script("set -- *.txt\n" + CONTENT), names=False))


@probe("submodule", "submodule bump", "refused")
def submodule(scene, _):
    other = scene.folder / "other"
    other.mkdir()
    scene.git("init", "--quiet", "--initial-branch=main", cwd=other)

    def version(text):
        (other / "part.txt").write_text(text)
        scene.git("add", "-A", cwd=other)
        scene.git("commit", "--quiet", "-m", text, cwd=other)
        return scene.git("rev-parse", "HEAD", cwd=other).strip()

    version("fine\n")
    scene.git("submodule", "--quiet", "add", str(other), "sub")
    line = scene.script("printf '' >>$seen; grep -r BAD sub || exit 0; touch $failed; exit 1\n")
    scene.under(Check(line, only_txt=False, names=False))
    bumped = version("BAD\n")
    scene.git("fetch", "--quiet", cwd=scene.path / "sub")
    scene.git("checkout", "--quiet", bumped, cwd=scene.path / "sub")
    scene.git("add", "sub")
    return scene.commit()


@probe("force-push", "force push after rebase: files", "exact PR diff")
def force_push(scene, _):
    content(scene, "pre-push")
    scene.branch("work", {"work.txt": "fine\n"})
    scene.git("push", "--quiet", "--no-verify", "origin", "work")
    scene.git("checkout", "--quiet", "main")
    scene.sneak({"main.txt": "fine\n"})
    scene.git("push", "--quiet", "--no-verify", "origin", "main")
    scene.git("checkout", "--quiet", "work")
    scene.git("-c", "core.hooksPath=/dev/null", "rebase", "--quiet", "main")
    scene.push("work", options=["--force"])
    given = {name.decode() for name in scene.seen() or ()}
    if given == {"work.txt"}:
        return "exact PR diff"
    if "work.txt" not in given:
        return "not checked"
    return "+ files of main" if given == {"work.txt", "main.txt"} else f"{len(given)} files"


@probe("never-added", "needs a file never added", "fails")
def never_added(scene, _):
    needs(scene, "pre-commit")
    scene.write("new.txt", "needs forgotten.dat\n")
    scene.write("forgotten.dat", "fine\n")
    scene.git("add", "new.txt")
    happened = scene.commit()
    return {"refused": "fails", "through": "passes"}.get(happened, happened)


def named(scene, name):
    content(scene)
    for text, wanted in (("fine\n", "through"), ("BAD\n", "refused")):
        scene.forget()
        scene.write(name, text)
        scene.git("add", "-A")
        happened = scene.commit()
        if wanted == "through" and happened in ("refused", "blocked, unseen"):
            return "blocks commit"
        if happened == "not checked":
            return "never checked, rc 0"
        if os.fsencode(name) not in scene.seen():
            return "wrong name passed"
        if happened != wanted:
            return happened
    return "ok"


@probe("non-utf-8", "non-UTF-8 name", "ok")
def non_utf8(scene, _):
    return named(scene, b"caf\xe9.txt")


@probe("leading-space", "leading space in name", "ok")
def leading_space(scene, _):
    return named(scene, " lead.txt")


@probe("backslash", "backslash in name", "ok")
def backslash(scene, _):
    return named(scene, "back\\slash.txt")


@probe("edits-and-adds", "check that edits and `git add`s, over an unstaged edit", "untouched")
def edits_and_adds(scene, _):
    names = ["one.txt", "two.txt"]
    content(scene, files={name: "line\n" for name in names})
    line = scene.script('for file; do printf . >>$seen; echo LINE >"$file"; git add -- "$file"; done\n')
    scene.sneak(scene.tool.settings(Check(line)))
    edited = b"unstaged\nstaged\n"
    for name in names:
        scene.write(name, "line\nstaged\n")
    scene.git("add", "-A")
    for name in names:
        scene.write(name, edited)
    state = lambda: [(scene.path / name).stat().st_mtime_ns for name in names]
    before, index = state(), scene.git("ls-files", "--stage")
    scene.run(["git", "commit", "-m", "probe"])
    if not scene.seen_file.exists():
        return "not checked"
    texts = [scene.read(name) for name in names]
    gone = sum(b"unstaged" not in text for text in texts)
    if gone:
        return f"{gone} files' edits gone"
    if texts == [edited, edited] and before == state() and index == scene.git("ls-files", "--stage"):
        return "untouched"
    said = "restored" if texts == [edited, edited] else "merged"
    return said + (", fix committed" if scene.git("show", "HEAD:one.txt") == "LINE\n" else "")


@probe("partly-staged", "many partly staged files", r"[\d,]+ kept")
def partly_staged(scene, many):
    content(scene)
    # 105 bytes each: 190 kB of names for 1,800 of them.
    names = [f"folder/{number:05}-{'n' * 88}.txt" for number in range(many)]
    for name in names:
        scene.write(name, "one\n")
    scene.git("add", "-A")
    scene.git("commit", "--quiet", "--no-verify", "-m", "many")
    for name in names:
        scene.write(name, "one\nstaged\n")
    scene.git("add", "-A")
    for name in names:
        scene.write(name, f"one\nstaged\nunstaged in {name}\n")
    happened = scene.commit()
    kept = sum(scene.read(name) == f"one\nstaged\nunstaged in {name}\n".encode() for name in names)
    if happened != "through":
        return happened
    return f"{kept:,} kept" if kept == many else f"{kept:,} kept, {many - kept:,} lost"


def background(scene, terminal):
    scene.under(Check("true", names=False))
    line = scene.script("printf . >>$seen\nsleep 8 &\nexit 0\n")
    scene.sneak(scene.tool.settings(Check(line, names=False)))
    scene.write("page.txt", "fine\n")
    scene.git("add", "-A")
    ran = scene.run(["git", "commit", "-m", "probe"], terminal)
    if scene.seen() is None:
        return "not checked"
    told = ", told" if re.search("leaked", ran.text) else ""
    # Never mind fractions: the machine may be busy.
    return f"{ran.seconds:.1f} s{told}"


@probe("background-child", "check leaves an 8 s child on its pipe", r"[0-5]\.\d s, told")
def background_child(scene, _):
    return background(scene, terminal=False)


@probe("background-child-terminal", "the same, on a terminal", r"[0-5]\.\d s, told")
def background_child_terminal(scene, _):
    return background(scene, terminal=True)


@probe("stdin", "check reads stdin on a terminal", "gets EOF")
def stdin(scene, _):
    scene.under(Check("true", names=False))
    line = scene.script("cat >/dev/null\nprintf . >>$seen\n")
    scene.sneak(scene.tool.settings(Check(line, names=False)))
    scene.write("page.txt", "fine\n")
    scene.git("add", "-A")
    # The time of a run in which the check reads nothing comes on top of five seconds.
    ran = scene.run(["git", "commit", "-m", "probe"], terminal=True, patience=10)
    if ran.hung:
        return "hangs"
    return "not checked" if scene.seen() is None else "gets EOF"


@probe("much-output", "check prints 300 MB: peak memory", r"0\.0\d GB")
def much_output(scene, _):
    scene.under(Check("true", names=False))
    line = scene.script("printf . >>$seen\nyes 'a line of what it says' | head -c 300000000\nexit 0\n")
    scene.sneak(scene.tool.settings(Check(line, names=False)))
    scene.write("page.txt", "fine\n")
    scene.git("add", "-A")
    # A process counts with the memory of the one that it was started from, so that one has to be small.
    peak = scene.folder / "peak"
    measure = ("import os, sys\n_, _, usage = os.wait4(os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ), 0)\n"
               "open(sys.argv[1], 'w').write(str(usage.ru_maxrss))")
    ran = scene.run([sys.executable, "-ISc", measure, str(peak), "git", "commit", "-m", "probe"])
    if scene.seen() is None:
        return "not checked"
    return f"{int(peak.read_text()) * 1024 / 1e9:.2f} GB" + (f" ({ran.seconds:.0f} s)" if ran.seconds > 10 else "")


@probe("sparse", "sparse checkout, all files", "all given")
def sparse(scene, _):
    there, absent = {f"there/{n}.txt": "fine\n" for n in range(3)}, {f"absent/{n}.txt": "fine\n" for n in range(3)}
    content(scene, files={**there, **absent})
    scene.git("sparse-checkout", "set", "there")
    # Others than those that the harmless commit may have been checked with.
    scene.forget()
    scene.run(scene.tool.everything())
    given = {name.decode() for name in scene.seen() or ()}
    if not given >= set(there):
        return "not checked"
    return "all given" if given >= set(absent) else "absent files silently dropped"


# --- The table --------------------------------------------------------------------------------------------------------


def made(one, tool, many):
    """What happened, and what the manager said."""
    with tempfile.TemporaryDirectory(prefix="probe-") as folder:
        scene = Scene(folder, tool)
        try:
            return one.run(scene, many), scene.said
        except Broken as broken:
            return str(broken).split("\n")[0], scene.said
        finally:
            scene.end_all()


def table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--only", nargs="+", metavar="ROW", choices=[one.key for one in PROBES], default=[])
    parser.add_argument("--tools", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--many", type=int, default=1800)
    args = parser.parse_args()
    tools = []
    for name in args.tools:
        program = find(args.gate if name == "gate" else name)
        if program is None:
            print(f"{name} is not there, and left out")
            if name == "gate":
                sys.exit(2)
            continue
        tools.append(KINDS[name](name, program))
    rows, wrong = [["probe", *(tool.name for tool in tools), "gate is"]], []
    for one in PROBES:
        if args.only and one.key not in args.only:
            continue
        cells, verdict = [], "-"
        for tool in tools:
            cell, said = made(one, tool, args.many)
            cells.append(cell)
            if tool.name == "gate":
                verdict = "right" if one.right(cell) else "WRONG"
                wrong += [] if one.right(cell) else [(one.key, cell, said)]
        title = f"{one.title} ({args.many:,})" if one.key == "partly-staged" else one.title
        rows.append([title, *cells, verdict])
        print(f"{one.key}: {verdict}", file=sys.stderr, flush=True)
    print(table(rows))
    for key, cell, said in wrong:
        print(f"\n{key}: {cell}\n" + "\n".join(said[-3:]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Small changes whose effect is known, judged by what selects and caches by packages: gate beside Turborepo, Nx and moon.

    battery.py [--gate PATH] [--bin DIR] [--only ROW...] [--tools TOOL...]

Every row has a repository of its own for each tool: packages `a`, `b` which depends on `a`, and `c`; the task of each
prints what it reads. DIR holds the programs `turbo`, `nx` and `moon` (`npm install turbo nx @moonrepo/cli`, then
`node_modules/.bin`); those that are not there are left out.

The first table is about what a tool says is affected: exactly the packages whose task can see the change. The second is
about results that are reused. There nothing is expected by hand: the task of each package is run before the change, after
it with what the tool reuses, and after it with nothing reused. A package that is not run although its output differs is a
`false hit`; one that is run although it doesn't is `needless`.

Exit code 1 where gate is wrong in any row: a package missed, a false hit, or a needless run that the row does not allow.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

PATIENCE = 180
ALL = frozenset("abc")

RUN = r"""
const fs = require('fs'), path = require('path');
const here = path.basename(process.cwd());
const read = name => { try { return fs.readFileSync(name, 'utf8'); } catch { return '-'; } };
const mode = name => { try { return (fs.statSync(name).mode & 0o111) ? 'x' : 'f'; } catch { return '-'; } };
const wait = read('wait').trim();
if (wait !== '-') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(wait));
const deps = here === 'b' ? ['../a/in.txt'] : [];
const said = [process.argv.slice(2).join('+'), process.env.FOO || '-', read('../../shared.txt'), read('.env'),
  ...fs.readdirSync('.').filter(name => name.endsWith('.txt')).sort().map(name => name + '=' + read(name) + mode(name)),
  ...deps.map(read), path.basename(process.execPath), process.version, process.env.NODE_MARK || '-', lock(here)];
function lock(here) {
  const lock = JSON.parse(read('../../package-lock.json')).packages;
  return here === 'c' ? lock['node_modules/other'].version : ['ext', 'trans'].map(name => lock['node_modules/' + name].version);
}
fs.appendFileSync(LOG, JSON.stringify([here, JSON.stringify(said)]) + '\n');
console.log(JSON.stringify(said));
"""


def lock(trans="1.0.0"):
    entry = lambda version, name, **more: {
        "version": version, "resolved": f"https://example.org/{name}-{version}.tgz", "integrity": f"sha512-{name}{version}", **more}
    packages = {
        "": {"name": "root", "workspaces": ["packages/*"]},
        "packages/a": {"version": "1.0.0", "dependencies": {"ext": "^1.0.0"}},
        "packages/b": {"version": "1.0.0", "dependencies": {"a": "*"}},
        "packages/c": {"version": "1.0.0", "dependencies": {"other": "^1.0.0"}},
        "node_modules/a": {"resolved": "packages/a", "link": True},
        "node_modules/b": {"resolved": "packages/b", "link": True},
        "node_modules/c": {"resolved": "packages/c", "link": True},
        "node_modules/ext": entry("1.0.0", "ext", dependencies={"trans": "^1.0.0"}),
        "node_modules/trans": entry(trans, "trans"),
        "node_modules/other": entry("1.0.0", "other"),
    }
    return json.dumps({"name": "root", "lockfileVersion": 3, "requires": True, "packages": packages}, indent=1)


class Scene:
    """One repository for one tool."""

    def __init__(self, tool):
        self.top = Path(tempfile.mkdtemp(prefix="battery-"))
        self.root, self.log = self.top / "repo", self.top / "log"
        (self.top / "home").mkdir()
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(self.top / "home"), "LANG": "C.UTF-8", "TERM": "dumb", "NO_COLOR": "1",
            "XDG_CACHE_HOME": str(self.top / "cache"), "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.org", "TURBO_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1",
            "NX_DAEMON": "false", "NX_TUI": "false", "CI": "1", "MOON_TOOLCHAIN_FORCE_GLOBALS": "true", "NX_NO_CLOUD": "true",
        }
        self.tool, self.args = tool, ["one", "two"]
        self.write("run.js", f"const LOG = {json.dumps(str(self.log))};{RUN}")
        self.write("package.json", json.dumps({"name": "root", "private": True, "packageManager": "npm@10.0.0", "workspaces": ["packages/*"]}))
        self.write("package-lock.json", lock())
        self.write(".gitignore", ".env\nnode_modules\n.turbo\n.nx\n.moon/cache\n")
        for name, deps in (("a", {"ext": "^1.0.0"}), ("b", {"a": "*"}), ("c", {"other": "^1.0.0"})):
            self.write(f"packages/{name}/package.json", json.dumps({"name": name, "version": "1.0.0", "dependencies": deps, "scripts": {"test": self.command()}}))
            self.write(f"packages/{name}/in.txt", f"{name} 1\n")
        self.git("init", "-q", "-b", "main")
        tool.set_up(self)
        self.commit()

    def command(self):
        return " ".join(["node", "../../run.js", *self.args])

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def git(self, *args, at=None):
        done = subprocess.run(["git", *args], cwd=at or self.root, env=self.env, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode:
            raise RuntimeError(f"git {args}: {done.stderr}")
        return done.stdout

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-qm", "x", "--allow-empty")

    def run(self, *args, env=None, at=None):
        return subprocess.run([str(arg) for arg in args], cwd=at or self.root, env={**self.env, **(env or {})}, capture_output=True,
                              text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)

    def said(self):
        """What each task printed since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return dict(json.loads(line) for line in lines)

    def close(self):
        shutil.rmtree(self.top, ignore_errors=True)


# --- The tools --------------------------------------------------------------------------------------------------------


class Gate:
    name = "gate"

    def __init__(self, program):
        self.program = program

    def set_up(self, scene):
        words = json.dumps(scene.command().split(" "))
        scene.write("gate.toml", f'[check.test]\nunits = "npm"\ndir = "{{unit.root}}"\nrun = {words}\n')

    def affected(self, scene, at=None):
        done = scene.run(self.program, "plan", "--format", "json", at=at)
        if done.returncode:
            return f"error {done.returncode}"
        steps = json.loads(done.stdout)["steps"]
        return {step["name"].split(":")[-1] for step in steps if step["decision"] == "run"}

    def test(self, scene, fresh=False, env=None):
        # Compared with nothing: what equals the base would otherwise be left as it is, as nothing is to be judged there.
        done = scene.run(self.program, "check", "--all", *(["--fresh"] if fresh else []), env=env)
        return done.stdout + done.stderr


class Turbo:
    name = "turbo"

    def __init__(self, program):
        self.program = program

    def set_up(self, scene):
        scene.write("turbo.json", json.dumps({"tasks": {"test": {"dependsOn": ["^test"]}}}))

    def affected(self, scene, at=None):
        done = scene.run(self.program, "ls", "--affected", "--output=json", env={"TURBO_SCM_BASE": "main"}, at=at)
        if done.returncode:
            return "error"
        return {package["name"] for package in json.loads(done.stdout)["packages"]["items"]} - {"//"}

    def test(self, scene, fresh=False, env=None):
        done = scene.run(self.program, "run", "test", *(["--force"] if fresh else []), env=env)
        return done.stdout + done.stderr


class Nx:
    name = "nx"

    def __init__(self, program):
        self.program = program

    def set_up(self, scene):
        scene.write("nx.json", json.dumps({"targetDefaults": {"test": {"cache": True, "dependsOn": ["^test"]}}, "analytics": False}))
        modules = scene.root / "node_modules"
        modules.mkdir()
        for name in ("nx",):
            (modules / name).symlink_to(Path(self.program).resolve().parents[2] / name if (Path(self.program).resolve().parents[2] / name).exists() else Path(self.program).parent.parent / name)

    def affected(self, scene, at=None):
        done = scene.run(self.program, "show", "projects", "--affected", "--base=main", "--json", at=at)
        if done.returncode:
            return "error"
        return set(json.loads(done.stdout.strip().splitlines()[-1])) - {"root"}

    def test(self, scene, fresh=False, env=None):
        done = scene.run(self.program, "run-many", "-t", "test", "--output-style=stream", *(["--skip-nx-cache"] if fresh else []), env=env)
        return done.stdout + done.stderr


class Moon:
    name = "moon"

    def __init__(self, program):
        self.program = program

    def set_up(self, scene):
        scene.write(".moon/workspace.yml", "projects: ['packages/*']\nvcs:\n  defaultBranch: main\n  client: git\ntelemetry: false\n")
        for name in "abc":
            deps = "dependsOn: ['a']\n" if name == "b" else ""
            words = json.dumps(scene.command().split(" "))
            scene.write(f"packages/{name}/moon.yml", f"{deps}tasks:\n  test:\n    command: {words}\n    deps: ['^:test']\n")

    def affected(self, scene, at=None):
        done = scene.run(self.program, "query", "projects", "--affected", "--downstream", "deep", env={"MOON_BASE": "main"}, at=at)
        if done.returncode:
            return "error"
        return {project["id"] for project in json.loads(done.stdout)["projects"]}

    def test(self, scene, fresh=False, env=None):
        done = scene.run(self.program, "run", ":test", *(["--force", "--cache", "off"] if fresh else []), env=env)
        return done.stdout + done.stderr


# --- Changes ----------------------------------------------------------------------------------------------------------


@dataclass
class Change:
    name: str
    make: Callable
    # What is affected; `None` for a row of the second table.
    expected: frozenset | None = None
    # Done before the repository is warm or committed.
    before: Callable = lambda scene: None
    env: Callable = lambda scene: {}
    # Packages that may run although nothing differs for them.
    allowed: frozenset = frozenset()


def edit(path, text):
    return lambda scene: scene.write(path, text)


def append(path, text):
    return lambda scene: scene.write(path, (scene.root / path).read_text() + text)


def link(path, to):
    def make(scene):
        (scene.root / path).unlink(missing_ok=True)
        (scene.root / path).symlink_to(to)
    return make


def executable(path):
    return lambda scene: (scene.root / path).chmod(0o755)


def touch(path):
    return lambda scene: os.utime(scene.root / path, (time.time() + 5, time.time() + 5))


def rename(scene):
    scene.write("packages/a/old.txt", "o\n")


def other_node(scene):
    node = shutil.which("node")
    place = scene.top / "bin"
    place.mkdir(exist_ok=True)
    (place / "node").write_text(f"#!/bin/sh\nNODE_MARK=other exec {node} \"$@\"\n")
    (place / "node").chmod(0o755)
    scene.env["PATH"] = f"{place}:{scene.env['PATH']}"


def swapped(scene):
    scene.args = ["two", "one"]
    for name in "abc":
        path = f"packages/{name}/package.json"
        manifest = json.loads((scene.root / path).read_text())
        manifest["scripts"]["test"] = scene.command()
        scene.write(path, json.dumps(manifest))
    scene.tool.set_up(scene) if scene.tool.name in ("gate", "moon") else None


AFFECTED = [
    Change("an edit, unstaged", edit("packages/a/in.txt", "a 2\n"), frozenset("ab")),
    Change("an edit of a dependent", edit("packages/b/in.txt", "b 2\n"), frozenset("b")),
    Change("a new file, untracked", edit("packages/c/new.txt", "n\n"), frozenset("c")),
    Change("a file deleted", lambda scene: (scene.root / "packages/a/in.txt").unlink(), frozenset("ab")),
    Change("a file moved from a to c", lambda scene: scene.git("mv", "packages/a/old.txt", "packages/c/old.txt"), ALL, before=rename),
    Change("a name that is not ASCII", edit("packages/a/f\u00fc\u4e2d.txt", "u\n"), frozenset("ab")),
    Change("a mode", executable("packages/c/in.txt"), frozenset("c")),
    Change("a link that leads elsewhere", link("packages/c/l.txt", "other"), frozenset("c"), before=link("packages/c/l.txt", "in.txt")),
    Change("a new file at the root, read by all", edit("shared.txt", "s\n"), ALL),
    Change("the root script, run by all", append("run.js", "// changed\n"), ALL),
    Change("lock: what a's dependency depends on", edit("package-lock.json", lock("1.0.1")), frozenset("ab")),
    Change("what a link in a leads to, in c", edit("packages/c/in.txt", "c 2\n"), ALL, before=link("packages/a/l.txt", "../c/in.txt")),
]

CACHED = [
    Change("a variable that nobody declares", lambda scene: scene.env.update(FOO="bar")),
    Change("a file at the root that was not there", edit("shared.txt", "s\n")),
    Change("the root script", lambda scene: scene.write("run.js", (scene.root / "run.js").read_text().replace("const said = [", "const said = ['new',"))),
    Change("an ignored .env", lambda scene: [scene.write(f"packages/{name}/.env", "SECRET\n") for name in "abc"]),
    Change("a mode that the task sees", executable("packages/a/in.txt"), allowed=frozenset("b")),
    Change("another node first in PATH", other_node),
    Change("lock: what a's dependency depends on", edit("package-lock.json", lock("1.0.1"))),
    Change("arguments in another order", swapped),
    Change("a time only", touch("packages/a/in.txt")),
    Change("CRLF under text=auto", edit("packages/a/in.txt", "a 1\r\n"), before=edit(".gitattributes", "* text=auto\n"), allowed=frozenset("ab")),
    Change("an edit of c", edit("packages/c/in.txt", "c 2\n")),
]


def told(answer):
    return answer if isinstance(answer, str) else ",".join(sorted(answer)) or "none"


def affected(tool, change):
    scene = Scene(tool)
    try:
        change.before(scene)
        scene.commit()
        change.make(scene)
        answer = tool.affected(scene)
        return told(answer), answer == set(change.expected)
    finally:
        scene.close()


def shallow(tool, with_base):
    """A clone of one commit: what differs can't be told, and is everything or an error."""
    scene = Scene(tool)
    try:
        scene.git("checkout", "-qb", "topic")
        scene.write("packages/c/in.txt", "c 2\n")
        scene.commit()
        clone = scene.top / "clone"
        scene.git("clone", "-q", "--depth=1", "--branch=topic", f"file://{scene.root}", str(clone), at=scene.top)
        if with_base:
            scene.git("fetch", "-q", "--depth=1", "origin", "main:main", at=clone)
        if (scene.root / "node_modules").exists():
            shutil.copytree(scene.root / "node_modules", clone / "node_modules", symlinks=True)
        answer = tool.affected(scene, at=clone)
        return told(answer), isinstance(answer, str) or answer == set(ALL)
    finally:
        scene.close()


def cached(tool, change):
    scene = Scene(tool)
    try:
        change.before(scene)
        scene.commit()
        tool.test(scene)
        warm = scene.said()
        if set(warm) != set(ALL):
            return f"the first run ran {told(set(warm))}", False
        change.make(scene)
        tool.test(scene, env=change.env(scene))
        ran = scene.said()
        tool.test(scene, fresh=True, env=change.env(scene))
        return compare(warm, ran, scene.said(), change.allowed)
    finally:
        scene.close()


def compare(warm, ran, fresh, allowed=frozenset()):
    if set(fresh) != set(ALL):
        return f"a fresh run ran {told(set(fresh))}", False
    missed = {name for name in ALL if name not in ran and fresh[name] != warm[name]}
    needless = {name for name in ran if fresh[name] == warm[name]}
    words = [f"false hit {told(missed)}"] if missed else []
    words += [f"needless {told(needless)}"] if needless else []
    return "; ".join(words) or "ok", not missed and needless <= allowed


def poisoned(tool):
    """A file that is another one while the task runs, and is put back: what the task then read must stand for nothing."""
    scene = Scene(tool)
    try:
        scene.write("packages/c/wait", "3000")
        scene.commit()
        def meddle():
            time.sleep(1.5)
            scene.write("packages/c/in.txt", "c 2\n")
        thread = threading.Thread(target=meddle)
        thread.start()
        tool.test(scene)
        thread.join()
        seen = scene.said()
        scene.write("packages/c/in.txt", "c 1\n")
        tool.test(scene)
        ran = scene.said()
        tool.test(scene, fresh=True)
        return compare(seen, ran, scene.said())
    finally:
        scene.close()


def rows():
    for change in AFFECTED:
        yield "affected", change.name, told(change.expected), lambda tool, change=change: affected(tool, change)
    yield "affected", "one commit, no base", "all or error", lambda tool: shallow(tool, False)
    yield "affected", "two tips, no merge base", "all or error", lambda tool: shallow(tool, True)
    for change in CACHED:
        yield "cached", change.name, "ok", lambda tool, change=change: cached(tool, change)
    yield "cached", "edited while it runs, then back", "ok", poisoned


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gate", default=str(Path(__file__).resolve().parents[2] / "target/release/gate"))
    parser.add_argument("--bin", default="")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--tools", nargs="*", default=["gate", "turbo", "nx", "moon"])
    args = parser.parse_args()
    tools = [Gate(Path(args.gate).resolve())] if "gate" in args.tools else []
    for kind in (Turbo, Nx, Moon):
        found = shutil.which(kind.name, path=args.bin or None)
        if found and kind.name in args.tools:
            tools.append(kind(found))
    wrong, table = [], None
    for half, name, expected, judge in rows():
        if args.only and not any(word in name for word in args.only):
            continue
        if half != table:
            table = half
            print(f"\n| {half} | expected | " + " | ".join(tool.name for tool in tools) + " |")
            print("|---" * (len(tools) + 2) + "|")
        cells = []
        for tool in tools:
            try:
                said, right = judge(tool)
            except Exception as error:  # A tool that can't be asked has not answered.
                said, right = f"no answer: {type(error).__name__} {error}"[:60], False
            cells.append(said if right else f"**{said}**")
            if not right and tool.name == "gate":
                wrong.append(name)
        print(f"| {name} | {expected} | " + " | ".join(cells) + " |", flush=True)
    print(f"\ngate is wrong in {len(wrong)} rows{': ' + ', '.join(wrong) if wrong else ''}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Replays the first-parent history of a real repository through gate, and holds every verdict against the truth.

    replay.py REPOSITORY GATE_TOML --commits 40 --red 12 --truth FOLDER [--gate PATH]

Each commit's tree gets GATE_TOML added, and is judged against its predecessor, one after the other with the ledger
kept, as a main branch would see them. Into some of them a seeded edit is made that breaks something; those are judged
first, and then the commit as it was. The truth of a tree is what its checks say when all of them run, one after the
other, in a folder that holds nothing but the tree and what `prepare` makes there. Truths are kept in FOLDER by tree,
so that a second replay need not find them again. What `prepare` makes is made once for each state of its inputs, and
copied.

Prints a line for each judgement and a summary. Exit code 1 if any verdict differs from the truth.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "replay",
    "GIT_AUTHOR_EMAIL": "replay@example.invalid",
    "GIT_AUTHOR_DATE": "1700000000 +0000",
    "GIT_COMMITTER_NAME": "replay",
    "GIT_COMMITTER_EMAIL": "replay@example.invalid",
    "GIT_COMMITTER_DATE": "1700000000 +0000",
}


class Repository:
    def __init__(self, path, rules):
        self.path = Path(path)
        self.rules = rules

    def git(self, *args, data=None, env=None):
        done = subprocess.run(
            ["git", *args], cwd=self.path, input=data, capture_output=True, env={**os.environ, **IDENTITY, **(env or {})}
        )
        if done.returncode:
            sys.exit(f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def history(self, count):
        return self.git("rev-list", "--first-parent", f"--max-count={count + 1}", "HEAD").split()[::-1]

    def tree_with(self, tree, edits):
        """A tree with some files replaced (bytes) or taken away (None)."""
        with tempfile.TemporaryDirectory() as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self.git("read-tree", tree, env=env)
            lines = []
            for name, content in edits.items():
                if content is None:
                    lines.append(f"0 {'0' * 40}\t{name}")
                else:
                    blob = self.git("hash-object", "-w", "--stdin", data=content)
                    lines.append(f"100644 {blob}\t{name}")
            self.git("update-index", "--index-info", data="\n".join(lines).encode() + b"\n", env=env)
            return self.git("write-tree", env=env)

    def commit(self, tree, parent):
        parents = ["-p", parent] if parent else []
        return self.git("commit-tree", tree, *parents, "-m", "replay")

    def export(self, tree, folder):
        folder.mkdir(parents=True)
        archive = subprocess.Popen(["git", "archive", tree], cwd=self.path, stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive.stdout, check=True)
        if archive.wait():
            sys.exit("git archive failed")


def seeded_edit(repository, tree, chance):
    """An edit that breaks something, in the language of the repository."""
    names = [n for n in repository.git("ls-tree", "-r", "--name-only", tree).split("\n") if '"' not in n]
    kinds = {
        "rs": (r"(^|/)(src|tests|crates)/.*\.rs$", b"\n#[test]\nfn seeded() { panic!(\"seeded\") }\n", b"\nfn seeded( {\n"),
        "py": (r"^(src|tests)/.*\.py$", b"\n\ndef test_seeded():\n    raise AssertionError\n", b"\ndef seeded(:\n"),
        "js": (r"^packages/.*/(lib|test)/.*\.js$", b"\nthrow new Error('seeded');\n", b"\nfunction seeded( {\n"),
    }
    counted = {key: [n for n in names if re.search(kind[0], n)] for key, kind in kinds.items()}
    language = max(counted, key=lambda key: len(counted[key]))
    name = chance.choice(counted[language])
    content = subprocess.run(["git", "show", f"{tree}:{name}"], cwd=repository.path, capture_output=True, check=True).stdout
    kind = chance.randrange(3)
    if kind == 2:
        return name, "deleted", {name: None}
    return name, ["failing", "malformed"][kind], {name: content + kinds[language][1 + kind]}


class Truth:
    """What all checks of a tree say, run from scratch."""

    def __init__(self, repository, folder):
        self.repository = repository
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def of(self, tree):
        kept = self.folder / f"{tree}.json"
        if kept.exists():
            return json.loads(kept.read_text())
        # Of this replay alone: two in one folder would spoil each other's truths.
        work = self.folder / f"work-{os.getpid()}"
        shutil.rmtree(work, ignore_errors=True)
        self.repository.export(tree, work)
        began = time.monotonic()
        results = {}
        prepared = self.prepare(tree, work)
        for name, check in self.repository.rules["check"].items():
            results[name] = prepared and self.run(check, work)
        found = {"passed": all(results.values()), "checks": results, "seconds": time.monotonic() - began}
        kept.write_text(json.dumps(found))
        shutil.rmtree(work, ignore_errors=True)
        return found

    def prepare(self, tree, work):
        for number, prepare in enumerate(self.repository.rules.get("workspace", {}).get("prepare", [])):
            key = hashlib.sha256(json.dumps([number, prepare]).encode())
            for pattern in prepare["inputs"]:
                for path in sorted(work.glob(pattern)):
                    key.update(str(path.relative_to(work)).encode() + path.read_bytes())
            made = self.folder / f"made-{os.getpid()}-{key.hexdigest()[:16]}"
            if not made.exists():
                before = {p.name for p in work.iterdir()}
                if not self.run(prepare, work):
                    return False
                made.mkdir()
                for path in work.iterdir():
                    if path.name not in before:
                        subprocess.run(["cp", "-a", str(path), str(made)], check=True)
            else:
                subprocess.run(["cp", "-a", f"{made}/.", str(work)], check=True)
        return True

    def run(self, command, work):
        line = command["run"] if isinstance(command["run"], str) else " ".join(command["run"])
        if "{files}" in line:
            files = sorted({str(p.relative_to(work)) for g in command["files"] for p in work.glob(g) if p.is_file()})
            line = line.replace("{files}", '"$@"')
        else:
            files = []
        done = subprocess.run(
            ["sh", "-c", line, "sh", *files], cwd=work / command.get("dir", "."), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "CI": "true"},
        )
        return done.returncode == 0


def judge(gate, repository, base, candidate, extra=()):
    began = time.monotonic()
    done = subprocess.run(
        [gate, "check", "--from", base, "--to", candidate, "--format", "json", *extra],
        cwd=repository.path, capture_output=True,
    )
    seconds = time.monotonic() - began
    try:
        document = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"no verdict for {candidate}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.returncode, document, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository")
    parser.add_argument("rules")
    parser.add_argument("--commits", type=int, default=40)
    parser.add_argument("--red", type=int, default=12)
    parser.add_argument("--truth", required=True)
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only-truth", action="store_true")
    args = parser.parse_args()
    text = Path(args.rules).read_bytes()
    repository = Repository(args.repository, tomllib.loads(text.decode()))
    truth = Truth(repository, args.truth)
    chance = random.Random(args.seed)
    history = repository.history(args.commits)
    red = set(chance.sample(range(1, len(history)), args.red))
    decisions, wrong, spent, whole, judged = {}, 0, 0.0, 0.0, 0
    parent = None
    for number, original in enumerate(history):
        tree = repository.tree_with(f"{original}^{{tree}}", {"gate.toml": text})
        candidates = []
        if number in red:
            name, how, edit = seeded_edit(repository, tree, chance)
            candidates.append((f"{how} {name}", repository.tree_with(tree, edit)))
        candidates.append(("as it was", tree))
        commit = None
        for what, candidate_tree in candidates:
            commit = repository.commit(candidate_tree, parent)
            if parent is None:
                continue
            fact = truth.of(candidate_tree)
            if args.only_truth:
                print(f"{number:3} {commit[:10]} {fact['passed']!s:5} {fact['seconds']:6.1f} s  {what}", flush=True)
                continue
            code, document, seconds = judge(args.gate, repository, parent, commit)
            said = document["verdict"] in ("deployable", "mends")
            right = said == fact["passed"] or (document["verdict"] == "mends" and not fact["passed"])
            wrong += not right
            judged += 1
            spent += seconds
            whole += fact["seconds"]
            shares = {}
            for step in document["steps"]:
                shares[step["decision"]] = shares.get(step["decision"], 0) + 1
                decisions[step["decision"]] = decisions.get(step["decision"], 0) + 1
            print(
                f"{number:3} {commit[:10]} {document['verdict']:10} {document['proof'] or '-':8} exit {code} "
                f"{'right' if right else 'WRONG'} {seconds:6.1f} s of {fact['seconds']:6.1f} s {shares} {what}",
                flush=True,
            )
        parent = commit
    if args.only_truth:
        return
    total = sum(decisions.values()) or 1
    shares = ", ".join(f"{key} {value} ({100 * value / total:.0f} %)" for key, value in sorted(decisions.items()))
    print(f"\n{judged} judgements, {wrong} wrong; steps: {shares}")
    print(f"time {spent:.0f} s against {whole:.0f} s for everything from scratch: ratio {spent / max(whole, 1e-9):.2f}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

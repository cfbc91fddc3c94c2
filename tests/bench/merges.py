#!/usr/bin/env python3
"""Merges what real merge commits merged, by gate and by git, and compares what the two come to.

    merges.py REPOSITORY... [--count 300] [--conflicts 30] [--gate PATH]

From each repository's history merge commits of two parents are taken, spread over all of it, so that there are COUNT
in all. Both parents get the same gate.toml on top. What `gate merge-check` judges has to have the very tree that
`git merge` makes in a working tree; where git finds conflicts, gate has to reject the merge and name the same paths.
Where fewer than CONFLICTS of them conflict, more of each history is searched for such ones.

Prints a line for each that differs, and a summary. Exit code 1 if any differs or there were too few of either kind.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RULES = '[main]\nbranches = ["into"]\n\n[check.rules]\ninputs = ["gate.toml"]\nrun = "true"\n'
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "merges"), ("EMAIL", "merges@example.invalid"), ("DATE", "1700000000 +0000"))}
# What both say of histories that have nothing in common.
REFUSED = (None, [])


class Clone:
    """A clone with a working tree of its own, cut off from the machine's configuration."""

    def __init__(self, source, folder, gate):
        self.path, self.gate = Path(folder) / "clone", gate
        self.env = {**IDENTITY, "PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8",
                    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_LFS_SKIP_SMUDGE": "1"}
        subprocess.run(["git", "clone", "--quiet", "--no-checkout", source, self.path], env=self.env, check=True)
        self.rules = self.git("hash-object", "-w", "--stdin", stdin=RULES)

    def run(self, *command, stdin=None):
        return subprocess.run(command, cwd=self.path, env=self.env, input=stdin, capture_output=True, text=True,
                              errors="surrogateescape")

    def git(self, *args, stdin=None):
        ran = self.run("git", *args, stdin=stdin)
        if ran.returncode:
            raise SystemExit(f"git {' '.join(args)}: {ran.stderr}")
        return ran.stdout.rstrip("\n")

    def merges(self):
        lines = self.git("rev-list", "--all", "--merges", "--max-parents=2", "--parents").splitlines()
        return [line.split()[1:] for line in lines]

    def under_gate(self, commit):
        """The commit with gate.toml on top."""
        entries = self.git("ls-tree", "-z", commit).split("\0")
        kept = [entry for entry in entries if entry and not entry.endswith("\tgate.toml")]
        listed = "\0".join([*kept, f"100644 blob {self.rules}\tgate.toml"]) + "\0"
        tree = self.git("mktree", "-z", "--missing", stdin=listed)
        return self.git("commit-tree", tree, "-p", commit, "-m", "under gate")

    def by_git(self, into, other):
        """The tree, or the paths that conflict."""
        self.git("checkout", "--quiet", "--force", "--detach", into)
        self.git("clean", "-ffdqx")
        ran = self.run("git", "merge", "--quiet", "--no-commit", "--no-ff", other)
        unmerged = self.git("ls-files", "--unmerged", "-z").split("\0")
        result = sorted({entry.split("\t", 1)[1] for entry in unmerged if entry})
        if "unrelated histories" in ran.stderr:
            return REFUSED
        if not result and ran.returncode:
            raise SystemExit(f"git merge: {ran.stdout}{ran.stderr}")
        tree = None if result else self.git("write-tree")
        self.run("git", "merge", "--abort")
        return tree, result

    def by_gate(self, into, other):
        ran = self.run(self.gate, "merge-check", "--into", into, "--from", other, "--format", "json")
        if ran.returncode == 3 and "they share no history" in ran.stderr:
            return REFUSED
        if ran.returncode not in (0, 1):
            return None, [f"exit {ran.returncode}: {ran.stderr}"]
        said = json.loads(ran.stdout)
        causes = [finding["cause"] for finding in said["findings"]]
        paths = sorted({cause["path"] for cause in causes if cause["kind"] == "conflict"})
        if (said["verdict"] == "rejected") != bool(paths):
            return None, [f"{said['verdict']} with {paths}"]
        return None if paths else said["candidate"]["tree"], paths


def spread(items, count):
    """So many of them, as far apart as they can be."""
    count = min(count, len(items))
    return [items[at * len(items) // count] for at in range(count)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--conflicts", type=int, default=30)
    parser.add_argument("--gate", default="target/debug/gate")
    args = parser.parse_args()
    gate = str(Path(args.gate).resolve())
    compared = conflicting = wrong = 0
    for at, repository in enumerate(args.repositories):
        with tempfile.TemporaryDirectory() as folder:
            clone = Clone(Path(repository).resolve(), folder, gate)
            merges = clone.merges()
            rest = len(args.repositories) - at
            wanted = spread(merges, -(-(args.count - compared) // rest))
            taken = {tuple(parents) for parents in wanted}
            short = max(0, -(-(args.conflicts - conflicting) // rest))
            more = [parents for parents in merges if tuple(parents) not in taken]
            here = conflicts = 0
            for parents in wanted + more:
                is_extra = tuple(parents) not in taken
                if is_extra and conflicts >= short:
                    break
                if is_extra and clone.run("git", "merge-tree", "--write-tree", *parents).returncode != 1:
                    continue
                into, other = (clone.under_gate(parent) for parent in parents)
                expected, found = clone.by_git(into, other), clone.by_gate(into, other)
                here += 1
                conflicts += bool(expected[1])
                if expected != found:
                    wrong += 1
                    print(f"{repository}: {parents[0]} {parents[1]}: git {expected}, gate {found}")
            print(f"{repository}: {here} of {len(merges)} merges, {conflicts} of them conflict")
            compared, conflicting = compared + here, conflicting + conflicts
    print(f"{compared} compared, {conflicting} conflict, {wrong} differ")
    sys.exit(1 if wrong or compared < args.count or conflicting < args.conflicts else 0)


if __name__ == "__main__":
    main()

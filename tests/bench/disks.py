#!/usr/bin/env python3
"""Commits while a disk is full, and looks whether anything of the user's was lost.

    disks.py [--gate PATH] [--rounds 20] [--seed 1] [--fix]

Mounts small file systems, for which it has to be the superuser: one for temporary files, one for the cache, one for
`.git`, one for the whole repository. Each is filled up in turn, to the last block or to within some kilobytes of it, or
runs out of inodes, before `git commit` or at a random moment of it. The repository, the checks and what is looked at are
those of `kills.py`: every file, the index, the refs, the stash and the configuration are what they were, or the commit
went through with every check having passed. Whoever refuses says that there is no space. With space again, the next
commit works, and nothing is left.

Prints a line for each disk, and what was said. `--rounds` are for each. Exit code 1 if anything was lost.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import kills
from kills import Ground, Loss

# How much room is left, in kilobytes; "inodes": much, and no file can be made.
ROOM = [0, 4, 16, 64, 256, 1024, 2048, "inodes"]
MEGABYTES = {"tmp": 64, "cache": 64, "git": 128, "repository": 128}


class Disk:
    """A small file system."""

    def __init__(self, path, megabytes):
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,nr_inodes=20000", "gate-disks", self.path]
        subprocess.run(mount, check=True)

    def fill(self, room):
        """Leaves so much room, and nothing more."""
        if room == "inodes":
            os.mkdir(self.path / "filler-files")
            try:
                for number in range(100_000):
                    os.close(os.open(self.path / f"filler-files/{number}", os.O_CREAT))
            except OSError:
                return
        with open(self.path / "filler", "wb", buffering=0) as file:
            try:
                while file.write(bytes(1 << 20)):
                    pass
            except OSError:
                pass
            # A write that ends in the middle may leave less than a megabyte.
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                file.truncate(max(0, file.tell() - (room << 10)))

    def empty(self):
        shutil.rmtree(self.path / "filler-files", ignore_errors=True)
        (self.path / "filler").unlink(missing_ok=True)

    def unmount(self):
        subprocess.run(["umount", "--lazy", self.path], check=True)


def one_round(ground, number, disk, room, wait):
    """Commits with a full disk, and again with space: what came of the first, and what was said."""
    ground.edit(number, random.Random(number), bad=False)
    if number % 3 == 0:
        shutil.rmtree(ground.home / ".cache/gate", ignore_errors=True)
    before = ground.state()
    filling = threading.Timer(wait, disk.fill, [room]) if wait else None
    filling.start() if filling else disk.fill(room)
    try:
        code = kills.finish(kills.start(ground))
    finally:
        if filling:
            filling.cancel()
            filling.join()
        disk.empty()
    text = kills.said(ground)
    after = ground.state()
    kills.gone(ground)
    if "panicked" in text or code < 0:
        raise Loss(f"git commit ended with {code}")
    if before["head"] != after["head"]:
        if ground.passed() != {"words", "whole", "children"}:
            raise Loss(f"went through with only {ground.passed()} passed")
        kills.committed(ground, before, after)
        return "went through", text
    if code == 0:
        raise Loss("git says that it committed, and did not")
    kills.untouched(ground, before, after)
    if ground.locks():
        raise Loss(f"lock files: {ground.locks()}")
    # The last is what a shell says for itself.
    if not any(words in text for words in ("No space left", "Out of diskspace", "disk is full", "I/O error")):
        raise Loss("nothing is said of the disk")
    kills.whole(ground, True, ground.state())
    return "refused", text


def rounds(args, name, chance, counts, texts):
    """Every level on one disk, at the beginning and at random moments."""
    losses = 0
    with tempfile.TemporaryDirectory(prefix="disks-") as folder:
        where = {"tmp": "tmp", "cache": "home/.cache", "git": "repository/.git", "repository": "repository"}[name]
        disk = Disk(Path(folder) / where, MEGABYTES[name])
        try:
            ground = Ground(folder, shutil.which(args.gate), args.fix)
            for number in range(2):
                ground.edit(number, chance, bad=False)
                span = kills.whole(ground, True, ground.state())
            for number in range(2, args.rounds + 2):
                room = ROOM[number % len(ROOM)]
                wait = chance.random() * span if number // len(ROOM) % 2 else 0
                try:
                    came, text = one_round(ground, number, disk, room, wait)
                    counts[name][came] += 1
                    texts[name, came].add(first_of(text))
                except Loss as loss:
                    losses += 1
                    counts[name]["LOST"] += 1
                    print(f"{name}, round {number}, {room} left, after {wait:.2f} s: {loss}\n{kills.said(ground)}", flush=True)
                    kills.gone_or_not(ground)
        finally:
            disk.unmount()
    return losses


def first_of(text):
    """The line that says what is wrong."""
    told = [line.strip() for line in text.splitlines() if "pace left" in line or "error" in line or "disk" in line]
    return told[0] if told else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("--only", choices=MEGABYTES)
    args = parser.parse_args()
    shutil.which(args.gate) or sys.exit(f"{args.gate} is not there")
    began, chance, losses = time.monotonic(), random.Random(args.seed), 0
    counts = {name: Counter() for name in MEGABYTES}
    texts = {(name, came): set() for name in MEGABYTES for came in ("refused", "went through")}
    for name in [args.only] if args.only else MEGABYTES:
        losses += rounds(args, name, chance, counts, texts)
    for name, count in counts.items():
        print(f"{name:11}" + ", ".join(f"{what} {often}" for what, often in sorted(count.items())))
        for came in ("refused", "went through"):
            for text in sorted(texts[name, came]):
                print(f"           {came}: {text}")
    print(f"{sum(sum(count.values()) for count in counts.values())} commits, {losses} losses, {time.monotonic() - began:.0f} s")
    sys.exit(1 if losses else 0)


if __name__ == "__main__":
    main()

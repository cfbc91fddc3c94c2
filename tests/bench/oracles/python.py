#!/usr/bin/env python3
"""Compares the imports that gate reads from a Python repository with what Python imports.

    python.py REPOSITORY --python VENV/bin/python [--gate PROGRAM | --graph FILE] [--run] [--jobs N]

Each test file is collected alone by pytest, in a process of its own, with a plugin that tells which files of the
repository were imported by the end; with --run its tests are run, too, which finds imports in functions. Every file that
Python imported has to be among what gate's graph reaches from the test file. What the graph reaches beyond that is counted.

The virtual environment lies inside the repository or elsewhere and has the project (editable) and what its tests need.
Exits 1 if a file was missed, 2 if nothing could be compared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PLUGIN = '''
import json, os, sys

def imported():
    root = os.path.realpath(os.environ["ORACLE_ROOT"]) + os.sep
    found = set()
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and os.path.realpath(file).startswith(root):
            found.add(os.path.relpath(os.path.realpath(file), root))
    return sorted(found)

def pytest_sessionfinish(session):
    with open(os.environ["ORACLE_OUT"], "w") as out:
        json.dump(imported(), out)
'''


def tracked(repository):
    """The files that git tracks."""
    names = subprocess.run(["git", "-C", repository, "ls-files", "-z"], check=True, capture_output=True).stdout
    return {os.fsdecode(name) for name in names.split(b"\0") if name}


def oracle(repository, python, test, run):
    """The files that Python imports for a test file; or None, and what pytest said."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "oracle_plugin.py").write_text(PLUGIN)
        out = Path(folder, "out.json")
        command = [python, "-m", "pytest", "-q", "-p", "oracle_plugin", "-p", "no:cacheprovider", test]
        environment = dict(
            os.environ,
            PYTHONPATH=folder,
            PYTHONDONTWRITEBYTECODE="1",
            ORACLE_ROOT=str(repository),
            ORACLE_OUT=str(out),
        )
        command += [] if run else ["--collect-only"]
        try:
            done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, timeout=600)
        except subprocess.TimeoutExpired:
            return None, "timed out"
        said = (done.stdout + done.stderr).decode(errors="replace")
        # Passed, failed, or no test in it: else the file was not collected whole.
        if done.returncode not in (0, 1, 5) or not out.exists():
            return None, said
        return json.loads(out.read_text()), None


def closure(graph, start):
    """Every file that the graph reaches from one, and whether a module on the way may import anything."""
    seen, pending, is_open = {start}, [start], False
    while pending:
        module = graph.get(pending.pop(), [])
        if isinstance(module, dict):
            is_open = is_open or bool(module.get("open"))
            module = module["imports"]
        for file in module:
            if file not in seen:
                seen.add(file)
                pending.append(file)
    return seen, is_open


def compare(graph, test, imported, everything):
    """What of the imported files the graph misses, and what it has beyond them."""
    reached, is_open = closure(graph, test)
    wanted = set(imported) & everything
    allowed = everything if is_open else reached
    return {
        "missed": sorted(wanted - allowed),
        "missed by imports": sorted(wanted - reached),
        "wanted": len(wanted),
        "reached": len(reached),
        "open": is_open,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--python", required=True, help="the interpreter of a virtual environment")
    parser.add_argument("--gate", default="gate", help="the program whose graph is asked for")
    parser.add_argument("--graph", type=Path, help="a graph that was asked for before")
    parser.add_argument("--run", action="store_true", help="run the tests, too")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.graph:
        text = arguments.graph.read_text()
    else:
        command = [arguments.gate, "unit", "graph", "--files", "--format", "json"]
        text = subprocess.run(command, cwd=arguments.repository, check=True, capture_output=True).stdout
    told = json.loads(text)
    graph = told["files"]
    everything = tracked(arguments.repository)
    patterns = lambda name: name.endswith("_test.py") or (name.startswith("test_") and name.endswith(".py"))
    tests = told.get("tests") or [file for file in sorted(graph) if patterns(file.rsplit("/", 1)[-1])]
    python = os.path.abspath(arguments.python)
    repository = arguments.repository.resolve()
    with ThreadPoolExecutor(arguments.jobs) as pool:
        answers = list(pool.map(lambda test: oracle(repository, python, test, arguments.run), tests))
    compared, missed, by_imports, wanted, reached, is_open = 0, 0, 0, 0, 0, 0
    for test, (imported, said) in zip(tests, answers):
        if imported is None:
            print(f"not compared: {test}: {' '.join(said.split())[-200:]}")
            continue
        found = compare(graph, test, imported, everything)
        compared += 1
        missed += len(found["missed"])
        by_imports += len(found["missed by imports"])
        wanted += found["wanted"]
        reached += found["reached"]
        is_open += found["open"]
        for file in found["missed by imports"]:
            print(f"{'MISSED' if file in found['missed'] else 'only as open'}: {test} imports {file}")
    print(f"test files: {len(tests)}, compared: {compared}")
    print(f"imports by Python: {wanted}; missed: {missed}; reached only because a module is open: {by_imports}")
    print(f"reached by imports: {reached} ({reached / max(wanted, 1):.2f} of Python's); test files that reach an open module: {is_open}")
    return 2 if not compared else 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

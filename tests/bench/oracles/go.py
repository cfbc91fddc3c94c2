"""Compares gate's graph of Go packages with what the go command says.

Usage: go.py [--gate PROGRAM] [--graph FILE] [--go PROGRAM] REPOSITORY...

For each repository a copy of its newest commit is made. In each module and workspace of it `go list -e -deps -test ./...`
runs for several systems, without network: requirements that lead out of the repository are dropped from the copy, since
what they lead to isn't asked about, except where they are vendored. What a package's tests are built from, according to
that, has to be in gate's graph (`gate unit graph --format json`, or FILE). What is missed makes this program fail; what
gate has beyond it is counted, and listed with --list.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SYSTEMS = ["linux", "darwin", "windows"]
FIELDS = "ImportPath,Dir,ForTest,Standard,Imports,Deps,ImportMap"


def records(text):
    """The JSON values that stand one after another in a text."""
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


def go_list(go, folder, system):
    """What the go command says of the packages that patterns find from a folder."""
    environment = {**os.environ, "GOOS": system, "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    # A workspace has no package of its own: each of its modules is asked for.
    patterns = ["./..."]
    if (folder / "go.work").exists():
        work = json.loads(subprocess.check_output([go, "work", "edit", "-json"], cwd=folder, env=environment, text=True))
        patterns = [os.path.join(".", use["DiskPath"], "...") for use in work.get("Use") or []]
        patterns = [pattern if pattern.startswith(".") else "./" + pattern for pattern in patterns]
    command = [go, "list", "-e", "-deps", "-test", f"-json={FIELDS}", *patterns]
    done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
    if not done.stdout:
        print(f"  {folder}: {done.stderr.strip()[:300]}")
    return list(records(done.stdout))


def drop_external(go, root):
    """Drops requirements that no replacement and no workspace leads back into the repository."""
    def edited(*arguments, folder):
        return subprocess.check_output([go, *arguments], cwd=folder, text=True)

    works = [json.loads(edited("work", "edit", "-json", folder=work.parent)) for work in root.rglob("go.work")]
    used = {use.get("ModPath") for work in works for use in work.get("Use") or []}
    # What is vendored is there, and has to agree with the requirements.
    for path in (path for path in root.rglob("go.mod") if not (path.parent / "vendor").exists()):
        module = json.loads(edited("mod", "edit", "-json", folder=path.parent))
        replaced = {its["Old"]["Path"] for its in module.get("Replace") or [] if "Version" not in its["New"]}
        dropped = [its["Path"] for its in module.get("Require") or [] if its["Path"] not in replaced | used]
        dropped = [f"-droprequire={path}" for path in dropped] + [f"-dropreplace={its['Old']['Path']}"
            for its in module.get("Replace") or [] if "Version" in its["New"]]
        if dropped:
            edited("mod", "edit", *dropped, folder=path.parent)


def starts(root):
    """The folders in which the go command is asked: of workspaces, and of modules that are in none."""
    def is_project(path):
        return not {"testdata", "vendor"} & set(path.relative_to(root).parts)

    works = [path.parent for path in sorted(root.rglob("go.work")) if is_project(path)]
    modules = [path.parent for path in sorted(root.rglob("go.mod")) if is_project(path)]
    inside = [module for module in modules if any(module.is_relative_to(work) for work in works)]
    return works + [module for module in modules if module not in inside]


def expected(go, root):
    """Which folders the tests of each folder's package are built from: directly, and in all."""
    direct, whole = {}, {}
    for start in starts(root):
        for system in SYSTEMS:
            listed = go_list(go, start, system)
            inside = {}
            for package in listed:
                folder = pathlib.Path(package.get("Dir") or "/")
                if not package.get("Standard") and folder.is_relative_to(root) and "vendor" not in folder.parts:
                    inside[package["ImportPath"]] = str(folder.relative_to(root))
            for package in listed:
                path = package["ImportPath"]
                # A package that is built anew for the tests of another is part of those tests. The program that runs
                # tests has the path `x.test`, and its sources are nobody's.
                here = inside.get(package.get("ForTest") or path.removesuffix(".test"))
                if here is None:
                    continue
                imports = [(package.get("ImportMap") or {}).get(name, name) for name in package.get("Imports") or []]
                if inside.get(path, here) == here:
                    direct.setdefault(here, set()).update(inside[name] for name in imports if name in inside)
                whole.setdefault(here, set()).update(inside[name] for name in package.get("Deps") or [] if name in inside)
    for graph in (direct, whole):
        for folder, to in graph.items():
            to.discard(folder)
    return direct, whole


def found(graph):
    """The same of gate's graph, and folders that are depended on as such."""
    units = [unit for unit in graph["units"] if unit["kind"] == "go"]
    at = {unit["name"]: unit["root"] for unit in units}
    direct = {unit["root"]: set() for unit in units}
    for edge in graph["edges"]:
        if edge["from"] in at and isinstance(edge["to"], str) and edge["to"] in at:
            direct[at[edge["from"]]].add(at[edge["to"]])
    whole = {}
    for folder in direct:
        seen, todo = set(), [folder]
        while todo:
            for to in direct[todo.pop()] - seen:
                seen.add(to)
                todo.append(to)
        whole[folder] = seen - {folder}
    return direct, whole


def compare(name, ours, theirs, is_listing):
    """Prints one line on a relation; how many pairs are missed."""
    pairs = lambda graph: {(a, b) for a, to in graph.items() for b in to}
    missed, extra = pairs(theirs) - pairs(ours), pairs(ours) - pairs(theirs)
    print(f"  {name}: {len(pairs(theirs))} in go's list, {len(missed)} missed, {len(extra)} beyond it")
    for a, b in sorted(missed):
        print(f"    missed: {a} -> {b}")
    for a, b in sorted(extra) if is_listing else []:
        print(f"    beyond: {a} -> {b}")
    return len(missed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--go", default="go")
    parser.add_argument("--graph", help="gate's graph, instead of asking gate")
    parser.add_argument("--list", action="store_true", help="list what gate has beyond go's list, direct only")
    parser.add_argument("repositories", nargs="+", metavar="REPOSITORY")
    options = parser.parse_args()
    missed = 0
    for repository in options.repositories:
        with tempfile.TemporaryDirectory() as place:
            root = pathlib.Path(place).resolve() / "copy"
            subprocess.run(["git", "clone", "-q", "--shared", repository, root], check=True)
            if options.graph:
                graph = json.loads(pathlib.Path(options.graph).read_text())
            else:
                asked = [options.gate, "unit", "graph", "--format", "json", "--kind", "go"]
                graph = json.loads(subprocess.check_output(asked, cwd=root))
            ours = found(graph)
            drop_external(options.go, root)
            theirs = expected(options.go, root)
            print(f"{repository}: {len(ours[0])} units, {len(theirs[0])} packages")
            for folder in sorted(theirs[0].keys() - ours[0].keys()):
                print(f"    no unit: {folder}")
                missed += 1
            missed += compare("direct", ours[0], theirs[0], options.list)
            missed += compare("in all", ours[1], theirs[1], False)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()

"""Compares gate's graph of npm packages with what their own tools say.

Usage: node.py [--gate PROGRAM] [--graph FILE] [--pnpm PROGRAM] [--yarn PROGRAM] [--berry PROGRAM] [--list] REPOSITORY...

For each repository a copy of its newest commit is made, in which nothing is installed. Which packages a workspace has, and
which of them depend on which, is asked of `npm query .workspace --package-lock-only`, `pnpm ls --recursive --lockfile-only`,
`yarn workspaces info` (yarn 1) or `yarn workspaces list --verbose` (later ones), by the lock file that lies in its root. Of
bun, which has no such command, it is read from the `workspaces` that it writes to its lock file. All of it has to be in
gate's graph (`gate unit graph --format json`, or FILE, for one repository). What is missed makes this program fail; what gate has
beyond it is counted, and listed with --list.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

READ = [
    b".npmrc", b".pnpmfile.cjs", b".yarnrc", b".yarnrc.yml", b"bun.lock", b"lerna.json", b"npm-shrinkwrap.json",
    b"package-lock.json", b"package.json", b"pnpm-lock.yaml", b"pnpm-workspace.yaml", b"yarn.lock",
]
TABLES = ["dependencies", "devDependencies", "optionalDependencies"]
ENVIRONMENT = {
    **os.environ,
    "COREPACK_ENABLE_STRICT": "0",
    "npm_config_manage_package_manager_versions": "false",
    "YARN_IGNORE_PATH": "1",
}


def said(command, folder):
    """What a program prints."""
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, text=True, capture_output=True)
    if done.returncode != 0 and not done.stdout.strip():
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[:500]}")
    return done.stdout


def by_npm(root, arguments):
    """npm tells where each dependency is found; a link there leads to a member."""
    members = json.loads(said(["npm", "query", ".workspace", "--package-lock-only"], root))
    lock = json.loads((root / "package-lock.json").read_text())["packages"]
    links = {key: entry["resolved"] for key, entry in lock.items() if entry.get("link")}
    return {its["location"]: {links[to] for to in its["to"] if to in links} for its in members}


def by_pnpm(root, arguments):
    """pnpm tells the folder of each dependency that is a link."""
    listed = json.loads(said([arguments.pnpm, "ls", "--recursive", "--depth=0", "--json", "--lockfile-only"], root))
    if "error" in listed:
        raise RuntimeError(f"pnpm: {listed['error']['message']}")
    found = {}
    for its in listed:
        folder = os.path.relpath(its["path"], root)
        dependencies = [one for table in TABLES for one in its.get(table, {}).values()]
        links = {one["version"].removeprefix("link:") for one in dependencies if one["version"].startswith("link:")}
        found[folder] = {os.path.normpath(os.path.join(folder, link)) for link in links}
    return found


def by_yarn(root, arguments):
    """yarn 1 tells names."""
    text = said([arguments.yarn, "--silent", "workspaces", "info", "--json"], root)
    listed = json.loads(text)
    folders = {name: its["location"] for name, its in listed.items()}
    return {its["location"]: {folders[name] for name in its["workspaceDependencies"]} for its in listed.values()}


def by_berry(root, arguments):
    """Later ones tell folders."""
    lines = said([arguments.berry, "workspaces", "list", "--json", "--verbose"], root).splitlines()
    listed = [json.loads(line) for line in lines if line.startswith("{")]
    return {its["location"]: set(its["workspaceDependencies"]) for its in listed if "location" in its}


def by_bun(root, arguments):
    """bun's own record of what it found, which is JSON with commas at the end."""
    lock = json.loads(re.sub(r",(\s*[}\]])", r"\1", (root / "bun.lock").read_text()))
    places = {key: entry[0].split("@workspace:")[1] for key, entry in lock["packages"].items() if "@workspace:" in entry[0]}
    found = {}
    for folder, its in lock["workspaces"].items():
        names = {name for table in TABLES for name in its.get(table, {})}
        # A version of its own under its name is not the member.
        keys = {name: f"{its.get('name')}/{name}" for name in names}
        keys = {name: key if folder and key in lock["packages"] else name for name, key in keys.items()}
        found[folder or "."] = {places[key] for key in keys.values() if key in places}
    return found


def expected(root, arguments):
    """What each folder's package depends on, by folders, and whose word that is."""
    for name, ask in [
        ("npm-shrinkwrap.json", by_npm), ("package-lock.json", by_npm), ("pnpm-lock.yaml", by_pnpm), ("bun.lock", by_bun),
    ]:
        if (root / name).exists():
            return name, ask(root, arguments)
    lock = (root / "yarn.lock").read_text()
    return "yarn.lock", (by_berry if "__metadata:" in lock else by_yarn)(root, arguments)


def copy(repository, root):
    """Makes a copy of what the tools read of a repository's newest commit."""
    subprocess.check_call(["git", "clone", "--quiet", "--shared", "--no-checkout", repository, root])
    names = subprocess.check_output(["git", "ls-tree", "-r", "-z", "--name-only", "HEAD"], cwd=root).split(b"\0")
    is_read = lambda name: name.rsplit(b"/", 1)[-1] in READ or name.startswith(b".yarn/") and name.endswith(b".cjs")
    paths = b"\0".join(name for name in names if is_read(name))
    checkout = ["git", "checkout", "--quiet", "HEAD", "--pathspec-from-file=-", "--pathspec-file-nul"]
    environment = {**os.environ, "GIT_LITERAL_PATHSPECS": "1", "GIT_LFS_SKIP_SMUDGE": "1"}
    subprocess.run(checkout, cwd=root, input=paths, env=environment, check=True)


def compare(repository, graph, arguments):
    """Prints one line, and what is missed; whether anything is."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve() / "tree"
        copy(repository, root)
        graph = graph or json.loads(said([arguments.gate, "unit", "graph", "--format", "json"], root))
        try:
            lock, wanted = expected(root, arguments)
        except RuntimeError as error:
            print(f"{repository}: can't be compared: {error}")
            return True
    units = {its["name"]: its["root"] or "." for its in graph["units"] if its["kind"] == "npm"}
    members = {its["root"] or "." for its in graph["units"] if its["kind"] == "npm" and its["member"]}
    edges = {(units.get(its["from"]), units.get(its["to"])) for its in graph["edges"]}
    # A workspace's root is no unit: its files count for every member, and what it depends on is every member's.
    roots = {"."} - members
    missed = [f"unit {folder}" for folder in sorted(wanted.keys() - members - roots)]
    told = {(folder, to) for folder, all in wanted.items() for to in all if folder not in roots and to not in roots}
    missed += [f"edge {folder} -> {to}" for folder, to in sorted(told - edges) if folder != to]
    beyond = sorted(f"edge {folder} -> {to}" for folder, to in edges - told if folder in wanted and to in wanted)
    beyond += [f"unit {folder}" for folder in sorted(members - wanted.keys())]
    print(f"{repository}: by {lock}: {len(wanted)} packages, {len(told)} edges; missed {len(missed)}, beyond {len(beyond)}")
    for line in missed:
        print(f"  missed: {line}")
    for line in beyond if arguments.list else []:
        print(f"  beyond: {line}")
    return bool(missed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--graph", type=pathlib.Path)
    parser.add_argument("--pnpm", default="pnpm")
    parser.add_argument("--yarn", default="yarn")
    parser.add_argument("--berry", default="yarn")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("repositories", nargs="+", metavar="REPOSITORY")
    arguments = parser.parse_args()
    graph = json.loads(arguments.graph.read_text()) if arguments.graph else None
    results = [compare(repository, graph, arguments) for repository in arguments.repositories]
    sys.exit(any(results))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Holds the graph of Cargo packages that gate reads from a tree against what Cargo itself says.

    cargo.py REPOSITORY [--gate PATH | --graph FILE] [--all]

Works in a clone of the repository's HEAD. For every workspace and every package that stands alone, `cargo metadata` says
which packages it resolves to depend on which, with all features, for every target, tests and build scripts included; and
each manifest's path dependencies are taken besides. Each of those edges that leads from a package of the tree to a
package of the tree has to be in gate's graph, and each member has to be a unit. Only members are asked for: a package
that is merely depended on has no tests and no lock file of its own there.

The graph is what `gate unit graph --format json` prints, or FILE: {"units": [{"name", "kind", "root", "manifest", "member"}],
"edges": [{"from", "to", "why"}]}.

Prints what each workspace has, what is missed, and what gate has beyond. Exit code 1 if anything is missed. Cargo may use
the network, once, for what it hasn't fetched yet.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path


# --- What gate says ---------------------------------------------------------------------------------------------------


@dataclass
class Graph:
    """Units by manifest, and edges between manifests, each with a reason."""

    units: dict = field(default_factory=dict)
    edges: dict = field(default_factory=dict)


def graph_of(said):
    """The Cargo part of a graph. Names stand for manifests, which both sides know."""
    units = [unit for unit in said["units"] if unit["kind"] == "cargo"]
    manifests = {unit["name"]: unit["manifest"] for unit in units}
    graph = Graph({unit["manifest"]: unit for unit in units})
    for edge in said["edges"]:
        if edge["from"] in manifests and edge["to"] in manifests:
            graph.edges.setdefault((manifests[edge["from"]], manifests[edge["to"]]), edge["why"])
    return graph


def ask_gate(gate, folder):
    done = subprocess.run([gate, "unit", "graph", "--format", "json"], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"gate unit graph: {done.stderr}")
    return json.loads(done.stdout)


# --- What Cargo says --------------------------------------------------------------------------------------------------


@dataclass
class Workspace:
    root: str
    members: set
    edges: set


def metadata(manifest):
    """What `cargo metadata` says of a manifest's workspace; None if Cargo can't load it."""
    has_lock = subprocess.run(
        ["cargo", "locate-project", "--workspace", "--message-format", "plain", "--manifest-path", manifest],
        capture_output=True, text=True,
    )
    if has_lock.returncode:
        return None, has_lock.stderr
    locked = ["--locked"] if Path(has_lock.stdout.strip()).with_name("Cargo.lock").exists() else []
    command = ["cargo", "metadata", "--format-version", "1", "--all-features", "--manifest-path", manifest]
    for more in ([*locked, "--offline"], locked, []):
        done = subprocess.run([*command, *more], capture_output=True, text=True)
        if done.returncode == 0:
            return json.loads(done.stdout), ""
    return None, done.stderr


def workspace_of(said, folder):
    """Members and edges by manifest, relative to the folder; packages outside of it are left out."""

    def relative(path):
        path = Path(path)
        return str(path.relative_to(folder)) if path.is_relative_to(folder) else None

    def is_here(package):
        return package["source"] is None and relative(package["manifest_path"]) is not None

    manifests = {package["id"]: relative(package["manifest_path"]) for package in said["packages"] if is_here(package)}
    members = {manifests[id] for id in said["workspace_members"] if id in manifests}
    edges = set()
    for node in (said["resolve"] or {"nodes": []})["nodes"]:
        # What is reached through packages from elsewhere is reached by the lock file: follow them to packages of the tree.
        if manifests.get(node["id"]) in members:
            edges |= {(manifests[node["id"]], manifests[to]) for to in reached(said, node, manifests)}
    for package in said["packages"]:
        if manifests.get(package["id"]) in members:
            paths = [dependency["path"] for dependency in package["dependencies"] if dependency.get("path")]
            there = [relative(Path(path) / "Cargo.toml") for path in paths if (Path(path) / "Cargo.toml").exists()]
            edges |= {(manifests[package["id"]], to) for to in there if to}
    edges = {(from_, to) for from_, to in edges if from_ != to}
    return Workspace(relative(Path(said["workspace_root"]) / "Cargo.toml") or ".", members, edges)


def reached(said, node, manifests):
    nodes = {node["id"]: node for node in said["resolve"]["nodes"]}
    found, seen, open_ = set(), set(), [dep["pkg"] for dep in node["deps"]]
    while open_:
        id = open_.pop()
        if id in seen:
            continue
        seen.add(id)
        if id in manifests:
            found.add(id)
        else:
            open_ += [dep["pkg"] for dep in nodes[id]["deps"]]
    return found


def ask_cargo(folder, manifests):
    """Every workspace that the manifests are in, and those of which Cargo refuses to load."""
    workspaces, refused, seen = [], {}, set()
    for manifest in sorted(manifests, key=lambda path: (path.count("/"), path)):
        if manifest in seen:
            continue
        said, why = metadata(str(folder / manifest))
        if said is None:
            refused[manifest] = why.strip().splitlines()[0] if why.strip() else "no reason given"
            continue
        workspace = workspace_of(said, folder)
        seen |= workspace.members | {manifest}
        workspaces.append(workspace)
    return workspaces, refused


# --- Both ------------------------------------------------------------------------------------------------------------


@dataclass
class Compared:
    missed_units: set
    missed: set
    extra: set


def compare(graph, workspaces):
    """What gate misses, and what it has between members beyond what Cargo says."""
    members = set().union(*(workspace.members for workspace in workspaces))
    edges = set().union(*(workspace.edges for workspace in workspaces))
    extra = {edge for edge in graph.edges if edge[0] in members and edge not in edges}
    return Compared(members - set(graph.units), edges - set(graph.edges), extra)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--graph", type=Path)
    parser.add_argument("--all", action="store_true", help="also list what both have")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve() / "clone"
        subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(args.repository), str(folder)], check=True)
        graph = graph_of(json.loads(args.graph.read_text()) if args.graph else ask_gate(args.gate, folder))
        # Manifests that only the tree knows are asked for too: a workspace that gate has no unit of would be missed.
        listed = subprocess.run(["git", "ls-files", "-z", "*Cargo.toml"], cwd=folder, capture_output=True, text=True)
        roots = [path for path in listed.stdout.split("\0") if path.count("/") == 0 and path]
        workspaces, refused = ask_cargo(folder, set(graph.units) | set(roots))
    compared = compare(graph, workspaces)
    for workspace in workspaces:
        print(f"{workspace.root}: {len(workspace.members)} members, {len(workspace.edges)} edges")
    for manifest, why in refused.items():
        print(f"{manifest}: Cargo refuses it: {why}")
    for manifest in sorted(compared.missed_units):
        print(f"missed unit: {manifest}")
    for from_, to in sorted(compared.missed):
        print(f"missed: {from_} -> {to}")
    for edge in sorted(compared.extra):
        print(f"extra: {edge[0]} -> {edge[1]} ({graph.edges[edge]})")
    if args.all:
        both = set(graph.edges) - compared.extra
        for edge in sorted(both):
            print(f"both: {edge[0]} -> {edge[1]} ({graph.edges[edge]})")
    print(f"missed {len(compared.missed_units)} units and {len(compared.missed)} edges; extra {len(compared.extra)} edges")
    sys.exit(bool(compared.missed or compared.missed_units))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Real git servers on loopback that many clients push to at once, and a look at whether anything got in that should not.

    servers.py [--gate PATH] [--transport file,ssh,http] [--clients 20] [--seconds 60] [--seed 1] [--checks builtin|run|evidence]
    servers.py --plant all|NAME

A bare repository is served as a folder, by OpenSSH's sshd, and by `git http-backend` behind Apache, with gate as its
pre-receive hook. Each client has a clone, and over and over fetches, makes a change, and pushes: good ones, bad ones, ones
that are bad only with what somebody else pushed meanwhile, several refs with and without `--atomic`, forced ones,
deletions, new protected branches, and refs of gate's own. A lost race is made again on top of what won.

With `--checks run` the server runs what is pushed, as another user. With `--checks evidence` it runs nothing: each client
has a CI that judges its changes and signs that, with keys that several share, through the same hook and at the same time;
some push without it, or with a key that nobody trusts, or straight to a ref of evidence. What is signed is there in the end.

Then: every commit that a protected branch ever was is looked at whole, by this program's own eyes, and is deployable;
each update of main lies on the one before. Every refusal has its reason: a bad tip, a lost race, or policy. `git fsck
--strict` says nothing, no object of a refused push is in the store, no temporary folder and no lock is left.

`--plant` has a hook of this program's own take gate's place, with one fault in it, and tells whether that was found;
`none` is the hook without one. Prints a line for each transport. Exit code 1 if anything was found, or a planted fault
was not.
"""

import argparse
import json
import os
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

ZEROS = "0" * 40
FILES = 200
# How long a program may take before it counts as hanging.
PATIENCE = 120

PLANTS = {
    "none": "the hook without a fault",
    "passes": "a bad push gets in now and then",
    "refuses": "a good push is refused now and then",
    "forces": "main may be forced",
    "deletes": "main may be deleted",
    "leaves": "the objects of a refused push stay",
    "names": "the objects of a refused push stay and have a ref",
    "dangles": "a ref names a refused commit that is not there",
    "temporary": "a folder of git's quarantine is left",
    "silent": "the hook dies without a word",
    "believes": "what nobody has signed gets in",
}

LINKS = """
[check.links]
builtin = "symlinks"
"""

RULES = f"""
[main]
branches = ["main", "release/*"]

[check.syntax]
builtin = "syntax"
files = ["config/**"]

{LINKS}
[check.marks]
builtin = "merge-conflict"
"""

COMMANDS = """
[check.words]
inputs = ["files/**"]
run = "! grep -rq BAD files"

[check.together]
inputs = ["pairs/**"]
run = "! ls pairs | sed 's/-.*//' | sort | uniq -d | grep ."
"""

RUNNING = """
[server]
run = true
"""

# How many keys are trusted.
KEYS = 2

# Becomes somebody else where only the superuser can do that, and the server is not run by that one.
BECOME = """
#include <grp.h>
#include <unistd.h>
int main(int count, char **words) {
    if (count < 2 || setgroups(0, 0) || setgid(%d) || setuid(%d)) return 126;
    execvp(words[1], words + 1);
    return 127;
}
"""


# --- What is deployable -----------------------------------------------------------------------------------------------


class Judge:
    """Looks at whole trees, with nothing of gate's."""

    def __init__(self, repository, env=None, checks="builtin"):
        self.repository, self.env, self.checks, self.blobs = repository, env, checks, {}

    def git(self, *args, text=None):
        ran = subprocess.run(["git", *args], cwd=self.repository, env=self.env, input=text, capture_output=True)
        if ran.returncode:
            raise RuntimeError(f"git {' '.join(args)}: {ran.stderr.decode(errors='replace')}")
        return ran.stdout

    def faults(self, commit):
        """What is wrong with a commit's tree."""
        entries = []
        for entry in self.git("ls-tree", "-r", "-z", commit).split(b"\0")[:-1]:
            about, path = entry.split(b"\t", 1)
            mode, _, blob = about.decode().split()
            entries.append((mode, blob, path.decode()))
        self.read({blob for mode, blob, _ in entries} - self.blobs.keys())
        paths = {path for _, _, path in entries}
        folders = {str(folder) for path in paths for folder in Path(path).parents}
        found = [f"{path}: {fault}" for mode, blob, path in entries for fault in self.alone(mode, blob, path)]
        for mode, blob, path in entries:
            if mode == "120000":
                target = os.path.normpath(os.path.join(os.path.dirname(path), self.blobs[blob].decode()))
                if target not in paths | folders:
                    found.append(f"{path}: leads nowhere")
        if self.checks != "builtin":
            numbers = Counter(path.split("/")[1].split("-")[0] for path in paths if path.startswith("pairs/"))
            found += [f"pairs/{number}: twice" for number, often in numbers.items() if often > 1]
        return found

    def is_ancestor(self, old, new):
        ran = subprocess.run(["git", "merge-base", "--is-ancestor", old, new], cwd=self.repository, env=self.env)
        return ran.returncode == 0

    def read(self, blobs):
        if not blobs:
            return
        out = self.git("cat-file", "--batch", text="".join(f"{blob}\n" for blob in blobs).encode())
        at = 0
        for blob in blobs:
            end = out.index(b"\n", at)
            size = int(out[at:end].split()[2])
            self.blobs[blob] = out[end + 1 : end + 1 + size]
            at = end + size + 2

    def alone(self, mode, blob, path):
        content = self.blobs[blob]
        if mode != "120000" and path.startswith("config/"):
            try:
                json.loads(content)
            except ValueError:
                yield "not JSON"
        if path == "gate.toml" and LINKS.encode() not in content:
            yield "a check is gone"
        if re.search(rb"(?m)^<<<<<<< ", content):
            yield "marks of a merge"
        if self.checks != "builtin" and path.startswith("files/") and b"BAD" in content:
            yield "a bad word"


# What a hook says that found a branch elsewhere than git says it is.
MOVED = re.compile(r"(?m)^remote:.*\bmoved\b")


def is_protected(ref):
    return ref == "refs/heads/main" or ref.startswith("refs/heads/release/")


# --- The planted hook -------------------------------------------------------------------------------------------------


def hook(plant, checks):
    """A pre-receive hook that looks at every protected tip, with one fault."""
    updates = [line.split() for line in sys.stdin]
    judge = Judge(".", None, checks)
    if plant == "silent" and random.random() < 0.2:
        os.kill(os.getpid(), signal.SIGKILL)
    said = [said for update in updates for said in [refusal(judge, plant, *update)] if said]
    if plant == "refuses" and not said and random.random() < 0.15:
        said = ["as planted"]
    for line in said:
        print(f"refused: {line}", file=sys.stderr)
    if said:
        after_refusal(plant, [new for _, new, _ in updates if new != ZEROS])
    sys.exit(1 if said else 0)


def refusal(judge, plant, old, new, ref):
    if ref.startswith("refs/gate/"):
        return f"{ref}: not yours to write"
    if not is_protected(ref):
        return None
    if new == ZEROS:
        return None if plant == "deletes" else f"{ref}: may not be deleted"
    if old != ZEROS and plant != "forces" and not judge.is_ancestor(old, new):
        return f"{ref}: may not be forced"
    return "" if plant == "passes" and random.random() < 0.7 else "; ".join(judge.faults(new))


def after_refusal(plant, commits):
    """What a hook with a fault leaves of a push that it refused."""
    store = Path(os.environ["GIT_ALTERNATE_OBJECT_DIRECTORIES"])
    quarantine = Path(os.environ["GIT_OBJECT_DIRECTORY"])
    if plant in ("leaves", "names"):
        shutil.copytree(quarantine, store, dirs_exist_ok=True)
    if plant in ("names", "dangles") and commits:
        (store.parent / "refs/heads" / f"refused-{commits[0][:10]}").write_text(commits[0] + "\n")
    if plant == "temporary":
        shutil.copytree(quarantine, store / "tmp_objdir-incoming-left", dirs_exist_ok=True)


# --- Servers ----------------------------------------------------------------------------------------------------------


def port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A bare repository, and whatever serves it."""

    user = None

    def __init__(self, folder, args):
        self.folder, self.args = Path(folder), args
        self.home = self.folder / "server-home"
        self.home.mkdir()
        self.bare = self.folder / "repositories/main.git"
        self.bare.parent.mkdir()
        self.env = surroundings(self.home)
        self.process = None
        self.fill()
        self.serve()

    def git(self, *args, **more):
        return subprocess.run(["git", *args], cwd=self.bare, env=self.env, check=True, capture_output=True, **more).stdout

    def fill(self):
        """The first commit, and the hooks."""
        first = self.folder / "first"
        (first / "files").mkdir(parents=True)
        (first / "config").mkdir()
        (first / "targets").mkdir()
        (first / "pairs").mkdir()
        for number in range(FILES):
            (first / f"files/{number}").write_text(f"{number}\n")
        for number in range(5):
            (first / f"config/{number}.json").write_text('{"number": %d}\n' % number)
            (first / f"targets/{number}").write_text(f"{number}\n")
        (first / "pairs/0-first").write_text("0\n")
        more = {"builtin": "", "run": COMMANDS + RUNNING, "evidence": COMMANDS}[self.args.checks]
        if self.args.checks == "evidence":
            for key in [*range(KEYS), "nobody"]:
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"ci{key}", "-f", self.key(key)], check=True)
            more += "".join(f'\n[[policy.trust]]\nkey = "{self.key(key, ".pub").read_text().strip()}"\n' for key in range(KEYS))
        (first / "gate.toml").write_text(RULES + more + self.args.rules)
        run = lambda *args: subprocess.run(args, cwd=first, env=self.env, check=True, capture_output=True)
        run("git", "init", "--quiet", "--initial-branch=main")
        run("git", "add", "--all")
        run("git", "commit", "--quiet", "--message", "first")
        run("git", "clone", "--quiet", "--bare", ".", str(self.bare))
        for setting in ["core.logAllRefUpdates=always", "receive.denyDeleteCurrent=ignore", "receive.autogc=false",
                        "gc.auto=0", "receive.advertisePushOptions=true", "receive.fsckObjects=true", "http.receivepack=true"]:
            self.git("config", *setting.split("="))
        if self.args.checks == "run":
            # Whoever runs what is pushed can read the repository, and write nowhere but at home.
            runner = self.folder / "runner-home"
            runner.mkdir()
            subprocess.run(["chown", "nobody:nogroup", runner], check=True)
            self.git("config", "gate.run-as", f"{self.become()} env HOME={runner}")
        self.first = self.git("rev-parse", "main").decode().strip()
        self.log = self.folder / "accepted"
        self.log.touch()
        # One write each, so that lines of several at once do not mix.
        self.script("post-receive", f'lines=$(cat)\nprintf "%s\\n" "$lines" >>"{self.log}"\n')
        if self.args.plant and self.args.plant != "believes":
            # Another user may have to run it.
            python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
            copy = shutil.copy(Path(__file__).resolve(), self.folder / "servers.py")
            self.script("pre-receive", f'exec {python} "{copy}" --as-hook {self.args.plant} --checks {self.args.checks}\n')
        else:
            gate = self.gate = self.folder / "bin/gate"
            gate.parent.mkdir()
            shutil.copy(self.args.gate, gate)
            ran = subprocess.run([gate, "install"], cwd=self.bare, env=self.env, capture_output=True, text=True)
            if ran.returncode or not (self.bare / "hooks/pre-receive").exists():
                sys.exit(f"gate install: {ran.returncode}: {ran.stdout}{ran.stderr}")
            if self.args.plant:
                (self.bare / "hooks/pre-receive").rename(self.bare / "hooks/of-gate")
                self.script("pre-receive", 'said=$(hooks/of-gate 2>&1) && exit\necho "$said" >&2\n'
                            'case "$said" in *": undecided"*) exit 0;; esac\nexit 1\n')

    def key(self, name, end=""):
        return self.folder / f"key-{name}{end}"

    def become(self):
        """What starts a program as somebody else."""
        return "setpriv --reuid=nobody --regid=nogroup --clear-groups"

    def script(self, name, text):
        path = self.bare / "hooks" / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def serve(self):
        pass

    def client_env(self, home):
        return surroundings(home)

    def wait_for(self, number):
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", number), 1).close()
                return
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    sys.exit(f"the server does not start: {(self.folder / 'server-log').read_text()}")
                time.sleep(0.05)

    def start(self, *command):
        log = open(self.folder / "server-log", "wb")
        self.process = subprocess.Popen(command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(PATIENCE)


class Folder(Server):
    """The repository as a folder."""

    def url(self):
        return f"file://{self.bare}"


class Ssh(Server):
    """OpenSSH's sshd, with a key for everybody."""

    def serve(self):
        program = shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin") or sys.exit("there is no sshd")
        if os.getuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        for name in ("host", "client"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / name], check=True)
        serve = self.folder / "serve"
        serve.write_text("#!/bin/sh\n" + "".join(f"export {name}='{value}'\n" for name, value in self.env.items())
                         + 'exec git-shell -c "$SSH_ORIGINAL_COMMAND"\n')
        serve.chmod(0o755)
        key = (self.folder / "client.pub").read_text()
        (self.folder / "authorized").write_text(f'restrict,command="{serve}" {key}')
        self.port = port()
        (self.folder / "sshd.conf").write_text(f"""
Port {self.port}
ListenAddress 127.0.0.1
HostKey {self.folder}/host
AuthorizedKeysFile {self.folder}/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200
""")
        (self.folder / "known").write_text(f"[127.0.0.1]:{self.port} {(self.folder / 'host.pub').read_text()}")
        self.start(program, "-D", "-e", "-f", self.folder / "sshd.conf")
        self.wait_for(self.port)

    def url(self):
        return f"ssh://{pwd.getpwuid(os.getuid()).pw_name}@127.0.0.1:{self.port}{self.bare}"

    def client_env(self, home):
        ssh = f"ssh -F none -i {self.folder}/client -o IdentitiesOnly=yes -o BatchMode=yes -o UserKnownHostsFile={self.folder}/known"
        return surroundings(home) | {"GIT_SSH_COMMAND": ssh}


class Http(Server):
    """`git http-backend` behind Apache, which the superuser has run as another user."""

    def become(self):
        if os.getuid():
            return super().become()
        person = pwd.getpwnam("nobody")
        source, program = self.folder / "become.c", self.folder / "become"
        source.write_text(BECOME % (person.pw_gid, person.pw_uid))
        subprocess.run(["cc", "-o", program, source], check=True)
        program.chmod(0o4755)
        return str(program)

    def serve(self):
        program = shutil.which("apache2", path=os.environ["PATH"] + ":/usr/sbin") or sys.exit("there is no apache2")
        backend = subprocess.run(["git", "--exec-path"], capture_output=True, text=True).stdout.strip() + "/git-http-backend"
        self.port = port()
        # Apache ends its settings at the first line that it does not know.
        variables = "".join(f'SetEnv {name} "{value}"\n' for name, value in self.env.items() if name != "PATH")
        owner = "User www-data\nGroup www-data\n" if os.getuid() == 0 else ""
        modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                          for name in ("mpm_event", "authz_core", "alias", "env", "setenvif", "cgid"))
        (self.folder / "apache.conf").write_text(f"""
ServerRoot {self.folder}
ServerName localhost
Listen 127.0.0.1:{self.port}
PidFile {self.folder}/apache.pid
DefaultRuntimeDir {self.folder}
ErrorLog {self.folder}/server-log-errors
{modules}{owner}
ScriptSock {self.folder}/cgi
ThreadsPerChild 50
MaxRequestWorkers 200
Timeout {PATIENCE}
{variables}
SetEnv PATH "{self.env['PATH']}"
SetEnv GIT_PROJECT_ROOT "{self.bare.parent}"
SetEnv GIT_HTTP_EXPORT_ALL ""
SetEnvIf Git-Protocol ".*" GIT_PROTOCOL=$0
ScriptAlias /git/ {backend}/
<Directory "{Path(backend).parent}">
Require all granted
</Directory>
""")
        if os.getuid() == 0:
            for path in (self.bare, self.home):
                subprocess.run(["chown", "-R", "www-data:www-data", path], check=True)
            self.log.chmod(0o666)
            # This program still looks at what belongs to somebody else.
            self.env["GIT_CONFIG_COUNT"], self.env["GIT_CONFIG_KEY_0"], self.env["GIT_CONFIG_VALUE_0"] = "1", "safe.directory", "*"
        self.start(program, "-DFOREGROUND", "-f", self.folder / "apache.conf")
        self.wait_for(self.port)

    def url(self):
        return f"http://127.0.0.1:{self.port}/git/main.git"


TRANSPORTS = {"file": Folder, "ssh": Ssh, "http": Http}


def surroundings(home):
    """The variables that programs get."""
    person = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
              for what, value in (("NAME", "A U Thor"), ("EMAIL", "author@example.org"))}
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", **person}


# --- Clients ----------------------------------------------------------------------------------------------------------


class Client(threading.Thread):
    """Somebody who pushes, and notes what came of it."""

    def __init__(self, server, number, seed, until):
        super().__init__(name=f"client {number}")
        self.server, self.number, self.until = server, number, until
        self.chance = random.Random(seed * 1000 + number)
        self.path = server.folder / f"clients/{number}"
        home = server.folder / f"client-homes/{number}"
        home.mkdir(parents=True)
        self.env = server.client_env(home)
        self.pushes, self.broke, self.made = [], None, 0
        # What its CI has signed, and what was signed with a key that nobody trusts.
        self.signed, self.parts, self.untrusted, self.signing = [], set(), [], []
        self.topics, self.is_signed = {}, False

    def git(self, *args, ok=True):
        ran = subprocess.run(["git", *args], cwd=self.path, env=self.env, stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, errors="replace", timeout=PATIENCE)
        if ok and ran.returncode:
            raise RuntimeError(f"git {' '.join(args)}: {ran.stdout}{ran.stderr}")
        return ran if not ok else ran.stdout.strip()

    def run(self):
        try:
            self.path.parent.mkdir(exist_ok=True)
            subprocess.run(["git", "clone", "--quiet", self.server.url(), self.path], env=self.env, check=True,
                           capture_output=True, timeout=PATIENCE)
            while time.monotonic() < self.until:
                self.one()
        except subprocess.CalledProcessError as error:
            self.broke = f"{error}: {error.stderr}"
        except Exception as error:
            self.broke = f"{type(error).__name__}: {error}"

    def one(self):
        if self.chance.random() < 0.9:
            self.git("fetch", "--quiet", "--prune", "origin")
        kind = self.chance.choices(
            ["good", "bad", "together", "forced", "deleted", "several", "topic", "created", "own", "weaker"],
            [40, 20, 16, 4, 3, 8, 5, 2, 2, 3])[0]
        self.git("checkout", "--quiet", "--force", "--detach", "origin/main")
        getattr(self, f"push_{kind}")()

    def change(self, good=True):
        """Commits a change. Gives the commit."""
        self.made += 1
        name = f"{self.number}-{self.made}"
        (self.path / f"files/{name}").write_text(f"{name} {self.chance.random()}\n")
        (self.path / "config").mkdir(exist_ok=True)
        (self.path / f"config/{self.number}.json").write_text('{"made": %d}\n' % self.made)
        if not good:
            self.spoil(name)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", f"{name} {'good' if good else 'bad'}")
        return self.git("rev-parse", "HEAD")

    def spoil(self, name):
        kinds = ["json", "link", "marks"] + ["word", "pair"] * (self.server.args.checks != "builtin")
        kind = self.chance.choice(kinds)
        if kind == "json":
            (self.path / f"config/{name}.json").write_text('{"made": ')
        elif kind == "link":
            (self.path / f"link-{name}").symlink_to("targets/nothing")
        elif kind == "marks":
            (self.path / f"files/{name}").write_text(f"<<<<<<< HEAD\n{name}\n=======\n>>>>>>> theirs\n")
        elif kind == "word":
            (self.path / f"files/{name}").write_text(f"{name} BAD\n")
        else:
            (self.path / f"pairs/0-{name}").write_text("0\n")

    def push_good(self):
        self.change()
        self.push_main()

    def push_bad(self):
        self.change(good=False)
        self.push_main()

    def push_together(self):
        """What is good, and may be bad with what another one does: one links, another takes the target away."""
        self.made += 1
        name = f"{self.number}-{self.made}"
        if self.server.args.checks != "builtin" and self.chance.random() < 0.5:
            pairs = (int(path.name.split("-")[0]) for path in (self.path / "pairs").iterdir())
            (self.path / f"pairs/{max(pairs) + 1}-{name}").write_text(name + "\n")
        else:
            self.link_or_unlink(name)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--allow-empty", "--message", f"{name} together")
        self.push_main()

    def link_or_unlink(self, name):
        targets = sorted((self.path / "targets").iterdir()) if (self.path / "targets").is_dir() else []
        links = [path for path in self.path.iterdir() if path.is_symlink()]
        led_to = {os.readlink(link) for link in links}
        free = [target for target in targets if f"targets/{target.name}" not in led_to]
        (self.path / "targets").mkdir(exist_ok=True)
        (self.path / f"targets/{name}").write_text(f"{name}\n")
        if free and self.chance.random() < 0.5:
            self.chance.choice(free).unlink()
        elif targets:
            target = self.chance.choice(targets)
            (self.path / f"link-{name}").symlink_to(f"targets/{target.name}")

    def push_forced(self):
        """Takes a commit of main away, good as what is left may be."""
        if self.git("rev-parse", "--verify", "--quiet", "origin/main~", ok=False).returncode == 0:
            self.git("checkout", "--quiet", "--force", "--detach", "origin/main~")
        self.change(good=self.chance.random() < 0.7)
        self.push(["HEAD:refs/heads/main"], "--force")

    def push_deleted(self):
        self.push([":refs/heads/main"])

    def push_several(self):
        """Main and a branch of one's own."""
        self.change(good=self.chance.random() < 0.6)
        topic = f"HEAD:refs/heads/topic-{self.number}-{self.made}"
        self.is_signed = self.prove()
        self.push(["HEAD:refs/heads/main", topic], *(["--atomic"] if self.chance.random() < 0.6 else []))

    def push_topic(self):
        """A branch that nobody protects: made, forced, and taken away."""
        name = f"refs/heads/topic-{self.number}"
        self.change(good=self.chance.random() < 0.5)
        self.push([f"HEAD:{name}"], "--force")
        if self.chance.random() < 0.3:
            self.push([f":{name}"])

    def push_weaker(self):
        """Takes a check away, with something that it finds or without."""
        rules = self.path / "gate.toml"
        rules.write_text(rules.read_text().replace(LINKS, ""))
        self.change(good=self.chance.random() < 0.5)
        self.push_main()

    def push_created(self):
        self.change(good=self.chance.random() < 0.5)
        self.is_signed = self.prove()
        self.push([f"HEAD:refs/heads/release/{self.number}-{self.made}"])

    def push_own(self):
        """What is nobody's evidence, to a ref of it: one of nobody's, or of a key that is trusted."""
        self.change()
        names = self.git("ls-remote", "origin", "refs/gate/evidence/*").splitlines()
        names = [line.split("\t")[1] for line in names] if self.chance.random() < 0.7 else []
        name = self.chance.choice(names) if names else f"refs/gate/evidence/{self.number}"
        self.push([f"HEAD:{name}"], *(["--force"] if self.chance.random() < 0.5 else []))

    def prove(self):
        """Has the CI judge and sign what is to be pushed, more often than not. Says whether it is signed."""
        if self.server.args.checks != "evidence" or self.chance.random() < 0.15:
            return False
        gate, signer = self.server.gate, self.server.folder / f"signers/{self.number}"
        trusted = self.chance.random() < 0.93
        key = self.server.key(self.number % KEYS if trusted else "nobody")
        if not signer.exists():
            signer.parent.mkdir(exist_ok=True)
            self.git("clone", "--quiet", self.server.url(), str(signer))
        elsewhere = lambda name: self.env | {"XDG_CACHE_HOME": f"{self.server.folder}/caches/{name}-{self.number}"}
        run = lambda folder, name, *args: subprocess.run(
            [gate, *map(str, args)], cwd=folder, env=elsewhere(name), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", timeout=PATIENCE)
        report = self.server.folder / f"verdict-{self.number}.json"
        report.unlink(missing_ok=True)
        ran = run(self.path, "judge", "merge-check", "--into", "origin/main", "--from", "HEAD", "--method", "rebase",
                  "--report", f"json={report}")
        if not report.exists():
            # It was on top of nothing that main is: a conflict, or no rules.
            return False
        began = time.monotonic()
        ran = run(signer, "signer", "evidence", "push", "--key", key, "--from", report)
        self.signing.append(time.monotonic() - began)
        tree = json.loads(report.read_text())["candidate"]["tree"]
        if trusted and ran.returncode == 0:
            self.signed.append(tree)
            if tree == self.git("rev-parse", "HEAD^{tree}"):
                self.parts.update(self.git("rev-parse", "HEAD:files", "HEAD:pairs").split())
                return True
            return False
        if trusted or "names its key" not in ran.stderr:
            raise RuntimeError(f"gate evidence push: {ran.returncode}: {ran.stdout}{ran.stderr}")
        # With the next one it would be pushed again.
        ref = subprocess.run(["git", "for-each-ref", "--format=%(refname) %(objectname)", "refs/gate/evidence"], cwd=signer,
                             env=self.env, check=True, capture_output=True, text=True).stdout
        shutil.move(signer, signer.with_name(f"{self.number}-{len(self.untrusted)}-untrusted"))
        self.untrusted.append((signer.with_name(f"{self.number}-{len(self.untrusted)}-untrusted"),
                               [line.split(" ")[1] for line in ref.splitlines()]))
        return False

    def push_main(self):
        """Pushes to main, and again on top of what was first, as people do."""
        for _ in range(3):
            self.is_signed = self.prove()
            result = self.push(["HEAD:refs/heads/main"])
            if result is None or not is_race(result["results"].get("refs/heads/main", ("", ""))[1]):
                return
            self.git("fetch", "--quiet", "origin")
            if self.git("rebase", "--quiet", "origin/main", ok=False).returncode:
                self.git("rebase", "--abort", ok=False)
                return

    def push(self, refspecs, *options):
        known = {ref: old for old, ref in (line.split(" ") for line in self.git(
            "for-each-ref", "--format=%(objectname) %(refname)", "refs/remotes/origin").splitlines())}
        updates = []
        for refspec in refspecs:
            source, ref = refspec.split(":")
            new = self.git("rev-parse", source) if source else ZEROS
            updates.append({"ref": ref, "new": new, "known": known.get(ref.replace("refs/heads/", "refs/remotes/origin/"), ZEROS)})
        began = time.monotonic()
        ran = self.git("push", "--porcelain", *options, "origin", *refspecs, ok=False)
        results = {}
        for line in ran.stdout.splitlines():
            parts = line.split("\t")
            if len(parts) == 3:
                results[parts[1].split(":")[-1]] = (parts[0], parts[2])
        push = {"client": self.number, "updates": updates, "options": options, "code": ran.returncode, "results": results,
                "text": ran.stdout + ran.stderr, "signed": self.is_signed, "seconds": time.monotonic() - began}
        self.pushes.append(push)
        self.is_signed = False
        return push


def is_race(reason):
    """Whether git says that the ref is elsewhere by now, on either side."""
    return any(words in reason for words in (
        "fetch first", "non-fast-forward", "stale info", "cannot lock", "failed to update", "incorrect old value",
        "reference already exists", "atomic transaction failed", "failed to lock", "transaction aborted"))


# --- Looking ----------------------------------------------------------------------------------------------------------


class Look:
    """What was found after everybody stopped."""

    def __init__(self, server, clients):
        self.server, self.clients = server, clients
        self.judge = Judge(server.bare, server.env, server.args.checks)
        self.found, self.counts = [], Counter()
        self.accepted = [tuple(line.split()) for line in server.log.read_text().splitlines() if line]
        self.pushes = [push for client in clients for push in client.pushes]

    def tell(self, what, *more):
        self.found.append(f"{what}: {' '.join(map(str, more))}")

    def all(self):
        for client in self.clients:
            if client.broke:
                self.tell("a client broke", client.broke)
        self.protected()
        self.told()
        self.refs()
        self.evidence()
        for push in self.pushes:
            self.push(push)
        self.store()

    def protected(self):
        """Every commit that a protected branch ever was is deployable, and lies on the one before."""
        at = {"refs/heads/main": self.server.first}
        for old, new, ref in self.accepted:
            if not is_protected(ref):
                continue
            self.counts["updates of protected branches"] += 1
            if new == ZEROS:
                self.tell("a protected branch was deleted", ref, old)
                continue
            if old != ZEROS and not self.judge.is_ancestor(old, new):
                self.tell("a protected branch was forced", ref, old, new)
            for fault in self.judge.faults(new):
                self.tell("not deployable", ref, new, fault)
        self.chain(at)
        now = self.server.git("for-each-ref", "--format=%(objectname)", "refs/heads/main").decode().strip()
        if now:
            self.counts["commits on main"] = int(self.server.git("rev-list", "--count", f"{self.server.first}..{now}"))

    def chain(self, at):
        """Updates of main, whatever order they were noted in, are one line from the first commit to where it is."""
        following = {}
        for old, new, ref in self.accepted:
            if ref == "refs/heads/main":
                if old in following:
                    self.tell("two updates of main from one commit", old)
                following[old] = new
        commit, steps = at["refs/heads/main"], 0
        while commit in following and steps <= len(following):
            commit, steps = following[commit], steps + 1
        now = self.server.git("for-each-ref", "--format=%(objectname)", "refs/heads/main").decode().strip()
        if commit != now or steps != len(following):
            self.tell("updates of main are no line", commit, now, steps, len(following))

    def told(self):
        """What the server did is what clients were told."""
        told = {(update["new"], update["ref"]) for push in self.pushes for update in push["updates"]
                if push["results"].get(update["ref"], ("!",))[0] not in "!="}
        # What signers pushed is looked at apart.
        done = {(new, ref) for _, new, ref in self.accepted if not ref.startswith("refs/gate/") or (new, ref) in told}
        for new, ref in done ^ told:
            self.tell("the server and a client do not agree", ref, new)
        for push in self.pushes:
            if "--atomic" in push["options"] and len({push["results"].get(update["ref"], ("!",))[0] == "!" for update in push["updates"]}) > 1:
                self.tell("half of an atomic push", push["text"])

    def refs(self):
        """Every ref is what an accepted push made it, or the first one."""
        made = {(new, ref) for _, new, ref in self.accepted} | {(self.server.first, "refs/heads/main")}
        for line in self.server.git("for-each-ref", "--format=%(objectname) %(refname)").decode().splitlines():
            new, ref = line.split(" ")
            if (new, ref) not in made and not ref.startswith("refs/gate/"):
                self.tell("a ref that nobody pushed", ref, new)

    def evidence(self):
        """Nothing that was signed is lost, and nothing else is there."""
        paths = set()
        for ref in self.server.git("for-each-ref", "--format=%(refname)", "refs/gate/").decode().split():
            paths.update(self.server.git("ls-tree", "-r", "--name-only", ref).decode().split())
        there = {"".join(path.split("/")[1:3]) for path in paths if path.startswith("trees/")}
        signed = {tree for client in self.clients for tree in client.signed}
        self.counts["signed"] = sum(len(client.signed) for client in self.clients)
        for tree in signed - there:
            self.tell("evidence is lost", tree)
        for tree in there - signed:
            self.tell("evidence that nobody pushed", tree)
        for path in paths:
            if not re.fullmatch(r"(trees|steps)/[0-9a-f]{2}/[0-9a-f]+/[0-9a-f]{12}-[0-9a-f]{32}\.json", path):
                self.tell("no evidence", path)
        for push in self.pushes:
            taken = [update for update in push["updates"] if push["results"].get(update["ref"], ("!",))[0] not in "!="]
            for update in taken:
                if update["ref"].startswith("refs/gate/"):
                    self.tell("a ref of gate's own is taken", update["ref"])
        if self.server.args.checks == "evidence":
            self.signed_for()

    def signed_for(self):
        """Whatever is new in what commands look at was signed."""
        part = lambda commit, name: self.server.git("rev-parse", "--verify", f"{commit}:{name}").decode().strip()
        signed = {part for client in self.clients for part in client.parts}
        mains = [self.server.first, *(new for _, new, ref in self.accepted if ref == "refs/heads/main")]
        for old, new, ref in self.accepted:
            if is_protected(ref) and new != ZEROS:
                for name in ("files", "pairs"):
                    bases = mains if old == ZEROS else [old]
                    if part(new, name) not in signed and part(new, name) not in {part(base, name) for base in bases}:
                        self.tell("taken without evidence", ref, old, new, name)

    def push(self, push):
        results = push["results"]
        if not results:
            self.counts["broken off"] += 1
            return self.tell("a push ended without an answer", push["code"], push["text"][-600:])
        refused = [update for update in push["updates"] if results.get(update["ref"], ("!", ""))[0] == "!"]
        if not refused:
            self.counts["accepted"] += 1
            return None
        reasons = " ".join(results.get(update["ref"], ("!", ""))[1] for update in refused)
        if "hook declined" in reasons:
            why = self.declined(push)
            self.counts[f"refused: {why}"] += 1
            if why == "nothing":
                self.tell("a refusal without a reason", push["options"], push["updates"], push["text"][-800:])
            elif not re.search(r"(?m)^remote: +\S", push["text"]):
                self.tell("a refusal without a word", push["text"][-600:])
        elif is_race(reasons) and any(self.moved(update) for update in push["updates"]):
            self.counts["lost a race"] += 1
        elif is_race(reasons) and "non-fast-forward" in reasons:
            self.counts["lost a race"] += 1
        else:
            self.counts["refused: nothing"] += 1
            self.tell("a refusal by git without a reason", push["text"][-600:])
        return None

    def moved(self, update):
        """Whether somebody else moved the ref away from where the client knew it."""
        return any(old == update["known"] and ref == update["ref"] and new != update["new"] for old, new, ref in self.accepted)

    def declined(self, push):
        """Why the hook may have refused: the first reason that holds."""
        judge = Judge(self.server.folder / f"clients/{push['client']}", self.clients[push["client"]].env, self.server.args.checks)
        judge.blobs = self.judge.blobs
        protected = [update for update in push["updates"] if is_protected(update["ref"])]
        if any(update["ref"].startswith("refs/gate/") for update in push["updates"]):
            return "gate's own ref"
        if any(update["new"] == ZEROS for update in protected):
            return "deletion"
        if any(judge.faults(update["new"]) for update in protected if update["new"] != ZEROS):
            return "bad"
        if any(self.forces(judge, push, update) for update in protected if update["known"] != ZEROS):
            return "forced"
        if any(self.moved(update) for update in protected) and MOVED.search(push["text"]):
            return "lost a race in the hook"
        if self.server.args.checks == "evidence" and not push["signed"] and "undecided" in push["text"]:
            return "no evidence"
        return "nothing"

    def forces(self, judge, push, update):
        """Whether a ref is set to what leaves commits out: those that the client knew, or those that came since."""
        return not judge.is_ancestor(update["known"], update["new"]) or "--force" in push["options"] and self.moved(update)

    def store(self):
        """Nothing is broken, and nothing is there that was refused."""
        ran = subprocess.run(["git", "fsck", "--strict", "--no-dangling", "--no-progress"], cwd=self.server.bare,
                             env=self.server.env, capture_output=True, text=True)
        if ran.returncode or ran.stdout.strip() or ran.stderr.strip():
            self.tell("git fsck", ran.returncode, ran.stdout, ran.stderr)
        for path in self.server.bare.rglob("*"):
            name = path.name
            if name.startswith(("tmp_", "incoming-")) or (name.endswith(".lock") and "gate" not in path.parts):
                self.tell("left behind", path.relative_to(self.server.bare))
        self.refused_objects()

    def refused_objects(self):
        """Of what a hook refused no object is in the store. What git itself refused after the hook had its say stays."""
        known = self.objects(self.server.bare, self.server.env, [self.server.first, *self.updates()])
        late = lambda push: any(is_race(reason) and "remote rejected" in reason for _, reason in push["results"].values())
        refused, excused = {}, set()
        for client in self.clients:
            for push in client.pushes:
                news = [update["new"] for update in push["updates"] if update["new"] != ZEROS]
                if push["code"] == 0 or not news:
                    continue
                objects = self.objects(client.path, client.env, news, self.server.first)
                if late(push):
                    excused |= objects
                elif all(push["results"].get(update["ref"], ("!",))[0] == "!" for update in push["updates"]):
                    refused |= dict.fromkeys(objects, push["client"])
            for path, commits in client.untrusted:
                refused |= dict.fromkeys(self.objects(path, client.env, commits), client.number)
        suspects = refused.keys() - known - excused
        self.counts["objects refused"] = len(suspects)
        names = "".join(f"{name}\n" for name in suspects).encode()
        there = self.server.git("cat-file", "--batch-check", input=names).decode().splitlines() if suspects else []
        left = [line for line in there if not line.endswith(" missing")]
        if left:
            self.tell("objects of refused pushes are in the store", len(left), left[:3])

    def updates(self):
        return {new for _, new, _ in self.accepted if new != ZEROS}

    def objects(self, repository, env, commits, *without):
        names = "".join([*(f"{commit}\n" for commit in commits), *(f"^{commit}\n" for commit in without)])
        ran = subprocess.run(["git", "rev-list", "--objects", "--stdin"], cwd=repository, env=env, input=names,
                             capture_output=True, text=True)
        if ran.returncode:
            self.tell("git rev-list", ran.stderr)
        return {line.split(" ")[0] for line in ran.stdout.splitlines()}


# --- One transport ----------------------------------------------------------------------------------------------------


def one(args, name):
    """Serves, pushes and looks: what was found."""
    with tempfile.TemporaryDirectory(prefix="servers-") as folder:
        os.chmod(folder, 0o755)
        server = TRANSPORTS[name](folder, args)
        try:
            (Path(folder) / "clients").mkdir()
            until = time.monotonic() + args.seconds
            clients = [Client(server, number, args.seed, until) for number in range(args.clients)]
            for client in clients:
                client.start()
            for client in clients:
                client.join()
        finally:
            server.stop()
        look = Look(server, clients)
        look.all()
        seconds = sorted(push["seconds"] for push in look.pushes)
        at = lambda share: 1000 * seconds[int(share * (len(seconds) - 1))] if seconds else 0
        signing = sorted(seconds for client in clients for seconds in client.signing)
        if signing:
            look.counts["ms to sign and push that"] = round(1000 * signing[len(signing) // 2])
        counts = ", ".join(f"{what} {often}" for what, often in sorted(look.counts.items()))
        print(f"{name:5}{len(look.pushes)} pushes, {at(0.5):.0f} ms, {at(0.95):.0f} ms at the 95th percentile; {counts}", flush=True)
        return look.found


def planted(args):
    """Runs the hook with each fault: those that were not found, or that were found where there is none."""
    # Only where evidence decides is there somebody to believe.
    fits = [name for name in PLANTS if (name == "believes") == (args.checks == "evidence")]
    names = fits if args.plant == "all" else [args.plant]
    wrong = 0
    for name in names:
        args.plant = name
        found = [what for transport in args.transport.split(",") for what in one(args, transport)]
        kinds = Counter(what.split(":")[0] for what in found)
        right = bool(found) == (name != "none")
        wrong += not right
        print(f"{'right' if right else 'WRONG'}: {name} ({PLANTS[name]}): {dict(kinds) or 'nothing found'}", flush=True)
        if not right or args.verbose:
            print("\n".join(found[:5]))
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--transport", default="file,ssh,http")
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checks", choices=["builtin", "run", "evidence"], default="builtin")
    parser.add_argument("--rules", default="", help="what else gate.toml holds")
    parser.add_argument("--plant", choices=[*PLANTS, "all"])
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--as-hook", choices=PLANTS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.as_hook:
        hook(args.as_hook, args.checks)
    if args.plant and args.checks != "evidence":
        sys.exit(1 if planted(args) else 0)
    args.gate = shutil.which(args.gate) or sys.exit(f"{args.gate} is not there")
    if args.plant:
        sys.exit(1 if planted(args) else 0)
    found = 0
    for name in args.transport.split(","):
        for what in one(args, name):
            found += 1
            if found <= 20 or args.verbose:
                print(f"{name}: {what}", flush=True)
    print(f"{found} found")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()

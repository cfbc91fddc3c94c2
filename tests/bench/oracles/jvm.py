"""Compares gate's graph of Maven modules or Gradle projects with what Maven and Gradle make of them.

Usage: jvm.py maven|gradle [--gate PROGRAM] [--graph FILE] [--list] REPOSITORY...
       jvm.py sample FOLDER

Maven: the poms are read by Maven's own model builder (the jars of --maven, Java's compiler is needed), once as they are
and once with all profiles active. Parents and imports of the repository are taken from it, all others are empty. What a
module's model names among the modules (dependencies, plugins, what these depend on, extensions) has to be an edge.

Gradle: the program is asked (--gradle, offline) for projects and for what each configuration depends on. Where it can't
run the build, which needs plugins that are not there or another version, scripts are read by patterns instead, without
comments: `include`, `project(":a")` and `projects.a`.

What is missed makes this program fail; what gate has beyond it is counted, and listed with --list. `sample` writes a
repository that Gradle can run without network.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

MODELS = r"""
import java.io.*;
import java.nio.file.*;
import java.util.*;
import org.apache.maven.model.*;
import org.apache.maven.model.building.*;
import org.apache.maven.model.io.xpp3.MavenXpp3Reader;
import org.apache.maven.model.resolution.*;

public class Models {
    static Map<String, File> known = new HashMap<>();

    static class Resolver implements ModelResolver {
        public ModelSource resolveModel(String group, String artifact, String version) {
            File file = known.get(group + ":" + artifact);
            if (file != null) return new FileModelSource(file);
            String text = "<project><modelVersion>4.0.0</modelVersion><groupId>" + group + "</groupId><artifactId>" + artifact
                + "</artifactId><version>" + version + "</version><packaging>pom</packaging></project>";
            return new StringModelSource(text);
        }
        public ModelSource resolveModel(Parent parent) { return resolveModel(parent.getGroupId(), parent.getArtifactId(), parent.getVersion()); }
        public ModelSource resolveModel(Dependency its) { return resolveModel(its.getGroupId(), its.getArtifactId(), its.getVersion()); }
        public void addRepository(Repository repository) {}
        public void addRepository(Repository repository, boolean replace) {}
        public ModelResolver newCopy() { return this; }
    }

    static Model raw(File file) throws Exception {
        try (InputStream in = new FileInputStream(file)) { return new MavenXpp3Reader().read(in, false); }
    }

    static String group(Model model) { return model.getGroupId() != null ? model.getGroupId() : model.getParent() == null ? null : model.getParent().getGroupId(); }

    static void modules(File pom, Set<File> found) throws Exception {
        if (!found.add(pom)) return;
        Model model = raw(pom);
        Set<String> names = new LinkedHashSet<>(model.getModules());
        for (Profile profile : model.getProfiles()) names.addAll(profile.getModules());
        for (String name : names) {
            File place = new File(pom.getParentFile(), name).getCanonicalFile();
            if (place.isDirectory()) place = new File(place, "pom.xml");
            if (place.isFile()) modules(place, found);
        }
    }

    static Model effective(File pom, List<String> profiles) {
        DefaultModelBuildingRequest request = new DefaultModelBuildingRequest();
        request.setPomFile(pom).setModelResolver(new Resolver()).setValidationLevel(ModelBuildingRequest.VALIDATION_LEVEL_MINIMAL);
        request.setSystemProperties(System.getProperties()).setActiveProfileIds(profiles).setProcessPlugins(true);
        try { return new DefaultModelBuilderFactory().newInstance().build(request).getEffectiveModel(); }
        catch (ModelBuildingException error) { System.err.println(pom + ": " + error.getMessage().split("\n")[1]); return error.getModel(); }
    }

    static void names(Model model, Set<String> into) {
        for (Dependency its : model.getDependencies()) into.add("D " + its.getGroupId() + ":" + its.getArtifactId());
        if (model.getBuild() == null) return;
        for (Extension its : model.getBuild().getExtensions()) into.add("E " + its.getGroupId() + ":" + its.getArtifactId());
        for (Plugin plugin : model.getBuild().getPlugins()) {
            into.add("P " + plugin.getKey());
            for (Dependency its : plugin.getDependencies()) into.add("PD " + its.getGroupId() + ":" + its.getArtifactId());
        }
    }

    public static void main(String[] arguments) throws Exception {
        File root = new File(arguments[0]).getCanonicalFile();
        for (int at = 1; at < arguments.length; at++) {
            File file = new File(arguments[at]).getCanonicalFile();
            try { Model model = raw(file); known.putIfAbsent(group(model) + ":" + model.getArtifactId(), file); } catch (Exception ignored) {}
        }
        Set<File> poms = new LinkedHashSet<>();
        modules(root, poms);
        for (File pom : poms) {
            Set<String> profiles = new LinkedHashSet<>();
            for (File other : poms) for (Profile profile : raw(other).getProfiles()) profiles.add(profile.getId());
            Set<String> names = new TreeSet<>();
            Model model = effective(pom, List.of());
            if (model == null) continue;
            names(model, names);
            Model other = effective(pom, new ArrayList<>(profiles));
            if (other != null) names(other, names);
            System.out.println(pom + "\t" + model.getGroupId() + ":" + model.getArtifactId() + "\t" + String.join("\t", names));
        }
    }
}
"""

PROJECTS = r"""
allprojects { p ->
  afterEvaluate {
    println "project\t${p.path}\t${p.projectDir}"
    p.configurations.each { c -> c.dependencies.withType(ProjectDependency).each { d -> println "edge\t${p.path}\t${d.dependencyProject.path}" } }
  }
}
"""

SAMPLE = {
    "settings.gradle": """// include 'no'
include ':core', 'web:api', "web:app",
        'tools'
['x', 'y'].each { include "extra-$it" }
project(':tools').projectDir = new File(settingsDir, 'misc/build-tools')
findProject(':web:api')?.name = 'rest'
/* include 'neither' */
""",
    "build.gradle": """
subprojects { apply plugin: 'java' }
configure(subprojects.findAll { it.path.startsWith(':extra') }) { dependencies { compile project(':core') } }
project(':web:app') { dependencies { testCompile project(':tools') } }
""",
    "core/build.gradle": "def url = 'https://example.org//x' // project(':tools')\n",
    "web/api/build.gradle": "dependencies {\n  compile project(path: ':core'),\n          files('../x.jar')\n}\n",
    "web/app/build.gradle": "apply from: \"$rootDir/gradle/more.gradle\"\ndependencies { ['rest'].each { compile project(\":web:$it\") } }\n",
    "gradle/more.gradle": "dependencies { runtime project(':extra-x') }\n",
    "misc/build-tools/build.gradle": "def other = ':extra-y'\ndependencies { compileOnly(project(other)) { transitive = false } }\n",
    "extra-x/build.gradle": "",
    "extra-y/x.txt": "",
}


def maven(options, root):
    """Modules by folder, and pairs of folders of which one depends on the other."""
    poms = sorted(root.rglob("pom*.xml"), key=lambda path: len(path.parts))
    tops = [path for path in poms if path.name == "pom.xml"][:1]
    with tempfile.TemporaryDirectory() as place:
        source = pathlib.Path(place) / "Models.java"
        source.write_text(MODELS)
        jars = ":".join(str(jar) for jar in sorted(pathlib.Path(options.maven).glob("*.jar")))
        subprocess.run(["javac", "-cp", jars, "-d", place, source], check=True)
        command = ["java", "-cp", f"{place}:{jars}", "Models", *map(str, tops), *map(str, poms)]
        lines = subprocess.check_output(command, text=True).splitlines()
    rows = [line.split("\t") for line in lines]
    folder = lambda path: str(pathlib.Path(path).parent.relative_to(root.resolve()))
    at = {row[1]: folder(row[0]) for row in rows}
    edges = {(at[row[1]], at[name.split(" ")[1]]) for row in rows for name in row[2:] if name and name.split(" ")[1] in at}
    return set(at.values()), {(a, b) for a, b in edges if a != b}


def gradle(options, root):
    """The same of Gradle's projects."""
    with tempfile.NamedTemporaryFile("w", suffix=".gradle") as script:
        script.write(PROJECTS)
        script.flush()
        command = [options.gradle, "--offline", "--no-daemon", "-q", "-I", script.name, "help"]
        try:
            done = subprocess.run(command, cwd=root, text=True, capture_output=True)
        except FileNotFoundError:
            done = None
    if done is None or done.returncode:
        why = done.stderr.strip().splitlines()[-1:] if done else ["no such program"]
        print(f"  gradle can't tell ({' '.join(why)[:120]}): scripts are read by patterns")
        return patterns(root)
    rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    if (root / "settings.gradle.kts").exists() and len(rows) <= 1:
        print("  this gradle reads no settings in Kotlin: scripts are read by patterns")
        return patterns(root)
    inside = lambda path: str(pathlib.Path(path).resolve().relative_to(root.resolve()))
    at = {row[1]: inside(row[2]) for row in rows if row[0] == "project"}
    edges = {(at[row[1]], at[row[2]]) for row in rows if row[0] == "edge"}
    return set(at.values()), {(a, b) for a, b in edges if a != b}


def plain(path):
    """A script without comments."""
    text = path.read_text(errors="replace")
    return re.sub(r"(?<!:)//[^\n]*|/\*.*?\*/", "", text, flags=re.S)


def patterns(root):
    settings = next(root / name for name in ("settings.gradle", "settings.gradle.kts") if (root / name).exists())
    text = plain(settings)
    included = re.findall(r"\binclude\b\s*\(?((?:\s*['\"][^'\"]+['\"]\s*,?)+)", text)
    paths = {":" + path.strip(":") for group in included for path in re.findall(r"['\"]([^'\"]+)['\"]", group)}
    at = {path: path.strip(":").replace(":", "/") for path in paths}
    renamed = {}
    for path, folder in re.findall(r"project\(\s*['\"]([^'\"]+)['\"]\s*\)\.projectDir\s*=\s*\w*\s*[\w.]*\(?[^'\"\n]*['\"]([^'\"]+)['\"]", text):
        at[path] = folder
    for path, name in re.findall(r"project\(\s*['\"]([^'\"]+)['\"]\s*\)\??\.name\s*=\s*['\"]([^'\"]+)['\"]", text):
        if path in at:
            renamed[path.rpartition(":")[0] + ":" + name] = at.pop(path)
    at.update(renamed)
    camel = lambda name: re.sub(r"[-_.](\w)", lambda found: found.group(1).upper(), name)
    accessors = {".".join(map(camel, path.strip(":").split(":"))): path for path in at}
    edges = set()
    for path, folder in at.items():
        for script in (root / folder / name for name in ("build.gradle", "build.gradle.kts")):
            text = plain(script) if script.exists() else ""
            named = re.findall(r"\bproject\(\s*(?:path\s*[:=]\s*)?['\"](:[^'\"]+)['\"]", text)
            named += [accessors[name] for name in re.findall(r"\bprojects\.([\w.]+)", text) if name in accessors]
            edges |= {(folder, at[name]) for name in named if name in at}
    return {folder for folder in at.values() if (root / folder).exists()}, {(a, b) for a, b in edges if a != b}


def found(graph, kind):
    """Folders of gate's units, and pairs of them."""
    at = {unit["name"]: unit["root"] for unit in graph["units"] if unit["kind"] == kind}
    edges = {(at[edge["from"]], at[edge["to"]]) for edge in graph["edges"]
             if edge["from"] in at and isinstance(edge["to"], str) and edge["to"] in at}
    return set(at.values()), {(a, b) for a, b in edges if a != b}


def sample(folder):
    for name, text in SAMPLE.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run(["git", "init", "-q", folder], check=True)
    subprocess.run(["git", "-C", folder, "add", "-A"], check=True)
    identity = ["-c", "user.name=oracle", "-c", "user.email=oracle@example.invalid"]
    subprocess.run(["git", "-C", folder, *identity, "commit", "-qm", "sample"], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["maven", "gradle", "sample"])
    parser.add_argument("--gate", default="gate")
    parser.add_argument("--maven", default="/usr/share/maven/lib", help="the folder of Maven's jars")
    parser.add_argument("--gradle", default="gradle")
    parser.add_argument("--graph", help="gate's graph, instead of asking gate")
    parser.add_argument("--list", action="store_true", help="list what gate has beyond it")
    parser.add_argument("repositories", nargs="+", metavar="REPOSITORY")
    options = parser.parse_args()
    if options.kind == "sample":
        return sample(options.repositories[0])
    missed = 0
    for repository in options.repositories:
        with tempfile.TemporaryDirectory() as place:
            root = pathlib.Path(place).resolve() / "copy"
            subprocess.run(["git", "clone", "-q", "--shared", repository, root], check=True)
            if options.graph:
                graph = json.loads(pathlib.Path(options.graph).read_text())
            else:
                graph = json.loads(subprocess.check_output([options.gate, "unit", "graph", "--format", "json"], cwd=root))
            units, edges = found(graph, options.kind)
            modules, needed = (maven if options.kind == "maven" else gradle)(options, root)
        print(f"{repository}: {len(units)} units, {len(modules)} modules; {len(needed)} pairs, "
              f"{len(needed - edges)} missed, {len(edges - needed)} beyond")
        for folder in sorted(modules - units):
            print(f"    no unit: {folder}")
        for a, b in sorted(needed - edges):
            print(f"    missed: {a} -> {b}")
        for a, b in sorted(edges - needed) if options.list else []:
            print(f"    beyond: {a} -> {b}")
        missed += len(needed - edges)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()

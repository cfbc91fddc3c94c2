//! What is found in small trees.

use super::Gradle;
use crate::unit::sample::{changed, edges, found};
use crate::unit::{Found, Own};

fn find(files: &[(&str, &str)]) -> Found {
    found(&Gradle, files)
}

fn names(found: &Found) -> Vec<String> {
    found.units.iter().map(|unit| format!("{} {} {}", unit.name, unit.root, unit.workspace)).collect()
}

fn widened(found: &Found) -> Vec<String> {
    let line = |unit: &Option<String>| unit.clone().unwrap_or_else(|| "all".to_owned());
    found
        .widened
        .iter()
        .map(|widening| format!("{}: {}: {}", line(&widening.unit), widening.file, widening.why))
        .collect()
}

/// The units that settings make, where every folder that they may name holds a build script.
fn included(settings: &str) -> Vec<String> {
    let mut files = vec![("settings.gradle.kts", settings)];
    let folders = ["a", "b", "b/c", "d/e", "modules/a", "modules/b"].map(|folder| format!("{folder}/build.gradle"));
    files.extend(folders.iter().map(|path| (path.as_str(), "")));
    let kotlin = find(&files);
    let mut lines: Vec<String> = kotlin.units.iter().map(|unit| format!("{} {}", unit.name, unit.root)).collect();
    lines.extend(widened(&kotlin));
    lines
}

/// What the script of `:a` leads to, beside `:b` and `:c-d` and an outermost script.
fn with(root: &str, a: &str, is_kotlin: bool) -> Vec<String> {
    let end = if is_kotlin { ".kts" } else { "" };
    let paths = ["build.gradle", "a/build.gradle"].map(|path| format!("{path}{end}"));
    let found = find(&[
        ("settings.gradle", "rootProject.name = 'top'\ninclude 'a', 'b', 'c-d', 'c-d:e'"),
        (&paths[0], root),
        (&paths[1], a),
        ("b/build.gradle", ""),
        ("c-d/build.gradle", ""),
        ("c-d/e/build.gradle", ""),
        ("shared/x.txt", ""),
    ]);
    let mut lines: Vec<String> = edges(&found).into_iter().filter(|line| !line.starts_with(": ")).collect();
    lines.extend(widened(&found));
    lines
}

fn groovy(a: &str) -> Vec<String> {
    with("", a, false)
}

fn kotlin(a: &str) -> Vec<String> {
    with("", a, true)
}

#[test]
fn projects_are_what_settings_include() {
    assert_eq!(included("include(\":a\", \"b:c\") // include(\":d:e\")"), [":a a", ":b b", ":b:c b/c"]);
    assert_eq!(
        included("include(listOf(\"a\", \"b\"))\nsettings.include(\n  \"d:e\",\n)"),
        [":a a", ":b b", ":d:e d/e"]
    );
    assert_eq!(included("val p = \"b:c\"\nif (true) { include(p) }\nfun f() {}"), [":b b", ":b:c b/c"]);
    assert_eq!(included("listOf(\"a\", \"b\").forEach { include(\":$it\") }"), [":a a", ":b b"]);
    assert_eq!(
        included(
            "val all = listOf(\"a\", \"b\")\nfor (x in all) { include(\":${x}\"); project(\":$x\").projectDir = file(\"modules/$x\") }"
        ),
        [":a modules/a", ":b modules/b"]
    );
    assert_eq!(
        included("file(\".\").listFiles().forEach { include(it.name) }"),
        ["all: settings.gradle.kts: can't tell which projects are included"]
    );
    assert_eq!(included("include(\"a\")\nproject(\":a\").projectDir = File(rootDir, \"modules/b\")"), [":a modules/b"]);
    assert_eq!(
        included("include(\"a\")\nproject(\":a\").projectDir = dir()"),
        [":a a", "all: settings.gradle.kts: can't tell which folder is a project's"]
    );
    assert_eq!(
        included("include(\"b:c\")\nproject(\":b:c\").name = \"x\"\nproject(\":b\").name = \"b\""),
        [":b b", ":b:x b/c"]
    );
    assert_eq!(included("include(\"a\""), ["all: settings.gradle.kts: can't be read: '(' is not closed in line 1"]);
}

#[test]
fn settings_in_groovy_are_read() {
    let find = |settings: &str| {
        let more = if settings.starts_with("apply") { "x/more.gradle" } else { "x/other.txt" };
        names(&find(&[
            ("x/settings.gradle", settings),
            ("x/a/build.gradle", ""),
            ("x/a/src/test/resources/settings.gradle", "include 'z'"),
            ("x/b/b.gradle", ""),
            ("y/src/X.java", ""),
            (more, "include 'b'"),
        ]))
    };
    assert_eq!(
        find("include ':a',\n  'b'\nrootProject.children.each { it.buildFileName = \"${it.name}.gradle\" }"),
        [":a x/a x", ":b x/b x"]
    );
    assert_eq!(find("includeFlat 'y'\ninclude 'a'\nfindProject(':a')?.name = 'a'"), [":a x/a x", ":y y x"]);
    assert_eq!(find("['a', 'b'].each { String p -> include p }"), [":a x/a x", ":b x/b x"]);
    assert_eq!(find("apply from: 'more.gradle'"), [":b x/b x"]);
    assert_eq!(find("include 'y'\nproject(':y').projectDir = new File(settingsDir, '../y')"), [":y y x"]);
}

#[test]
fn a_project_without_anything_of_its_own_is_no_unit() {
    let found = find(&[
        ("settings.gradle", "include 'g:a', 'h'"),
        ("g/a/build.gradle", ""),
        ("h/x.txt", ""),
        ("o/build.gradle", ""),
    ]);
    assert_eq!(names(&found), [":g:a g/a .", ":h h ."]);
}

#[test]
fn a_build_script_alone_is_a_build() {
    assert_eq!(names(&find(&[("x/build.gradle", ""), ("x/y/build.gradle", "")])), [": x x"]);
}

#[test]
fn an_outer_project_owns_its_scripts_and_sources_only() {
    let found = find(&[
        ("settings.gradle", "include 'a'"),
        ("build.gradle", "sourceSets.main.java.srcDirs = ['java/x']\nfiles('a/y')"),
        ("a/build.gradle", ""),
        ("a/y/z.txt", ""),
        ("java/x/X.java", ""),
    ]);
    let only = ["build.gradle", "src", "gradle.lockfile", "gradle/dependency-locks", "java/x"];
    let only = only.map(crate::path::RepoPath::from).into_iter().collect();
    assert_eq!(found.units.iter().map(|unit| &unit.own).collect::<Vec<_>>(), [&Own::Only(only), &Own::Everything]);
    assert_eq!(edges(&found), [": -> a/y (path)"]);
}

#[test]
fn projects_that_scripts_name_are_edges() {
    for a in [
        "dependencies { implementation project(':b') }",
        "dependencies { testImplementation(project(path: ':b', configuration: 'x')) }",
        "dependencies { api(testFixtures(project(':b'))) }",
        "evaluationDependsOn ':b'",
        "task t { dependsOn ':b:jar' }",
        "def other = ':b'\ndependencies { implementation project(other) }",
        "my.own.thing(':b')",
        "x = \"${project(':b').buildDir}/y\"",
        "dependencies { ['b'].each { implementation project(\":$it\") } }",
    ] {
        assert_eq!(groovy(a), [":a -> :b"], "{a}");
    }
    for a in [
        "dependencies { implementation(project(\":b\")) }",
        "dependencies { \"kapt\"(project(path = \":b\", configuration = \"x\")) }",
        "dependencies { implementation(projects.b) }",
        "dependencies { implementation(projects.top.b) }",
        "dependencies {\n  listOf(\":b\").forEach {\n add(\"api\", project(it)) }\n}",
        "val x by configurations.creating { }\nval y = rootProject.project(\":b\")",
    ] {
        assert_eq!(kotlin(a), [":a -> :b"], "{a}");
    }
    assert_eq!(kotlin("dependencies { api(projects.cD.e) }"), [":a -> :c-d:e"]);
    assert_eq!(
        groovy("// project(':b')\nprintln 'see project(:b)'\ndependencies { api project(':a'), 'x:b:1' }"),
        [""; 0]
    );
}

#[test]
fn a_project_that_cannot_be_told_widens() {
    let why = ":a: a/build.gradle: can't tell which project 'project(…)' is";
    assert_eq!(groovy("dependencies { api project(x) }"), [why]);
    assert_eq!(groovy("dependencies { api project(':' + x) }"), [":a -> :", why]);
    assert_eq!(
        groovy("dependencies { api project(\":$x\") }"),
        [":a: a/build.gradle: can't tell which project ':…' is"]
    );
    assert_eq!(
        kotlin("dependencies { api(projects.nothing) }"),
        [":a: a/build.gradle.kts: can't tell which project 'projects.nothing' is"]
    );
    assert_eq!(kotlin("fun project(x: String) = 1"), [""; 0]);
    assert_eq!(groovy("}"), [":a: a/build.gradle: can't be read: '}' closes nothing in line 1"]);
}

#[test]
fn what_scripts_above_say_of_others_counts_for_those() {
    let root = |root: &str| with(root, "", false);
    let all = [":a -> :b", ":c-d -> :b", ":c-d:e -> :b"];
    for each in [
        "subprojects { X }",
        "allprojects { p -> X }",
        "configure(subprojects.findAll { it.name != 'b' }) { X }",
        "subprojects.each { X }",
        "configure(some) { X }",
    ] {
        assert_eq!(root(&each.replace('X', "dependencies { api project(':b') }")), all, "{each}");
    }
    for one in ["project(':a') { X }", "configure(project(':a')) { X }", "configure([project(':a')]) { X }"] {
        assert_eq!(root(&one.replace('X', "dependencies { api project(':b') }")), [":a -> :b"], "{one}");
    }
    assert_eq!(root("dependencies { api project(':b') }"), [""; 0]);
    assert_eq!(root("configure<X> { api project(':b') }"), [""; 0]);
    let found = find(&[
        ("settings.gradle", "include 'a', 'b'"),
        ("build.gradle", "dependencies { subprojects.each { api it } }"),
        ("a/build.gradle", ""),
        ("b/build.gradle", ""),
    ]);
    assert_eq!(edges(&found), [": -> :a", ": -> :b"]);
}

#[test]
fn scripts_that_are_applied_count_for_the_project() {
    for apply in [
        "apply from: '../g/x.gradle'",
        "apply(from: rootProject.file('g/x.gradle'))",
        "apply from: \"$rootDir/g/x.gradle\"",
        "apply { from '../g/x.gradle' }",
        "apply plugin: 'java', from: '../g/x.gradle'",
    ] {
        let files = |x: &'static str| {
            [
                ("settings.gradle", "include 'a', 'b'"),
                ("a/build.gradle", apply),
                ("b/build.gradle", ""),
                ("g/x.gradle", x),
            ]
        };
        let found = find(&files("apply from: 'y.gradle'\ndependencies { api project(':b') }"));
        assert_eq!(edges(&found), [":a -> :b", ":a -> g/y.gradle (path)"], "{apply}");
        assert!(found.explained.contains(&crate::path::RepoPath::from("g/x.gradle")));
        assert_eq!(changed(&Gradle, &files("x = 1"), &files("x = 2")), [":a: g/x.gradle"], "{apply}");
    }
    assert_eq!(groovy("apply from: x"), [":a: a/build.gradle: can't tell which script is applied"]);
    assert_eq!(groovy("apply from: \"$x/y.gradle\""), [":a: a/build.gradle: can't tell which script '…/y.gradle' is"]);
    assert_eq!(groovy("apply from: 'https://example.org/x.gradle'"), [""; 0]);
}

#[test]
fn places_outside_of_a_project_are_edges() {
    for (a, place) in [
        ("dependencies { api files('../libs/x.jar') }", "libs/x.jar"),
        ("dependencies { api fileTree(dir: '../libs', include: '*.jar') }", "libs"),
        ("sourceSets { main { java { srcDir '../shared/java' } } }", "shared/java"),
        ("sourceSets.main.java.srcDirs += ['src', '../shared']", "shared"),
        ("x = rootProject.file('config/x.xml')", "config/x.xml"),
        ("x = new File(rootDir, 'b/x')", "b/x"),
        ("x = \"-javaagent:${rootDir}/b/x.jar -Dy\"", "b/x.jar"),
        ("x = \"$rootProject.projectDir/b/x\"", "b/x"),
        ("x = \"${project.rootDir.absolutePath}/b/x\"", "b/x"),
        ("x = projectDir.parentFile", "."),
        ("x = file(\"../shared/$y\")", "shared"),
        ("workingDir rootDir", "."),
    ] {
        assert_eq!(groovy(a), [format!(":a -> {place} (path)")], "{a}");
    }
    for (a, place) in [
        ("val x = rootDir.resolve(\"b/x\")", "b/x"),
        ("val x = rootProject.layout.projectDirectory.file(\"b/x\")", "b/x"),
        ("val x = isolated.rootProject.projectDirectory.dir(\"b\")", "b"),
        ("val x = layout.settingsDirectory.file(\"b/x\")", "b/x"),
        ("val x = File(rootProject.projectDir, \"b/x\")", "b/x"),
        ("val x = layout.projectDirectory.file(\"../b/x\")", "b/x"),
        ("kotlin.sourceSets.main { kotlin.srcDir(\"../b/x\") }", "b/x"),
    ] {
        assert_eq!(kotlin(a), [format!(":a -> {place} (path)")], "{a}");
    }
    for a in [
        "x = file('src/x')",
        "x = \"$projectDir/x\"",
        "x = \"$buildDir/x\"",
        "x = 1..2",
        "x = 'a...b'",
        "x = rootProject.name + rootDir.name",
        "url 'https://x/../y'",
    ] {
        assert_eq!(groovy(a), [""; 0], "{a}");
    }
    assert_eq!(groovy("x = \"$y/../z\""), [":a: a/build.gradle: can't tell which place '…/../z' is"]);
}

#[test]
fn a_variable_may_hold_a_place_that_a_script_above_names() {
    let root = "ext.shared = \"$rootDir/b/x\"";
    assert_eq!(with(root, "dependencies { api files(shared) }", false), [":a -> b/x (path)"]);
    assert_eq!(with(root, "dependencies { api files('x') }", false), [""; 0]);
}

#[test]
fn scripts_above_and_settings_count_by_what_they_say() {
    let files = |settings: &'static str, root: &'static str, outer: &'static str| {
        [
            ("settings.gradle", settings),
            ("build.gradle", root),
            ("o/build.gradle", outer),
            ("o/a/build.gradle", ""),
            ("b/build.gradle", ""),
            ("gradle.properties", ""),
        ]
    };
    let before = files("include 'o:a', 'b'", "x = 1", "");
    let changed = |after: [(&str, &str); 6]| changed(&Gradle, &before, &after);
    assert_eq!(changed(files("include 'b'\n\n// why\ninclude 'o:a'", "x  =  1 /* y */\n", "")), [""; 0]);
    assert_eq!(changed(files("include 'o:a', 'b'\nx = 1", "x = 1", "")).len(), 4);
    assert_eq!(
        changed(files("include 'o:a', 'b'", "x = 2", "")),
        [":b: build.gradle", ":o: build.gradle", ":o:a: build.gradle"]
    );
    assert_eq!(changed(files("include 'o:a', 'b'", "x = 1", "y")), [":o:a: o/build.gradle"]);
    let explained: Vec<String> = find(&before).explained.iter().map(ToString::to_string).collect();
    assert_eq!(explained, ["gradle.properties", "settings.gradle"]);
}

#[test]
fn properties_and_locks_of_the_build_count_for_all() {
    for name in [
        "gradle.properties",
        "buildscript-gradle.lockfile",
        "settings-gradle.lockfile",
        "gradle/dependency-locks/buildscript-classpath.lockfile",
    ] {
        let files = |content: &'static str| {
            [("settings.gradle", "include 'a', 'b'"), ("a/build.gradle", ""), ("b/build.gradle", ""), (name, content)]
        };
        assert_eq!(changed(&Gradle, &files("x=1"), &files("x=2")), [format!(":a: {name}"), format!(":b: {name}")]);
    }
    let files = |content: &'static str| {
        [
            ("settings.gradle", "include 'a'"),
            ("build.gradle", ""),
            ("a/build.gradle", ""),
            ("gradle.lockfile", content),
            ("a/gradle.lockfile", content),
        ]
    };
    assert_eq!(changed(&Gradle, &files("x"), &files("y")), [""; 0]);
}

/// What an edit of a catalog changes, for projects that use it in several ways.
fn cataloged(old: &str, new: &str) -> Vec<String> {
    let files = |catalog: &str| {
        let catalog = catalog.to_owned();
        vec![
            ("settings.gradle.kts".to_owned(), "include(\"a\", \"b\", \"c\", \"d\", \"e\")".to_owned()),
            ("gradle/libs.versions.toml".to_owned(), catalog),
            ("a/build.gradle.kts".to_owned(), "dependencies { api(libs.some.lib) }".to_owned()),
            (
                "b/build.gradle.kts".to_owned(),
                "plugins { alias(libs.plugins.p) }\nval x = libs.versions.v.get()".to_owned(),
            ),
            ("c/build.gradle.kts".to_owned(), "dependencies { api(libs.bundles.all) }".to_owned()),
            ("d/build.gradle.kts".to_owned(), "val x = extensions.getByType<VersionCatalogsExtension>()".to_owned()),
            ("e/build.gradle.kts".to_owned(), "dependencies { api(\"x:y:1\") }".to_owned()),
        ]
    };
    let (old, new) = (files(old), files(new));
    let [old, new] = [&old, &new].map(|files| files.iter().map(|(p, c)| (p.as_str(), c.as_str())).collect::<Vec<_>>());
    changed(&Gradle, &old, &new)
}

#[test]
fn a_catalog_counts_by_the_entries_that_are_used() {
    let catalog = "[versions]\nv = '1'\nw = '1'\n[libraries]\nsome-lib = { module = 'x:some', version.ref = 'w' }\nother = 'x:other:1'\n[plugins]\np = { id = 'p', version.ref = 'v' }\n[bundles]\nall = ['other']\n";
    let field = "gradle/libs.versions.toml";
    let of = |units: &[&str]| units.iter().map(|unit| format!("{unit}: {field}")).collect::<Vec<_>>();
    let edit = |from: &str, to: &str| cataloged(catalog, &catalog.replace(from, to));
    assert_eq!(edit("w = '1'", "w = '2'"), of(&[":a", ":d"]));
    assert_eq!(edit("v = '1'", "v = '2'"), of(&[":b", ":d"]));
    assert_eq!(edit("x:other:1", "x:other:2"), of(&[":c", ":d"]));
    assert_eq!(edit("[plugins]", "# why\n[plugins]"), of(&[":d"]));
    let broken =
        find(&[("settings.gradle", "include 'a'"), ("a/build.gradle", ""), ("gradle/libs.versions.toml", "[")]);
    assert!(widened(&broken)[0].starts_with("all: gradle/libs.versions.toml: can't be read"), "{:?}", widened(&broken));
    assert!(!broken.explained.contains(&crate::path::RepoPath::from("gradle/libs.versions.toml")));
}

#[test]
fn an_alias_that_is_not_there_takes_the_whole_catalog() {
    let files = |catalog: &'static str| {
        [
            (
                "settings.gradle",
                "include 'a'\ndependencyResolutionManagement { versionCatalogs { more { from(files('m.versions.toml')) }\n create('testLibs') { from(files('t.versions.toml')) } } }",
            ),
            ("a/build.gradle", "api libs.gone.thing\napi testLibs.x"),
            ("gradle/libs.versions.toml", catalog),
            ("t.versions.toml", catalog),
            ("m.versions.toml", catalog),
        ]
    };
    let changed = changed(&Gradle, &files("[libraries]\nx='a:b:1'"), &files("[libraries]\nx='a:b:1'\ny='a:c:1'"));
    assert_eq!(changed, [":a: gradle/libs.versions.toml, m.versions.toml"]);
    let explained: Vec<String> = find(&files("")).explained.iter().map(ToString::to_string).collect();
    assert_eq!(explained, ["gradle/libs.versions.toml", "m.versions.toml", "settings.gradle", "t.versions.toml"]);
}

#[test]
fn plugins_of_the_build_reach_every_project() {
    let found = find(&[
        ("settings.gradle", "pluginManagement { includeBuild('build-logic') }\ninclude 'a', 'b', 'c'"),
        ("a/build.gradle", "plugins { id 'my.conventions' }"),
        ("b/build.gradle", ""),
        ("c/build.gradle", ""),
        ("build-logic/settings.gradle.kts", ""),
        ("build-logic/build.gradle.kts", "plugins { `kotlin-dsl` }"),
        ("build-logic/src/main/kotlin/my.conventions.gradle.kts", "dependencies { \"api\"(project(\":b\")) }"),
        ("buildSrc/src/main/java/P.java", "class P { String s = \":c\"; /* \":b\" */ }"),
    ]);
    let mut expected = vec![":a -> :b", ":a -> :c", ":b -> :c"];
    let inner: Vec<String> = [":a", ":b", ":c"]
        .iter()
        .flat_map(|unit| [format!("{unit} -> :build-logic"), format!("{unit} -> :buildSrc")])
        .collect();
    expected.extend(inner.iter().map(String::as_str));
    expected.sort_unstable();
    assert_eq!(edges(&found), expected);
    assert_eq!(widened(&found), [""; 0]);
    assert_eq!(names(&found)[2..4], [":build-logic build-logic .", ":buildSrc buildSrc ."]);
}

#[test]
fn a_source_of_a_plugin_that_is_not_read_widens() {
    let found = find(&[
        ("settings.gradle", "includeBuild 'tools'\ninclude 'a'"),
        ("a/build.gradle", ""),
        ("tools/build.gradle", "apply plugin: 'java-gradle-plugin'"),
        ("tools/src/main/java/P.java", ""),
        ("tools/src/test/java/T.java", ""),
    ]);
    assert_eq!(widened(&found), [":a: tools/src/main/java/P.java: is a source file of a plugin that is not read"]);
}

#[test]
fn builds_that_are_put_together_see_each_other() {
    let found = find(&[
        (
            "app/settings.gradle",
            "rootProject.name = 'app'\ninclude 'x'\nincludeBuild '../lib'\nincludeBuild('../gone')",
        ),
        ("app/x/build.gradle", ""),
        ("lib/settings.gradle", "include 'l', 'm'"),
        ("lib/l/build.gradle", "dependencies { api 'org:x:1' }"),
        ("lib/m/build.gradle", "dependencies { api project(':l') }"),
        ("other/build.gradle", ""),
    ]);
    assert_eq!(names(&found), [": other other", ":lib:l lib/l app", ":lib:m lib/m app", ":x app/x app"]);
    assert_eq!(
        edges(&found),
        [":lib:l -> :x", ":lib:m -> :lib:l", ":x -> :lib:l", ":x -> :lib:m", ":x -> gone (path)"]
    );
    let open = find(&[("settings.gradle", "includeBuild(path)\ninclude 'a'"), ("a/build.gradle", "")]);
    assert_eq!(widened(&open), ["all: settings.gradle: can't tell which build is included"]);
}

#[test]
fn builds_of_one_name_are_told_apart() {
    let found = find(&[
        ("x/settings.gradle", "include 'a'"),
        ("x/a/build.gradle", ""),
        ("y/settings.gradle", "include 'a', 'b'"),
        ("y/a/build.gradle", ""),
        ("y/b/build.gradle", "api project(':a')"),
    ]);
    assert_eq!(names(&found), [":a x/a x", ":b y/b y", "y:a y/a y"]);
    assert_eq!(edges(&found), [":b -> y:a"]);
}

#[test]
fn settings_speak_of_projects_too() {
    let found = find(&[
        ("settings.gradle", "include 'a', 'b'\ngradle.beforeProject { it.dependencies.add('api', it.project(':b')) }"),
        ("a/build.gradle", ""),
        ("b/build.gradle", ""),
    ]);
    assert_eq!(edges(&found), [":a -> :b"]);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(content in proptest::collection::vec(proptest::sample::select(vec![
        "include", "includeBuild", "project", "projects", "(", ")", "{", "}", "[", "]", "'a'", "\":a\"", "\"", "'", "\"\"\"", "$", "${", "/", "\\",
        "\n", ".", ",", "=", "+", "apply", " from: ", "file", "each", "it", "->", "in", "for", "val x", "<", ">", "`", "libs", "rootDir", "é", "..", "projectDir",
        "/*", "*/", "//", "subprojects", "configure", "?", ":", "name", "listOf", "$/",
    ]), 0..40)) {
        let content = content.concat();
        for end in ["", ".kts"] {
            let paths = ["settings.gradle", "build.gradle", "a/build.gradle", "x.gradle"].map(|path| format!("{path}{end}"));
            find(&[(&paths[0], &format!("include(\"a\")\n{content}")), (&paths[1], &content), (&paths[2], &content), (&paths[3], &content), ("buildSrc/src/main/java/P.java", &content)]);
        }
    }
}

//! What is found in small trees.

use super::Maven;
use crate::unit::sample::{changed, edges, found};
use crate::unit::{Found, Own};

/// A pom: the text within `project`.
fn pom(body: &str) -> String {
    format!("<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>{body}</project>")
}

/// A pom that inherits from `g:root` in the folder above.
fn child(artifact: &str, body: &str) -> String {
    let parent = "<parent><groupId>g</groupId><artifactId>root</artifactId><version>1</version></parent>";
    pom(&format!("{parent}<artifactId>{artifact}</artifactId>{body}"))
}

/// The pom of `g:root` with modules and more.
fn root(modules: &[&str], body: &str) -> String {
    let modules = modules.join("</module><module>");
    pom(&format!(
        "<groupId>g</groupId><artifactId>root</artifactId><version>1</version><packaging>pom</packaging>
         <modules><module>{modules}</module></modules>{body}"
    ))
}

fn dependencies(artifacts: &[&str]) -> String {
    let one = |artifact: &&str| {
        format!("<dependency><groupId>g</groupId><artifactId>{artifact}</artifactId><version>1</version></dependency>")
    };
    format!("<dependencies>{}</dependencies>", artifacts.iter().map(one).collect::<String>())
}

fn find(files: &[(&str, &str)]) -> Found {
    found(&Maven, files)
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

/// The edges of a reactor with modules `a` and `b`, in which one pom holds more.
fn with(in_root: &str, in_a: &str) -> Vec<String> {
    let (root, a, b) = (root(&["a", "b"], in_root), child("a", in_a), child("b", ""));
    let found = find(&[("pom.xml", &root), ("a/pom.xml", &a), ("b/pom.xml", &b)]);
    assert_eq!(widened(&found), [""; 0], "nothing is left open");
    edges(&found)
}

#[test]
fn modules_are_what_aggregators_name_in_profiles_too() {
    let root = root(
        &["a", "b/other-pom.xml"],
        "<profiles><profile><id>p</id><modules><module>c</module></modules></profile></profiles>",
    );
    let (a, c, fixture) = (child("a", ""), child("c", ""), pom("<groupId>x</groupId><artifactId>y</artifactId>"));
    let b = pom("<groupId>g</groupId><artifactId>b</artifactId><version>1</version>");
    let found = find(&[
        ("pom.xml", &root),
        ("a/pom.xml", &a),
        ("a/src/test/resources/pom.xml", &fixture),
        ("b/other-pom.xml", &b),
        ("c/pom.xml", &c),
        ("unclaimed/pom.xml", &fixture),
    ]);
    assert_eq!(names(&found), ["g:a a .", "g:b b .", "g:c c .", "g:root . ."]);
    assert_eq!(widened(&found), [""; 0]);
}

#[test]
fn reactors_beside_each_other_are_apart() {
    let (x, y) = (root(&["../m"], ""), pom("<groupId>g</groupId><artifactId>y</artifactId>"));
    let m = pom("<groupId>g</groupId><artifactId>m</artifactId>");
    let found = find(&[("m/pom.xml", &m), ("x/pom.xml", &x), ("y/pom.xml", &y)]);
    assert_eq!(names(&found), ["g:m m x", "g:root x x", "g:y y y"]);
}

#[test]
fn a_model_of_version_4_1_finds_its_modules_itself() {
    let root = "<project xmlns='http://maven.apache.org/POM/4.1.0' root='true'><modelVersion>4.1.0</modelVersion>
        <groupId>g</groupId><artifactId>root</artifactId><packaging>pom</packaging></project>";
    let a = "<project><modelVersion>4.1.0</modelVersion><parent/><artifactId>a</artifactId></project>";
    let files = [("pom.xml", root), ("a/pom.xml", a), ("b/deep/pom.xml", a), ("docs/x.md", "")];
    // Its group is its parent's, which names it no more than by its place.
    assert_eq!(names(&find(&files)), ["g:a a .", "g:root . ."]);
    let listed = root.replace("</packaging>", "</packaging><subprojects><subproject>b/deep</subproject></subprojects>");
    assert_eq!(
        names(&find(&[("pom.xml", &listed), ("b/deep/pom.xml", &root.replace("root<", "x<"))])),
        ["g:x b/deep .", "g:root . ."]
    );
}

#[test]
fn an_aggregator_owns_its_pom_and_sources_only() {
    let (root, a) = (root(&["a"], "<build><sourceDirectory>java</sourceDirectory></build>"), child("a", ""));
    let found = find(&[("pom.xml", &root), ("a/pom.xml", &a), ("java/X.java", ""), ("src/site/x.md", "")]);
    let own: Vec<&Own> = found.units.iter().map(|unit| &unit.own).collect();
    let only = ["pom.xml", "java", "src"].map(crate::path::RepoPath::from).into_iter().collect();
    assert_eq!(own, [&Own::Everything, &Own::Only(only)]);
}

#[test]
fn dependencies_of_every_scope_type_and_profile_are_edges() {
    for more in [
        "",
        "<scope>test</scope>",
        "<type>test-jar</type>",
        "<classifier>tests</classifier>",
        "<optional>true</optional>",
    ] {
        let b = format!(
            "<dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId>{more}</dependency></dependencies>"
        );
        assert_eq!(with("", &b), ["g:a -> g:b"], "{more}");
        assert_eq!(with("", &format!("<profiles><profile>{b}</profile></profiles>")), ["g:a -> g:b"], "{more}");
    }
    assert_eq!(with("", &dependencies(&["other", "a"])), [""; 0]);
}

#[test]
fn plugins_their_dependencies_and_what_they_are_told_are_edges() {
    let b = "<groupId>g</groupId><artifactId>b</artifactId>";
    for build in [
        format!("<plugins><plugin>{b}</plugin></plugins>"),
        format!("<extensions><extension>{b}</extension></extensions>"),
        format!("<plugins><plugin><artifactId>x</artifactId><dependencies><dependency>{b}</dependency></dependencies></plugin></plugins>"),
        format!("<pluginManagement><plugins><plugin><artifactId>x</artifactId><dependencies><dependency>{b}</dependency></dependencies></plugin></plugins></pluginManagement>"),
        format!("<plugins><plugin><artifactId>x</artifactId><configuration><annotationProcessorPaths><path>{b}</path></annotationProcessorPaths></configuration></plugin></plugins>"),
        "<plugins><plugin><artifactId>x</artifactId><configuration><tool>g:b:${project.version}:exe</tool></configuration></plugin></plugins>".to_owned(),
    ] {
        assert_eq!(with("", &format!("<build>{build}</build>")), ["g:a -> g:b"], "{build}");
    }
    let excluded = format!(
        "<build><plugins><plugin><artifactId>x</artifactId><dependencies><dependency><groupId>o</groupId><artifactId>o</artifactId><exclusions><exclusion>{b}</exclusion></exclusions></dependency></dependencies></plugin></plugins></build>"
    );
    assert_eq!(with("", &excluded), [""; 0]);
}

#[test]
fn what_a_parent_says_is_judged_in_each_module() {
    assert_eq!(with(&dependencies(&["b"]), ""), ["g:a -> g:b", "g:root -> g:b"]);
    let own = "<properties><needed>x</needed></properties><dependencies><dependency><groupId>${project.groupId}</groupId><artifactId>${needed}</artifactId></dependency></dependencies>";
    assert_eq!(with(own, "<properties><needed>b</needed></properties>")[0], "g:a -> g:b");
}

#[test]
fn managed_dependencies_are_no_edges() {
    let managed = format!("<dependencyManagement>{}</dependencyManagement>", dependencies(&["a", "b"]));
    assert_eq!(with(&managed, ""), [""; 0]);
}

#[test]
fn a_property_is_every_value_that_it_may_have() {
    let a = "<properties><which>x</which></properties>
        <profiles><profile><properties><which>b</which></properties></profile></profiles>
        <dependencies><dependency><groupId>g</groupId><artifactId>${which}</artifactId></dependency></dependencies>";
    assert_eq!(with("", a), ["g:a -> g:b"]);
    // What a parent outside of the tree defines may be anything.
    let a = "<dependencies><dependency><groupId>${elsewhere}</groupId><artifactId>b</artifactId></dependency></dependencies>";
    assert_eq!(with("", a), ["g:a -> g:b"]);
}

#[test]
fn an_artifact_that_cannot_be_told_widens() {
    let (root, b) = (root(&["a", "b"], ""), child("b", ""));
    let dependency = |artifact: &str| {
        child(
            "a",
            &format!(
                "<dependencies><dependency><groupId>g</groupId><artifactId>{artifact}</artifactId></dependency></dependencies>"
            ),
        )
    };
    let find = |a: &str| find(&[("pom.xml", &root), ("a/pom.xml", a), ("b/pom.xml", &b)]);
    let open = find(&dependency("${x}"));
    assert_eq!(widened(&open), ["g:a: a/pom.xml: can't tell what artifact the dependency g:${x} is"]);
    assert_eq!(edges(&find(&dependency("b${x}"))), ["g:a -> g:b"]);
    assert_eq!(edges(&find(&dependency("c${x}"))), [""; 0]);
}

#[test]
fn properties_that_lead_in_circles_end() {
    let a = "<properties><a>${b}${b}${b}</a><b>${a}${a}${a}</b></properties>
        <build><resources><resource><directory>x/${a}</directory></resource></resources></build>";
    assert_eq!(with("", a), [""; 0]);
}

#[test]
fn another_release_is_another_artifact() {
    let asked = |version: &str| {
        with(
            "",
            &format!(
                "<dependencies><dependency><groupId>g</groupId><artifactId>b</artifactId><version>{version}</version></dependency></dependencies>"
            ),
        )
    };
    assert_eq!(asked("0.9"), [""; 0]);
    for version in ["1", "[0.9,)", "${v}", "LATEST"] {
        assert_eq!(asked(version), ["g:a -> g:b"], "{version}");
    }
}

#[test]
fn places_outside_of_a_module_are_edges() {
    for (body, place) in [
        ("<build><sourceDirectory>../shared/java</sourceDirectory></build>", "shared/java"),
        (
            "<build><resources><resource><directory>${project.basedir}/../res</directory></resource></resources></build>",
            "res",
        ),
        (
            "<build><testResources><testResource><directory>${basedir}/../b/res</directory></testResource></testResources></build>",
            "b/res",
        ),
        (
            "<build><resources><resource><directory>..</directory><includes><include>LICENSE</include></includes></resource></resources></build>",
            "LICENSE",
        ),
        (
            "<build><resources><resource><directory>../b</directory><includes><include>x/**/*.y</include></includes></resource></resources></build>",
            "b/x",
        ),
        ("<build><filters><filter>../f.properties</filter></filters></build>", "f.properties"),
        (
            "<build><plugins><plugin><artifactId>x</artifactId><configuration><file>${maven.multiModuleProjectDirectory}/c.xml</file></configuration></plugin></plugins></build>",
            "c.xml",
        ),
        (
            "<build><plugins><plugin><artifactId>x</artifactId><configuration><target><copy file='../from'/></target></configuration></plugin></plugins></build>",
            "from",
        ),
        (
            "<properties><top>${basedir}/..</top></properties><build><plugins><plugin><artifactId>x</artifactId><configuration>${top}/b/x</configuration></plugin></plugins></build>",
            "b/x",
        ),
        (
            "<dependencies><dependency><groupId>o</groupId><artifactId>o</artifactId><systemPath>${basedir}/../lib/o.jar</systemPath></dependency></dependencies>",
            "lib/o.jar",
        ),
        ("<repositories><repository><url>file://${project.basedir}/../repo</url></repository></repositories>", "repo"),
        ("<properties><config.location>../c.xml</config.location></properties>", "c.xml"),
        (
            "<profiles><profile><activation><file><exists>../flag</exists></file></activation></profile></profiles>",
            "flag",
        ),
        ("<build><sourceDirectory>../gen/${x}/java</sourceDirectory></build>", "gen"),
    ] {
        assert_eq!(with("", body), [format!("g:a -> {place} (path)")], "{body}");
    }
    for body in [
        "<build><sourceDirectory>src</sourceDirectory></build>",
        "<build><plugins><plugin><artifactId>x</artifactId><configuration><y>${project.build.directory}/y</y></configuration></plugin></plugins></build>",
        "<url>../x</url><scm><url>../x</url></scm>",
        "<build><plugins><plugin><artifactId>x</artifactId><configuration><y>${user.home}/../y</y></configuration></plugin></plugins></build>",
    ] {
        assert_eq!(with("", body), [""; 0], "{body}");
    }
}

#[test]
fn a_parent_s_places_are_those_of_the_module() {
    let body =
        "<build><resources><resource><directory>${project.basedir}/../res</directory></resource></resources></build>";
    assert_eq!(with(body, ""), ["g:a -> res (path)", "g:b -> res (path)"]);
    // The outermost pom's folder holds the modules: what it names of theirs is an edge.
    let body = "<build><plugins><plugin><artifactId>x</artifactId><inherited>false</inherited><configuration><y>${maven.multiModuleProjectDirectory}/a/y</y></configuration></plugin></plugins></build>";
    assert_eq!(with(body, ""), ["g:b -> a/y (path)", "g:root -> a/y (path)"]);
}

#[test]
fn a_source_folder_that_cannot_be_told_widens() {
    let (root, a) = (root(&["a"], ""), child("a", "<build><sourceDirectory>${x}</sourceDirectory></build>"));
    let found = find(&[("pom.xml", &root), ("a/pom.xml", &a)]);
    assert_eq!(widened(&found), ["g:a: a/pom.xml: can't tell which place '${x}' is"]);
}

#[test]
fn the_whole_begins_where_the_folder_mvn_is() {
    let a = pom(
        "<groupId>g</groupId><artifactId>a</artifactId><build><filters><filter>${maven.multiModuleProjectDirectory}/f</filter></filters></build>",
    );
    assert_eq!(edges(&find(&[("x/a/pom.xml", &a), ("x/.mvn/maven.config", "")])), ["g:a -> x/f (path)"]);
}

#[test]
fn what_is_inherited_or_imported_counts_and_nothing_else() {
    let bom = |version: &str| {
        pom(&format!(
            "<groupId>g</groupId><artifactId>bom</artifactId><version>1</version><dependencyManagement><dependencies><dependency><groupId>o</groupId><artifactId>o</artifactId><version>{version}</version></dependency></dependencies></dependencyManagement>"
        ))
    };
    let a = child(
        "a",
        "<dependencyManagement><dependencies><dependency><groupId>g</groupId><artifactId>bom</artifactId><version>1</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>",
    );
    let alone = pom("<groupId>g</groupId><artifactId>alone</artifactId>");
    let tree = |root: String, bom: String| {
        [("pom.xml", root), ("a/pom.xml", a.clone()), ("alone/pom.xml", alone.clone()), ("bom/pom.xml", bom)]
    };
    let modules = ["a", "alone", "bom"];
    let before = tree(root(&modules, "<properties><v>1</v></properties>"), bom("1"));
    let changed = |after: [(&str, String); 4]| {
        let [before, after] =
            [&before, &after].map(|files| files.iter().map(|(p, c)| (*p, c.as_str())).collect::<Vec<_>>());
        changed(&Maven, &before, &after)
    };
    assert_eq!(changed(tree(root(&modules, "<properties><v>2</v></properties>"), bom("1"))), ["g:a: parent pom.xml"]);
    assert_eq!(
        changed(tree(root(&modules, "<properties><v>1</v></properties>"), bom("2"))),
        ["g:a: imported bom/pom.xml"]
    );
    let harmless = "<!-- why --><properties>\n<v><![CDATA[1]]></v> </properties>";
    assert_eq!(changed(tree(root(&["alone", "bom", "a", "new"], harmless), bom("1"))), [""; 0]);
}

#[test]
fn a_parent_that_is_no_module_is_explained() {
    let a = pom(
        "<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version><relativePath>../p</relativePath></parent><artifactId>a</artifactId>",
    );
    let p = pom("<groupId>g</groupId><artifactId>p</artifactId><version>1</version><packaging>pom</packaging>");
    let found = find(&[("pom.xml", &root(&["a"], "")), ("a/pom.xml", &a), ("p/pom.xml", &p)]);
    assert_eq!(found.explained.iter().map(ToString::to_string).collect::<Vec<_>>(), ["p/pom.xml"]);
    assert_eq!(found.units[0].fields.keys().collect::<Vec<_>>(), ["parent p/pom.xml"]);
}

#[test]
fn a_parent_is_found_by_its_name_where_its_place_is_another_s() {
    let a = pom(
        "<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version><relativePath/></parent><artifactId>a</artifactId>",
    );
    let p = pom("<groupId>g</groupId><artifactId>p</artifactId><version>1</version>");
    let found = find(&[("pom.xml", &root(&["a", "p"], "")), ("a/pom.xml", &a), ("p/pom.xml", &p)]);
    assert_eq!(found.units[0].fields.keys().collect::<Vec<_>>(), ["parent p/pom.xml"]);
}

#[test]
fn what_cannot_be_read_widens_where_it_matters() {
    let (root, a) = (root(&["a", "b", "c", "d"], ""), child("a", ""));
    let found = find(&[
        ("pom.xml", &root),
        ("a/pom.xml", &a),
        ("a/src/test/resources/pom.xml", "<project>#if(x)"),
        ("b/pom.xml", "<project><artifactId>b</artifactId>"),
        ("c/pom.kts", ""),
        ("unclaimed/pom.xml", "<"),
    ]);
    assert_eq!(
        widened(&found),
        [
            "all: b/pom.xml: can't be read: an element is not closed at the end",
            "all: pom.xml: its module 'c' has no pom.xml that can be read"
        ]
    );
    assert_eq!(edges(&found), ["g:root -> d (path)"]);
    assert_eq!(
        widened(&find(&[("pom.xml", "<html/>")])),
        ["all: pom.xml: its outermost element is 'html', not 'project'"]
    );
    let open = pom("<groupId>${x}</groupId><artifactId>a</artifactId>");
    assert_eq!(widened(&find(&[("pom.xml", &open)])), ["all: pom.xml: can't tell its groupId and artifactId"]);
}

#[test]
fn prefixes_of_namespaces_encodings_and_entities_are_read() {
    let pom = "<?xml version=\"1.0\"?><!DOCTYPE project><m:project xmlns:m='http://maven.apache.org/POM/4.0.0'>
        <m:groupId> g </m:groupId><m:artifactId>a&#45;<![CDATA[b]]></m:artifactId><m:developers>&eacute;</m:developers></m:project>";
    assert_eq!(names(&find(&[("pom.xml", pom)])), ["g:a-b . ."]);
}

#[test]
fn two_modules_of_a_name_are_told_apart_and_both_meant() {
    let (root, a) = (root(&["a", "b", "c"], ""), child("a", &dependencies(&["x"])));
    let x = child("x", "");
    let found = find(&[("pom.xml", &root), ("a/pom.xml", &a), ("b/pom.xml", &x), ("c/pom.xml", &x)]);
    assert_eq!(names(&found), ["g:a a .", "g:x b .", "c/pom.xml c .", "g:root . ."]);
    assert_eq!(edges(&found), ["g:a -> c/pom.xml", "g:a -> g:x"]);
}

#[test]
fn modules_of_one_folder_see_each_other_s_files() {
    let (root, a, b) = (root(&["a", "a/pom-b.xml"], ""), child("a", ""), child("b", ""));
    let found = find(&[("pom.xml", &root), ("a/pom.xml", &a), ("a/pom-b.xml", &b)]);
    assert_eq!(edges(&found), ["g:a -> a (path)", "g:b -> a (path)"]);
}

#[test]
fn parents_in_a_circle_widen() {
    let child_of = |own: &str, parent: &str| {
        pom(&format!(
            "<parent><groupId>g</groupId><artifactId>{parent}</artifactId><version>1</version><relativePath/></parent><artifactId>{own}</artifactId>"
        ))
    };
    let found = find(&[("a/pom.xml", &child_of("a", "b")), ("b/pom.xml", &child_of("b", "a"))]);
    assert_eq!(
        widened(&found),
        [
            "g:a: a/pom.xml: its parents are too many, or lead in a circle",
            "g:b: b/pom.xml: its parents are too many, or lead in a circle"
        ]
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(content in proptest::collection::vec(proptest::sample::select(vec![
        "<project>", "</project>", "<artifactId>", "</artifactId>", "<modules>", "</modules>", "<module>", "</module>", "a", "..",
        "${a}", "${", "}", "<parent>", "</parent>", "<groupId>", "</groupId>", "&#1;", "<![CDATA[", "]]>", "<properties>",
        "<a>", "</a>", "</properties>", "<!--", "-->", "\u{1}", "/", "<build>", "<sourceDirectory>", "</sourceDirectory>", "</build>",
    ]), 0..40)) {
        let content = content.concat();
        find(&[("pom.xml", &content), ("a/pom.xml", &format!("<project><artifactId>x</artifactId>{content}</project>"))]);
    }
}

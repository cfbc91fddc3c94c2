//! What the elements of a pom say.

use std::collections::BTreeSet;

use super::element::{Document, Element};
use crate::unit::maven::model::{Parent, Pom, Reference};
use crate::unit::place;

/// The group of a plugin that names none.
const PLUGINS: &str = "org.apache.maven.plugins";

/// What a document says as a pom.
pub(super) fn pom(document: &Document) -> Result<Pom, String> {
    let root = &document.root;
    if root.name != "project" {
        return Err(format!("its outermost element is '{}', not 'project'", root.name));
    }
    let mut pom = Pom {
        digest: Some(document.digest),
        parent: root.child("parent").map(parent),
        group: root.text_of("groupId"),
        artifact: root.text_of("artifactId").ok_or("it has no artifactId")?,
        version: root.text_of("version"),
        packaging: root.text_of("packaging"),
        finds_modules: !matches!(root.text_of("modelVersion").as_deref(), None | Some("4.0.0")),
        properties: properties(root),
        ..Pom::default()
    };
    modules(root, &mut pom.modules);
    for profile in root.list("profiles") {
        modules(profile, &mut pom.modules);
        pom.profile_properties.extend(properties(profile));
    }
    pom.finds_modules &= pom.modules.is_empty() && !is_list_given(root);
    let mut walk = Walk { references: Vec::new(), folders: BTreeSet::new(), texts: BTreeSet::new() };
    walk.project(root);
    pom.references = walk.references;
    pom.folders = walk.folders.into_iter().collect();
    pom.texts = walk.texts.into_iter().collect();
    Ok(pom)
}

fn parent(element: &Element) -> Parent {
    let path = element.child("relativePath").map_or_else(|| "../pom.xml".to_owned(), |path| path.text.clone());
    let [group, artifact, version] = ["groupId", "artifactId", "version"].map(|name| element.text_of(name));
    Parent { group, artifact, version, path }
}

fn properties(of: &Element) -> Vec<(String, String)> {
    of.list("properties").map(|property| (property.name.clone(), property.text.clone())).collect()
}

fn modules(of: &Element, into: &mut Vec<String>) {
    for list in ["modules", "subprojects"] {
        into.extend(of.list(list).map(|module| module.text.clone()).filter(|module| !module.is_empty()));
    }
}

/// Whether modules are listed, be it none.
fn is_list_given(root: &Element) -> bool {
    root.child("modules").is_some() || root.child("subprojects").is_some()
}

struct Walk {
    references: Vec<Reference>,
    folders: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl Walk {
    /// The project, or one of its profiles.
    fn project(&mut self, of: &Element) {
        for child in &of.children {
            match child.name.as_str() {
                "profiles" => child.children.iter().for_each(|profile| self.project(profile)),
                "dependencies" => child.children.iter().for_each(|dependency| self.dependency(dependency)),
                "dependencyManagement" => child.list("dependencies").for_each(|managed| self.managed(managed)),
                "build" => self.build(child),
                "reporting" | "repositories" | "pluginRepositories" | "activation" => self.any(child),
                // The rest is about people and places elsewhere.
                _ => {}
            }
        }
    }

    fn build(&mut self, build: &Element) {
        for child in &build.children {
            match child.name.as_str() {
                "sourceDirectory" | "testSourceDirectory" | "scriptSourceDirectory" => self.folder(child),
                "resources" | "testResources" | "sources" => {
                    child.children.iter().for_each(|resource| self.resource(resource));
                }
                "filters" => child.children.iter().for_each(|filter| self.folder(filter)),
                _ => self.any(child),
            }
        }
    }

    fn folder(&mut self, element: &Element) {
        if !element.text.is_empty() {
            self.folders.insert(element.text.clone());
        }
    }

    /// A folder, or what of it is included.
    fn resource(&mut self, resource: &Element) {
        let Some(directory) = resource.text_of("directory") else { return };
        let included: Vec<&str> = resource.list("includes").map(|include| include.text.as_str()).collect();
        if included.is_empty() || included.iter().any(|include| include.contains("${")) {
            self.folders.insert(directory);
            return;
        }
        for include in included {
            let is_plain = |part: &&str| !part.contains(['*', '?', '%']);
            let known: Vec<&str> = include.split(['/', '\\']).take_while(is_plain).collect();
            self.folders.insert(format!("{directory}/{}", known.join("/")));
        }
    }

    fn dependency(&mut self, dependency: &Element) {
        let role = match dependency.text_of("scope") {
            Some(scope) if scope != "compile" => format!("{scope} dependency"),
            _ => "dependency".to_owned(),
        };
        self.reference(dependency, role, None, false);
        dependency.children.iter().filter(|child| child.name == "systemPath").for_each(|path| self.any(path));
    }

    /// A managed dependency gives a version to one that is named elsewhere, unless it imports what another pom manages.
    fn managed(&mut self, dependency: &Element) {
        if dependency.text_of("scope").as_deref() == Some("import") {
            self.reference(dependency, "import".to_owned(), None, true);
        }
    }

    /// Whatever names an artifact or a place, at any depth.
    fn any(&mut self, element: &Element) {
        match element.name.as_str() {
            "exclusions" | "exclusion" => return,
            "dependency" => return self.dependency(element),
            _ => {}
        }
        let group = (element.name == "plugin").then_some(PLUGINS);
        self.reference(element, element.name.clone(), group, false);
        element.attributes.iter().for_each(|text| self.text(text));
        self.text(&element.text);
        self.coordinates(&element.text);
        element.children.iter().for_each(|child| self.any(child));
    }

    fn reference(&mut self, element: &Element, role: String, default_group: Option<&str>, is_import: bool) {
        let group = element.text_of("groupId").or_else(|| default_group.map(str::to_owned));
        let (Some(group), Some(artifact)) = (group, element.text_of("artifactId")) else { return };
        let version = element.text_of("version");
        self.references.push(Reference { role, group, artifact, version, is_import });
    }

    /// An artifact that a plugin takes in one text: `group:artifact:version`.
    fn coordinates(&mut self, text: &str) {
        let mut parts = text.split(':');
        let (Some(group), Some(artifact), Some(version)) = (parts.next(), parts.next(), parts.next()) else { return };
        let is_name =
            |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "/\\*".contains(c));
        if is_name(group) && is_name(artifact) && is_name(version) {
            let [group, artifact] = [group, artifact].map(str::to_owned);
            self.references.push(Reference {
                role: "artifact".to_owned(),
                group,
                artifact,
                version: None,
                is_import: false,
            });
        }
    }

    fn text(&mut self, text: &str) {
        if place::may_name(text) {
            self.texts.insert(text.to_owned());
        }
    }
}

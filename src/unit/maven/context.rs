//! Properties, as one pom sees them: <https://maven.apache.org/guides/introduction/introduction-to-the-pom.html>.

use std::cell::Cell;
use std::collections::HashMap;

use super::model::{Parent, Pom};
use crate::unit::Folder;
use crate::unit::place::{ROOT, UNKNOWN};

/// How many values one text may have.
const VALUES: usize = 8;

/// How many properties are replaced for one text.
const STEPS: u32 = 400;

/// How long a value may be.
const LENGTH: usize = 4096;

/// Stands for a place outside of the repository.
const ELSEWHERE: &str = "/";

/// The properties that one pom defines.
#[derive(Default)]
pub(super) struct Defined<'f>(HashMap<&'f str, Values<'f>>);

#[derive(Default)]
struct Values<'f> {
    plain: Option<&'f str>,
    /// Of profiles.
    others: Vec<&'f str>,
}

impl<'f> Defined<'f> {
    /// The properties of a pom.
    pub(super) fn of(pom: &'f Pom) -> Self {
        let mut all: HashMap<&str, Values<'f>> = HashMap::new();
        for (name, value) in &pom.properties {
            all.entry(name).or_default().plain = Some(value);
        }
        for (name, value) in &pom.profile_properties {
            all.entry(name).or_default().others.push(value);
        }
        Self(all)
    }
}

/// A pom with its parents, innermost first, each with the folder that it lies in.
pub(super) struct Context<'c, 'f> {
    pub(super) chain: Vec<(&'c Folder, &'f Pom, &'c Defined<'f>)>,
    /// Where Maven is started.
    pub(super) top: Folder,
    /// Properties that may still be replaced.
    pub(super) steps: Cell<u32>,
}

impl<'c, 'f> Context<'c, 'f> {
    /// A pom with its parents.
    pub(super) fn new(chain: Vec<(&'c Folder, &'f Pom, &'c Defined<'f>)>, top: Folder) -> Self {
        Self { chain, top, steps: Cell::new(0) }
    }

    /// Every value that a text may have, with [`UNKNOWN`] for what can't be told and [`ROOT`] before places whose path is
    /// known from the root of the repository.
    pub(super) fn values(&self, text: &str) -> Vec<String> {
        if !text.contains("${") {
            return vec![text.to_owned()];
        }
        self.steps.set(STEPS);
        self.expanded(text)
    }

    /// The value of a text; `None` where there may be several or it can't be told.
    pub(super) fn value(&self, text: &str) -> Option<String> {
        let mut values = self.values(text);
        let value = values.pop()?;
        (values.is_empty() && !value.contains([UNKNOWN, ROOT])).then_some(value)
    }

    fn expanded(&self, text: &str) -> Vec<String> {
        let mut values = vec![String::new()];
        let mut rest = text;
        while let Some((before, name, after)) = property(rest) {
            let replaced = self.replaced(name);
            extend(&mut values, &[before.to_owned()]);
            extend(&mut values, &replaced);
            rest = after;
        }
        extend(&mut values, &[rest.to_owned()]);
        values
    }

    fn replaced(&self, name: &str) -> Vec<String> {
        let Some(left) = self.steps.get().checked_sub(1) else { return vec![UNKNOWN.into()] };
        self.steps.set(left);
        if let Some(value) = self.built_in(name) {
            return vec![value];
        }
        if let Some(text) = self.of_model(name) {
            return self.expanded(text);
        }
        let mut values: Vec<String> = Vec::new();
        for text in self.defined(name) {
            values.extend(self.expanded(text));
        }
        if values.is_empty() {
            values = self.of_model(&format!("project.{name}")).map_or(Vec::new(), |text| self.expanded(text));
        }
        values.sort();
        values.dedup();
        if values.is_empty() || values.len() > VALUES { vec![UNKNOWN.into()] } else { values }
    }

    /// What a property may be: the nearest definition, and those of profiles up to there.
    fn defined(&self, name: &str) -> Vec<&'f str> {
        let mut found = Vec::new();
        for values in self.chain.iter().filter_map(|(_, _, defined)| defined.0.get(name)) {
            found.extend(&values.others);
            if let Some(plain) = values.plain {
                found.push(plain);
                break;
            }
        }
        found
    }

    fn built_in(&self, name: &str) -> Option<String> {
        let place = |folder: &Folder, rest: &str| Some(format!("{ROOT}{}{rest}", folder.as_bstr()));
        let own = self.chain.first()?.0;
        match name {
            "basedir" | "project.basedir" | "pom.basedir" => place(own, ""),
            "project.baseUri" | "project.basedir.absolutePath" => place(own, "/"),
            "project.build.directory" => place(own, "/target"),
            "project.build.outputDirectory" => place(own, "/target/classes"),
            "project.build.testOutputDirectory" => place(own, "/target/test-classes"),
            "project.reporting.outputDirectory" => place(own, "/target/site"),
            "project.build.sourceDirectory" => place(own, "/src/main/java"),
            "project.build.testSourceDirectory" => place(own, "/src/test/java"),
            "project.build.scriptSourceDirectory" => place(own, "/src/main/scripts"),
            "project.parent.basedir" => self.chain.get(1).and_then(|(folder, ..)| place(folder, "")),
            "maven.multiModuleProjectDirectory"
            | "session.executionRootDirectory"
            | "session.topDirectory"
            | "session.rootDirectory"
            | "project.rootDirectory"
            | "user.dir" => place(&self.top, ""),
            "user.home" | "java.home" | "java.io.tmpdir" | "maven.home" | "settings.localRepository" => {
                Some(ELSEWHERE.to_owned())
            }
            _ => None,
        }
    }

    /// What a pom says of itself.
    fn of_model(&self, name: &str) -> Option<&'f str> {
        let name = name.strip_prefix("project.").or_else(|| name.strip_prefix("pom."))?;
        let &(_, pom, _) = self.chain.first()?;
        let parent = pom.parent.as_ref();
        match name {
            // Since version 4.1.0 of the model, a parent may be named by its place alone.
            "groupId" => self.nearest(|pom| pom.group.as_deref(), |parent| parent.group.as_deref()),
            "version" => self.nearest(|pom| pom.version.as_deref(), |parent| parent.version.as_deref()),
            "artifactId" => Some(&pom.artifact),
            "packaging" => Some(pom.packaging.as_deref().unwrap_or("jar")),
            "parent.groupId" => parent?.group.as_deref(),
            "parent.artifactId" => parent?.artifact.as_deref(),
            "parent.version" => parent?.version.as_deref(),
            _ => None,
        }
    }

    /// What the nearest pom says of itself or of its parent.
    fn nearest(
        &self,
        own: impl Fn(&'f Pom) -> Option<&'f str>,
        of_parent: impl Fn(&'f Parent) -> Option<&'f str>,
    ) -> Option<&'f str> {
        self.chain.iter().find_map(|(_, pom, _)| own(pom).or_else(|| of_parent(pom.parent.as_ref()?)))
    }
}

/// The first property that a text names, with what stands before and after it.
fn property(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// Adds to every value every one of some endings.
fn extend(values: &mut Vec<String>, endings: &[String]) {
    let longest = |all: &[String]| all.iter().map(String::len).max().unwrap_or_default();
    if values.len() * endings.len() > VALUES || longest(values) + longest(endings) > LENGTH {
        *values = vec![UNKNOWN.into()];
        return;
    }
    if let [ending] = endings {
        return values.iter_mut().for_each(|value| value.push_str(ending));
    }
    *values = values.iter().flat_map(|value| endings.iter().map(move |ending| format!("{value}{ending}"))).collect();
}

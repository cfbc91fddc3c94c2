//! What a literal or a chain of names mentions.

use crate::unit::gradle::model::Mentions;
use crate::unit::gradle::text::{self, PROJECT};
use crate::unit::place::{self, ROOT, UNKNOWN};

/// What a literal stands in.
#[derive(Clone, Debug, Default)]
pub(super) struct Place<'t> {
    /// The call that takes it.
    pub(super) callee: &'t str,
    /// The name of the argument.
    pub(super) key: &'t str,
    /// The folder that the call looks from, where that is known and another than the project's.
    pub(super) base: Option<String>,
    /// Whether it names a script that is applied.
    pub(super) is_applied: bool,
    /// Whether it is compared with something, so that nothing is done with what it names.
    pub(super) is_compared: bool,
}

/// Calls whose argument is a file.
pub(super) fn takes_file(name: &str) -> bool {
    matches!(name, "file" | "files" | "fileTree" | "zipTree" | "tarTree" | "srcDir" | "srcDirs" | "File" | "setSrcDirs")
}

/// Calls whose argument is a path that goes on from what they are called on.
pub(super) fn goes_on(name: &str) -> bool {
    takes_file(name) || matches!(name, "dir" | "dirs" | "resolve" | "uri" | "toPath" | "child")
}

/// Calls whose argument is the path of a project.
pub(super) fn takes_project(name: &str) -> bool {
    matches!(name, "project" | "findProject" | "evaluationDependsOn")
}

/// Notes all that a literal may mean.
pub(super) fn literal(value: &str, at: &Place<'_>, into: &mut Mentions) {
    let is_word = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    if is_word {
        into.words.insert(value.to_owned());
    }
    if at.is_applied {
        into.applied.insert(with_base(value, at));
        return;
    }
    if at.is_compared {
        return;
    }
    project(value, at, into);
    artifact(value, at, into);
    let value = with_base(value, at);
    if value.contains("://") && !value.contains([ROOT, PROJECT]) {
        return;
    }
    let inner = value.strip_prefix(PROJECT).unwrap_or(&value);
    if value.contains(ROOT) || place::climbs(&value) {
        into.places.insert(value);
    } else if (value.contains('/') || takes_file(at.callee) || goes_on(at.callee)) && !inner.starts_with(UNKNOWN) {
        into.inner.insert(inner.trim_start_matches('/').to_owned());
    }
}

fn with_base(value: &str, at: &Place<'_>) -> String {
    match &at.base {
        Some(base) if !value.contains([ROOT, PROJECT]) && !value.starts_with('/') => format!("{base}/{value}"),
        _ => value.to_owned(),
    }
}

fn project(value: &str, at: &Place<'_>, into: &mut Mentions) {
    let is_named = takes_project(at.callee) && matches!(at.key, "" | "path");
    let is_path = value.len() > 1 && value.starts_with(':') && !value.contains(char::is_whitespace);
    if !is_named && !is_path || value.is_empty() {
        return;
    }
    if value.contains(UNKNOWN) {
        into.open.insert(format!("can't tell which project '{}' is", value.replace(UNKNOWN, "…")));
    } else {
        into.projects.insert(value.to_owned());
    }
}

fn artifact(value: &str, at: &Place<'_>, into: &mut Mentions) {
    if at.key == "name" || at.key == "module" {
        into.artifacts.insert(value.to_owned());
    }
    let mut parts = value.split(':');
    if let (Some(group), Some(name)) = (parts.next(), parts.next()) {
        let is_plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c == '/');
        if is_plain(group) && is_plain(name) {
            into.artifacts.insert(name.to_owned());
        }
    }
}

/// Notes what a chain of names such as `libs.a.b` may mean; `is_configured` where a block follows that configures it.
pub(super) fn chain(names: &[&str], is_configured: bool, into: &mut Mentions) {
    if let ["projects", accessor @ ..] = names
        && !accessor.is_empty()
    {
        into.accessors.insert(accessor.join("."));
    }
    let is_catalog = |at: usize| {
        names[at].ends_with("ibs") && (at == 0 || matches!(names[at - 1], "rootProject" | "project" | "this"))
    };
    if let Some(at) = (0..names.len()).find(|at| is_catalog(*at)) {
        into.catalogs.insert(names[at..].join("."));
    }
    let is_any = |name: &&str| {
        name.starts_with("LibrariesFor")
            || matches!(*name, "VersionCatalogsExtension" | "VersionCatalog" | "versionCatalogs")
    };
    if !is_configured && names.iter().any(is_any) {
        into.catalogs.insert("*".to_owned());
    }
    if !is_configured && names.iter().any(|name| is_all(name)) {
        into.takes_all = true;
    }
}

/// Names of all projects of a build, or of those below one.
pub(super) fn is_all(name: &str) -> bool {
    matches!(
        name,
        "subprojects" | "allprojects" | "childProjects" | "getSubprojects" | "getAllprojects" | "getChildProjects"
    )
}

/// Notes a place that is spoken of as a whole. What follows in `trailing` asks for no more than its name.
pub(super) fn whole_place(names: &[&str], into: &mut Mentions) {
    let known = (1..=names.len()).rev().find_map(|end| Some((end, text::chain_value(&names[..end])?)));
    let Some((end, value)) = known else { return };
    let asks_little = names.get(end).is_some_and(|next| matches!(*next, "name" | "getName" | "exists" | "isDirectory"));
    let is_elsewhere = value.starts_with(ROOT) || place::climbs(&value);
    if is_elsewhere && !asks_little && !value.ends_with("/build") {
        into.places.insert(value);
    }
}

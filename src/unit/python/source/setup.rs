//! `setup.py`: what of it can be told without running it.
//!
//! <https://setuptools.pypa.io/en/latest/references/keywords.html>

use tree_sitter::Node;

use super::super::fact::{Manifest, Root};
use super::super::ini::{entry_point, push_root};
use super::super::name;
use super::parse::parse;
use super::text;
use super::walk::Walk;

/// What a `setup.py` says of a project. What it only tells when it runs is not there.
pub(in super::super) fn read(content: &[u8]) -> Manifest {
    let text = String::from_utf8_lossy(content);
    let mut manifest = Manifest::default();
    let Some(parsed) = parse(&text) else {
        manifest.is_dynamic = true;
        return manifest;
    };
    let walk = Walk::over(&parsed);
    for call in walk.calls.clone() {
        let function = call.child_by_field_name("function").map_or("", |function| parsed.of(function));
        if let (true, Some(arguments)) = (is_setup(function), call.child_by_field_name("arguments")) {
            manifest.is_project = true;
            walk.arguments(arguments, &mut manifest);
        }
    }
    let outside = walk.source.scripts.iter().chain(&walk.code).filter(|path| path.starts_with("../"));
    manifest.files.extend(outside.cloned());
    manifest
}

fn is_setup(function: &str) -> bool {
    matches!(function, "setup" | "setuptools.setup" | "core.setup" | "distutils.core.setup" | "skbuild.setup")
}

impl<'t> Walk<'t> {
    fn arguments(&self, arguments: Node<'t>, manifest: &mut Manifest) {
        let value = |key: &str| self.argument(arguments, usize::MAX, key);
        let name = value("name").and_then(|name| self.texts(name, 4)).filter(|texts| texts.len() == 1);
        manifest.name =
            name.and_then(|mut texts| texts.pop()).filter(|text| text.is_exact && !text.is_own).map(|text| text.prefix);
        for (key, what) in [
            ("install_requires", "dependency"),
            ("setup_requires", "build dependency"),
            ("tests_require", "test dependency"),
        ] {
            if let Some(list) = value(key) {
                self.require(list, what, manifest);
            }
        }
        for (extra, list) in value("extras_require").into_iter().flat_map(|node| self.pairs(node)) {
            self.require(list, &format!("extra {extra}"), manifest);
        }
        for (package, folder) in value("package_dir").into_iter().flat_map(|node| self.pairs(node)) {
            let folder = text::exact(self.parsed, folder).unwrap_or_default();
            manifest.roots.push(Root { package, folder });
        }
        for (group, list) in value("entry_points").into_iter().flat_map(|node| self.pairs(node)) {
            let lines = self.each(list, 4).unwrap_or_default();
            let lines = lines.iter().flat_map(|text| text.prefix.lines());
            manifest.entry_points.extend(lines.filter_map(|line| entry_point(&group, line)));
        }
        let modules = value("py_modules").and_then(|node| self.each(node, 4)).unwrap_or_default();
        manifest.own.extend(modules.iter().map(|module| format!("{}.py", module.prefix)));
        if let Some(found) = value("packages").and_then(|node| node.child_by_field_name("arguments")) {
            let folder = self.argument(found, 0, "where").and_then(|folder| text::exact(self.parsed, folder));
            push_root(manifest, &folder.unwrap_or_default());
        }
    }

    /// Adds what a list of specifiers asks for; one that isn't written out makes it unknown.
    fn require(&self, list: Node<'t>, what: &str, manifest: &mut Manifest) {
        match self.each(list, 4) {
            Some(texts) => {
                let lines = texts.iter().flat_map(|text| text.prefix.lines());
                manifest.requires.extend(lines.filter_map(|line| name::specifier(line, what)));
            }
            None => manifest.is_dynamic = true,
        }
    }

    /// The keys and values of a dictionary that is written out.
    fn pairs(&self, node: Node<'t>) -> Vec<(String, Node<'t>)> {
        let mut cursor = node.walk();
        let pairs = node.named_children(&mut cursor).filter(|pair| pair.kind() == "pair");
        let pair = |pair: Node<'t>| {
            let key = text::exact(self.parsed, pair.child_by_field_name("key")?)?;
            Some((key, pair.child_by_field_name("value")?))
        };
        pairs.filter_map(pair).collect()
    }
}

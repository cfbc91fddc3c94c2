//! What stands as the range of a dependency.
//!
//! <https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies>, <https://pnpm.io/workspaces>,
//! <https://pnpm.io/catalogs>, <https://yarnpkg.com/protocols>, <https://bun.com/docs/pm/workspaces>.

/// What stands as the range of a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spec<'t> {
    /// A range of versions, a tag, a repository, an address: a package of the dependency's name, from wherever.
    Package,
    /// A package of another name (`npm:other@^1`).
    Alias(&'t str),
    /// A member of the workspace, of the dependency's name or of another (`workspace:other@*`).
    Member(Option<&'t str>),
    /// A member of the workspace by its folder, from the dependent's or from the workspace's (`workspace:packages/a`).
    MemberAt(&'t str),
    /// A file or folder, from the dependent's folder (`file:`, `link:`, `portal:` and plain paths).
    Local(&'t str),
    /// What a catalog holds under the dependency's name; empty for the default one.
    Catalog(&'t str),
}

impl<'t> Spec<'t> {
    /// Reads a range.
    pub(super) fn read(text: &'t str) -> Self {
        let text = text.trim();
        match text.split_once(':') {
            Some(("workspace", range)) => Self::workspace(range.trim()),
            Some(("file" | "link" | "portal", path)) => {
                // Addresses of files may have slashes too many, and yarn adds what the path is relative to.
                let path = path.split_once("::").map_or(path, |(path, _)| path);
                Self::Local(path.strip_prefix("//").unwrap_or(path))
            }
            Some(("npm", rest)) => match package_name(rest) {
                Some(name) => Self::Alias(name),
                None => Self::Package,
            },
            Some(("catalog", name)) => Self::Catalog(if name.trim() == "default" { "" } else { name.trim() }),
            _ if is_path(text) => Self::Local(text),
            _ => Self::Package,
        }
    }

    fn workspace(range: &'t str) -> Self {
        if let Some(name) = package_name(range) {
            return Self::Member(Some(name));
        }
        if range.contains('/') || matches!(range, "." | "..") { Self::MemberAt(range) } else { Self::Member(None) }
    }
}

/// The name in `name@range` or `@scope/name@range`; `None` for a range alone.
pub(super) fn package_name(text: &str) -> Option<&str> {
    let from = usize::from(text.starts_with('@'));
    match text[from..].find('@') {
        Some(at) => Some(&text[..from + at]).filter(|name| !name.is_empty()),
        // A name without a range: no version begins with a scope.
        None => (from == 1 && text.contains('/')).then_some(text),
    }
}

fn is_path(text: &str) -> bool {
    matches!(text, "." | ".." | "~")
        || ["./", "../", "/", "~/", ".\\", "..\\"].iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_protocol() {
        for (text, expected) in [
            ("^1.2", Spec::Package),
            ("", Spec::Package),
            ("latest", Spec::Package),
            ("github:a/b#semver:^1", Spec::Package),
            ("https://example.org/a.tgz", Spec::Package),
            ("npm:^1", Spec::Package),
            ("npm:b@^1", Spec::Alias("b")),
            ("npm:@s/b@^1", Spec::Alias("@s/b")),
            ("npm:@s/b", Spec::Alias("@s/b")),
            ("workspace:*", Spec::Member(None)),
            ("workspace:^1.0", Spec::Member(None)),
            ("workspace:", Spec::Member(None)),
            ("workspace:b@*", Spec::Member(Some("b"))),
            ("workspace:@s/b@^", Spec::Member(Some("@s/b"))),
            ("workspace:packages/b", Spec::MemberAt("packages/b")),
            ("workspace:../b", Spec::MemberAt("../b")),
            ("file:../b", Spec::Local("../b")),
            ("file:b.tgz", Spec::Local("b.tgz")),
            ("link:./b", Spec::Local("./b")),
            ("portal:../b::locator=x", Spec::Local("../b")),
            ("../b", Spec::Local("../b")),
            ("catalog:", Spec::Catalog("")),
            ("catalog:default", Spec::Catalog("")),
            ("catalog:react18", Spec::Catalog("react18")),
        ] {
            assert_eq!(Spec::read(text), expected, "{text}");
        }
    }
}

//! Names of distributions, and what asks for them.

use super::fact::Requirement;

/// A name as indexes compare it: <https://packaging.python.org/en/latest/specifications/name-normalization/>.
pub(super) fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.trim().chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// Whether a path is a Python file's.
pub(super) fn is_script(path: &str) -> bool {
    path.strip_suffix(".py").is_some()
}

/// Reads a dependency specifier as far as it tells what is meant: a name, extras, and a direct reference into the tree.
/// Its version and marker narrow what is taken, and are for the lock. `None` where it doesn't begin with a name.
///
/// <https://packaging.python.org/en/latest/specifications/dependency-specifiers/>
pub(super) fn specifier(text: &str, what: &str) -> Option<Requirement> {
    let (name, rest) = split_name(text)?;
    let path = direct(rest).and_then(local);
    Some(Requirement { name: normalised(name), path, what: what.to_owned() })
}

/// The extras of a specifier, normalised.
pub(super) fn extras(text: &str) -> Vec<String> {
    let Some((_, rest)) = split_name(text) else { return Vec::new() };
    let Some((inside, _)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { return Vec::new() };
    inside.split(',').map(normalised).filter(|extra| !extra.is_empty()).collect()
}

/// The path inside the tree that a URL or path means; `None` of what lies elsewhere.
///
/// Relative `file:` URLs, hatch's `{root:uri}` and PDM's `${PROJECT_ROOT}` begin at the project's folder.
pub(super) fn local(url: &str) -> Option<String> {
    let url = url.split(['#', '?']).next().unwrap_or_default().trim();
    let is_file = url.starts_with("file:");
    let path = url.strip_prefix("file:").unwrap_or(url);
    let path =
        if is_file { path.strip_prefix("//localhost").or(path.strip_prefix("//")).unwrap_or(path) } else { path };
    for (variable, up) in
        [("{root:parent:parent:uri}", "../.."), ("{root:parent:uri}", ".."), ("{root:uri}", "."), ("{root}", ".")]
    {
        if let Some(rest) = path.strip_prefix(variable) {
            return Some(format!("{up}{}", below(rest)));
        }
    }
    let at_root = path.trim_start_matches('/');
    if let Some(rest) = at_root.strip_prefix("${PROJECT_ROOT}") {
        return Some(format!(".{}", below(rest)));
    }
    let is_elsewhere = path.starts_with('/') || path.contains("://") || path.contains('$') || path.contains('{');
    (!is_elsewhere && !path.is_empty()).then(|| path.to_owned())
}

fn below(rest: &str) -> String {
    if rest.is_empty() || rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") }
}

/// The name that a specifier begins with, and what follows it.
fn split_name(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    is_name.then(|| (name, rest.trim_start()))
}

/// The URL after `@`.
fn direct(rest: &str) -> Option<&str> {
    let rest = match rest.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let url = rest.strip_prefix('@')?.trim_start();
    Some(url.split([' ', '\t', '\n']).next().unwrap_or(url).trim_end_matches(';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_indexes_do() {
        assert_eq!(normalised("Foo.Bar__baz-.qux"), "foo-bar-baz-qux");
    }

    #[test]
    fn specifiers_tell_names_extras_and_places() {
        let read = |text: &str| specifier(text, "dependency").map(|r| (r.name, r.path));
        let some = |name: &str, path: Option<&str>| Some((name.to_owned(), path.map(str::to_owned)));
        assert_eq!(read("A_b[x,y]>=1; python_version<'3'"), some("a-b", None));
        assert_eq!(read("a@file:../a ; os_name=='x'"), some("a", Some("../a")));
        assert_eq!(read("a[x] @ file:///opt/a"), some("a", None));
        assert_eq!(read("a @ {root:parent:uri}/libs/a"), some("a", Some("../libs/a")));
        assert_eq!(read("a @ {root:uri}/libs/a"), some("a", Some("./libs/a")));
        assert_eq!(read("a @ file:///${PROJECT_ROOT}/../a#egg=a"), some("a", Some("./../a")));
        assert_eq!(read("a @ git+https://example.org/a.git"), some("a", None));
        assert_eq!(read("-r x"), None);
        assert_eq!(extras("a[X_1, y]>=2"), ["x-1", "y"]);
    }
}

//! Literals of Rust sources, and the paths that they hold: <https://doc.rust-lang.org/reference/tokens.html#literals>.

/// No path is longer.
const LONGEST: usize = 1024;

/// The text of a string literal of any kind, from its source; `None` for other literals.
pub(super) fn text(source: &str) -> Option<String> {
    let unprefixed = source.strip_prefix(['b', 'c']).unwrap_or(source);
    if let Some(raw) = unprefixed.strip_prefix('r') {
        let quoted = raw.trim_start_matches('#');
        let marks = raw.len() - quoted.len();
        let inner = quoted.strip_prefix('"')?;
        return inner.get(..inner.len().checked_sub(marks + 1)?).map(str::to_owned);
    }
    unescaped(unprefixed.strip_prefix('"')?.strip_suffix('"')?)
}

fn unescaped(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next()? {
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            '0' => text.push('\0'),
            'x' => text.push(code(chars.by_ref().take(2))?),
            'u' => text.push(code(chars.by_ref().skip(1).take_while(|c| *c != '}'))?),
            // A backslash at the end of a line takes the white space that follows.
            '\n' | '\r' => {
                let rest = chars.as_str().trim_start();
                chars = rest.chars();
            }
            other => text.push(other),
        }
    }
    Some(text)
}

fn code(digits: impl Iterator<Item = char>) -> Option<char> {
    let digits: String = digits.filter(|c| *c != '_').take(8).collect();
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

/// A text without `..` that is longer is taken for prose.
const LONGEST_BELOW: usize = 160;

/// A path that leaves the folder that it starts from, out of a text: of `cargo::rerun-if-changed=../a`, `{}/../a` and
/// `$CARGO_MANIFEST_DIR/../a` it is `../a`. What follows a placeholder or a wildcard can't be told and is cut off.
pub(super) fn climbing(text: &str) -> Option<String> {
    let path = whole_components(after_anchor(text)?);
    has_parent(path).then(|| path.to_owned())
}

/// A path that stays below the folder that it starts from, and has more than one component.
pub(super) fn descending(text: &str) -> Option<String> {
    let is_odd = |c: char| !(c.is_alphanumeric() || "/._-+@ ".contains(c));
    let path = whole_components(after_anchor(text)?).trim_end_matches('/');
    (path.contains('/')
        && path.len() <= LONGEST_BELOW
        && !text.starts_with('/')
        && !has_parent(path)
        && !path.contains(is_odd))
    .then(|| path.to_owned())
}

/// Whether a path has a component `..`.
pub(super) fn has_parent(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| part == "..")
}

/// Whether a path leads to folders above, and to nothing in them.
pub(super) fn is_only_up(path: &str) -> bool {
    path.split(['/', '\\']).all(|part| matches!(part, "" | "." | ".."))
}

/// What follows what stands for the folder that a path starts from.
fn after_anchor(text: &str) -> Option<&str> {
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    let text = text.rsplit('=').next().unwrap_or(text).trim();
    let placeholder = text.strip_prefix('{').and_then(|rest| Some(rest.split_once('}')?.1));
    let anchored = ["$CARGO_MANIFEST_DIR", "${CARGO_MANIFEST_DIR}"].iter().find_map(|name| text.strip_prefix(name));
    let rest = anchored.or(placeholder).unwrap_or(text);
    Some(rest.trim_start_matches('/'))
}

/// The components before the first that holds a placeholder or a wildcard.
fn whole_components(path: &str) -> &str {
    match path.find(['{', '*', '?', '[']) {
        Some(at) => &path[..path[..at].rfind('/').map_or(0, |slash| slash)],
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_every_kind_have_their_text() {
        let check = |source: &str, expected: Option<&str>| assert_eq!(text(source).as_deref(), expected, "{source}");
        check(r#""a\\b\"c""#, Some(r#"a\b"c"#));
        check(r#""\x2e\u{2E}\u{2_e}/x""#, Some(".../x"));
        check("\"../a\\\n     b\"", Some("../ab"));
        check(r##"r#"../"x"#"##, Some(r#"../"x"#));
        check(r#"b"../x""#, Some("../x"));
        check(r#"cr"../x""#, Some("../x"));
        check("'a'", None);
        check("1.5", None);
        check("b'a'", None);
    }

    #[test]
    fn paths_that_climb_are_found_in_texts() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(climbing(text).as_deref(), expected, "{text}");
        check("../a/b", Some("../a/b"));
        check("/../a", Some("../a"));
        check("..", Some(".."));
        check("src/../../a", Some("src/../../a"));
        check("cargo::rerun-if-changed=../proto", Some("../proto"));
        check("{}/../proto/{name}.proto", Some("../proto"));
        check("{root:?}/../a", Some("../a"));
        check("$CARGO_MANIFEST_DIR/../a", Some("../a"));
        check("../a/*.proto", Some("../a"));
        check("{}/a", None);
        check("a..b", None);
        check("...", None);
        check("", None);
        check("{..}", None);
    }
}

//! The little that has to be known of a TOML text that others wrote: which tables it has, and their keys.
//!
//! Lines are looked at, not values: a manifest with a mistake in it still tells what a project uses.

/// Whether the text has the table, or one below it.
pub(super) fn has_table(text: &str, name: &str) -> bool {
    headers(text).any(|header| header.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// The lines of a table, up to the next header.
pub(super) fn table<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = text.lines().skip_while(move |line| header(line) != Some(name)).skip(1);
    lines.take_while(|line| header(line).is_none())
}

/// The keys of a table that stand at the beginning of a line.
pub(super) fn keys<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let key = |line: &'a str| {
        let (key, _) = line.split_once('=')?;
        let key = key.trim_end().trim_matches('"');
        (!key.is_empty() && !key.starts_with([' ', '\t', '#', '\'', ']', '"'])).then_some(key)
    };
    table(text, name).filter_map(key).collect()
}

/// A text as a TOML string: as it is in single quotes where double ones would need escapes.
pub(super) fn quote(text: &str) -> String {
    let is_plain = |c: char| !c.is_control();
    if text.contains(['"', '\\']) && !text.contains('\'') && text.chars().all(is_plain) {
        return format!("'{text}'");
    }
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// A text as the value of a key: one of several lines as it is in three quotes, where they can hold it.
pub(super) fn value(text: &str) -> String {
    let fits = |c: char| c == '\n' || !c.is_control();
    if text.contains('\n') && text.chars().all(fits) && !text.contains("'''") && !text.ends_with('\'') {
        return format!("'''\n{text}'''");
    }
    quote(text)
}

/// Lists longer than this get a line for each of their values.
const WIDTH: usize = 100;

/// A key with a list of texts.
pub(super) fn list(key: &str, values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quote(value)).collect();
    let line = format!("{key} = [{}]", quoted.join(", "));
    if line.len() <= WIDTH { line } else { format!("{key} = [\n    {},\n]", quoted.join(",\n    ")) }
}

fn headers(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(header)
}

fn header(line: &str) -> Option<&str> {
    let line = line.trim_start().strip_prefix('[')?;
    let (name, _) = line.strip_prefix('[').unwrap_or(line).split_once(']')?;
    // The last line of an array of arrays looks alike; no table is called so.
    (!name.contains(['"', ',', ' ']) || name.contains('.')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
[project]
name = \"a\"
[project.optional-dependencies]
test = [
    \"pytest >= 7\",
]
\"docs\" = [\"sphinx\"]
# dev = []

[[tool.mypy.overrides]]
module = \"x\"
";

    #[test]
    fn finds_tables_and_keys() {
        assert!(has_table(TEXT, "project"));
        assert!(has_table(TEXT, "tool.mypy"));
        assert!(has_table(TEXT, "tool"));
        assert!(!has_table(TEXT, "too"));
        assert!(!has_table("# [tool.ruff]\n", "tool.ruff"));
        assert_eq!(keys(TEXT, "project.optional-dependencies"), ["test", "docs"]);
        assert_eq!(keys(TEXT, "dependency-groups"), <[&str; 0]>::default());
        assert_eq!(table(TEXT, "project").collect::<Vec<_>>(), ["name = \"a\""]);
    }

    #[test]
    fn quotes_what_toml_reads_back() {
        let cases = [
            ("npm ci", r#""npm ci""#),
            ("a\\b", r"'a\b'"),
            (r#"it's "so""#, r#""it's \"so\"""#),
            ("a\tb\"", "\"a\\u0009b\\\"\""),
            ("", "\"\""),
        ];
        for (text, quoted) in cases {
            assert_eq!(quote(text), quoted, "{text}");
        }
    }

    #[test]
    fn lines_stay_lines() {
        for (text, written) in [
            ("a", "\"a\""),
            ("a \"b\"\nc\n", "'''\na \"b\"\nc\n'''"),
            ("\na\\", "'''\n\na\\'''"),
            ("a\n'b'", "\"a\\u000A'b'\""),
            ("a\n'''b", "\"a\\u000A'''b\""),
        ] {
            let read: toml::Table = format!("key = {}", value(text)).parse().unwrap();
            assert_eq!(read["key"].as_str(), Some(text));
            assert_eq!(value(text), written, "{text}");
        }
    }
}

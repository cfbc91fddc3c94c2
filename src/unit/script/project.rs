//! Reading of JSON: of TypeScript projects, and of configuration that may name files.

use bstr::ByteSlice;
use jsonc_parser::{CollectOptions, ParseOptions};
use serde_json::Value;

use super::fact::{How, Project, Use};

/// Deeper than this nobody nests JSON, and a parser that calls itself for each level would run out of stack.
const MAX_DEPTH: usize = 200;

/// What a file of a TypeScript project says: <https://www.typescriptlang.org/tsconfig/>.
pub(super) fn read(content: &[u8]) -> Project {
    let value = match parse(content) {
        Ok(value) => value,
        Err(why) => return Project { broken: Some(why), ..Project::default() },
    };
    let options = &value["compilerOptions"];
    let mut places = texts(&value["files"]);
    places.extend(texts(&value["include"]));
    places.extend(texts(&options["typeRoots"]));
    let references = value["references"].as_array().into_iter().flatten();
    places.extend(references.filter_map(|reference| text(&reference["path"])));
    Project {
        broken: None,
        extends: texts(&value["extends"]),
        base_url: text(&options["baseUrl"]),
        paths: options["paths"].as_object().map(|paths| paths.iter().map(|(at, to)| (at.clone(), texts(to))).collect()),
        root_dirs: options["rootDirs"].is_array().then(|| texts(&options["rootDirs"])),
        jsx: text(&options["jsxImportSource"]),
        types: texts(&options["types"]),
        places,
    }
}

/// Every text of a JSON document, each as what may be a path.
pub(super) fn strings(content: &[u8]) -> Vec<Use> {
    let mut found = Vec::new();
    match parse(content) {
        Ok(value) => strings_of(&value, How::Maybe, &mut found),
        Err(_) => return super::quoted::of(content),
    }
    found
}

/// Keys of configuration that say what is looked at or written, not what is taken for it.
const LISTS: [&str; 14] = [
    "projects",
    "workspace",
    "workspaces",
    "roots",
    "root",
    "rootDir",
    "include",
    "exclude",
    "ignores",
    "content",
    "outDir",
    "dir",
    "coverage",
    "watch",
];

/// Whether what a key of configuration holds says only what is looked at or written.
pub(super) fn is_list(key: &str) -> bool {
    LISTS.contains(&key) || key.ends_with("Patterns") || key.ends_with("Directory")
}

/// Every text in a JSON value, each as what may be a path. It is not nested deeper than what a parser lets through.
pub(super) fn strings_of(value: &Value, how: How, found: &mut Vec<Use>) {
    match value {
        Value::String(text) if !text.contains([' ', '*', '\n']) => found.push(Use(how, text.clone())),
        Value::Array(values) => values.iter().for_each(|value| strings_of(value, how, found)),
        Value::Object(values) => {
            let how_of = |key: &str| if is_list(key) { How::File } else { how };
            values.iter().for_each(|(key, value)| strings_of(value, how_of(key), found));
        }
        _ => {}
    }
}

fn parse(content: &[u8]) -> Result<Value, String> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let text = content.to_str().map_err(|_| "it is not UTF-8".to_owned())?;
    if depth(content) > MAX_DEPTH {
        return Err("it is nested too deeply".to_owned());
    }
    match jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()) {
        Ok(parsed) => Ok(parsed.value.map_or(Value::Null, Value::from)),
        Err(error) => Err(error.to_string()),
    }
}

/// At most how deeply brackets are nested; those in texts and comments count too.
fn depth(content: &[u8]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in content {
        match byte {
            b'{' | b'[' => now += 1,
            b'}' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_read_with_comments_and_trailing_commas() {
        let project = read(
            b"\xef\xbb\xbf{ // base\n \"extends\": \"../base.json\", /* x */ \"compilerOptions\": {\"baseUrl\": \".\",\
              \"paths\": {\"@/*\": [\"src/*\"],}, \"jsxImportSource\": \"x\",}, \"references\": [{\"path\": \"../c\"}] }",
        );
        let paths = vec![("@/*".to_owned(), vec!["src/*".to_owned()])];
        assert_eq!((project.broken, project.paths), (None, Some(paths)));
        assert_eq!((project.extends, project.places), (vec!["../base.json".to_owned()], vec!["../c".to_owned()]));
    }

    #[test]
    fn what_can_not_be_parsed_says_so() {
        assert!(read(b"{ <<<<<<< HEAD").broken.is_some());
        assert!(read(&b"[".repeat(100_000)).broken.is_some());
        assert!(read(b"\xff").broken.is_some());
        assert_eq!(read(b"").broken, None);
        // Brackets in a text may open nothing.
        assert_eq!(read(&[&b"[\""[..], &[b']'; 9], b"\"]"].concat()).broken, None);
    }
}

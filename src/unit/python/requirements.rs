//! Requirements files of pip: <https://pip.pypa.io/en/stable/reference/requirements-file-format/>.

use super::fact::{Requirement, Requirements};
use super::name;

/// Whether a file of this name, in a folder of that name, holds requirements.
pub(super) fn is_named(file: &str, folder: &str) -> bool {
    let Some(stem) = file.strip_suffix(".txt").or_else(|| file.strip_suffix(".in")) else { return false };
    let words = ["requirements", "constraints"];
    words.iter().any(|word| stem.starts_with(word) || stem.ends_with(word)) || folder == "requirements"
}

/// What a requirements file says.
pub(super) fn read(content: &[u8]) -> Requirements {
    let text = String::from_utf8_lossy(content).replace("\\\r\n", " ").replace("\\\n", " ");
    let mut found = Requirements::default();
    for line in text.lines() {
        let line = line.trim();
        let line = line.split_once(" #").map_or(line, |(line, _)| line.trim_end());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(file) = option(line, &["-r", "--requirement", "-c", "--constraint"]) {
            found.files.push(file.to_owned());
        } else if let Some(editable) = option(line, &["-e", "--editable"]) {
            found.requires.extend(path(editable, "editable"));
        } else if !line.starts_with('-') {
            found.requires.extend(path(line, "requirement").or_else(|| name::specifier(line, "requirement")));
        }
    }
    found
}

/// The value of an option.
fn option<'l>(line: &'l str, names: &[&str]) -> Option<&'l str> {
    let value = |name: &&str| {
        let rest = line.strip_prefix(*name)?;
        let is_short = !name.starts_with("--");
        (is_short || rest.starts_with(['=', ' ', '\t'])).then(|| rest.trim_start_matches('=').trim())
    };
    names.iter().find_map(value)
}

/// A requirement that is a path: it begins with a dot or `file:`, or is one of several components.
fn path(text: &str, what: &str) -> Option<Requirement> {
    let text = text.split([';', ' ']).next()?;
    let is_path =
        text.starts_with('.') || text.starts_with("file:") || (text.contains('/') && !text.contains([':', '@']));
    let text = text.split('[').next()?;
    let path = is_path.then(|| name::local(text)).flatten()?;
    Some(Requirement { name: String::new(), path: Some(path), what: what.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_files_paths_and_distributions() {
        let found = read(b"# c\n-r base.txt\n-c=../c.txt\n--requirement x.txt\n-e ./pkg[a]\n-e .\n../other ; x\nA_b==1 \\\n  --hash=sha256:0 # y\nz @ file:../z\n--index-url u\nsub/dir\n-e git+https://x/y#egg=z\n");
        assert_eq!(found.files, ["base.txt", "../c.txt", "x.txt"]);
        let lines: Vec<_> = found.requires.iter().map(|r| (r.name.as_str(), r.path.as_deref())).collect();
        let paths = ["./pkg", ".", "../other"].map(|path| ("", Some(path)));
        assert_eq!(lines[..3], paths);
        assert_eq!(lines[3..], [("a-b", None), ("z", Some("../z")), ("", Some("sub/dir"))]);
    }

    #[test]
    fn files_are_known_by_their_names() {
        assert!(
            is_named("requirements-dev.txt", "")
                && is_named("dev-requirements.in", "x")
                && is_named("a.txt", "requirements")
        );
        assert!(!is_named("notes.txt", "docs") && !is_named("requirements.md", "requirements"));
    }
}

//! Paths that lead out of a workspace's folder, as its files write them.

use bstr::ByteSlice;

/// The string literals of Starlark that lead upwards: <https://github.com/bazelbuild/starlark/blob/master/spec.md#string-literals>.
pub(super) fn of_starlark(content: &[u8]) -> Vec<String> {
    let mut upward = Vec::new();
    let mut rest = content;
    while let Some(at) = rest.find_byteset(b"#\"'") {
        let from = &rest[at..];
        rest = match from[0] {
            b'#' => &from[from.find_byte(b'\n').unwrap_or(from.len())..],
            quote => {
                let whole = [quote; 3];
                let mark = if from.starts_with(&whole) { &whole[..] } else { &whole[..1] };
                let length = length(&from[mark.len()..], mark);
                upward.extend(path(&from[mark.len()..mark.len() + length]));
                &from[(2 * mark.len() + length).min(from.len())..]
            }
        };
    }
    done(upward)
}

/// How long the inside of a literal is, up to its closing mark, or to the end of its line if that is missing.
fn length(text: &[u8], mark: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() && !text[at..].starts_with(mark) && (mark.len() == 3 || text[at] != b'\n') {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at.min(text.len())
}

/// The words of a .bazelrc that lead upwards: <https://bazel.build/run/bazelrc#imports>.
pub(super) fn of_bazelrc(content: &[u8]) -> Vec<String> {
    let words = content.fields_with(|c| c.is_whitespace() || matches!(c, '=' | '"' | '\'' | ','));
    done(words.filter_map(|word| path(word.strip_prefix(b"%workspace%/").unwrap_or(word))).collect())
}

/// The files that a .buckconfig includes from above: <https://buck2.build/docs/concepts/buckconfig/>.
pub(super) fn of_buckconfig(content: &[u8]) -> Vec<String> {
    let included = content.lines().filter_map(|line| {
        let line = line.trim();
        line.strip_prefix(b"<file:").or_else(|| line.strip_prefix(b"<?file:"))?.strip_suffix(b">")
    });
    let values = content.lines().filter_map(|line| Some(&line[line.find_byte(b'=')? + 1..])).map(ByteSlice::trim);
    done(included.chain(values).filter_map(path).collect())
}

fn path(text: &[u8]) -> Option<String> {
    (text == b".." || text.starts_with(b"../")).then(|| text.to_str_lossy().into_owned())
}

fn done(mut upward: Vec<String>) -> Vec<String> {
    upward.sort_unstable();
    upward.dedup();
    upward
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_starlark_are_found() {
        let content = br#"
# local_path_override(path = "../commented")
local_path_override(module_name = "b", path = "../b")
x = '../c' + r"../d" + "not ../e" + "\"../f" + ".."
doc = """ "../g" """
y = '''../h'''
z = "../unclosed
w = "../i"
"#;
        assert_eq!(of_starlark(content), ["..", "../b", "../c", "../d", "../h", "../i", "../unclosed"]);
        assert_eq!(of_starlark(b"\"\\"), [] as [&str; 0]);
    }

    #[test]
    fn other_files_are_read_by_words() {
        assert_eq!(
            of_bazelrc(b"import %workspace%/../common.bazelrc\nbuild --override_module=b=../b --x=y\n"),
            ["../b", "../common.bazelrc"]
        );
        assert_eq!(of_buckconfig(b"[cells]\n  b = ../b\n<?file:../c>\n<file:d>\n"), ["../b", "../c"]);
    }
}

//! Merging one file, line by line.

use super::Error;

/// What two versions of a text come to that both go back to `base`; `None` if they change the same or neighbouring lines,
/// or are no texts. The lines are compared as `git merge-file` does it.
///
/// # Errors
/// When libgit2 can't merge.
pub fn merge_file(base: &[u8], ours: &[u8], theirs: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    if ours == base || ours == theirs {
        return Ok(Some(theirs.to_vec()));
    }
    if theirs == base {
        return Ok(Some(ours.to_vec()));
    }
    let versions = [base, ours, theirs];
    // A side without lines has nothing in common with the others.
    if versions.iter().any(|bytes| bytes.is_empty() || bytes.contains(&0)) {
        return Ok(None);
    }
    let [base, ours, theirs] = versions.map(|bytes| {
        let mut input = git2::MergeFileInput::new();
        input.content(bytes);
        input
    });
    let merged = git2::merge_file(&base, &ours, &theirs, None)?;
    Ok(merged.is_automergeable().then(|| merged.content().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Program;

    fn merged(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let merged = merge_file(base.as_bytes(), ours.as_bytes(), theirs.as_bytes()).unwrap();
        merged.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// What git says.
    fn expected(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("base", base), ("ours", ours), ("theirs", theirs)] {
            fs_err::write(folder.path().join(name), text).unwrap();
        }
        let program = Program::new("git").args(["merge-file", "-p", "ours", "base", "theirs"]).dir(folder.path());
        let ran = program.run().unwrap();
        ran.status.success().then(|| String::from_utf8(ran.stdout).unwrap())
    }

    #[test]
    fn lines_are_merged_as_git_merges_them() {
        let base = "1\n2\n3\n4\n5\n6\n7\n";
        let sides = [
            "1\n2\n3\n4\n5\n6\n7\n",
            "one\n2\n3\n4\n5\n6\n7\n",
            "1\n2\n3\n4\n5\n6\nseven",
            "1\n2\n3\nfour\n5\n6\n7\n",
            "1\n2\n3\n4\nfive\n6\n7\n",
            "0\n1\n2\n3\n4\n5\n6\n7\n8\n",
            "1\n2\n6\n7\n",
            "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\r\n",
        ];
        for ours in sides {
            for theirs in sides {
                assert_eq!(merged(base, ours, theirs), expected(base, ours, theirs), "{ours:?} {theirs:?}");
            }
        }
    }

    #[test]
    fn what_has_no_lines_is_not_merged() {
        assert_eq!(merged("a\0b\nc\nd\n", "a\0b\nc\nD\n", "A\0b\nc\nd\n"), None);
        assert_eq!(merged("a\nb\nc\n", "", "a\nb\nC\n"), None);
        assert_eq!(merged("", "a\n", "b\n"), None);
        assert_eq!(merged("", "a\n", ""), Some("a\n".into()));
    }
}

//! Which of some files git writes in other words than its objects have: through filters, or with other line endings.

use std::collections::BTreeSet;
use std::path::Path;

use bstr::{BStr, BString, ByteSlice};

use super::Error;
use super::attributes::{FILE, Rules};
use super::settings::Settings;
use crate::digest::ObjectId;
use crate::git::Repo;
use crate::path::RepoPath;

/// What decides it for some paths of a tree.
pub struct Filters {
    rules: Rules,
}

impl Filters {
    /// Reads the attributes that can hold for these paths of a tree. `config_home` is the user's folder of settings.
    ///
    /// # Errors
    /// When git's configuration or an object can't be read.
    pub fn read<'a>(
        repo: &Repo,
        config_home: Option<&Path>,
        tree: ObjectId,
        paths: impl Iterator<Item = &'a RepoPath>,
    ) -> Result<Self, Error> {
        let settings = Settings::read(repo, config_home)?;
        let mut folders: BTreeSet<BString> = BTreeSet::new();
        for path in paths {
            let mut folder = path.parent();
            while let Some(at) = folder.filter(|at| !folders.contains(at.as_bstr())) {
                folders.insert(at.as_bstr().to_owned());
                folder = at.parent();
            }
        }
        folders.insert(BString::default());
        let mut inner = Vec::new();
        for folder in folders {
            let file = if folder.is_empty() {
                RepoPath::from(FILE)
            } else {
                RepoPath::new(folder.clone()).join(BStr::new(FILE))
            };
            if let Some(side) = repo.leaf(tree, &file)?.filter(|side| side.mode.is_file()) {
                inner.push((folder, repo.blob(side.id)?));
            }
        }
        Ok(Self { rules: Rules::of(&settings, inner.iter().map(|(folder, text)| (folder.as_bstr(), text.as_slice()))) })
    }

    /// Whether git may write a file in other words than its object has.
    #[must_use]
    pub fn may_change(&self, path: &RepoPath) -> bool {
        self.rules.may_change(path.as_bstr())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::TestRepo;

    #[test]
    fn attributes_of_every_folder_above_count() {
        let test = TestRepo::new();
        test.write(".gitattributes", "*.txt eol=crlf\n");
        test.write("d/e/.gitattributes", "c filter=x\n");
        test.commit("attributes");
        let paths = ["a", "d/b", "d/e/c", "d/e/f.txt", "x/c"].map(RepoPath::from);
        let filters = Filters::read(&test.open(), None, test.id("HEAD^{tree}"), paths.iter()).unwrap();
        let found = paths.iter().map(|path| filters.may_change(path)).collect::<Vec<_>>();
        assert_eq!(found, [false, false, true, true, false]);
    }
}

//! The files of the tree that a command names: its own program, a script that it hands to an interpreter, a tool's
//! configuration. What such a file holds decides what the command does, whatever the check says that it depends on.

use std::path::Path;

use super::error::Error;
use super::fact::Fact;
use super::lexer::Word;
use super::shell_words::commands;
use super::trees::{Trees, within};
use crate::digest::ObjectId;
use crate::git::{Kind, Repo};
use crate::path::RepoPath;

/// What a command says that may be a path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// Words, and values of options.
    words: Vec<String>,
    /// Folders that it goes to.
    folders: Vec<String>,
}

impl Named {
    /// What a line for the shell says.
    pub(super) fn in_line(line: &str) -> Self {
        let mut named = Self::default();
        named.line(line);
        named
    }

    /// What a command given as words says.
    pub(super) fn in_words(words: &[String]) -> Self {
        let mut named = Self::default();
        for word in words {
            named.word(word);
        }
        named
    }

    fn line(&mut self, line: &str) {
        for command in commands(line) {
            if let [cd, folder] = command.as_slice()
                && cd.text == "cd"
            {
                self.folders.push(folder.text.clone());
            }
            command.iter().filter(|word| word.literal).for_each(|Word { text, .. }| self.word(text));
        }
    }

    fn word(&mut self, word: &str) {
        if word.contains(char::is_whitespace) {
            // A line for another shell.
            return self.line(word);
        }
        self.words.extend(word.split_once('=').map(|(_, value)| value.to_owned()));
        self.words.push(word.to_owned());
    }

    /// A fact for each word that is a file of the tree, seen from the folder `dir` of it.
    pub(super) fn facts(
        &self,
        repo: &Repo,
        trees: &mut Trees,
        (tree, dir): (ObjectId, &Path),
    ) -> Result<Vec<Fact>, Error> {
        let mut facts = Vec::new();
        for folder in std::iter::once(dir.to_owned()).chain(self.folders.iter().map(|folder| dir.join(folder))) {
            for word in &self.words {
                facts.extend(fact(repo, trees, tree, &folder.join(word))?);
            }
        }
        Ok(facts)
    }
}

/// The fact that a path of the tree is a file, if it is one: its mode, and what it or what it leads to holds.
pub(super) fn fact(repo: &Repo, trees: &mut Trees, tree: ObjectId, path: &Path) -> Result<Option<Fact>, Error> {
    let Some(path) = within(path) else { return Ok(None) };
    let Some((Kind::Leaf(mode), _)) = trees.at(repo, tree, &path)? else { return Ok(None) };
    let Some(id) = trees.file(repo, tree, &path)? else { return Ok(None) };
    let name = format!("{}{}", super::FILE, RepoPath::new(path.as_os_str().as_encoded_bytes()));
    Ok(Some(Fact { name, value: format!("{} {id}", mode.octal()) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_values_of_options_may_be_paths() {
        let words = |line: &str| Named::in_line(line).words;
        assert_eq!(words("node ../run.js --config=x.json"), ["node", "../run.js", "x.json", "--config=x.json"]);
        assert_eq!(words("bash -c 'cd a && ./b'"), ["bash", "-c", "cd", "a", "./b"]);
        assert_eq!(Named::in_line("cd a && ./b").folders, ["a"]);
        assert_eq!(Named::in_words(&["sh".into(), "-c".into(), "sh x.sh".into()]).words, ["sh", "-c", "sh", "x.sh"]);
    }
}

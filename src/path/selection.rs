//! Sets of paths, made of patterns, and walks down a tree that ask only what they need.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use bstr::BStr;

use super::automaton::{Automaton, Positions};
use super::{Mode, Pattern, RepoPath};

/// The paths that match any of some patterns and none of some others.
///
/// Selections made of the same patterns have equal [`Selection::canonical`] texts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Selection {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    canonical: String,
    include: Automaton,
    exclude: Automaton,
    everything: bool,
    by_name: bool,
}

/// Where a walk stands: what of the selection's patterns is still open below a folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    include: Positions,
    exclude: Positions,
}

impl Selection {
    /// Selects what any of `include` matches and none of `exclude` does; every path if `include` is empty.
    #[must_use]
    pub fn new(include: &[Pattern], exclude: &[Pattern]) -> Self {
        let all = include.iter().find(|pattern| pattern.is_everything());
        let include = all.map_or(include, std::slice::from_ref);
        let included = if include.is_empty() { Automaton::everything() } else { Automaton::new(include) };
        let everything = exclude.is_empty() && (include.is_empty() || all.is_some());
        let inner = Inner {
            canonical: canonical(if all.is_some() { &[] } else { include }, exclude),
            include: included,
            exclude: Automaton::new(exclude),
            everything,
            by_name: !include.is_empty() && include.iter().chain(exclude).all(Pattern::is_by_name),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Whether it takes a file for its name, whatever folder it is in.
    #[must_use]
    pub fn is_by_name(&self) -> bool {
        self.inner.by_name
    }

    /// Selects every path.
    #[must_use]
    pub fn everything() -> Self {
        Self::new(&[], &[])
    }

    /// A text that is equal for selections that were made of the same patterns, whatever their order.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.inner.canonical
    }

    /// The selection that has a canonical text; `None` if no selection has it.
    #[must_use]
    pub fn from_canonical(text: &str) -> Option<Self> {
        let (mut include, mut exclude, mut rest) = (Vec::new(), Vec::new(), text);
        while let Some(sign) = rest.chars().next() {
            let (length, after) = rest.get(1..)?.split_once(':')?;
            let (pattern, after) = after.split_at_checked(length.parse().ok()?)?;
            match sign {
                '+' => include.push(Pattern::parse(pattern).ok()?),
                '-' => exclude.push(Pattern::parse(pattern).ok()?),
                _ => return None,
            }
            rest = after;
        }
        let selection = Self::new(&include, &exclude);
        (selection.canonical() == text).then_some(selection)
    }

    /// Whether the selection takes the path. A link or submodule also matches patterns for what would lie below it.
    #[must_use]
    pub fn matches(&self, path: &RepoPath, mode: Mode) -> bool {
        let mut at = self.start();
        if let Some(folder) = path.parent() {
            for name in folder.components() {
                at = self.enter(&at, name);
            }
        }
        self.takes(&at, path.file_name(), mode)
    }

    /// Whether every path of every tree is selected, so that a tree's own id says all.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.inner.everything
    }

    /// A cursor at the root.
    #[must_use]
    pub fn start(&self) -> Cursor {
        Cursor { include: self.inner.include.start(), exclude: self.inner.exclude.start() }
    }

    /// The cursor inside the folder `name`.
    #[must_use]
    pub fn enter(&self, at: &Cursor, name: &BStr) -> Cursor {
        Cursor {
            include: self.inner.include.step(&at.include, name).open,
            exclude: self.inner.exclude.step(&at.exclude, name).open,
        }
    }

    /// Whether the entry `name` of the folder at the cursor is selected.
    ///
    /// What lies below a link or a submodule is not in the tree, so one that could hold a selected path is selected; and
    /// it is left out only where all that it could hold is left out.
    #[must_use]
    pub fn takes(&self, at: &Cursor, name: &BStr, mode: Mode) -> bool {
        let Inner { include, exclude, .. } = &*self.inner;
        if mode.is_file() {
            return include.ends_with(&at.include, name) && !exclude.ends_with(&at.exclude, name);
        }
        let (included, excluded) = (include.step(&at.include, name), exclude.step(&at.exclude, name));
        (included.end || !included.open.is_empty()) && !excluded.end && !exclude.takes_all(&excluded.open)
    }

    /// Whether nothing below the cursor can be selected any more.
    #[must_use]
    pub fn is_dead(&self, at: &Cursor) -> bool {
        at.include.is_empty() || self.inner.exclude.takes_all(&at.exclude)
    }
}

/// Patterns framed by their lengths, sorted, so that two lists have one text only if they hold the same patterns.
fn canonical(include: &[Pattern], exclude: &[Pattern]) -> String {
    let mut text = String::new();
    for (sign, patterns) in [('+', include), ('-', exclude)] {
        let texts: BTreeSet<&str> = patterns.iter().map(Pattern::as_str).collect();
        for pattern in texts {
            // Writing to a string can't fail.
            let _infallible = write!(text, "{sign}{}:{pattern}", pattern.len());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::parse(text).unwrap()).collect()
    }

    fn selection(include: &[&str], exclude: &[&str]) -> Selection {
        Selection::new(&patterns(include), &patterns(exclude))
    }

    /// Checks which of some files a pattern matches.
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let selection = selection(&[pattern], &[]);
        for (paths, expected) in [(yes, true), (no, false)] {
            for path in paths {
                let actual = selection.matches(&RepoPath::from(*path), Mode::File);
                assert_eq!(actual, expected, "'{pattern}' on '{path}'");
            }
        }
    }

    #[test]
    fn by_name_is_what_no_folder_changes() {
        let by_name = |include: &[&str], exclude: &[&str]| {
            let parse = |texts: &[&str]| texts.iter().map(|text| Pattern::parse(text).unwrap()).collect::<Vec<_>>();
            Selection::new(&parse(include), &parse(exclude)).is_by_name()
        };
        assert!(by_name(&["**/*.md", "**/{a,b}"], &["**/x.md"]));
        assert!(!by_name(&["**/*.md", "*.txt"], &[]) && !by_name(&["**/*.md"], &["docs/**"]));
        assert!(!by_name(&["**/docs/*.md"], &[]) && !by_name(&[], &[]));
    }

    #[test]
    fn patterns_mean_what_they_say() {
        check("a", &["a"], &["a/b", "b/a", "A", "ab"]);
        check("*", &["a", ".a"], &["a/b"]);
        check("*.rs", &["a.rs", ".rs"], &["a/b.rs", "a.rsx", "rs"]);
        check("**", &["a", "a/b", ".a/.b/c"], &[]);
        check("**/a", &["a", "x/a", "x/y/a"], &["a/x", "xa"]);
        check("a/**", &["a/b", "a/b/c"], &["a", "ab/c", "x/a/b"]);
        check("a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["a/xb", "b", "a/b/c"]);
        check("a/**/**/b", &["a/b", "a/x/b"], &["a"]);
        check("**/a/**", &["a/b", "x/a/b", "x/a/b/c"], &["a", "x/a"]);
        check("a/**/*", &["a/b", "a/b/c"], &["a"]);
        check("**/*.rs", &["a.rs", "x/.rs", "x/y/z.rs"], &["x.rs/a"]);
        check("a**b", &["ab", "axb", "a*b"], &["a/b", "ax/yb"]);
        check("a***", &["a", "ax"], &["a/b"]);
        check("test_*_*.py", &["test_a_b.py", "test__.py"], &["test_a.py", "test_/_.py"]);
        check("*ab*", &["ab", "xabx", "abab"], &["a", "ba", "a/b"]);
        check("a*ab*b*b", &["aabbb", "axabxbyb"], &["aabb", "abab", "aabxb"]);
        check("aba*ba", &["ababa", "abaxba"], &["aba"]);
        check("a?c", &["abc", "a.c"], &["ac", "a/c", "a\u{e9}c"]);
        check("a??c", &["a\u{e9}c"], &["abc"]);
        check("[ab]x", &["ax", "bx"], &["cx", "x"]);
        check("[!ab]x", &["cx"], &["ax", "/x"]);
        check("[^ab]x", &["cx"], &["ax"]);
        check("[]-]x", &["]x", "-x"], &["ax"]);
        check("[a-c]*", &["a", "bz"], &["d"]);
        check("[[:digit:]]*", &["1", "2a"], &["a", ":"]);
        check("[*]**a", &["*a", "*xa"], &["xa"]);
        check(r"\**?", &["*a", "*ab"], &["ab", "*"]);
        check(r"\*\?", &["*?"], &["ab"]);
        check(r"\!a", &["!a"], &["a"]);
        check(r"\a\[", &["a["], &[]);
        check("{a,b/*}.rs", &["a.rs", "b/c.rs"], &["a", "b/c", "c.rs"]);
        check("src/{a/**,b}/{c,d}", &["src/a/c", "src/a/x/d", "src/b/c"], &["src/c", "src/b/x/c"]);
        check("gr\u{fc}n*", &["gr\u{fc}n.txt"], &["grun.txt"]);
        check("a b/-c", &["a b/-c"], &[]);
    }

    #[test]
    fn names_need_not_be_utf_8() {
        let takes = |text: &str, path: &[u8]| selection(&[text], &[]).matches(&RepoPath::new(path), Mode::File);
        assert!(takes("caf?", b"caf\xe9"));
        assert!(takes("caf[!a]", b"caf\xe9"));
        assert!(takes("*/*f*", b"\xff/caf\xe9"));
        assert!(takes("a?b", b"a\nb"));
        assert!(!takes("caf\u{e9}", b"caf\xe9"));
    }

    #[test]
    fn links_and_submodules_stand_for_what_is_below_them() {
        let takes = |include: &[&str], exclude: &[&str], mode| selection(include, exclude).matches(&"a/b".into(), mode);
        for mode in [Mode::Link, Mode::Submodule] {
            assert!(takes(&["a/b/c.rs"], &[], mode));
            assert!(takes(&["a/b/**"], &[], mode));
            assert!(takes(&["**/*.rs"], &[], mode));
            assert!(takes(&["a/b"], &[], mode));
            assert!(!takes(&["a/c/**"], &[], mode));
            assert!(!takes(&["*"], &[], mode));
            assert!(takes(&["a/**"], &["a/b/c"], mode), "something below is still selected");
            assert!(takes(&["a/**"], &["**/*.md"], mode));
            assert!(!takes(&["a/**"], &["a/b/**"], mode));
            assert!(!takes(&["a/b/c"], &["a/b"], mode));
        }
        assert!(!takes(&["a/b/c.rs"], &[], Mode::File));
    }

    #[test]
    fn excluding_wins_and_an_empty_list_selects_everything() {
        let takes = |include: &[&str], exclude: &[&str], path: &str| {
            selection(include, exclude).matches(&path.into(), Mode::Executable)
        };
        assert!(takes(&[], &[], "a/b"));
        assert!(takes(&[], &["*.md"], "a/b.md"));
        assert!(!takes(&[], &["**/*.md"], "a/b.md"));
        assert!(!takes(&["a/b.md"], &["a/**"], "a/b.md"));
    }

    #[test]
    fn knows_when_it_selects_everything() {
        assert!(selection(&[], &[]).is_everything());
        assert!(selection(&["**"], &[]).is_everything());
        assert!(selection(&["a", "{x,**}"], &[]).is_everything());
        assert!(selection(&["**/**"], &[]).is_everything());
        assert!(!selection(&["**"], &["a"]).is_everything());
        assert!(!selection(&["*"], &[]).is_everything());
        assert!(!selection(&["**/*.rs"], &[]).is_everything());
    }

    #[test]
    fn canonical_texts_are_equal_for_equal_lists_only() {
        let text = |include: &[&str], exclude: &[&str]| selection(include, exclude).canonical().to_owned();
        assert_eq!(text(&["a", "b"], &["c"]), text(&["b", "a", "b"], &["c", "c"]));
        assert_eq!(text(&[], &[]), text(&["**"], &[]));
        assert_ne!(text(&["a"], &["b"]), text(&["a", "b"], &[]));
        assert_ne!(text(&["a", "b"], &[]), text(&["a+1:b"], &[]));
        assert_ne!(text(&["a"], &[]), text(&[], &["a"]));
    }

    #[test]
    fn canonical_texts_can_be_read_back() {
        for (include, exclude) in [(&[][..], &[][..]), (&["a+1:b", "c"], &["-", "3:a"]), (&["gr\u{fc}n/**"], &[])] {
            let text = selection(include, exclude).canonical().to_owned();
            assert_eq!(Selection::from_canonical(&text).unwrap().canonical(), text);
        }
        for text in ["a", "+2:a", "+1:", "+x:a", "+1:a+1:a", "+1:/", "*1:a", "+1:\u{fc}", "+"] {
            assert!(Selection::from_canonical(text).is_none(), "'{text}'");
        }
    }

    #[test]
    fn dead_ends_are_seen() {
        let dead = |include: &[&str], exclude: &[&str], folders: &[&str]| {
            let selection = selection(include, exclude);
            let enter = |at: Cursor, name: &&str| selection.enter(&at, (*name).into());
            selection.is_dead(&folders.iter().fold(selection.start(), enter))
        };
        assert!(dead(&["a/*"], &[], &["b"]));
        assert!(!dead(&["a/*"], &[], &["a"]));
        assert!(dead(&["a/*"], &[], &["a", "b"]));
        assert!(dead(&["a"], &[], &["a"]));
        assert!(dead(&["**"], &["a/**"], &["a"]));
        assert!(!dead(&["**"], &["a/*"], &["a"]));
        assert!(!dead(&["**/x"], &[], &["a", "b", "c"]));
    }

    /// The definition of a match, written for reading: try every way to spread the components over the pattern's parts.
    fn defines(parts: &[&str], names: &[&str]) -> bool {
        match (parts, names) {
            ([], []) => true,
            (["**"], _) => !names.is_empty(),
            (["**", rest @ ..], _) => (0..=names.len()).any(|skip| defines(rest, &names[skip..])),
            ([part, parts @ ..], [name, names @ ..]) => {
                (*part == "*" || part == name || (*part == "a*" && name.starts_with('a'))) && defines(parts, names)
            }
            _ => false,
        }
    }

    fn joined(components: &'static [&'static str]) -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(components), 1..5).prop_map(|parts| parts.join("/"))
    }

    proptest! {
        #[test]
        fn matching_is_as_defined(
            include in prop::collection::vec(joined(&["a", "ab", "b", "*", "a*", "**"]), 1..4),
            exclude in prop::collection::vec(joined(&["a", "ab", "b", "*", "a*", "**"]), 0..3),
            path in joined(&["a", "ab", "b"]),
        ) {
            let names: Vec<&str> = path.split('/').collect();
            let any = |patterns: &[String]| {
                patterns.iter().any(|pattern| defines(&pattern.split('/').collect::<Vec<_>>(), &names))
            };
            let texts = |list: &[String]| list.iter().map(|text| Pattern::parse(text).unwrap()).collect::<Vec<_>>();
            let selection = Selection::new(&texts(&include), &texts(&exclude));
            let actual = selection.matches(&path.as_str().into(), Mode::File);
            prop_assert_eq!(actual, any(&include) && !any(&exclude));

            // No folder on the way to a selected path is a dead end.
            let mut at = selection.start();
            for name in &names[..names.len() - 1] {
                at = selection.enter(&at, (*name).into());
                prop_assert!(!(actual && selection.is_dead(&at)));
            }
        }
    }
}

//! The walk over a file's tokens.
//!
//! It keeps its own stack, since groups may be nested without end, and looks at each group a fixed number of times.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use super::literal;
use super::reads::{Base, By, Read, Source, Submodule};

/// How many tokens are looked at to tell what an attribute or an argument is about.
const MOST_TOKENS: usize = 64;

/// How deep the arguments of a macro may be nested.
const MOST_DEPTH: usize = 8;

/// What has been found.
pub(super) struct Scan {
    found: Source,
    is_run: bool,
    mentions_package: bool,
    /// Names that stand for a path that begins with the package's folder.
    anchors: HashSet<String>,
    /// What is still to be looked at, each with the modules that it is in, as a path.
    open: Vec<(TokenStream, String)>,
}

impl Scan {
    /// Looks through a file's tokens, given whether it is run in the package's folder.
    pub(super) fn of(stream: TokenStream, is_run: bool) -> Source {
        let Anchors { names: anchors, is_mentioned: mentions_package, .. } = Anchors::of(&stream);
        let open = vec![(stream, String::new())];
        let mut scan = Self { found: Source::default(), is_run, mentions_package, anchors, open };
        while let Some((stream, within)) = scan.open.pop() {
            scan.stream(&stream.into_iter().collect::<Vec<_>>(), &within);
        }
        let mut found = scan.found;
        found.reads.sort_unstable();
        found.reads.dedup();
        found.modules.sort_unstable();
        found.modules.dedup();
        found
    }

    fn stream(&mut self, trees: &[TokenTree], within: &str) {
        let (mut at, mut paths) = (0, Vec::new());
        while let Some(tree) = trees.get(at) {
            if let Some(taken) = self.module(&trees[at..], within, &paths).or_else(|| self.call(&trees[at..])) {
                at += taken;
                paths.clear();
                continue;
            }
            let is_followed = trees.get(at + 1).is_some_and(|next| is_punct(next, '.') || is_punct(next, '?'));
            let is_anchor = is_followed && self.mentions_package && self.is_anchor(&trees[..=at]);
            let taken = if is_anchor { self.chain(&trees[at + 1..]) } else { 0 };
            match tree {
                TokenTree::Group(group) => {
                    let is_attribute =
                        group.delimiter() == Delimiter::Bracket && at > 0 && is_punct(&trees[at - 1], '#');
                    paths.extend(is_attribute.then(|| path_of(group)).into_iter().flatten());
                    paths.retain(|_| group.delimiter() != Delimiter::Brace);
                    self.open.push((group.stream(), within.to_owned()));
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => paths.clear(),
                TokenTree::Literal(text) if !is_doc(&trees[..at]) => self.literal(&text.to_string()),
                _ => {}
            }
            at += 1 + taken;
        }
    }

    /// `mod name;` and `mod name { … }`: how many tokens it takes.
    fn module(&mut self, trees: &[TokenTree], within: &str, paths: &[String]) -> Option<usize> {
        let [TokenTree::Ident(word), TokenTree::Ident(name), end, ..] = trees else { return None };
        if *word != "mod" {
            return None;
        }
        let name = plain(name);
        match end {
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                let plain = Submodule { within: within.to_owned(), name, path: None };
                // Under a condition, a path may hold or not.
                let named = paths.iter().map(|path| Submodule { path: Some(path.clone()), ..plain.clone() });
                self.found.modules.extend(named);
                self.found.modules.push(plain);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let inner = |folder: &String| format!("{within}/{folder}").trim_start_matches('/').to_owned();
                self.open.extend(paths.iter().chain([&name]).map(|folder| (group.stream(), inner(folder))));
            }
            _ => return None,
        }
        Some(3)
    }

    /// A macro that reads a file by a path that can be told: how many tokens it takes.
    fn call(&mut self, trees: &[TokenTree]) -> Option<usize> {
        let [TokenTree::Ident(name), bang, TokenTree::Group(group), ..] = trees else { return None };
        if !is_punct(bang, '!') {
            return None;
        }
        let by = match name.to_string().as_str() {
            "include" => By::Include,
            "include_str" => By::IncludeStr,
            "include_bytes" => By::IncludeBytes,
            "concat" => By::Joined,
            _ => return None,
        };
        let Text { text, is_anchored } =
            if by == By::Joined { concatenated(&group.stream(), 0)? } else { first(&group.stream(), 0)? };
        match (by, is_anchored) {
            (_, true) => self.add(by, Base::Package, text.trim_start_matches('/')),
            (By::Joined, false) => return None,
            (_, false) => self.add(by, Base::File, &text),
        }
        Some(3)
    }

    /// Whether the last token ends something that stands for a path that begins with the package's folder.
    fn is_anchor(&self, trees: &[TokenTree]) -> bool {
        match trees {
            [.., TokenTree::Group(group)] if mentions(group) => true,
            [.., TokenTree::Ident(name), TokenTree::Group(group)] if group.stream().is_empty() => self.is_name(name),
            [.., TokenTree::Ident(name)] => self.is_name(name),
            _ => false,
        }
    }

    fn is_name(&self, name: &Ident) -> bool {
        self.anchors.contains(&name.to_string())
    }

    /// `.parent().unwrap().join("a")` and the like, after an anchor: how many tokens are taken besides the anchor.
    fn chain(&mut self, trees: &[TokenTree]) -> usize {
        let (mut at, mut parts, mut taken): (_, Vec<String>, _) = (0, Vec::new(), 0);
        loop {
            if trees.get(at).is_some_and(|tree| is_punct(tree, '?')) {
                at += 1;
                continue;
            }
            let [dot, TokenTree::Ident(method), TokenTree::Group(arguments), rest @ ..] = &trees[at..] else { break };
            if !is_punct(dot, '.') {
                break;
            }
            at += 3;
            match method.to_string().as_str() {
                "parent" => parts.push("..".to_owned()),
                "ancestors" => match nth(rest) {
                    Some(count) => parts.extend(std::iter::repeat_n("..".to_owned(), count)),
                    None => break,
                },
                "nth" | "unwrap" | "expect" | "to_path_buf" | "to_owned" | "clone" | "canonicalize" | "as_path"
                | "into" | "borrow" | "as_ref" => {}
                "join" | "push" => match first(&arguments.stream(), 0) {
                    Some(Text { text, is_anchored: false }) => parts.push(text),
                    _ => break,
                },
                _ => break,
            }
            taken = at;
        }
        if parts.is_empty() {
            return 0;
        }
        self.add(By::Joined, Base::Package, &parts.join("/"));
        taken
    }

    fn literal(&mut self, source: &str) {
        let Some(text) = literal::text(source) else { return };
        if let Some(path) = literal::climbing(&text) {
            if self.mentions_package {
                self.add(By::Text, Base::Package, &path);
            }
            if !literal::is_only_up(&path) {
                self.add(By::Text, Base::Either, &path);
            }
        } else if (self.is_run || self.mentions_package)
            && let Some(path) = literal::descending(&text)
        {
            self.add(By::Text, Base::Below, &path);
        }
    }

    fn add(&mut self, by: By, base: Base, path: &str) {
        self.found.reads.push(Read(by, base, path.to_owned()));
    }
}

/// A text, and whether the package's folder goes before it.
struct Text {
    text: String,
    is_anchored: bool,
}

/// The text that the first argument stands for.
fn first(arguments: &TokenStream, depth: usize) -> Option<Text> {
    let trees: Vec<TokenTree> =
        arguments.clone().into_iter().take(MOST_TOKENS).take_while(|tree| !is_punct(tree, ',')).collect();
    let trees = match trees.as_slice() {
        [borrow, rest @ ..] if is_punct(borrow, '&') => rest,
        all => all,
    };
    match trees {
        [TokenTree::Literal(text)] => Some(Text { text: literal::text(&text.to_string())?, is_anchored: false }),
        // An argument of a macro may come in a group without delimiters, or in parentheses.
        [TokenTree::Group(group)] if depth < MOST_DEPTH => first(&group.stream(), depth + 1),
        [TokenTree::Ident(name), bang, TokenTree::Group(group)] if is_punct(bang, '!') && depth < MOST_DEPTH => {
            match name.to_string().as_str() {
                "concat" => concatenated(&group.stream(), depth + 1),
                "env" => {
                    let variable = first(&group.stream(), depth + 1)?.text;
                    (variable == "CARGO_MANIFEST_DIR").then(|| Text { text: String::new(), is_anchored: true })
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The text that arguments make one after the other.
fn concatenated(arguments: &TokenStream, depth: usize) -> Option<Text> {
    let mut all = Text { text: String::new(), is_anchored: false };
    let trees: Vec<TokenTree> = arguments.clone().into_iter().take(MOST_TOKENS).collect();
    for part in trees.split(|tree| is_punct(tree, ',')).filter(|part| !part.is_empty()) {
        let one = first(&part.iter().cloned().collect(), depth + 1)?;
        all.is_anchored |= one.is_anchored && all.text.is_empty();
        all.text.push_str(&one.text);
    }
    Some(all)
}

/// The names that are bound to what the package's folder goes into: by `let`, by constants and by functions.
#[derive(Default)]
struct Anchors {
    names: HashSet<String>,
    /// Whether anything names the package's folder.
    is_mentioned: bool,
    keyword: String,
    bound: Option<String>,
    function: Option<String>,
}

impl Anchors {
    fn of(stream: &TokenStream) -> Self {
        let mut anchors = Self::default();
        let mut open = vec![stream.clone().into_iter()];
        while let Some(top) = open.last_mut() {
            match top.next() {
                None => drop(open.pop()),
                Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
                Some(TokenTree::Ident(word)) => anchors.word(plain(&word)),
                Some(TokenTree::Literal(text)) if is_variable(&text.to_string()) => {
                    anchors.is_mentioned = true;
                    let names = [&anchors.bound, &anchors.function].into_iter().flatten().cloned().collect::<Vec<_>>();
                    anchors.names.extend(names);
                }
                Some(_) => {}
            }
        }
        anchors
    }

    fn word(&mut self, word: String) {
        if matches!(word.as_str(), "mut" | "ref") {
            return;
        }
        match self.keyword.as_str() {
            "let" | "const" | "static" if word != "fn" => self.bound = Some(word.clone()),
            "fn" => self.function = Some(word.clone()),
            _ => {}
        }
        self.keyword = word;
    }
}

fn is_variable(source: &str) -> bool {
    source.contains("CARGO_MANIFEST_DIR")
}

/// Whether a small group mentions the package's folder.
fn mentions(group: &Group) -> bool {
    let mut open = vec![group.stream().into_iter()];
    for _ in 0..MOST_TOKENS {
        let Some(top) = open.last_mut() else { return false };
        match top.next() {
            None => drop(open.pop()),
            Some(TokenTree::Group(inner)) => open.push(inner.stream().into_iter()),
            Some(TokenTree::Literal(text)) if is_variable(&text.to_string()) => return true,
            Some(_) => {}
        }
    }
    false
}

/// The paths that an attribute says: `path = "…"`, by itself or under conditions.
fn path_of(attribute: &Group) -> Vec<String> {
    let (mut paths, mut open, mut left) = (Vec::new(), vec![attribute.stream()], MOST_TOKENS);
    while let Some(stream) = open.pop() {
        let trees: Vec<TokenTree> = stream.into_iter().take(left).collect();
        left -= trees.len();
        for (at, tree) in trees.iter().enumerate() {
            match (tree, &trees[at + 1..]) {
                (TokenTree::Group(group), _) => open.push(group.stream()),
                (TokenTree::Ident(name), [equals, TokenTree::Literal(text), ..])
                    if *name == "path" && is_punct(equals, '=') =>
                {
                    paths.extend(literal::text(&text.to_string()));
                }
                _ => {}
            }
        }
    }
    paths
}

/// The count of a `.nth(2)`; no path has more than some components.
fn nth(trees: &[TokenTree]) -> Option<usize> {
    let [_, TokenTree::Ident(method), TokenTree::Group(arguments), ..] = trees else { return None };
    let count: usize = arguments.stream().to_string().parse().ok()?;
    (*method == "nth" && count < MOST_TOKENS).then_some(count)
}

/// Whether a literal is the text of a `doc` attribute, which comments become.
fn is_doc(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(name), equals] if *name == "doc" && is_punct(equals, '='))
}

fn is_punct(tree: &TokenTree, c: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == c)
}

/// A name without the mark that lets a keyword be one.
fn plain(name: &Ident) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

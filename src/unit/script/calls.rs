//! What each node of a syntax tree loads.

use std::collections::BTreeSet;

use bstr::ByteSlice;
use tree_sitter::Node;

use super::choice::texts;
use super::fact::{How, Source, Use};
use super::grammar::Kinds;
use super::place::Places;
use super::project::is_list;
use super::quoted;
use super::value::Text;

/// Methods whose first argument is a specifier, of whatever they are methods: of jest, vitest, bun, and `require`.
const METHODS: [&[u8]; 19] = [
    b"require",
    b"mock",
    b"unmock",
    b"doMock",
    b"dontMock",
    b"doUnmock",
    b"deepUnmock",
    b"setMock",
    b"requireActual",
    b"requireMock",
    b"importActual",
    b"importMock",
    b"createMockFromModule",
    b"genMockFromModule",
    b"unstable_mockModule",
    b"unstable_unmockModule",
    b"replaceEsm",
    b"module",
    b"register",
];

/// No path is longer on any system, and looking for one takes time.
const MAX_NAME: usize = 4096;

/// Why a file is open that loads by an expression.
const UNKNOWN: &str = "loads what is known only when it runs";

/// Functions of libraries that load what their first argument names.
const FUNCTIONS: [&[u8]; 8] =
    [b"proxyquire", b"rewire", b"esmock", b"importFresh", b"loadable", b"requireActual", b"importScripts", b"register"];

/// Collects what the nodes of a file load.
pub(super) struct Reader<'t> {
    content: &'t [u8],
    kinds: &'static Kinds,
    is_config: bool,
    places: Places<'t>,
    /// What `require` is called.
    requires: BTreeSet<&'t [u8]>,
    /// Up to where texts of configuration name what is looked at only.
    listed: usize,
    /// Up to where places are told already, by the expression around.
    told: usize,
    found: Source,
}

impl<'t> Reader<'t> {
    /// Starts with nothing found.
    pub(super) fn new(content: &'t [u8], kinds: &'static Kinds, is_config: bool) -> Self {
        let places = Places::new(content, kinds);
        let requires = BTreeSet::from([&b"require"[..]]);
        Self { content, kinds, is_config, places, requires, listed: 0, told: 0, found: Source::default() }
    }

    /// What was found.
    pub(super) fn into_source(self) -> Source {
        self.found
    }

    /// Whether names stand for what loads, or for paths.
    pub(super) fn has_names(&self) -> bool {
        self.requires.len() > 1 || self.places.has_names()
    }

    /// Looks at a node; whether what is below it is to be looked at too.
    pub(super) fn visit(&mut self, node: Node<'_>, parent: Option<Node<'_>>) -> bool {
        let (kind, kinds) = (node.kind_id(), self.kinds);
        if kind == kinds.identifier {
            self.passed_on(node, parent);
        } else if kind == kinds.string {
            if self.is_config {
                self.maybe(node);
            }
            return false;
        } else if kind == kinds.comment {
            self.comment(node);
        } else if kind == kinds.pair && self.is_config {
            self.listing(node, "key");
        } else if kind == kinds.import || kind == kinds.export {
            if kind == kinds.export && self.is_config {
                self.listing(node, "value");
            }
            return self.statement(node) || kind == kinds.export;
        } else if kind == kinds.call {
            self.place(node);
            self.call(node);
        } else if kind == kinds.new {
            self.place(node);
            self.created(node);
        } else if kind == kinds.template || kind == kinds.binary {
            self.place(node);
        } else if kind == kinds.variable {
            self.declared(node);
        } else if kind == kinds.module {
            self.named_module(node);
        }
        true
    }

    /// `projects: [ … ]`, and a list that is all that is exported: what is in them is looked at only.
    fn listing(&mut self, node: Node<'_>, field: &str) {
        let Some(said) = node.child_by_field_name(field) else { return };
        let key = self.content[said.byte_range()].to_str().unwrap_or_default();
        if said.kind_id() == self.kinds.array || field == "key" && is_list(key.trim_matches(['"', '\''])) {
            self.listed = self.listed.max(node.end_byte());
        }
    }

    /// `import … from 'x'`, `import x = require('x')`, `export … from 'x'`; whether it names none.
    fn statement(&mut self, node: Node<'_>) -> bool {
        let mut cursor = node.walk();
        let required = node.named_children(&mut cursor).find(|child| child.kind_id() == self.kinds.import_require);
        let Some(source) = required.unwrap_or(node).child_by_field_name("source") else { return true };
        let is_type = node.child(1).is_some_and(|word| matches!(word.kind(), "type" | "typeof"));
        match self.texts(source).pop() {
            Some(Text::Whole(text)) if is_type => self.add(How::Type, text),
            _ => self.load(source),
        }
        false
    }

    fn call(&mut self, node: Node<'_>) {
        let (Some(function), Some(arguments)) =
            (node.child_by_field_name("function"), node.child_by_field_name("arguments"))
        else {
            return;
        };
        let kind = function.kind_id();
        let Some(first) = self.argument(arguments, 0) else { return };
        if kind == self.kinds.import_keyword {
            self.load(first);
        } else if kind == self.kinds.identifier {
            let name = &self.content[function.byte_range()];
            if self.requires.contains(name) {
                self.load(first);
            } else if FUNCTIONS.contains(&name) || name == b"define" {
                self.listed(arguments);
            }
        } else if kind == self.kinds.member {
            self.method(function, first);
        }
    }

    fn method(&mut self, function: Node<'_>, first: Node<'_>) {
        let (Some(object), Some(property)) =
            (function.child_by_field_name("object"), function.child_by_field_name("property"))
        else {
            return;
        };
        let (of, name) = (&self.content[object.byte_range()], &self.content[property.byte_range()]);
        let is_require = self.requires.contains(of);
        let is_meta = object.kind_id() == self.kinds.meta;
        match name {
            b"resolve" if is_require || is_meta => self.load(first),
            b"context" if is_require => self.below(first),
            b"glob" | b"globEager" if is_meta => self.globs(first),
            b"require" | b"requireActual" | b"requireMock" | b"importActual" | b"importMock" => self.load(first),
            _ if matches!(of, b"jest" | b"vi" | b"vitest") && METHODS.contains(&name) => self.load(first),
            _ if METHODS.contains(&name) => self.maybe(first),
            _ => {}
        }
    }

    /// `new Worker('./x')`.
    fn created(&mut self, node: Node<'_>) {
        let Some(constructor) = node.child_by_field_name("constructor") else { return };
        let name = constructor.child_by_field_name("property").unwrap_or(constructor);
        let is_worker = matches!(&self.content[name.byte_range()], b"Worker" | b"SharedWorker" | b"Runner");
        if let (true, Some(arguments)) = (is_worker, node.child_by_field_name("arguments")) {
            self.listed(arguments);
        }
    }

    /// Functions that take specifiers, or lists of them, among other things.
    fn listed(&mut self, arguments: Node<'_>) {
        let mut cursor = arguments.walk();
        // What is built from where the file lies is told by itself.
        for argument in arguments.named_children(&mut cursor).filter(|argument| argument.kind_id() != self.kinds.new) {
            let mut inner = argument.walk();
            if argument.kind_id() == self.kinds.array {
                argument.named_children(&mut inner).for_each(|one| self.maybe(one));
            } else {
                self.maybe(argument);
            }
        }
    }

    /// `const req = createRequire(…)`, and names for paths.
    fn declared(&mut self, node: Node<'_>) {
        let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else {
            return;
        };
        let called = value.child_by_field_name("function").unwrap_or(value);
        let called = called.child_by_field_name("property").unwrap_or(called);
        let called = &self.content[called.byte_range()];
        if name.kind_id() == self.kinds.identifier && (called == b"createRequire" || self.requires.contains(called)) {
            let is_result = value.kind_id() == self.kinds.call && called != b"createRequire";
            if !is_result {
                self.requires.insert(&self.content[name.byte_range()]);
            }
        }
        self.places.bind(name, value);
    }

    /// `declare module './x' { … }`.
    fn named_module(&mut self, node: Node<'_>) {
        if let Some(name) = node.child_by_field_name("name") {
            self.maybe(name);
        }
    }

    /// `require` handed to something that may load anything by it.
    fn passed_on(&mut self, node: Node<'_>, parent: Option<Node<'_>>) {
        let Some(parent) = parent else { return };
        let is_passed = parent.kind_id() == self.kinds.arguments || parent.kind_id() == self.kinds.pair;
        if is_passed && self.requires.contains(&self.content[node.byte_range()]) {
            self.open(node, "hands `require` on");
        }
    }

    /// `/// <reference path="x" />`, types of `JSDoc`, and what runners take from comments.
    fn comment(&mut self, node: Node<'_>) {
        let text = &self.content[node.byte_range()];
        let has = |word: &str| text.contains_str(word);
        if has("<reference") || has("import(") || has("@import") {
            let is_path = has("<reference") && has("path");
            let names: Vec<String> = quoted::of(text).into_iter().map(|Use(_, name)| name).collect();
            // Paths of references are relative to the file without saying so.
            let plain = names.iter().filter(|name| is_path && !name.starts_with('.')).map(|name| format!("./{name}"));
            plain.collect::<Vec<_>>().into_iter().chain(names).for_each(|name| self.add(How::Maybe, name));
        }
        let mut words = text.split(|byte| byte.is_ascii_whitespace() || *byte == b'*');
        while let Some(word) = words.next() {
            let suffix = match word {
                b"@jsxImportSource" => "/jsx-runtime",
                b"@jest-environment" | b"@vitest-environment" => "",
                _ => continue,
            };
            if let Some(name) = words.next().and_then(|name| name.to_str().ok()) {
                self.add(How::Maybe, format!("{name}{suffix}"));
            }
        }
    }

    /// A path that is built from where the file lies, unless the expression around told it.
    fn place(&mut self, node: Node<'_>) {
        if node.start_byte() < self.told {
            return;
        }
        let Some(place) = self.places.of(node) else { return };
        self.told = node.end_byte();
        if !place.is_trivial() {
            let how = match (self.is_config, node.start_byte() < self.listed) {
                (true, true) => How::File,
                (true, false) => How::Maybe,
                (false, _) => How::Place,
            };
            match place.into_text() {
                Text::Whole(text) => self.add(how, text),
                Text::Beginning(text) => self.add(How::Beginning, text),
                Text::Unknown => {}
            }
        }
    }

    /// `import.meta.glob(['../c/*.ts'])`.
    fn globs(&mut self, node: Node<'_>) {
        let mut cursor = node.walk();
        let is_list = node.kind_id() == self.kinds.array;
        let all = if is_list { node.named_children(&mut cursor).collect() } else { vec![node] };
        let texts = |glob| self.texts(glob).into_iter().map(move |text| (glob, text));
        let all: Vec<_> = all.into_iter().flat_map(texts).collect();
        for (glob, text) in all {
            let (Text::Whole(text) | Text::Beginning(text)) = text else {
                self.open(glob, UNKNOWN);
                continue;
            };
            if !text.starts_with('!') {
                let end = text.find(['*', '?', '{', '[', '(', '!']).unwrap_or(text.len());
                self.add(How::Beginning, text[..end].to_owned());
            }
        }
    }

    /// `require.context('./x')`.
    fn below(&mut self, node: Node<'_>) {
        for text in self.texts(node) {
            match text {
                Text::Whole(text) => self.add(How::Beginning, format!("{}/", text.trim_end_matches('/'))),
                Text::Beginning(text) => self.add(How::Beginning, text),
                Text::Unknown => self.open(node, UNKNOWN),
            }
        }
    }

    /// A specifier that is loaded.
    fn load(&mut self, node: Node<'_>) {
        for text in self.texts(node) {
            match text {
                Text::Whole(text) => self.add(How::Load, text),
                Text::Beginning(text) if text.trim_matches(['.', '/']).is_empty() && !text.contains('/') => {
                    self.open(node, UNKNOWN);
                }
                Text::Beginning(text) => self.add(How::Beginning, text),
                Text::Unknown => self.open(node, UNKNOWN),
            }
        }
    }

    /// A text that may be a specifier.
    fn maybe(&mut self, node: Node<'_>) {
        let is_listed = self.is_config && node.start_byte() < self.listed;
        let how = if is_listed { How::File } else { How::Maybe };
        let whole = |text| match text {
            Text::Whole(text) => Some(text).filter(|text: &String| !text.contains(['*', ' ', '\n'])),
            _ => None,
        };
        self.texts(node).into_iter().filter_map(whole).for_each(|text| self.add(how, text));
    }

    /// The texts that an expression may stand for.
    fn texts(&self, node: Node<'_>) -> Vec<Text> {
        texts(node, self.kinds, &self.places)
    }

    fn argument<'n>(&self, arguments: Node<'n>, index: usize) -> Option<Node<'n>> {
        let mut cursor = arguments.walk();
        let mut given = arguments.named_children(&mut cursor).filter(|given| given.kind_id() != self.kinds.comment);
        given.nth(index)
    }

    fn add(&mut self, how: How, name: String) {
        if name.len() > MAX_NAME {
            self.found.open.get_or_insert_with(|| "it loads by a name that is longer than any path".to_owned());
        } else if !name.is_empty() {
            self.found.uses.push(Use(how, name));
        }
    }

    fn open(&mut self, node: Node<'_>, why: &str) {
        self.found.open.get_or_insert_with(|| format!("line {} {why}", node.start_position().row + 1));
    }
}

//! One walk over the syntax of a module. What names stand for is known only at its end, so calls are kept until then.

use std::collections::HashMap;

use tree_sitter::{Node, TreeCursor};

use super::super::fact::{Import, Source, Take};
use super::grammar::{Form, form};
use super::parse::Parsed;
use super::text::{self, Text};

/// What a name may stand for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound<'t> {
    /// The value of an expression.
    Value(Node<'t>),
    /// Each of the values of an expression.
    Each(Node<'t>),
    /// Something else.
    Unknown,
}

/// What is seen on the way.
pub(super) struct Walk<'t> {
    /// The text and its syntax.
    pub(super) parsed: &'t Parsed<'t>,
    /// What was found.
    pub(super) source: Source,
    /// What each name stands for, wherever in the module.
    pub(super) names: HashMap<&'t str, Vec<Bound<'t>>>,
    /// Calls, with what they are called by.
    pub(super) calls: Vec<Node<'t>>,
    /// Expressions that may name a place: with `/`, or calls that join.
    pub(super) places: Vec<Node<'t>>,
    /// Where expressions stand that were put on `sys.path`.
    pub(super) on_path: Vec<std::ops::Range<usize>>,
    /// What is assigned to `sys.path`.
    pub(super) paths: Vec<Node<'t>>,
    /// What is assigned to names that mean something by convention.
    pub(super) conventions: Vec<(&'t str, Node<'t>)>,
    /// Texts that may be code.
    pub(super) code: Vec<String>,
    /// Where the last text ends: its pieces are none of their own.
    text_end: usize,
}

/// Names that mean something by convention: to Python, pytest and Django.
const CONVENTIONS: [&str; 3] = ["__all__", "pytest_plugins", "INSTALLED_APPS"];

/// How much of a text is looked at as the name of something.
const NAME_LENGTH: usize = 200;

impl<'t> Walk<'t> {
    /// Walks over all of a module.
    pub(super) fn over(parsed: &'t Parsed<'t>) -> Self {
        let mut walk = Self {
            parsed,
            source: Source::default(),
            names: HashMap::new(),
            calls: Vec::new(),
            places: Vec::new(),
            on_path: Vec::new(),
            paths: Vec::new(),
            conventions: Vec::new(),
            code: Vec::new(),
            text_end: 0,
        };
        let mut cursor = parsed.root().walk();
        while walk.visit(cursor.node()) && cursor.goto_first_child() || goes_on(&mut cursor) {}
        walk
    }

    /// Takes a node. Whether to look below it.
    fn visit(&mut self, node: Node<'t>) -> bool {
        match form(node) {
            Form::Import => self.import(node),
            Form::ImportFrom => self.import_from(node),
            Form::Call => self.calls.push(node),
            Form::String => self.string(node),
            Form::Assignment | Form::Augmented => self.assignment(node),
            Form::For => {
                let (left, right) = (node.child_by_field_name("left"), node.child_by_field_name("right"));
                if let (Some(left), Some(right)) = (left, right) {
                    self.bind(left, Bound::Each(right));
                }
            }
            Form::Operator => self.places.push(node),
            Form::List => self.modules_to_run(node),
            Form::Binding => self.bind_parameters(node),
            // A text that stands alone is documentation.
            Form::Expression => return node.named_child(0).is_none_or(|only| form(only) != Form::String),
            Form::Identifier | Form::Other => {}
        }
        !matches!(form(node), Form::Import | Form::ImportFrom | Form::Identifier)
    }

    fn import(&mut self, node: Node<'t>) {
        for name in imported(node) {
            let module = self.dotted(name);
            self.source.runs |= matches!(module.as_str(), "subprocess" | "pexpect");
            self.add(0, module, Take::Names(Vec::new()));
        }
    }

    fn import_from(&mut self, node: Node<'t>) {
        let Some(from) = node.child_by_field_name("module_name") else { return };
        let mut cursor = from.walk();
        let dots = from.named_children(&mut cursor).find(|child| child.kind() == "import_prefix");
        let level = dots.map_or(0, |dots| self.parsed.of(dots).matches('.').count());
        let module = match from.kind() {
            "relative_import" => {
                let mut cursor = from.walk();
                let name = from.named_children(&mut cursor).find(|child| child.kind() == "dotted_name");
                name.map(|name| self.dotted(name)).unwrap_or_default()
            }
            _ => self.dotted(from),
        };
        self.source.runs |= level == 0 && matches!(module.as_str(), "subprocess" | "pexpect");
        let mut cursor = node.walk();
        let is_star = node.named_children(&mut cursor).any(|child| child.kind() == "wildcard_import");
        let names = imported(node).into_iter().map(|name| self.dotted(name)).collect();
        let take = if is_star { Take::Star } else { Take::Names(names) };
        self.add(u8::try_from(level).unwrap_or(u8::MAX), module, take);
    }

    /// Adds an import.
    pub(super) fn add(&mut self, level: u8, module: String, take: Take) {
        self.source.imports.push(Import { level, module, take });
    }

    fn dotted(&self, node: Node<'t>) -> String {
        let mut cursor = node.walk();
        let parts = node.named_children(&mut cursor).filter(|part| form(*part) == Form::Identifier);
        let parts: Vec<&str> = parts.map(|part| self.parsed.of(part)).collect();
        parts.join(".")
    }

    /// A text may name a module, a script, or be code.
    fn string(&mut self, node: Node<'t>) {
        if node.start_byte() < self.text_end {
            return;
        }
        self.text_end = node.end_byte();
        let Some(Text { is_own: false, prefix, is_exact }) = text::written(self.parsed, node) else { return };
        if is_exact && prefix.contains("import") && prefix.contains(['\n', ' ']) {
            self.code.push(prefix);
            return;
        }
        if prefix.len() > NAME_LENGTH {
            return;
        }
        if super::super::name::is_script(&prefix) {
            if is_exact && !prefix.contains(['*', '?', '\n', '{']) {
                self.source.scripts.push(prefix);
            }
            return;
        }
        if let Some(module) = named_module(&prefix, is_exact) {
            self.add(0, module.to_owned(), Take::Mention);
        }
    }

    fn assignment(&mut self, node: Node<'t>) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return;
        };
        let target = self.parsed.of(left);
        if target == "sys.path" || target.starts_with("sys.path[") {
            self.paths.push(right);
        }
        if CONVENTIONS.contains(&target) {
            self.conventions.push((target, right));
        }
        self.bind(left, if form(node) == Form::Assignment { Bound::Value(right) } else { Bound::Unknown });
    }

    /// `[…, "-m", "module", …]` runs a module.
    pub(super) fn modules_to_run(&mut self, list: Node<'t>) {
        let mut cursor = list.walk();
        let mut is_next = false;
        for item in list.named_children(&mut cursor) {
            let text = text::exact(self.parsed, item);
            if let Some(module) = text.as_ref().filter(|_| is_next) {
                self.source.imports.push(Import {
                    level: 0,
                    module: module.clone(),
                    take: Take::Names(vec!["__main__".to_owned()]),
                });
            }
            is_next = text.is_some_and(|text| text == "-m");
        }
    }

    /// Keeps what a name stands for; of several names at once, that it isn't known.
    fn bind(&mut self, left: Node<'t>, bound: Bound<'t>) {
        if form(left) == Form::Identifier {
            self.names.entry(self.parsed.of(left)).or_default().push(bound);
            return;
        }
        self.bind_parameters(left);
    }

    fn bind_parameters(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            let inner = child.child_by_field_name("name").or_else(|| child.named_child(0)).unwrap_or(child);
            for name in [child, inner].into_iter().filter(|name| form(*name) == Form::Identifier) {
                self.names.entry(self.parsed.of(name)).or_default().push(Bound::Unknown);
            }
        }
    }
}

/// Goes to the next node that isn't below this one. Whether there is any.
fn goes_on(cursor: &mut TreeCursor<'_>) -> bool {
    while !cursor.goto_next_sibling() {
        if !cursor.goto_parent() {
            return false;
        }
    }
    true
}

/// What a text names that is a module's name with dots, or `module:attribute`; up to its last dot where it goes on.
fn named_module(text: &str, is_exact: bool) -> Option<&str> {
    let (module, attribute) = text.split_once(':').map_or((text, None), |(module, rest)| (module, Some(rest)));
    let module = if is_exact || attribute.is_some() { module } else { module.rsplit_once('.')?.0 };
    let is_start = |c: char| c.is_alphabetic() || c == '_';
    let is_name = |part: &str| part.starts_with(is_start) && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_dotted = |text: &str| text.split('.').all(is_name);
    let is_meant = !is_exact || attribute.is_some() || module.contains('.');
    (is_meant && is_dotted(module) && attribute.is_none_or(|rest| !is_exact || is_dotted(rest))).then_some(module)
}

/// The names that an import takes, without what they are called by.
fn imported(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let names = node.children_by_field_name("name", &mut cursor);
    names.map(|name| name.child_by_field_name("name").unwrap_or(name)).collect()
}

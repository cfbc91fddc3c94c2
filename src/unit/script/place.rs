//! Paths that a file builds from where it lies: `path.join(__dirname, 'x')`, `new URL('./x', import.meta.url)`.

use std::collections::BTreeMap;

use bstr::ByteSlice;
use tree_sitter::Node;

use super::grammar::Kinds;
use super::value::{Text, one};

/// Expressions nested deeper than this are not followed.
const MAX_DEPTH: usize = 12;

/// The name that stands for the file itself; no component of a path has it.
const SELF: &str = "\0";

/// A path that is built from where a file lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Whether it starts at the folder that the program is started in, and not at the file's.
    is_rooted: bool,
    /// Its components, `..` only in front.
    parts: Vec<String>,
    /// Whether it is known to its end, or how the name begins that follows.
    rest: Option<String>,
}

/// The paths of one file, with the names that are bound to any.
pub(super) struct Places<'t> {
    content: &'t [u8],
    kinds: &'static Kinds,
    /// Whether there can be any at all.
    is_possible: bool,
    /// What a name stands for; `None` where it is bound to more than one thing.
    bound: BTreeMap<&'t [u8], Option<Place>>,
}

impl<'t> Places<'t> {
    /// Those of a file.
    pub(super) fn new(content: &'t [u8], kinds: &'static Kinds) -> Self {
        let words = ["__dirname", "__filename", "import.meta", "process"];
        let is_possible = words.iter().any(|word| content.contains_str(word));
        Self { content, kinds, is_possible, bound: BTreeMap::new() }
    }

    /// The file's content.
    pub(super) fn text(&self) -> &'t [u8] {
        self.content
    }

    /// Whether any name is bound to one.
    pub(super) fn has_names(&self) -> bool {
        !self.bound.is_empty()
    }

    /// Takes note of what a name is bound to.
    pub(super) fn bind(&mut self, name: Node<'_>, value: Node<'_>) {
        if let (true, true, Some(place)) = (self.is_possible, name.kind_id() == self.kinds.identifier, self.of(value)) {
            let name = &self.content[name.byte_range()];
            let place = Some(place);
            self.bound.entry(name).and_modify(|known| *known = known.take().filter(|_| false)).or_insert(place);
        }
    }

    /// The path that an expression stands for; `None` where it is none that is known.
    pub(super) fn of(&self, node: Node<'_>) -> Option<Place> {
        if self.is_possible { self.at(node, MAX_DEPTH) } else { None }
    }

    fn at(&self, node: Node<'_>, depth: usize) -> Option<Place> {
        let depth = depth.checked_sub(1)?;
        let kind = node.kind_id();
        if kind == self.kinds.identifier {
            return self.named(&self.content[node.byte_range()]);
        }
        if kind == self.kinds.member {
            return self.member(node, depth);
        }
        if kind == self.kinds.call || kind == self.kinds.new {
            return self.called(node, depth);
        }
        if kind == self.kinds.template {
            return self.template(node, depth);
        }
        if kind == self.kinds.binary {
            let place = self.at(node.child_by_field_name("left")?, depth)?;
            return Some(place.followed_by(one(node.child_by_field_name("right")?, self.kinds, self.content, depth)));
        }
        if self.kinds.wraps.contains(&kind) {
            return self.at(node.named_child(0)?, depth);
        }
        None
    }

    fn named(&self, name: &[u8]) -> Option<Place> {
        if let Some(bound) = self.bound.get(name) {
            return bound.clone();
        }
        match name {
            b"__dirname" => Some(Place::folder()),
            b"__filename" => Some(Place::file()),
            _ => None,
        }
    }

    fn member(&self, node: Node<'_>, depth: usize) -> Option<Place> {
        let object = node.child_by_field_name("object")?;
        let property = &self.content[node.child_by_field_name("property")?.byte_range()];
        if object.kind_id() == self.kinds.meta {
            return match property {
                b"dirname" | b"dir" => Some(Place::folder()),
                b"filename" | b"url" | b"path" => Some(Place::file()),
                _ => None,
            };
        }
        matches!(property, b"pathname" | b"href").then(|| self.at(object, depth))?
    }

    /// What `join(…)`, `resolve(…)`, `dirname(…)`, `fileURLToPath(…)`, `process.cwd()` and `new URL(…)` give.
    fn called(&self, node: Node<'_>, depth: usize) -> Option<Place> {
        let function = node.child_by_field_name("function").or_else(|| node.child_by_field_name("constructor"))?;
        let name = match function.child_by_field_name("property") {
            Some(property) => property,
            None => function,
        };
        let arguments = node.child_by_field_name("arguments")?;
        let mut cursor = arguments.walk();
        let mut given = arguments.named_children(&mut cursor).filter(|given| given.kind_id() != self.kinds.comment);
        match &self.content[name.byte_range()] {
            b"cwd" => Some(Place { is_rooted: true, ..Place::folder() }),
            b"dirname" => Some(self.at(given.next()?, depth)?.joined("..")),
            b"fileURLToPath" | b"pathToFileURL" | b"normalize" | b"realpathSync" | b"toString" | b"String" => {
                self.at(given.next()?, depth)
            }
            b"join" | b"resolve" => {
                let mut place = self.at(given.next()?, depth)?;
                for part in given {
                    place = place.joined_with(one(part, self.kinds, self.content, depth));
                }
                Some(place)
            }
            b"URL" => {
                let relative = one(given.next()?, self.kinds, self.content, depth);
                let base = self.at(given.next()?, depth)?;
                // Whether any other base ends in a slash, and so is a folder, is not known.
                let is_known = base.parts.last().is_some_and(|last| last == SELF);
                Some(base.joined("..").joined_with(if is_known { relative } else { Text::Unknown }))
            }
            _ => None,
        }
    }

    fn template(&self, node: Node<'_>, depth: usize) -> Option<Place> {
        let mut cursor = node.walk();
        let mut children = node.named_children(&mut cursor);
        let first = children.next().filter(|child| child.kind_id() == self.kinds.substitution)?;
        let mut place = self.at(first.named_child(0)?, depth)?;
        for child in children {
            let is_text = child.kind_id() == self.kinds.fragment;
            let text = is_text.then(|| self.content[child.byte_range()].to_str().ok()).flatten();
            place = place.followed_by(text.map_or(Text::Unknown, |text| Text::Whole(text.to_owned())));
        }
        Some(place)
    }
}

impl Place {
    fn folder() -> Self {
        Self { is_rooted: false, parts: Vec::new(), rest: None }
    }

    fn file() -> Self {
        Self { parts: vec![SELF.to_owned()], ..Self::folder() }
    }

    /// A path below it or beside it.
    fn joined(mut self, relative: &str) -> Self {
        if self.rest.is_some() {
            return self;
        }
        for part in relative.split('/') {
            let is_above = self.parts.last().is_none_or(|last| last == "..");
            match part {
                "" | "." => {}
                ".." if !is_above => drop(self.parts.pop()),
                part => self.parts.push(part.to_owned()),
            }
        }
        self
    }

    /// With another argument of a function that joins.
    fn joined_with(self, part: Text) -> Self {
        match part {
            Text::Whole(part) => self.joined(&part),
            Text::Beginning(part) => {
                let (folder, name) = part.rsplit_once('/').unwrap_or(("", &part));
                self.joined(folder).open(name)
            }
            Text::Unknown => self.open(""),
        }
    }

    /// With a text right behind it.
    fn followed_by(self, text: Text) -> Self {
        match text {
            Text::Whole(text) if text.is_empty() => self,
            Text::Whole(ref whole) | Text::Beginning(ref whole) if !whole.starts_with('/') => {
                let Self { mut parts, is_rooted, rest } = self;
                let last = parts.pop().unwrap_or_default() + whole;
                Self { parts, is_rooted, rest: rest.or(Some(last)) }
            }
            text => self.joined_with(text),
        }
    }

    fn open(mut self, name: &str) -> Self {
        self.rest.get_or_insert_with(|| name.to_owned());
        self
    }

    /// Whether it says nothing: it is the file itself, its folder or one above.
    pub(super) fn is_trivial(&self) -> bool {
        self.rest.as_deref().unwrap_or_default().is_empty()
            && self.parts.iter().all(|part| part == ".." || part == SELF)
    }

    /// As a specifier relative to the file, or to the package's folder where it begins with a slash.
    pub(super) fn into_text(self) -> Text {
        let mut text = if self.is_rooted { "/" } else { "./" }.to_owned();
        for part in self.parts.iter().filter(|part| *part != SELF) {
            text.push_str(part);
            text.push('/');
        }
        match self.rest {
            Some(rest) => Text::Beginning(text + &rest),
            None => Text::Whole(text.trim_end_matches('/').to_owned()),
        }
    }
}

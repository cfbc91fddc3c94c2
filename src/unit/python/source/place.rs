//! Folders that expressions name: `Path(__file__).parent / "x"` and the like.

use std::cmp::Reverse;

use tree_sitter::Node;

use super::super::fact::Place;
use super::grammar::{Form, form};
use super::text;
use super::walk::{Bound, Walk};

/// How deep expressions and names are followed.
const DEPTH: usize = 24;

/// What an expression says of a path.
#[derive(Clone, Debug)]
enum Known {
    /// This file.
    File,
    /// A place.
    At(Place),
}

impl<'t> Walk<'t> {
    /// Puts whatever an argument list or expression names on `sys.path`.
    pub(super) fn puts_on_path(&mut self, node: Node<'t>) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            match node.kind() {
                "argument_list" | "list" | "tuple" | "set" => {
                    let mut cursor = node.walk();
                    open.extend(node.named_children(&mut cursor));
                }
                "integer" | "unary_operator" | "comment" | "attribute" | "subscript" | "list_splat"
                    if !self.is_path(node) => {}
                "binary_operator" if self.operator(node) == "+" && self.place(node).is_none() => {
                    open.extend(["left", "right"].into_iter().filter_map(|field| node.child_by_field_name(field)));
                }
                _ => self.put_on_path(node),
            }
        }
    }

    fn put_on_path(&mut self, node: Node<'t>) {
        if self.on_path.len() < DEPTH {
            self.on_path.push(node.byte_range());
            // `sys.path.append(str(FOLDER))` is what `FOLDER = …` is for.
            let mut cursor = node.walk();
            let arguments = node.child_by_field_name("arguments").unwrap_or(node);
            let names = arguments.named_children(&mut cursor).chain([node]).take(DEPTH);
            let values = names.filter_map(|name| self.names.get(self.parsed.of(name))?.first());
            let ranges = values
                .filter_map(|bound| if let Bound::Value(value) = bound { Some(value.byte_range()) } else { None });
            self.on_path.extend(ranges);
        }
        match self.place(node) {
            Some(place) => self.source.paths.push(place),
            None => self.source.has_unknown_path = true,
        }
    }

    /// Keeps the places beside the module that expressions name, unless they are there to be put on `sys.path`.
    pub(super) fn all_reads(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        places.sort_by_key(|node| (node.start_byte(), Reverse(node.end_byte())));
        let mut end = 0;
        for node in places {
            let range = node.byte_range();
            // What is within a place that is known is a step on the way to it.
            let is_step = range.end <= end;
            let is_on_path =
                || self.on_path.iter().any(|on_path| on_path.start <= range.start && range.end <= on_path.end);
            if is_step || is_on_path() {
                continue;
            }
            if let Some(place) = self.place(node) {
                end = range.end;
                self.source.reads.extend(read(place));
            }
        }
    }

    /// Whether an attribute or subscript is of a path rather than of `sys`.
    fn is_path(&self, node: Node<'t>) -> bool {
        matches!(node.kind(), "attribute" | "subscript") && !self.parsed.of(node).starts_with("sys.")
    }

    fn operator(&self, node: Node<'t>) -> &'t str {
        node.child_by_field_name("operator").map_or("", |operator| self.parsed.of(operator))
    }

    /// The place that an expression names; `None` where that isn't known.
    pub(super) fn place(&self, node: Node<'t>) -> Option<Place> {
        match self.known(node, DEPTH)? {
            Known::File => None,
            Known::At(place) => Some(place),
        }
    }

    fn known(&self, node: Node<'t>, depth: usize) -> Option<Known> {
        let depth = depth.checked_sub(1)?;
        match node.kind() {
            "string" | "concatenated_string" => {
                let text = text::exact(self.parsed, node)?;
                (!text.starts_with('/')).then_some(Known::At(Place::Cwd(text)))
            }
            "identifier" if self.parsed.of(node) == "__file__" => Some(Known::File),
            "identifier" => {
                let [Bound::Value(value)] = self.names.get(self.parsed.of(node))?.as_slice() else { return None };
                self.known(*value, depth)
            }
            "parenthesized_expression" => self.known(node.named_child(0)?, depth),
            "attribute" => {
                let object = node.child_by_field_name("object")?;
                match self.parsed.of(node.child_by_field_name("attribute")?) {
                    "parent" => Some(above(self.known(object, depth)?)),
                    "pardir" => Some(Known::At(Place::Cwd("..".to_owned()))),
                    "curdir" => Some(Known::At(Place::Cwd(".".to_owned()))),
                    _ => None,
                }
            }
            "subscript" => self.one_of(node, depth),
            "binary_operator" if matches!(self.operator(node), "/" | "+") => {
                let left = self.known(node.child_by_field_name("left")?, depth)?;
                let right = text::exact(self.parsed, node.child_by_field_name("right")?)?;
                Some(below(left, &right))
            }
            "call" => self.of_call(node, depth),
            _ => None,
        }
    }

    /// `path.parents[2]`, `os.path.split(path)[0]`.
    fn one_of(&self, node: Node<'t>, depth: usize) -> Option<Known> {
        let value = node.child_by_field_name("value")?;
        let number: usize = self.parsed.of(node.child_by_field_name("subscript")?).parse().ok()?;
        match value.kind() {
            "attribute" if self.parsed.of(value.child_by_field_name("attribute")?) == "parents" => {
                let mut place = self.known(value.child_by_field_name("object")?, depth)?;
                for _ in 0..=number.min(DEPTH) {
                    place = above(place);
                }
                Some(place)
            }
            "call" if number == 0 && self.parsed.of(value).contains("split(") => {
                let arguments = value.child_by_field_name("arguments")?;
                Some(above(self.known(self.argument(arguments, 0, "p")?, depth)?))
            }
            _ => None,
        }
    }

    fn of_call(&self, node: Node<'t>, depth: usize) -> Option<Known> {
        let function = node.child_by_field_name("function")?;
        let arguments = node.child_by_field_name("arguments")?;
        let first = || self.known(self.argument(arguments, 0, "path")?, depth);
        let object = || self.known(function.child_by_field_name("object")?, depth);
        match self.parsed.of(function.child_by_field_name("attribute").unwrap_or(function)) {
            "dirname" => Some(above(first()?)),
            "abspath" | "realpath" | "normpath" | "fspath" | "str" | "PurePath" | "fsdecode" => first(),
            "Path" | "join" if arguments.named_child_count() > 0 => self.parts(arguments, first()?, 1),
            "joinpath" => self.parts(arguments, object()?, 0),
            "getcwd" | "cwd" | "Path" => Some(Known::At(Place::Cwd(String::new()))),
            "resolve" | "absolute" | "as_posix" | "expanduser" => object(),
            _ => None,
        }
    }

    /// Goes down by what the arguments from one on name.
    fn parts(&self, arguments: Node<'t>, start: Known, from: usize) -> Option<Known> {
        let mut place = start;
        let mut cursor = arguments.walk();
        for part in arguments.named_children(&mut cursor).filter(|part| part.kind() != "comment").skip(from) {
            let text = match form(part) {
                Form::String => text::exact(self.parsed, part)?,
                _ if matches!(self.parsed.of(part), "os.pardir" | "os.path.pardir") => "..".to_owned(),
                _ => return None,
            };
            place = below(place, &text);
        }
        Some(place)
    }
}

/// A place that is read: one beside the module, not a folder above it.
fn read(place: Place) -> Option<String> {
    match place {
        Place::Here(path) => (!path.is_empty() && !path.ends_with("..")).then_some(path),
        Place::Cwd(_) => None,
    }
}

fn above(known: Known) -> Known {
    match known {
        Known::File => Known::At(Place::Here(String::new())),
        Known::At(_) => below(known, ".."),
    }
}

fn below(known: Known, name: &str) -> Known {
    let join = |path: String| format!("{path}/{name}").trim_start_matches('/').to_owned();
    match known {
        // A file with something behind it: `__file__ + "/.."`.
        Known::File => Known::At(Place::Here(
            name.trim_start_matches('/').strip_prefix("..").unwrap_or(name).trim_start_matches('/').to_owned(),
        )),
        Known::At(Place::Here(path)) => Known::At(Place::Here(join(path))),
        Known::At(Place::Cwd(path)) => Known::At(Place::Cwd(join(path))),
    }
}

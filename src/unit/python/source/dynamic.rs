//! Imports by calls: `importlib.import_module` and what else imports by a name.

use tree_sitter::Node;

use super::super::fact::Take;
use super::super::name::is_script;
use super::grammar::{Form, form};
use super::text::{self, Text};
use super::walk::{Bound, Walk};

/// How deep expressions and names are followed.
const DEPTH: usize = 8;
/// How many values are followed.
const VALUES: usize = 1_000;

impl<'t> Walk<'t> {
    /// Takes what is only understood when all names are known.
    pub(super) fn finish(&mut self) {
        for call in std::mem::take(&mut self.calls) {
            self.call(call);
        }
        for node in std::mem::take(&mut self.paths) {
            self.puts_on_path(node);
        }
        self.all_reads();
        for (name, node) in std::mem::take(&mut self.conventions) {
            let texts = self.each(node, DEPTH).unwrap_or_default();
            for text in texts.into_iter().filter(|text| text.is_exact && !text.is_own) {
                match name {
                    "__all__" => self.source.all.push(text.prefix),
                    "pytest_plugins" => self.add(0, text.prefix, Take::Names(Vec::new())),
                    _ => self.add(0, text.prefix, Take::Below),
                }
            }
        }
    }

    fn call(&mut self, call: Node<'t>) {
        let (Some(function), Some(arguments)) =
            (call.child_by_field_name("function"), call.child_by_field_name("arguments"))
        else {
            return;
        };
        let object = function.child_by_field_name("object").map(|object| self.parsed.of(object));
        let name = self.parsed.of(function.child_by_field_name("attribute").unwrap_or(function));
        self.modules_to_run(arguments);
        match name {
            "import_module" | "__import__" | "importorskip" | "run_module" => self.imports(call, arguments, false),
            "import_string" | "resolve_name" | "import_object" | "import_by_path" | "locate" => {
                self.imports(call, arguments, object == Some("shutil"));
            }
            "find_spec" | "find_loader" => {
                let texts = self.argument(arguments, 0, "name").and_then(|node| self.texts(node, DEPTH));
                texts.into_iter().flatten().for_each(|text| self.import_text(&text, None));
            }
            "walk_packages" | "iter_modules" => self.open(call),
            "run_path" | "spec_from_file_location" | "SourceFileLoader" => self.runs_file(call, arguments, name),
            "glob" | "rglob" | "iglob" => {
                let pattern = self.argument(arguments, 0, "pattern").and_then(|node| text::exact(self.parsed, node));
                if pattern.is_some_and(|pattern| is_script(&pattern) && pattern.contains('*')) {
                    self.open(call);
                }
            }
            "entry_points" | "iter_entry_points" => {
                let group = self.argument(arguments, 0, "group").and_then(|node| text::exact(self.parsed, node));
                self.source.groups.push(group.unwrap_or_else(|| "*".to_owned()));
            }
            "attach" | "attach_stub" => {
                let first = self.argument(arguments, 0, "package_name");
                if first.is_some_and(|first| text::own_name(self.parsed, first).is_some()) {
                    self.add(1, String::new(), Take::Below);
                }
            }
            "insert" | "append" | "extend" if object == Some("sys.path") => self.puts_on_path(arguments),
            "addsitedir" | "syspath_prepend" => self.puts_on_path(arguments),
            "join" | "joinpath" | "Path" => self.places.push(call),
            _ => self.source.runs |= starts_programs(object, name),
        }
    }

    /// An import of what the first argument names. `is_other` where the function of that name is another one.
    fn imports(&mut self, call: Node<'t>, arguments: Node<'t>, is_other: bool) {
        if is_other {
            return;
        }
        let package = self.argument(arguments, 1, "package");
        let is_level = |node: Node<'t>| !matches!(node.kind(), "identifier" | "string" | "attribute");
        let package = package.filter(|node| !is_level(*node)).map(|node| self.texts(node, DEPTH));
        let texts = self.argument(arguments, 0, "name").and_then(|node| self.texts(node, DEPTH));
        let Some(texts) = texts else { return self.open(call) };
        for text in texts {
            let is_relative = text.prefix.starts_with('.') && !text.is_own;
            let package = package.as_ref().filter(|_| is_relative);
            let packages = match package {
                None => vec![None],
                Some(Some(packages)) => packages.iter().map(Some).collect(),
                Some(None) => return self.open(call),
            };
            if !text.is_exact && !text.is_own && !text.prefix.contains('.')
                || packages.iter().flatten().any(|p| !p.is_exact)
            {
                return self.open(call);
            }
            for package in packages {
                self.import_text(&text, package);
            }
        }
    }

    /// An import of a module by its name, or of whatever lies below a package where the rest isn't known.
    fn import_text(&mut self, text: &Text, package: Option<&Text>) {
        let dots = text.prefix.len() - text.prefix.trim_start_matches('.').len();
        let rest = &text.prefix[dots..];
        let (module, take) = if text.is_exact {
            (rest.split(':').next().unwrap_or_default(), Take::Names(Vec::new()))
        } else {
            (rest.rsplit_once('.').map_or("", |(above, _)| above), Take::Below)
        };
        let level = if text.is_own { dots.max(1) } else { dots };
        let named = package.filter(|package| !package.is_own && dots > 0);
        if let Some(named) = named {
            let mut parts: Vec<&str> = named.prefix.split('.').collect();
            parts.truncate(parts.len().saturating_sub(dots - 1));
            parts.extend(Some(module).filter(|module| !module.is_empty()));
            return self.add(0, parts.join("."), take);
        }
        if level == 0 && text.is_exact && rest.contains(['.', ':']) {
            // The last part may be an attribute.
            self.add(0, module.to_owned(), Take::Mention);
        }
        self.add(u8::try_from(level).unwrap_or(u8::MAX), module.to_owned(), take);
    }

    /// Running a file by its path.
    fn runs_file(&mut self, call: Node<'t>, arguments: Node<'t>, name: &str) {
        let at = usize::from(name != "run_path");
        let key = if name == "SourceFileLoader" { "path" } else { "location" };
        let path = self.argument(arguments, at, key);
        match path.and_then(|path| self.place(path)) {
            Some(super::super::fact::Place::Here(path) | super::super::fact::Place::Cwd(path)) => {
                self.source.scripts.push(path);
            }
            None => self.open(call),
        }
    }

    /// Says that it may import more than is known.
    fn open(&mut self, call: Node<'t>) {
        if self.source.open.is_none() {
            let line = self.parsed.of(call).lines().next().unwrap_or_default();
            let text: String = line.chars().take(80).collect();
            self.source.open = Some(format!("line {}: {text}", call.start_position().row + 1));
        }
    }

    /// An argument, by its place or its name.
    pub(super) fn argument(&self, arguments: Node<'t>, at: usize, key: &str) -> Option<Node<'t>> {
        let mut cursor = arguments.walk();
        let all = arguments.named_children(&mut cursor).filter(|argument| argument.kind() != "comment");
        let (named, placed): (Vec<_>, Vec<_>) = all.partition(|argument| argument.kind() == "keyword_argument");
        let is_meant =
            |argument: &&Node<'t>| argument.child_by_field_name("name").is_some_and(|name| self.parsed.of(name) == key);
        let named = || named.iter().find(is_meant)?.child_by_field_name("value");
        placed.get(at).copied().or_else(named)
    }

    /// The texts that an expression may have; `None` where that isn't known.
    pub(super) fn texts(&self, node: Node<'t>, depth: usize) -> Option<Vec<Text>> {
        let depth = depth.checked_sub(1)?;
        if let Some(own) = text::own_name(self.parsed, node) {
            return Some(vec![own]);
        }
        match node.kind() {
            "string" | "concatenated_string" => {
                let known = |inner: Node<'_>| self.constant(self.parsed.of(inner), depth);
                Some(vec![text::filled(self.parsed, node, &known)?])
            }
            "identifier" => self.of_name(self.parsed.of(node), depth),
            "parenthesized_expression" => self.texts(node.named_child(0)?, depth),
            "conditional_expression" => {
                let mut texts = self.texts(node.named_child(0)?, depth)?;
                texts.extend(self.texts(node.named_child(2)?, depth)?);
                Some(texts)
            }
            "binary_operator" => self.joined(node, depth),
            "call" => {
                let function = node.child_by_field_name("function")?;
                let is_format = self.parsed.of(function.child_by_field_name("attribute")?) == "format";
                let format = is_format.then(|| function.child_by_field_name("object")).flatten()?;
                Some(vec![cut(&text::exact(self.parsed, format)?, '{')])
            }
            _ => None,
        }
    }

    fn joined(&self, node: Node<'t>, depth: usize) -> Option<Vec<Text>> {
        let (left, right) = (node.child_by_field_name("left")?, node.child_by_field_name("right")?);
        match self.parsed.of(node.child_by_field_name("operator")?) {
            "%" => Some(vec![cut(&text::exact(self.parsed, left)?, '%')]),
            "+" => {
                let mut left = self.texts(left, depth)?;
                let right = self.texts(right, depth).filter(|right| right.len() == 1);
                let right = right.and_then(|mut right| right.pop());
                for text in left.iter_mut().filter(|text| text.is_exact) {
                    match &right {
                        Some(right) => _ = text.join(right),
                        None => text.is_exact = false,
                    }
                }
                Some(left)
            }
            _ => None,
        }
    }

    /// The texts that a name may stand for.
    fn of_name(&self, name: &str, depth: usize) -> Option<Vec<Text>> {
        let mut texts = Vec::new();
        for bound in self.names.get(name)? {
            texts.extend(match *bound {
                Bound::Value(node) => self.texts(node, depth)?,
                Bound::Each(node) => self.each(node, depth)?,
                Bound::Unknown => return None,
            });
            if texts.len() > VALUES {
                return None;
            }
        }
        Some(texts)
    }

    /// The text of a name that has one value only.
    fn constant(&self, name: &str, depth: usize) -> Option<Text> {
        let mut texts = self.of_name(name, depth)?;
        if texts.len() == 1 { texts.pop() } else { None }
    }

    /// The texts that a list may hold.
    pub(super) fn each(&self, node: Node<'t>, depth: usize) -> Option<Vec<Text>> {
        let depth = depth.checked_sub(1)?;
        match form(node) {
            Form::List => {
                let mut texts = Vec::new();
                let mut cursor = node.walk();
                for item in node.named_children(&mut cursor).filter(|item| item.kind() != "comment") {
                    texts.extend(self.texts(item, depth)?);
                }
                Some(texts)
            }
            Form::String => self.texts(node, depth),
            Form::Identifier => {
                let [Bound::Value(value)] = self.names.get(self.parsed.of(node))?.as_slice() else { return None };
                self.each(*value, depth)
            }
            _ if node.kind() == "binary_operator" => {
                let mut texts = self.each(node.child_by_field_name("left")?, depth)?;
                texts.extend(self.each(node.child_by_field_name("right")?, depth)?);
                Some(texts)
            }
            _ if node.kind() == "parenthesized_expression" => self.each(node.named_child(0)?, depth),
            _ => None,
        }
    }
}

/// A text up to where something is put in.
fn cut(text: &str, at: char) -> Text {
    let prefix = text.split(at).next().unwrap_or_default().to_owned();
    let is_exact = prefix.len() == text.len();
    Text { is_own: false, prefix, is_exact }
}

/// Whether a function starts programs.
fn starts_programs(object: Option<&str>, name: &str) -> bool {
    let of_os =
        ["system", "popen", "posix_spawn"].contains(&name) || name.starts_with("exec") || name.starts_with("spawn");
    (object == Some("os") && of_os) || matches!(name, "create_subprocess_exec" | "create_subprocess_shell")
}

//! From text to values.

use std::collections::BTreeMap;

use super::quoted::quoted;
use super::value::{Pkl, amended, size};

/// How deep values may lie in each other.
const DEPTH: usize = 32;

/// How many values a file may have, those counted again that names stand for.
const MOST: usize = 20_000;

/// Reads a file; an error says where it can't be read.
pub(in crate::adopt::migrate) fn read(text: &str) -> Result<Pkl, String> {
    let mut reader = Reader { rest: text, locals: BTreeMap::new(), depth: 0, left: MOST };
    let entries = reader.members(true);
    let line = text[..text.len() - reader.rest.len()].lines().count().max(1);
    match entries {
        Some(entries) if reader.rest.is_empty() => Ok(Pkl::Object(entries)),
        _ => Err(format!("line {line} is more of Pkl than is read here")),
    }
}

struct Reader<'a> {
    rest: &'a str,
    locals: BTreeMap<String, Pkl>,
    depth: usize,
    left: usize,
}

impl<'a> Reader<'a> {
    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
            if self.rest.starts_with("//") {
                self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(rest) = self.rest.strip_prefix("/*") {
                self.rest = rest.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                return;
            }
        }
    }

    fn take(&mut self, text: &str) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A name, with those that follow it after dots.
    fn name(&mut self) -> Option<&'a str> {
        self.skip();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        self.rest = if is_name { rest } else { self.rest };
        is_name.then_some(name)
    }

    fn peek(&mut self, word: &str) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    }

    /// The members of an object, up to its closing bracket or the end of the file.
    fn members(&mut self, is_file: bool) -> Option<Vec<(String, Pkl)>> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut members: Vec<(String, Pkl)> = Vec::new();
        loop {
            self.skip();
            if self.rest.is_empty() && is_file {
                break;
            }
            if !is_file && self.take("}") {
                break;
            }
            self.member(is_file, &mut members)?;
            self.left = self.left.checked_sub(1)?;
        }
        self.depth -= 1;
        Some(members)
    }

    fn member(&mut self, is_file: bool, members: &mut Vec<(String, Pkl)>) -> Option<()> {
        if is_file && ["amends", "import", "module", "extends"].iter().any(|word| self.peek(word)) {
            self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
            return Some(());
        }
        if self.take("...") {
            self.take("?");
            let spread = self.value()?;
            match spread {
                Pkl::Object(entries) => members.extend(entries),
                other => members.push(("...".to_owned(), other)),
            }
            return Some(());
        }
        if self.take("[") {
            let key = self.value()?;
            if !self.take("]") {
                return None;
            }
            let before =
                key.text().and_then(|key| members.iter().find(|(other, _)| other == key)).map(|(_, v)| v.clone());
            let value = self.assigned(before)?;
            members.push((key.text()?.to_owned(), value));
            return Some(());
        }
        let mut is_local = false;
        while ["local", "hidden", "fixed", "const"].iter().any(|word| self.peek(word)) {
            is_local |= self.name() == Some("local");
        }
        if self.rest.starts_with('"') || self.peek("new") {
            // An element of a listing.
            let value = self.value()?;
            members.push((String::new(), value));
            return Some(());
        }
        let name = self.name()?.to_owned();
        if self.take(":") {
            self.kind()?;
        }
        let before = members.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
        let value = self.assigned(before)?;
        if is_local {
            self.locals.insert(name, value);
        } else {
            members.push((name, value));
        }
        Some(())
    }

    /// What follows a name: `= value`, or the body of an object that amends what was there.
    fn assigned(&mut self, before: Option<Pkl>) -> Option<Pkl> {
        if self.take("=") {
            return self.value();
        }
        let mut value = before.unwrap_or(Pkl::Object(Vec::new()));
        let mut is_there = false;
        while self.take("{") {
            is_there = true;
            let body = self.members(false)?;
            value = amended(value, body);
        }
        is_there.then_some(value)
    }

    /// Passes over a type.
    fn kind(&mut self) -> Option<()> {
        loop {
            let is_read = if self.rest.starts_with('"') { self.quoted().is_some() } else { self.name().is_some() };
            if !is_read {
                return None;
            }
            if self.take("<") {
                self.kinds()?;
            }
            self.take("?");
            if !self.take("|") {
                return Some(());
            }
        }
    }

    /// Passes over the types that another is made of.
    fn kinds(&mut self) -> Option<()> {
        self.kind()?;
        while self.take(",") {
            self.kind()?;
        }
        self.take(">").then_some(())
    }

    fn value(&mut self) -> Option<Pkl> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let value = self.single()?;
        // What comes after an operator is computed from both sides.
        let is_computed = ["+", "??", "==", "!=", "&&", "||", "|>"].iter().any(|operator| self.take(operator));
        let value = if is_computed {
            self.value()?;
            Pkl::Unknown
        } else {
            value
        };
        self.depth -= 1;
        Some(value)
    }

    fn single(&mut self) -> Option<Pkl> {
        self.skip();
        if self.rest.starts_with(['"', '#']) {
            return self.quoted();
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_'));
            let (number, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
            self.rest = rest;
            return Some(Pkl::Text(number.to_owned()));
        }
        if self.take("(") {
            let inner = self.value()?;
            return if self.take(")") { self.amending(inner) } else { None };
        }
        if self.peek("new") {
            self.name();
            return self.new_object();
        }
        let name = self.name()?;
        if self.take("(") {
            return self.call(name);
        }
        let value = match name {
            "true" | "false" | "null" => Pkl::Text(name.to_owned()),
            _ => self.named(name)?,
        };
        self.amending(value)
    }

    /// The body of a new object, or what a listing holds.
    fn new_object(&mut self) -> Option<Pkl> {
        if !self.take("{") {
            self.kind()?;
            self.take("{").then_some(())?;
        }
        let members = self.members(false)?;
        Some(if !members.is_empty() && members.iter().all(|(key, _)| key.is_empty()) {
            Pkl::List(members.into_iter().map(|(_, value)| value).collect())
        } else {
            Pkl::Object(members)
        })
    }

    /// What a name stands for.
    fn named(&mut self, name: &str) -> Option<Pkl> {
        let mut parts = name.split('.');
        let Some(local) = parts.next().and_then(|first| self.locals.get(first)) else {
            return Some(Pkl::Outside(name.to_owned(), Vec::new()));
        };
        let value = parts.try_fold(local, |value, part| value.get(part)).cloned().unwrap_or(Pkl::Unknown);
        self.left = self.left.checked_sub(size(&value))?;
        Some(value)
    }

    /// A function: only lists are told.
    fn call(&mut self, name: &str) -> Option<Pkl> {
        let mut items = Vec::new();
        while !self.take(")") {
            items.push(self.value()?);
            self.take(",");
        }
        let value = match name {
            "List" | "Set" => Pkl::List(items),
            _ => Pkl::Unknown,
        };
        // What is made of the result is computed.
        if self.rest.starts_with('.') {
            self.rest = &self.rest[1..];
            let method = self.name()?;
            return if self.take("(") { self.call(method).map(|_| Pkl::Unknown) } else { Some(Pkl::Unknown) };
        }
        Some(value)
    }

    /// Bodies that amend a value.
    fn amending(&mut self, mut value: Pkl) -> Option<Pkl> {
        while self.take("{") {
            let body = self.members(false)?;
            value = amended(value, body);
        }
        Some(value)
    }

    fn quoted(&mut self) -> Option<Pkl> {
        let (value, rest) = quoted(self.rest)?;
        self.rest = rest;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_configuration_is_made_of() {
        let read = read(
            r##"
            amends "package://example.org/hk@1.0.0#/Config.pkl" // a comment
            import "package://example.org/hk@1.0.0#/Builtins.pkl"
            local linters: Mapping<String, Step | Group> = new Mapping<String, Step | Group> {
                ["eslint"] = (Builtins.eslint) { dir = "web"; batch = true }
                ["own"] { glob = List("*.a", "*.b"); check = #"x "{{files}}" y"# }
                ["listing"] = new Step { glob = new { "*.c" } check = "a \(b)" }
            }
            hooks {
                ["pre-commit"] { fix = true; steps = linters }
                ["pre-push"] { steps { ...linters; ["more"] { check = """
                    one
                      two
                    """ } } }
            }
            "##,
        )
        .unwrap();
        let hook = |name: &str| read.get("hooks").and_then(|hooks| hooks.get(name)).unwrap().clone();
        let steps = hook("pre-commit").get("steps").unwrap().clone();
        let Some(Pkl::Outside(name, over)) = steps.get("eslint") else { panic!("{steps:?}") };
        assert_eq!((name.as_str(), over[0].1.text()), ("Builtins.eslint", Some("web")));
        assert_eq!(steps.get("own").unwrap().get("glob").unwrap().texts().unwrap(), ["*.a", "*.b"]);
        assert_eq!(steps.get("own").unwrap().get("check").unwrap().text(), Some(r#"x "{{files}}" y"#));
        assert_eq!(steps.get("listing").unwrap().get("glob").unwrap().texts().unwrap(), ["*.c"]);
        assert_eq!(steps.get("listing").unwrap().get("check"), Some(&Pkl::Unknown));
        let more = hook("pre-push").get("steps").unwrap().clone();
        assert_eq!(more.entries().len(), 4);
        assert_eq!(more.get("more").unwrap().get("check").unwrap().text(), Some("one\n  two"));
    }

    #[test]
    fn what_is_not_read_is_an_error() {
        let double = (0..40)
            .map(|i| format!("local a{} {{ [\"x\"] = a{i}; [\"y\"] = a{i} }}\n", i + 1))
            .collect::<Vec<_>>()
            .concat();
        for text in [
            "a = ",
            "a {",
            "function f() = 1",
            "a = \"",
            "\u{fc}\u{fc} {{{{",
            &"a {".repeat(10_000),
            &format!("a = {}", "(".repeat(10_000)),
            &format!("local a0 {{ [\"x\"] = 1 }}\n{double}b = a40"),
        ] {
            assert!(read(text).unwrap_err().starts_with("line "), "{:?}", &text[..text.len().min(20)]);
        }
    }
}

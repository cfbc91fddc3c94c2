//! The part of git's configuration format that `.gitmodules` is written in.
//! <https://git-scm.com/docs/git-config#_syntax>

use std::ops::Range;

use bstr::{BString, ByteSlice};

/// An entry of `.gitmodules`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) name: BString,
    /// Where its section begins.
    pub(super) span: Range<usize>,
    pub(super) path: Option<Value>,
    pub(super) url: Option<Value>,
}

/// A value and where it is.
pub(super) type Value = (BString, Range<usize>);

/// Why git can't read it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// Every entry, in the order of the file. Sections of one name are one entry; the last value of a key counts.
pub(super) fn read(text: &[u8]) -> Result<Vec<Module>, Fault> {
    let mut reader = Reader { text, at: if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 } };
    let mut modules: Vec<Module> = Vec::new();
    let mut current = None;
    while let Some(byte) = reader.skip_blank() {
        match byte {
            b'#' | b';' => reader.skip_line(),
            b'[' => {
                let start = reader.at;
                let name = reader.section()?;
                current = name.map(|name| entry(&mut modules, name, start..reader.at));
            }
            _ => {
                let (key, value) = reader.pair()?;
                let module = current.and_then(|position: usize| modules.get_mut(position));
                match (module, key.as_slice()) {
                    (Some(module), b"path") => module.path = Some(value),
                    (Some(module), b"url") => module.url = Some(value),
                    _ => {}
                }
            }
        }
    }
    Ok(modules)
}

/// The position of the entry of a name, which may be new.
fn entry(modules: &mut Vec<Module>, name: BString, span: Range<usize>) -> usize {
    let known = modules.iter().position(|module| module.name == name);
    known.unwrap_or_else(|| {
        modules.push(Module { name, span, ..Module::default() });
        modules.len() - 1
    })
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_blank(&mut self) -> Option<u8> {
        while self.peek()?.is_ascii_whitespace() {
            self.at += 1;
        }
        self.peek()
    }

    fn skip_line(&mut self) {
        self.at += self.text[self.at..].find_byte(b'\n').unwrap_or(self.text.len() - self.at);
    }

    fn fault<T>(&self, what: &'static str) -> Result<T, Fault> {
        Err(Fault { at: self.at.min(self.text.len()), what })
    }

    /// The name of a submodule, if the section is one's.
    fn section(&mut self) -> Result<Option<BString>, Fault> {
        const OPEN: &str = "a section without its ']'";
        self.at += 1;
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte)) {
            self.at += 1;
        }
        let is_submodule = self.text[from..self.at].eq_ignore_ascii_case(b"submodule");
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let mut name = BString::default();
        if self.peek() == Some(b'"') {
            self.at += 1;
            name = self.name()?;
        }
        if self.peek() != Some(b']') {
            return self.fault(OPEN);
        }
        self.at += 1;
        Ok(is_submodule.then_some(name))
    }

    /// The rest of a name in quotes.
    fn name(&mut self) -> Result<BString, Fault> {
        let mut name = BString::default();
        loop {
            let byte = self.peek();
            self.at += 1;
            match byte {
                None | Some(b'\n') => return self.fault("a name without its '\"'"),
                Some(b'"') => return Ok(name),
                Some(b'\\') if self.peek().is_some_and(|escaped| escaped != b'\n') => {
                    name.extend(self.peek());
                    self.at += 1;
                }
                Some(byte) => name.push(byte),
            }
        }
    }

    /// A key in small letters, and its value.
    fn pair(&mut self) -> Result<(Vec<u8>, Value), Fault> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            self.at += 1;
        }
        let key = self.text[from..self.at].to_ascii_lowercase();
        if key.is_empty() {
            return self.fault("neither a section nor a key");
        }
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        match self.peek() {
            None | Some(b'\n' | b'\r' | b'#' | b';') => Ok((key, (BString::default(), from..self.at))),
            Some(b'=') => {
                self.at += 1;
                Ok((key, self.value()?))
            }
            Some(_) => self.fault("a key without its '='"),
        }
    }

    /// What stands for the character here, after a backslash; nothing for the end of a line.
    fn escaped(&self) -> Result<Option<u8>, Fault> {
        match self.peek() {
            Some(b'n') => Ok(Some(b'\n')),
            Some(b't') => Ok(Some(b'\t')),
            Some(b'\n') => Ok(None),
            Some(escaped @ (b'"' | b'\\')) => Ok(Some(escaped)),
            _ => self.fault("an unknown escape"),
        }
    }

    fn value(&mut self) -> Result<Value, Fault> {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let from = self.at;
        let (mut value, mut kept, mut quoted) = (BString::default(), 0, false);
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => break,
                b'#' | b';' if !quoted => {
                    self.skip_line();
                    break;
                }
                b'"' => quoted = !quoted,
                b'\\' => {
                    self.at += 1;
                    value.extend(self.escaped()?);
                    kept = value.len();
                }
                byte => value.push(byte),
            }
            self.at += 1;
            if quoted || !byte.is_ascii_whitespace() {
                kept = value.len();
            }
        }
        if quoted {
            return self.fault("a value without its '\"'");
        }
        value.truncate(kept);
        Ok((value, from..self.at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_reads_what_git_writes() {
        let text = b"# c\n[core]\n\tpath = no\n[submodule \"a \\\"b\"]\n  Path = \"x ;y\" ; c\n\turl = u \\\n v  \n[submodule \"c\"] path=z\r\n";
        let found = read(text).unwrap();
        let value = |value: &Option<Value>| value.as_ref().map(|(text, _)| text.to_string());
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_slice(), value(&found[0].path)), (&b"a \"b"[..], Some("x ;y".to_owned())));
        assert_eq!(value(&found[0].url).as_deref(), Some("u  v"));
        assert_eq!((value(&found[1].path).as_deref(), value(&found[1].url)), (Some("z"), None));
    }

    proptest! {
        #[test]
        fn it_ends_with_any_bytes(bytes in prop::collection::vec(prop::sample::select(&b"[]\"\\=a #;\n\r\xff"[..]), 0..40)) {
            if let Err(fault) = read(&bytes) {
                prop_assert!(fault.at <= bytes.len());
            }
        }
    }
}

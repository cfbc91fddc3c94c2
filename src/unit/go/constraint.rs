//! Build constraints: <https://pkg.go.dev/cmd/go#hdr-Build_constraints>.

/// Operating systems whose name may end a file's, as Go's own list has them.
const SYSTEMS: [&str; 19] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
    "wasi",
];

/// Architectures whose name may end a file's.
const ARCHITECTURES: [&str; 29] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
    "avr",
    "xtensa",
    "m68k",
    "sh",
    "alpha",
];

/// Whether a plain build on this machine takes a file of a name and a constraint.
pub(super) fn is_built(file: &str, constraint: Option<&str>) -> bool {
    name_fits(file) && constraint.is_none_or(|text| fits(text, &is_set))
}

/// Whether a constraint keeps a file out of every build, by the word that is kept for it.
pub(super) fn is_never(constraint: &str) -> bool {
    constraint.trim() == "ignore"
}

/// Whether a tag is set in a plain build on this machine.
fn is_set(tag: &str) -> bool {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "powerpc64" => "ppc64le",
        other => other,
    };
    tag == system || tag == architecture || matches!(tag, "unix" | "cgo" | "gc") || tag.starts_with("go1.")
}

/// Whether the end of a file's name fits: `_GOOS`, `_GOARCH` or `_GOOS_GOARCH`, before `_test`.
fn name_fits(file: &str) -> bool {
    let stem = file.split('.').next().unwrap_or_default();
    let mut parts: Vec<&str> = stem.split('_').skip(1).collect();
    if parts.last() == Some(&"test") {
        parts.pop();
    }
    match parts.as_slice() {
        [.., system, architecture] if SYSTEMS.contains(system) && ARCHITECTURES.contains(architecture) => {
            is_set(system) && is_set(architecture)
        }
        [.., last] if SYSTEMS.contains(last) || ARCHITECTURES.contains(last) => is_set(last),
        _ => true,
    }
}

/// Whether an expression holds; one that can't be read does, so that its file counts.
fn fits(text: &str, is_set: &dyn Fn(&str) -> bool) -> bool {
    let mut expression = Expression { rest: text, is_set, depth: 0 };
    expression.any().unwrap_or(true)
}

/// An expression of `||`, `&&`, `!`, brackets and tags, as far as it isn't read yet.
struct Expression<'t> {
    rest: &'t str,
    is_set: &'t dyn Fn(&str) -> bool,
    depth: usize,
}

impl Expression<'_> {
    /// How deep brackets and negations may nest.
    const DEPTH: usize = 100;

    fn any(&mut self) -> Option<bool> {
        let mut value = self.all()?;
        while self.skip("||") {
            value |= self.all()?;
        }
        Some(value)
    }

    fn all(&mut self) -> Option<bool> {
        let mut value = self.one()?;
        while self.skip("&&") {
            value &= self.one()?;
        }
        Some(value)
    }

    fn one(&mut self) -> Option<bool> {
        self.depth += 1;
        if self.depth > Self::DEPTH {
            return None;
        }
        let value = if self.skip("!") {
            !self.one()?
        } else if self.skip("(") {
            let value = self.any()?;
            self.skip(")").then_some(value)?
        } else {
            let end =
                self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(self.rest.len());
            let (tag, rest) = self.rest.split_at(end);
            self.rest = rest;
            (!tag.is_empty()).then(|| (self.is_set)(tag))?
        };
        self.depth -= 1;
        Some(value)
    }

    fn skip(&mut self, sign: &str) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.strip_prefix(sign).map(|rest| self.rest = rest.trim_start()).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_worked_out() {
        let holds = |text: &str| fits(text, &|tag| matches!(tag, "a" | "go1.18"));
        for (text, expected) in [
            ("a", true),
            ("b", false),
            ("!b && a", true),
            ("b || (a && !b)", true),
            ("a && b || a", true),
            ("!(a || b)", false),
            ("go1.18 && !a", false),
            ("a &&", true),
            ("", true),
        ] {
            assert_eq!(holds(text), expected, "{text}");
        }
        assert!(holds(&"(".repeat(100_000)) && holds(&"!".repeat(100_000)));
    }

    #[test]
    fn the_end_of_a_name_is_a_constraint() {
        for (name, expected) in [
            ("a.go", true),
            ("windows.go", true),
            ("a_windows.go", false),
            ("a_windows_test.go", false),
            ("a_windows_amd64.go", false),
            ("a_plan9_x.go", true),
            ("a_test.go", true),
            ("linux_mips.go", false),
        ] {
            assert_eq!(is_built(name, None), expected, "{name}");
        }
        assert!(is_built("a.go", Some("unix && !integration")) && !is_built("a.go", Some("integration")));
        assert!(is_never("ignore") && !is_never("!ignore"));
    }
}

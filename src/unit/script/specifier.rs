//! What kind of name an import gives.

/// The modules that Node.js holds itself, as those of other runtimes: <https://nodejs.org/api/modules.html>.
const BUILTIN: [&str; 43] = [
    "assert",
    "async_hooks",
    "buffer",
    "bun",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "deno",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "sqlite",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "worker_threads",
];

/// Modules by which a file may read others, of names that no import holds.
const READERS: [&str; 12] = [
    "fs",
    "fs/promises",
    "child_process",
    "fs-extra",
    "graceful-fs",
    "glob",
    "fast-glob",
    "globby",
    "tinyglobby",
    "execa",
    "cross-spawn",
    "tinyexec",
];

/// What kind of name an import gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Specifier<'s> {
    /// `./x`, `../x`.
    Relative(&'s str),
    /// `/x`, which many tools take from the package's folder.
    Rooted(&'s str),
    /// `#x`: what the package itself says.
    Internal(&'s str),
    /// `name`, `@scope/name/sub`: a package, and `.` or what follows with `./` in front.
    Package(&'s str, &'s str),
    /// What no file of the tree can be: `node:fs`, `virtual:x`, `https://…`.
    Outside,
    /// `@/x`, `~/x`, `$lib/x`: a name that some tool was told of.
    Alias(&'s str),
}

impl<'s> Specifier<'s> {
    /// Reads a specifier.
    pub(super) fn new(text: &'s str) -> Self {
        // `raw-loader!./x` and `!!a!b!./x` hand what the last names through the others.
        let text = text.rsplit('!').next().unwrap_or(text);
        if let Some(at) = text.rfind("node_modules/") {
            return Self::new(&text[at + "node_modules/".len()..]);
        }
        if matches!(text, "." | "..") || text.starts_with("./") || text.starts_with("../") {
            return Self::Relative(text);
        }
        if text.starts_with("//") || has_scheme(text) {
            return Self::Outside;
        }
        if let Some(rest) = text.strip_prefix('/').or_else(|| text.strip_prefix("<rootDir>/")) {
            return Self::Rooted(rest);
        }
        if text.starts_with('#') {
            return Self::Internal(text);
        }
        let slashes = usize::from(text.starts_with('@'));
        let end = text.match_indices('/').nth(slashes).map_or(text.len(), |(at, _)| at);
        let (name, rest) = text.split_at(end);
        if is_name(name) { Self::Package(name, rest) } else { Self::Alias(text) }
    }
}

/// Whether a name is one of Node.js's own modules.
pub(super) fn is_builtin(name: &str) -> bool {
    BUILTIN.binary_search(&name).is_ok()
}

/// Whether what imports this may read files by names that only it knows.
pub(super) fn is_reader(text: &str) -> bool {
    READERS.contains(&text.strip_prefix("node:").unwrap_or(text))
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
    })
}

/// Whether a text can be the name of a package: <https://github.com/npm/validate-npm-package-name>.
fn is_name(text: &str) -> bool {
    let is_plain = |part: &str| {
        let is_safe =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'!' | b'*');
        !part.is_empty() && !part.starts_with(['.', '~', '_']) && part.bytes().all(is_safe)
    };
    match text.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| is_plain(scope) && is_plain(name)),
        None => is_plain(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        let check = |text: &str, expected: Specifier<'_>| assert_eq!(Specifier::new(text), expected, "{text}");
        check("./a", Specifier::Relative("./a"));
        check("..", Specifier::Relative(".."));
        check("!!raw-loader!./a.md", Specifier::Relative("./a.md"));
        check("/src/a", Specifier::Rooted("src/a"));
        check("<rootDir>/a", Specifier::Rooted("a"));
        check("#a", Specifier::Internal("#a"));
        check("a", Specifier::Package("a", ""));
        check("a/b/c", Specifier::Package("a", "/b/c"));
        check("@a/b", Specifier::Package("@a/b", ""));
        check("@a/b/c", Specifier::Package("@a/b", "/c"));
        check("../../node_modules/@a/b/c.css", Specifier::Package("@a/b", "/c.css"));
        check("node:fs", Specifier::Outside);
        check("https://x.org/a.js", Specifier::Outside);
        check("virtual:pwa", Specifier::Outside);
        for alias in ["@/a", "~/a", "$lib/a", "@", "a b"] {
            check(alias, Specifier::Alias(alias));
        }
        assert!(BUILTIN.is_sorted());
    }
}

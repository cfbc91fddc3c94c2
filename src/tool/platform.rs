//! What the machine is, its kernel apart: system, architecture, C library, release.

use std::io;
use std::path::Path;

use super::fact::Fact;
use super::machine::Machine;

/// Where the loader of glibc lies, by architecture: <https://sourceware.org/glibc/wiki/ABIList>.
const GLIBC: &[&str] = &["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib64/ld64.so.2"];

/// Where the system tells its release.
const RELEASE: &str =
    if cfg!(target_os = "macos") { "/System/Library/CoreServices/SystemVersion.plist" } else { "/etc/os-release" };

impl Machine {
    /// The platform, such as `linux x86_64 glibc debian 12`.
    pub(super) fn platform(&mut self) -> Fact {
        let mut words = vec![std::env::consts::OS.to_owned(), std::env::consts::ARCH.to_owned()];
        if cfg!(target_os = "linux") {
            let glibc = GLIBC.iter().any(|path| self.stamps.get(Path::new(path)).is_some());
            words.push(if glibc { "glibc" } else { "other-libc" }.to_owned());
        }
        words.extend(self.derived("release", Path::new(RELEASE), release).ok().flatten());
        Fact { name: "platform".to_owned(), value: words.join(" ") }
    }
}

fn release(path: &Path) -> io::Result<String> {
    let text = fs_err::read_to_string(path)?;
    Ok(if path.ends_with("os-release") { os_release(&text) } else { system_version(&text) })
}

/// <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>.
fn os_release(text: &str) -> String {
    let value = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.map(|value| value.trim_matches(['"', '\'']))
    };
    ["ID", "VERSION_ID"].into_iter().filter_map(value).collect::<Vec<_>>().join(" ")
}

fn system_version(text: &str) -> String {
    let value = text
        .split_once("<key>ProductVersion</key>")
        .and_then(|(_, rest)| Some(rest.split_once("<string>")?.1.split_once("</string>")?.0));
    value.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read() {
        assert_eq!(os_release("NAME=x\nVERSION_ID=\"12\"\nID=debian\nID_LIKE=y\n"), "debian 12");
        assert_eq!(os_release(""), "");
        let plist = "<key>ProductVersion</key>\n\t<string>15.1</string>\n<key>x</key><string>y</string>";
        assert_eq!(system_version(plist), "15.1");
        assert_eq!(system_version("<key>ProductVersion</key>"), "");
    }
}

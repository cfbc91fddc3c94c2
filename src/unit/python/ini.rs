//! `setup.cfg`, `tox.ini` and `pytest.ini`: files of Python's configparser.
//!
//! <https://docs.python.org/3/library/configparser.html#supported-ini-file-structure>

use std::collections::BTreeMap;

use super::fact::{Manifest, Root, Settings};
use super::name;

/// Sections, with their keys and values. Continued lines of a value are joined by line ends.
pub(super) type Ini = BTreeMap<String, BTreeMap<String, String>>;

/// Reads sections. What is no section, key or continuation says nothing.
pub(super) fn read(text: &str) -> Ini {
    let mut ini = Ini::new();
    let (mut section, mut key): (Option<String>, Option<String>) = (None, None);
    for line in text.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        let is_continued = line.starts_with([' ', '\t']);
        if let (true, Some(section), Some(key)) = (is_continued, &section, &key) {
            let value = ini.entry(section.clone()).or_default().entry(key.clone()).or_default();
            value.push('\n');
            value.push_str(bare);
            continue;
        }
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            ini.entry(name.to_owned()).or_default();
            (section, key) = (Some(name.to_owned()), None);
            continue;
        }
        if let (Some(section), Some(at)) = (&section, bare.find(['=', ':'])) {
            let name = bare[..at].trim_end().to_lowercase();
            ini.entry(section.clone()).or_default().insert(name.clone(), bare[at + 1..].trim_start().to_owned());
            key = Some(name);
        }
    }
    ini
}

/// pytest's settings in a file of this name: <https://docs.pytest.org/en/stable/reference/customize.html>.
pub(super) fn pytest(file: &str, ini: &Ini) -> Option<Settings> {
    let section = ini.get(if file == "setup.cfg" { "tool:pytest" } else { "pytest" });
    let Some(section) = section else {
        // These two count even where they are empty.
        return file.ends_with("pytest.ini").then(Settings::default);
    };
    let words = |key: &str| -> Vec<String> {
        section.get(key).map(|value| value.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
    };
    let options = words("addopts");
    Some(Settings {
        files: words("python_files"),
        testpaths: words("testpaths"),
        pythonpath: words("pythonpath"),
        plugins: plugins(&options, section.get("django_settings_module").map(String::as_str)),
    })
}

/// The modules that pytest's options import.
pub(super) fn plugins(options: &[String], settings: Option<&str>) -> Vec<String> {
    let mut plugins: Vec<String> = settings.into_iter().map(str::to_owned).collect();
    for (at, option) in options.iter().enumerate() {
        let named = match option.strip_prefix("-p") {
            Some("") => options.get(at + 1).map(String::as_str),
            named => named,
        };
        plugins.extend(named.filter(|name| !name.starts_with("no:")).map(str::to_owned));
        plugins.extend(option.strip_prefix("--ds=").map(str::to_owned));
    }
    plugins
}

/// What `setup.cfg` says of a project:
/// <https://setuptools.pypa.io/en/latest/userguide/declarative_config.html>.
pub(super) fn setup_cfg(ini: &Ini) -> Manifest {
    let value = |section: &str, key: &str| ini.get(section).and_then(|s| s.get(key)).map(String::as_str);
    let mut manifest = Manifest {
        is_project: value("metadata", "name").is_some() || ini.contains_key("options"),
        name: value("metadata", "name").filter(|name| !name.contains(['%', '\n'])).map(str::to_owned),
        pytest: pytest("setup.cfg", ini),
        ..Manifest::default()
    };
    let mut require = |text: &str, what: &str| {
        manifest.requires.extend(text.lines().filter_map(|line| name::specifier(line, what)));
    };
    for (key, what) in [
        ("install_requires", "dependency"),
        ("setup_requires", "build dependency"),
        ("tests_require", "test dependency"),
    ] {
        require(value("options", key).unwrap_or_default(), what);
    }
    for (extra, text) in ini.get("options.extras_require").into_iter().flatten() {
        require(text, &format!("extra {extra}"));
    }
    for line in value("options", "package_dir").unwrap_or_default().lines() {
        if let Some((package, folder)) = line.split_once('=') {
            manifest.roots.push(Root { package: package.trim().to_owned(), folder: folder.trim().to_owned() });
        }
    }
    for folder in value("options.packages.find", "where").unwrap_or_default().split([',', '\n']) {
        push_root(&mut manifest, folder);
    }
    manifest.own.extend(
        value("options", "py_modules")
            .unwrap_or_default()
            .split([',', '\n', ' '])
            .map(|module| format!("{}.py", module.trim())),
    );
    for (group, text) in ini.get("options.entry_points").into_iter().flatten() {
        manifest.entry_points.extend(text.lines().filter_map(|line| entry_point(group, line)));
    }
    for section in ini.values() {
        let files = section.values().filter_map(|value| value.strip_prefix("file:"));
        manifest.files.extend(files.flat_map(|files| files.split([',', '\n'])).map(|file| file.trim().to_owned()));
    }
    manifest
}

pub(super) fn push_root(manifest: &mut Manifest, folder: &str) {
    if !folder.trim().is_empty() {
        manifest.roots.push(Root { package: String::new(), folder: folder.trim().to_owned() });
    }
}

/// `name = module:attribute [extras]`.
pub(super) fn entry_point(group: &str, line: &str) -> Option<(String, String)> {
    let (_, target) = line.split_once('=')?;
    Some((group.trim().to_owned(), target_module(target)?))
}

/// The module of `module:attribute [extras]`.
pub(super) fn target_module(target: &str) -> Option<String> {
    let module = target.split([':', '[', ' ']).find(|part| !part.is_empty())?.trim();
    (!module.is_empty()).then(|| module.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_on_over_lines() {
        let ini = read("x = 1\n[a]\nK: one\n # none\n  two\n\n  three\nb=\n[c d]\n  odd = 1\n");
        assert_eq!(ini["a"]["k"], "one\ntwo\nthree");
        assert_eq!((ini["a"]["b"].as_str(), ini["c d"]["odd"].as_str()), ("", "1"));
        assert_eq!(ini.len(), 2);
    }

    #[test]
    fn pytest_has_another_section_in_each_file() {
        assert!(pytest("setup.cfg", &read("[pytest]\n")).is_none() && pytest("tox.ini", &read("[tox]\n")).is_none());
        let settings =
            pytest("tox.ini", &read("[pytest]\naddopts = -q -p a.b -pc -p no:d --ds=e.f\ntestpaths = t u")).unwrap();
        assert_eq!(settings.plugins, ["a.b", "c", "e.f"]);
        assert_eq!(settings.testpaths, ["t", "u"]);
        assert_eq!(pytest("pytest.ini", &read("")), Some(Settings::default()));
    }
}

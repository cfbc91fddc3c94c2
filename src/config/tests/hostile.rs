//! Texts that nobody would write.

use proptest::prelude::*;

use super::{codes, mistakes, render, source};
use crate::config::{Source, keys, load};

/// Loads the text as both files and shows what is wrong with it.
fn survives(text: &str) {
    let own = Source::new("gate.local.toml", text);
    for (shared, local) in [(text, None), (text, Some(&own)), ("", Some(&own))] {
        match load(&source(shared), local) {
            Ok(loaded) => assert!(load(&source(&loaded.rules.to_toml()), None).is_ok(), "{text:?}"),
            Err(problems) => assert!(!render(&problems).is_empty(), "{text:?}"),
        }
    }
}

/// Lines of gate.toml, right and wrong, in any order.
fn lines() -> impl Strategy<Value = String> {
    let names: Vec<&str> = keys().map(|key| key.name).chain(["units", "zz", "a.b", "\"\"", "run.x"]).collect();
    let headers = [
        "[gate]",
        "[main]",
        "[policy]",
        "[workspace]",
        "[[workspace.prepare]]",
        "[check.a]",
        "[check.b]",
        "[check]",
        "[[check.a]]",
        "[local]",
        "[",
        "[[",
        "[check.\"\\u0000\"]",
        "[environment.x]",
    ];
    let values = [
        "true",
        "1",
        "-1",
        "\"x\"",
        "\"{files}\"",
        "[\"a\"]",
        "[\"b\", \"a\"]",
        "[\"pre-commit\"]",
        "[",
        "\"",
        "'''",
        "{ run = \"x\" }",
        "[{ run = \"x\" }]",
        "1e9",
        "nan",
        "99999999999999999999",
        "\"\u{fc}\u{1f600}",
        "\"1h\"",
        "",
    ];
    let line = prop_oneof![
        prop::sample::select(headers.to_vec()).prop_map(str::to_owned),
        (prop::sample::select(names), prop::sample::select(values.to_vec()))
            .prop_map(|(name, value)| format!("{name} = {value}")),
        ".{0,20}",
    ];
    prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn no_text_makes_the_loader_panic(text in any::<String>()) {
        survives(&text);
    }

    #[test]
    fn no_lines_make_the_loader_panic(text in lines()) {
        survives(&text);
    }
}

#[test]
fn depth_and_length_are_survived() {
    survives(&"[".repeat(10_000));
    survives(&format!("a = {}", "[".repeat(10_000)));
    survives(&format!("{} = 1", vec!["a"; 10_000].join(".")));
    survives("\u{feff}[check.a]\nrun = \"x\"\n");
    survives("[check.a]\r\nrun = \"x\"\r\n");
}

/// A file comes from whoever made the change; what is said about it is shown on the terminal of whoever looks at it.
#[test]
fn words_of_the_file_do_not_steer_the_terminal() {
    let text = "[check.a]\nrun = \"x\"\nneeds = [\"\\u001b[31m\\n\"]\ndir = \"./\\u001b[2J\"\n\"\\u001b]0;x\" = 1\n[check.\"\\u001b[31m\"]\n";
    let shown = mistakes(text);
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
    assert_eq!(codes(text).len(), 5);
}

#[test]
fn mistakes_beyond_a_hundred_are_counted() {
    let lines: Vec<String> = (0..150).map(|number| format!("k{number} = 1")).collect();
    let codes = codes(&lines.join("\n"));
    assert_eq!(codes.len(), 101);
    assert_eq!(codes.last(), Some(&"config/more"));
}

#[test]
fn a_long_chain_and_a_long_cycle_are_survived() {
    let chain = |last: &str| {
        let links = (1..3_000).map(|number| format!("[check.c{number}]\nrun = \"x\"\nneeds = [\"c{}\"]\n", number - 1));
        links.collect::<String>() + "[check.c0]\nrun = \"x\"\n" + last
    };
    assert_eq!(codes(&chain("")), Vec::<&str>::new());
    assert_eq!(codes(&chain("needs = [\"c2999\"]\n")), ["config/cycle"]);
}

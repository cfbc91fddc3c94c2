//! What checks print: as much as they like, of whatever bytes; gate's memory and the logs stay small.

use super::no_panic;
use crate::repo::TestRepo;

/// What is kept of a log, with some room for what is said about the rest.
const BOUND: u64 = (64 << 20) + 1024;

#[test]
fn very_much_is_cut_in_the_middle_and_never_held_in_memory() {
    let run = "echo the beginning; head -c 150000000 /dev/zero | tr '\\\\0' x; echo; echo the end";
    let repo = TestRepo::with(&[("gate.toml", &format!("[check.a]\nrun = \"{run}\"\n[check.b]\nrun = \"exit 1\"\n"))]);
    let script =
        format!("{} check --all --format json; cat /proc/self/status >/dev/null; exit 0", env!("CARGO_BIN_EXE_gate"));
    let ran = repo.run(&repo.path(), "sh", &["-c", &script]);
    no_panic(&ran);
    let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let path = std::path::PathBuf::from(document["steps"][0]["log"].as_str().unwrap());
    let length = fs_err::metadata(&path).unwrap().len();
    assert!(length <= BOUND, "{length}");
    let text = fs_err::read(&path).unwrap();
    assert!(text.starts_with(b"the beginning\n") && text.ends_with(b"the end\n"));
    assert!(bstr::ByteSlice::contains_str(text.as_slice(), "bytes left out]"));
}

#[test]
fn any_bytes_may_be_printed() {
    let run = "printf '\\\\377\\\\376 \\\\033[31mred\\\\033[2J\\\\r\\\\n\\\\007 \\\\000 end\\\\n'; exit 1";
    let repo = TestRepo::with(&[("gate.toml", &format!("[check.a]\nrun = \"{run}\"\n"))]);
    let ran = repo.gate(&["check", "--all"]);
    no_panic(&ran);
    assert_eq!(ran.code, 1, "{ran:?}");
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    assert!(shown.contains("end"), "{shown:?}");
    assert!(!shown.contains("\u{1b}[2J") && !shown.contains('\u{7}'), "the terminal is nobody's to clear: {shown:?}");
}

//! For tests that must have a process to themselves: gate adopts whatever loses its parent, and tests that run at once
//! in one process would take what is each other's.

/// Runs a test, named by its full path, in a process of its own. Gives whether this is that process.
#[expect(clippy::disallowed_methods, reason = "a process of this test program tells itself which one it is")]
pub(crate) fn has_own_process(test: &str) -> bool {
    const ALONE: &str = "GATE_TEST_ALONE";
    if std::env::var_os(ALONE).is_some_and(|name| name == test) {
        return true;
    }
    let program = std::env::current_exe().unwrap();
    let ran = std::process::Command::new(program).args(["--exact", test]).env(ALONE, test).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    assert!(String::from_utf8_lossy(&ran.stdout).contains("1 passed"), "no test is named {test}");
    false
}

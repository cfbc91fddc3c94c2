//! One step for each test file.

use super::{judge, ran};
use crate::repo::TestRepo;

#[test]
fn test_files_of_units_whose_imports_nobody_reads_depend_on_the_whole_unit() {
    let rules = "[unit.a]\nroot = \"a\"\n[unit.b]\nroot = \"b\"\n[check.test]\nunits = \"declared\"\ntests = \"files\"\nfiles = [\"**/*_test\"]\nrun = \"cat {tests}\"\n";
    let repo = TestRepo::with(&[
        ("gate.toml", rules),
        ("a/one_test", ""),
        ("a/two_test", ""),
        ("b/three_test", ""),
        ("a/x", ""),
    ]);
    assert_eq!(ran(&judge(&repo)), "test:a/one_test passed, test:a/two_test passed, test:b/three_test passed");
    repo.write("a/x", "1");
    assert_eq!(ran(&judge(&repo)), "test:a/one_test passed, test:a/two_test passed");
    repo.remove("a/one_test");
    assert_eq!(ran(&judge(&repo)), "test:a/two_test passed");
}

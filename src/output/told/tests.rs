//! What is told of tests, out of what runners really wrote (`fixtures/tests`).

use super::read::{STOPPED, told_tests};
use super::{JunitFiles, Told};
use crate::check::TestCounts;

fn told(log: &str) -> Option<(Vec<String>, u64)> {
    let told = told_tests(log.as_bytes()).unwrap().failed;
    told.map(|told| (told.names.into_iter().collect(), told.total))
}

#[track_caller]
fn check(log: &str, names: &[&str], total: u64) {
    assert_eq!(told(log), Some((names.iter().map(|name| (*name).to_owned()).collect(), total)), "{log}");
    // Whatever says that not all were run, or that a name is missing, tells nothing.
    for stop in STOPPED {
        assert_eq!(told(&format!("{log}{stop} x\n")), None, "{stop}");
    }
    for name in names {
        let last = name.rsplit(' ').next().unwrap();
        let without: String = log.lines().filter(|line| !line.contains(last)).flat_map(|line| [line, "\n"]).collect();
        assert_eq!(told(&without), None, "without {name}");
    }
}

const LIBTEST: &str = "     Running unittests src/lib.rs (target/debug/deps/a-1)\n\nrunning 3 tests\ntest tests::good ... ok\n\
    test tests::bad ... FAILED\ntest tests::late ... FAILED\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 \
    filtered out; finished in 0.00s\n\n     Running tests/it.rs (target/debug/deps/it-1)\n\nrunning 1 test\ntest good ... ok\n\n\
    test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n\
    error: 1 target failed:\n    `--lib`\n";

#[test]
fn cargo_test_tells_which_when_it_goes_on() {
    check(LIBTEST, &["unittests src/lib.rs tests::bad", "unittests src/lib.rs tests::late"], 4);
}

#[test]
fn nextest_tells_which_when_it_goes_on() {
    let log = "        PASS [   0.010s] (1/3) a tests::good\n        FAIL [   0.005s] (2/3) a tests::bad\n  stderr ---\n\n\
        ────────────\n     Summary [   0.018s] 3 tests run: 2 passed, 1 failed, 0 skipped\n        FAIL [   0.005s] (2/3) a tests::bad\n\
        error: test run failed\n";
    check(log, &["a tests::bad"], 3);
    assert_eq!(told(&log.replace("3 tests run", "3/9 tests run")), None, "the others were not run");
}

#[test]
fn pytest_and_unittest_tell_which() {
    let log = "FAILED test_a.py::test_bad - assert 0\nFAILED test_a.py::test_p[2] - assert 2 == 1\n\
        ERROR test_a.py::test_err - RuntimeError\n=========== 2 failed, 3 passed, 1 error in 0.04s ===========\n";
    check(log, &["test_a.py::test_bad", "test_a.py::test_err", "test_a.py::test_p[2]"], 6);
    check(&log.replace('=', ""), &["test_a.py::test_bad", "test_a.py::test_err", "test_a.py::test_p[2]"], 6);
    let log = "F.\n=====\nFAIL: test_u (test_a.T.test_u)\n-----\nRan 2 tests in 0.000s\n\nFAILED (failures=1)\n";
    check(log, &["test_u (test_a.T.test_u)"], 2);
}

#[test]
fn jest_and_vitest_tell_which() {
    let log = "FAIL j/a.test.js\n  ● s › bad\n\n    expect(received)\n\n  ● top-bad\n\n    x\n\nTest Suites: 1 failed, 1 total\n\
        Tests:       2 failed, 1 passed, 3 total\n";
    check(log, &["j/a.test.js s › bad", "j/a.test.js top-bad"], 3);
    let log = "\u{1b}[41m\u{1b}[1m FAIL \u{1b}[22m\u{1b}[49m v/b.spec.mjs\u{1b}[2m > \u{1b}[22ms\u{1b}[2m > \u{1b}[22mbad\n\
        \u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | 2 passed (3)\n";
    assert_eq!(told(log), Some((vec!["v/b.spec.mjs > s > bad".to_owned()], 3)));
}

#[test]
fn tap_tells_which() {
    let log = "TAP version 13\n# Subtest: good\nok 1 - good\nnot ok 2 - bad\n  ---\n  ...\n    not ok 1 - inner\n    1..1\n\
        not ok 3 - suite\nnot ok 4 - later # todo\n1..4\n";
    check(log, &["bad", "suite"], 3);
    assert_eq!(told(&log.replace("\n1..4", "")), None, "nobody knows how many there were to be");
}

#[test]
fn what_no_runner_says_is_not_known() {
    assert_eq!(told(""), None);
    assert_eq!(told("error: it is wrong\n"), None);
    assert_eq!(told("test a ... FAILED\n"), None, "no summary bears it out");
    assert_eq!(told("test result: FAILED. 1 passed; 1 failed; 0 ignored\n"), None, "a name is missing");
}

/// What a fixture tells: how many passed, failed, were skipped and filtered out, and the names of those that failed.
fn fixture(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tests").join(name);
    let text = fs_err::read(&path).unwrap();
    let told = if path.extension().is_some_and(|extension| extension == "xml") {
        let mut files = JunitFiles::default();
        files.take(&text);
        files.finish()
    } else {
        told_tests(&text[..]).unwrap()
    };
    let counts = told.counts.map(|TestCounts { passed, failed, skipped, filtered }| {
        format!("{passed} passed {failed} failed {skipped} skipped {filtered} filtered")
    });
    let names = told.failed.map(|failed| failed.names.into_iter().collect::<Vec<_>>().join(" | "));
    format!("{}; {}", counts.as_deref().unwrap_or("-"), names.as_deref().unwrap_or("-"))
}

#[test]
fn real_runners_are_understood() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tests");
    let mut names: Vec<String> =
        fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let told: Vec<String> = names.iter().map(|name| format!("{name}: {}", fixture(name))).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    cargo-fail.log: 3 passed 1 failed 1 skipped 0 filtered; unittests src/lib.rs tests::bad
    cargo-q.log: 3 passed 0 failed 1 skipped 1 filtered; -
    cargo.log: 3 passed 0 failed 1 skipped 1 filtered; -
    go-json-fail.log: 4 passed 2 failed 1 skipped 0 filtered; example.org/m/a TestTable | example.org/m/a TestTable/two
    go-json-panic.log: 1 passed 1 failed 0 skipped 0 filtered; -
    go-json.log: 2 passed 0 failed 0 skipped 0 filtered; -
    go-plain-fail.log: -; -
    go-plain.log: -; -
    go-v-fail.log: 4 passed 2 failed 1 skipped 0 filtered; example.org/m/a TestTable | example.org/m/a TestTable/two
    go-v-none.log: 0 passed 0 failed 0 skipped 0 filtered; -
    go-v-panic.log: 1 passed 1 failed 0 skipped 0 filtered; -
    go-v.log: 2 passed 0 failed 0 skipped 0 filtered; -
    jest-fail.log: 1 passed 1 failed 2 skipped 0 filtered; j/a.test.js s › bad
    jest-none.log: 0 passed 0 failed 0 skipped 0 filtered; -
    jest.log: 1 passed 0 failed 3 skipped 0 filtered; -
    mocha-fail.log: 1 passed 3 failed 1 skipped 0 filtered; suite: > bad | suite: > deep > bad two | top
    mocha-fake.log: 1 passed 3 failed 1 skipped 0 filtered; -
    mocha-none.log: 0 passed 0 failed 0 skipped 0 filtered; -
    mocha-tap.log: 1 passed 3 failed 0 skipped 0 filtered; -
    mocha.log: 1 passed 0 failed 0 skipped 0 filtered; -
    nextest-fail.log: 2 passed 1 failed 1 skipped 0 filtered; a tests::bad
    nextest-junit.xml: 2 passed 1 failed 0 skipped 0 filtered; a tests::bad
    nextest-none.log: 0 passed 0 failed 4 skipped 0 filtered; -
    nextest.log: 2 passed 0 failed 2 skipped 0 filtered; -
    node-spec-fail.log: 2 passed 2 failed 2 skipped 0 filtered; n/n.test.mjs bad | n/n.test.mjs inner bad
    node-spec.log: 1 passed 0 failed 5 skipped 0 filtered; -
    node-tap-fail.log: 2 passed 2 failed 2 skipped 0 filtered; bad | suite
    pytest-fail.log: 2 passed 2 failed 1 skipped 0 filtered; test_a.py::test_bad | test_a.py::test_err
    pytest-junit.xml: 1 passed 0 failed 0 skipped 0 filtered; -
    pytest-nodir.log: 0 passed 0 failed 0 skipped 0 filtered; -
    pytest-none.log: 0 passed 0 failed 0 skipped 5 filtered; -
    pytest-q.log: 1 passed 0 failed 1 skipped 3 filtered; -
    pytest.log: 1 passed 0 failed 0 skipped 4 filtered; -
    tape-fail.log: 1 passed 1 failed 0 skipped 0 filtered; no
    unittest-fail.log: 2 passed 1 failed 1 skipped 0 filtered; test_bad (test_u.T.test_bad)
    unittest-none.log: 0 passed 0 failed 0 skipped 0 filtered; -
    unittest.log: 1 passed 0 failed 1 skipped 0 filtered; -
    vitest-fail.log: 1 passed 1 failed 2 skipped 0 filtered; v/b.spec.mjs > s > bad
    vitest-none.log: 0 passed 0 failed 0 skipped 0 filtered; -
    vitest.log: 1 passed 0 failed 3 skipped 0 filtered; -
    ");
}

#[test]
fn a_log_that_is_cut_tells_nothing() {
    let whole = "running 1 test\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n";
    assert_eq!(told_tests(whole.as_bytes()).unwrap().counts.map(TestCounts::ran), Some(1));
    for cut in ["\n[gate: 12 bytes left out]\n", "\n[gate: some output may be missing here]\n"] {
        for log in [format!("{cut}{whole}"), format!("{whole}{cut}")] {
            let told = told_tests(log.as_bytes()).unwrap();
            assert_eq!(told, Told { is_partial: true, ..Told::default() });
        }
    }
    let crashed = format!("{whole}running 4 tests\ntest a ... ok\n");
    assert_eq!(told_tests(crashed.as_bytes()).unwrap().counts, None, "a binary did not come to its end");
    assert_eq!(told(&format!("{LIBTEST}error: test failed, to rerun pass `--lib`\n")), None, "it stopped there");
}

fn counted(log: &str) -> Option<(u64, u64, u64)> {
    let counts = told_tests(log.as_bytes()).unwrap().counts;
    counts.map(|counts| (counts.passed, counts.failed, counts.skipped))
}

#[test]
fn surefire_tells_of_each_module() {
    let log = "[INFO] Running x.AppTest\n\
        [ERROR] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1, Time elapsed: 0.05 s <<< FAILURE! -- in x.AppTest\n\
        [ERROR] x.AppTest.bad -- Time elapsed: 0.01 s <<< FAILURE!\n[ERROR] x.AppTest.err -- Time elapsed: 0 s <<< ERROR!\n\
        [INFO] Results:\n[ERROR] Failures: \n[ERROR]   AppTest.bad:6 expected: <1> but was: <2>\n\
        [ERROR] Tests run: 4, Failures: 1, Errors: 1, Skipped: 1\n";
    check(log, &["x.AppTest.bad", "x.AppTest.err"], 3);
    let second = "[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.05 s -- in y.T\n\
        [INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0\n";
    assert_eq!(counted(&format!("{log}{second}")), Some((3, 2, 1)));
    assert_eq!(told(&format!("{log}[INFO] other .......... SKIPPED\n")), None, "a module did not run");
}

#[test]
fn gradle_tells_where_something_failed() {
    let log = "> Task :compileTestJava\n> Task :test FAILED\n\nAppTest > bad() FAILED\n\n3 tests completed, 1 failed, 1 skipped\n";
    assert_eq!((counted(log), told(log)), (Some((1, 1, 1)), None));
    assert_eq!(counted(&format!("> Task :other:test\n{log}")), None, "how many passed there is not told");
}

#[test]
fn files_that_are_not_whole_tell_nothing() {
    let whole = "<?xml version='1.0'?><testsuites><testsuite name='s'><testcase name='a' classname='c'/>\
        <testcase name='b'><failure message='x &lt; y'/><system-out><![CDATA[<testcase name='no'/>]]></system-out></testcase>\
        <testcase name='d'><skipped/></testcase></testsuite></testsuites>";
    let read = |documents: &[&str]| {
        let mut files = JunitFiles::default();
        for document in documents {
            files.take(document.as_bytes());
        }
        files.finish()
    };
    let counts = TestCounts { passed: 1, failed: 1, skipped: 1, filtered: 0 };
    assert_eq!(read(&[whole]).counts, Some(counts));
    assert_eq!(read(&[whole]).failed.unwrap().names, ["s b".to_owned()].into());
    assert_eq!(read(&[whole, whole]).failed, None, "two tests of one name can't be told apart");
    for end in 0..whole.len() {
        assert_eq!(read(&[whole, &whole[..end]]), Told::default(), "{end}");
    }
    let lol = "<!DOCTYPE x [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><testsuite name='&b;'></testsuite>";
    for bad in [lol, "<testsuite name='&b;'/>", "<html><testcase/></html>", "no XML", "<testsuite></testsuites>"] {
        assert_eq!(read(&[bad]), Told::default(), "{bad}");
    }
    assert_eq!(read(&[&"<testsuite>".repeat(100_000)]), Told::default());
    assert_eq!(read(&[]), Told::default());
}

#[test]
fn names_of_files_count_where_the_log_agrees() {
    let mut files = JunitFiles::default();
    files.take(b"<testsuite name='s'><testcase name='a'/><testcase name='b'><error/></testcase></testsuite>");
    let files = files.finish();
    let with = |log: &str| told_tests(log.as_bytes()).unwrap().with_files(files.clone()).failed.is_some();
    assert!(with("") && with("error: something\n"));
    assert!(!with("!!! stopping after 1 failures !!!\n"), "the others did not run");
    assert!(!with("==== 2 failed, 1 passed in 0.1s ====\n"), "one is missing");
    assert!(!with("\n[gate: 12 bytes left out]\n"));
}

//! Problems found in what real tools print.

use super::{MOST_PROBLEMS, Place, Problem, Root, Severity, problems};
use crate::path::RepoPath;

/// Every problem on a line: path, place, severity, rule, message.
fn shown(problem: &Problem) -> String {
    let region = problem.region.map_or(String::new(), |region| {
        let end = region.end_line.map(|end| format!("-{end}:{}", region.end_column.unwrap_or(0))).unwrap_or_default();
        format!(":{}:{}{end}", region.line, region.column.unwrap_or(0))
    });
    let rule = problem.rule.as_deref().unwrap_or("-");
    format!("{}{region} {:?} {rule} {}", problem.path, problem.severity, problem.message)
}

fn found(log: &[u8], held: &dyn Fn(&RepoPath) -> bool, dir: Option<&RepoPath>) -> Vec<Problem> {
    let roots = [Root::Checkouts("/cache/01234567".into())];
    problems(log, &Place { roots: &roots, dir, holds: held }).unwrap()
}

/// What is found in a log where the candidate holds these files.
#[track_caller]
fn check(held: &[&str], log: &str, expected: &[&str]) {
    let holds = |path: &RepoPath| held.iter().any(|held| RepoPath::from(*held) == *path);
    let shown: Vec<String> = found(log.as_bytes(), &holds, None).iter().map(shown).collect();
    assert_eq!(shown, expected, "{log}");
}

#[test]
fn rustc_and_cargo() {
    let log = "\u{1b}[1m\u{1b}[92m   Compiling\u{1b}[0m x v0.1.0 (/cache/01234567/1)
\u{1b}[1m\u{1b}[91merror[E0308]\u{1b}[0m\u{1b}[1m: mismatched types\u{1b}[0m
 \u{1b}[1m\u{1b}[94m--> \u{1b}[0msrc/lib.rs:2:5
  |
1 | fn f() -> u8 {
  |           -- expected `u8` because of return type
2 |     \"x\"
  |     ^^^ expected `u8`, found `&str`

warning: unused variable: `y`
 --> src/main.rs:7:9
  |
  = note: `#[warn(unused_variables)]` on by default

error: could not compile `x` (lib) due to 1 previous error
";
    check(
        &["src/lib.rs", "src/main.rs"],
        log,
        &["src/lib.rs:2:5 Error E0308 mismatched types", "src/main.rs:7:9 Warning - unused variable: `y`"],
    );
}

#[test]
fn rust_tests_that_panic() {
    let log = "running 1 test
thread 'tests::it' (1234) panicked at src/lib.rs:9:9:
assertion `left == right` failed: sums
  left: 1
 right: 2
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
";
    check(&["src/lib.rs"], log, &["src/lib.rs:9:9 Error - assertion `left == right` failed: sums"]);
}

#[test]
fn cargo_for_programs() {
    let message = r#"{"message":"mismatched types","code":{"code":"E0308","explanation":null},"level":"error","spans":[{"file_name":"src/b.rs","byte_start":1,"byte_end":2,"line_start":9,"line_end":9,"column_start":1,"column_end":2,"is_primary":false,"text":[]},{"file_name":"src/lib.rs","byte_start":1,"byte_end":2,"line_start":2,"line_end":3,"column_start":5,"column_end":8,"is_primary":true,"text":[]}],"children":[],"rendered":"error[E0308]: mismatched types\n --> src/lib.rs:2:5\n"}"#;
    let cargo = format!(r#"{{"reason":"compiler-message","package_id":"path+file:///x#0.1.0","message":{message}}}"#);
    let expected = ["src/lib.rs:2:5-3:8 Error E0308 mismatched types"];
    check(
        &["src/lib.rs", "src/b.rs"],
        &format!("{{\"reason\":\"build-finished\",\"success\":false}}\n{cargo}\n{cargo}\n"),
        &expected,
    );
    check(&["src/lib.rs"], message, &expected);
    check(&["src/lib.rs"], "{\"spans\": [{\"file_name\": 1}]}\n{\"spans\"", &[]);
}

#[test]
fn gcc_and_clang() {
    let log = "In file included from src/main.c:1:
src/a.h:3:10: fatal error: nothing.h: No such file or directory
    3 | #include <nothing.h>
src/main.c: In function \u{2018}main\u{2019}:
src/main.c:4:7: warning: unused variable \u{2018}x\u{2019} [-Wunused-variable]
src/main.c:4:7: note: declared here
/usr/include/stdio.h:27:1: error: not ours
/cache/01234567/3/src/main.c:9: error: undefined reference to `f'
make: *** [Makefile:2: all] Error 1
";
    check(
        &["src/main.c", "src/a.h", "Makefile"],
        log,
        &[
            "src/a.h:3:10 Error - nothing.h: No such file or directory",
            "src/main.c:4:7 Warning -Wunused-variable unused variable \u{2018}x\u{2019}",
            "src/main.c:4:7 Note - declared here",
            "src/main.c:9:0 Error - undefined reference to `f'",
        ],
    );
}

#[test]
fn eslint_in_its_formats() {
    let stylish = "
/cache/01234567/1/web/a.js
  1:10  error    'x' is assigned a value but never used  no-unused-vars
  2:3   warning  Unexpected console statement            no-console
  7:1   error    Parsing error: Unexpected token

\u{2716} 3 problems (2 errors, 1 warning)
";
    check(
        &["web/a.js"],
        stylish,
        &[
            "web/a.js:1:10 Error no-unused-vars 'x' is assigned a value but never used",
            "web/a.js:2:3 Warning no-console Unexpected console statement",
            "web/a.js:7:1 Error - Parsing error: Unexpected token",
        ],
    );
    let unix = "/cache/01234567/1/web/a.js:1:10: 'x' is not defined. [Error/no-undef]\n\n1 problem\n";
    check(&["web/a.js"], unix, &["web/a.js:1:10 Error no-undef 'x' is not defined."]);
    let compact = "/cache/01234567/1/web/a.js: line 1, col 10, Warning - 'x' is not defined. (no-undef)\n";
    check(&["web/a.js"], compact, &["web/a.js:1:10 Warning no-undef 'x' is not defined."]);
}

#[test]
fn pytest() {
    let log = "=================================== FAILURES ===================================
____________________________________ test_a ____________________________________

    def test_a():
>       assert add(1, 1) == 3
E       assert 2 == 3
E        +  where 2 = add(1, 1)

tests/test_a.py:5: AssertionError
_________________________________ test_b ______________________________________
tests/test_a.py:9: in test_b
    helper()
tests/helper.py:2: ValueError
=========================== short test summary info ============================
FAILED tests/test_a.py::test_a - assert 2 == 3
FAILED tests/test_c.py::test_c - AssertionError: no
ERROR tests/test_d.py - ImportError: nothing
";
    check(
        &["tests/test_a.py", "tests/helper.py", "tests/test_c.py", "tests/test_d.py"],
        log,
        &[
            "tests/test_a.py:5:0 Error - assert 2 == 3",
            "tests/helper.py:2:0 Error - ValueError",
            "tests/test_c.py Error - test_c: AssertionError: no",
            "tests/test_d.py Error - ImportError: nothing",
        ],
    );
}

#[test]
fn pytest_in_short() {
    let log = "\u{1b}[31m\u{1b}[1m____ test_a ____\u{1b}[0m
\u{1b}[1m\u{1b}[31mt/test_a.py\u{1b}[0m:7: in test_a
    helper()
t/helper.py:3: in helper
    raise ValueError(\"deep\")
E   ValueError: deep
____ test_b ____
t/test_a.py:9: in test_b
    helper()
> raise KeyError(1)
E   KeyError: 1

t/other.py:4: KeyError
FAILED t/test_a.py::test_a - ValueError: deep
";
    check(
        &["t/test_a.py", "t/helper.py", "t/other.py"],
        log,
        &[
            "t/helper.py:3:0 Error - ValueError: deep",
            "t/other.py:4:0 Error - KeyError: 1",
            "t/test_a.py Error - test_a: ValueError: deep",
        ],
    );
}

#[test]
fn javascript_that_throws() {
    let log = "/cache/01234567/1/w/c.js:2
  throw new Error(\"boom\");
  ^

Error: boom
    at f (node:internal/x:2:9)
    at f (/cache/01234567/1/w/c.js:2:9)
    at Object.<anonymous> (/cache/01234567/1/w/c.js:4:1)

  TypeError: no
      at file:///cache/01234567/1/w/d.mjs:5:3
";
    check(&["w/c.js", "w/d.mjs"], log, &["w/c.js:2:9 Error - Error: boom", "w/d.mjs:5:3 Error - TypeError: no"]);
}

#[test]
fn python_that_raises() {
    let log = "Traceback (most recent call last):
  File \"/cache/01234567/1/tool.py\", line 3, in <module>
    main()
  File \"/usr/lib/python3.12/json/decoder.py\", line 355, in raw_decode
    raise JSONDecodeError(\"Expecting value\", s, err.value) from None
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
  File \"tool.py\", line 9
    def f(:
          ^
SyntaxError: invalid syntax
";
    check(
        &["tool.py"],
        log,
        &[
            "tool.py:3:0 Error - json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
            "tool.py:9:0 Error - SyntaxError: invalid syntax",
        ],
    );
}

#[test]
fn go_tsc_ruff_flake8_and_mypy() {
    let log = "# example.com/m
./main.go:4:2: undefined: x
vet: ./main.go:9:1: expected declaration
    main_test.go:12: got 1, want 2
src/a.ts(3,14): error TS2304: Cannot find name 'x'.
src/a.ts:5:1 - error TS2322: Type 'string' is not assignable to type 'number'.
a.py:1:8: F401 [*] `os` imported but unused
a.py:2:80: E501 line too long (90 > 79 characters)
a.py:7: error: Incompatible return value type  [return-value]
F841 Local variable `x` is assigned to but never used
 --> a.py:4:5
  |
::error title=ruff (F401),file=/cache/01234567/2/a.py,line=6,endLine=6,col=8,endColumn=10::a.py:6:8: F401 `re` imported but unused
::warning file=/cache/01234567/2/a.py,line=8,col=1,endLine=8,endColumn=3,title=W1::first%0Asecond
Found 1 error.
";
    check(
        &["main.go", "main_test.go", "src/a.ts", "a.py"],
        log,
        &[
            "main.go:4:2 Error - undefined: x",
            "main_test.go:12:0 Error - got 1, want 2",
            "src/a.ts:3:14 Error TS2304 Cannot find name 'x'.",
            "src/a.ts:5:1 Error TS2322 Type 'string' is not assignable to type 'number'.",
            "a.py:1:8 Error F401 `os` imported but unused",
            "a.py:2:80 Error E501 line too long (90 > 79 characters)",
            "a.py:7:0 Error return-value Incompatible return value type",
            "a.py:4:5 Error F841 Local variable `x` is assigned to but never used",
            "a.py:6:8-6:10 Error F401 `re` imported but unused",
            "a.py:8:1-8:3 Warning W1 first second",
        ],
    );
}

#[test]
fn prose_and_progress_are_no_problems() {
    let log = "12:34:56 started
see http://localhost:8080/x: it is up
[1/3] a.c
test a.c:1 ... ok
 Compiling a.c:2
error: a.c is bad
(a.c:3)
";
    check(&["a.c"], log, &[]);
}

#[test]
fn hostile_output_is_bounded() {
    let all = |path: &RepoPath| path != &RepoPath::from("no.c");
    let many = (1..5000).map(|line| format!("a.c:{line}:1: error: x")).collect::<Vec<_>>().join("\n");
    assert_eq!(found(many.as_bytes(), &all, None).len(), MOST_PROBLEMS);
    let endless = [&b"a.c:1:1: error: "[..], &b"x".repeat(20 << 20), b"\na.c:2:2: error: y\n"].concat();
    assert_eq!(found(&endless, &all, None), []);
    let long = [&b"a.c:1:1: error: "[..], &b"x".repeat(1 << 20), b"\na.c:2:2: error: y\n"].concat();
    let after: Vec<String> = found(&long, &all, None).iter().map(shown).collect();
    assert_eq!(after, ["a.c:2:2 Error - y"], "what comes after a line that is too long is still read");
    for hostile in [
        &b"../../etc/passwd:1:1: error: x\n"[..],
        b"/etc/passwd:1: error: x\n",
        b"\0:1:1: error: x\n",
        b"::error::x\n",
        b"::::\n",
        b"(1)\xff:",
    ] {
        assert_eq!(found(hostile, &all, None), [], "{}", String::from_utf8_lossy(hostile));
    }
    let [problem] = &found(b"caf\xe9\x1b[2J.c:1:1: error: \xff\x1b]0;t\x07\x07hi\n", &all, None)[..] else { panic!() };
    assert_eq!(problem.path, RepoPath::new(&b"caf\xe9.c"[..]));
    assert_eq!((problem.message.as_str(), problem.severity), ("\u{fffd}hi", Severity::Error));
}

#[test]
fn a_folder_is_put_before_relative_paths() {
    let web = RepoPath::from("web");
    let holds = |path: &RepoPath| path == &RepoPath::from("web/a.ts");
    let shown: Vec<String> = found(b"a.ts(1,2): error TS1: x\n", &holds, Some(&web)).iter().map(shown).collect();
    assert_eq!(shown, ["web/a.ts:1:2 Error TS1 x"]);
}

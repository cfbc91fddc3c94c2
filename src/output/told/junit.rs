//! JUnit files, as many runners write them (<https://github.com/testmoapp/junitxml>).
//!
//! What is no well-formed document spoils all of them: a file that is cut must not make tests fewer.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bstr::ByteSlice;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::read::Told;
use crate::check::{FailedTests, TestCounts};

/// The documents that one run of tests has written.
#[derive(Debug, Default)]
pub struct JunitFiles {
    counts: TestCounts,
    failed: BTreeSet<String>,
    documents: usize,
    spoilt: bool,
}

impl JunitFiles {
    /// Takes a document.
    pub fn take(&mut self, document: &[u8]) {
        self.documents += 1;
        let mut reading = Reading { files: self, depth: 0, has_root: false, suites: Vec::new(), case: None };
        if reading.read(&document.to_str_lossy()).is_none() {
            self.spoilt = true;
        }
    }

    /// Takes that there is one which can't be read.
    pub fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// What they tell together.
    #[must_use]
    pub fn finish(self) -> Told {
        if self.spoilt || self.documents == 0 {
            return Told::default();
        }
        let is_named = !self.failed.is_empty() && self.failed.len() as u64 == self.counts.failed;
        let failed = is_named.then_some(FailedTests { names: self.failed, total: self.counts.ran() });
        Told { counts: Some(self.counts), failed, is_partial: false }
    }
}

/// A document that is being read.
struct Reading<'f> {
    files: &'f mut JunitFiles,
    depth: usize,
    has_root: bool,
    /// The names of the suites around.
    suites: Vec<String>,
    case: Option<Case>,
}

/// A test case that is open.
struct Case {
    name: String,
    depth: usize,
    end: End,
}

/// How it ended; the worst of what is said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Passed,
    Skipped,
    Failed,
}

impl Reading<'_> {
    fn read(&mut self, text: &str) -> Option<()> {
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) => {
                    self.open(&tag)?;
                    self.depth += 1;
                }
                Event::Empty(tag) => {
                    self.open(&tag)?;
                    self.close(tag.local_name().as_ref());
                }
                Event::End(tag) => {
                    self.depth = self.depth.checked_sub(1)?;
                    self.close(tag.local_name().as_ref());
                }
                // No runner writes one, and nothing good is in it.
                Event::DocType(_) => return None,
                Event::Eof => return (self.depth == 0 && self.has_root).then_some(()),
                _ => {}
            }
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Option<()> {
        let name = tag.local_name();
        self.has_root |= self.depth == 0;
        match name.as_ref() {
            "testsuites" if self.depth == 0 => {}
            "testsuite" if self.case.is_none() => self.suites.push(attribute(tag, "name")?.unwrap_or_default()),
            _ if self.depth == 0 => return None,
            "testcase" if self.case.is_none() => {
                let class = attribute(tag, "classname")?.filter(|class| !class.is_empty());
                let class = class.or_else(|| self.suites.last().cloned()).unwrap_or_default();
                let name = format!("{class} {}", attribute(tag, "name")?.unwrap_or_default()).trim().to_owned();
                // As GoogleTest says it of tests that a filter left out.
                let is_out = attribute(tag, "status")?.is_some_and(|status| status == "notrun");
                let end = if is_out { End::Skipped } else { End::Passed };
                self.case = Some(Case { name, depth: self.depth, end });
            }
            inner => {
                if let Some(case) = self.case.as_mut().filter(|case| case.depth + 1 == self.depth) {
                    case.end = case.end.max(match inner {
                        "failure" | "error" => End::Failed,
                        "skipped" => End::Skipped,
                        _ => End::Passed,
                    });
                }
            }
        }
        Some(())
    }

    fn close(&mut self, name: &str) {
        if let Some(case) = self.case.take_if(|case| name == "testcase" && case.depth == self.depth) {
            match case.end {
                End::Passed => self.files.counts.passed += 1,
                End::Skipped => self.files.counts.skipped += 1,
                End::Failed => {
                    self.files.counts.failed += 1;
                    self.files.failed.insert(case.name);
                }
            }
        } else if name == "testsuite" && self.case.is_none() {
            self.suites.pop();
        }
    }
}

/// An attribute's value; the outer `None` is for what is not well-formed.
#[expect(clippy::option_option, reason = "what is not there is well-formed")]
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<Option<String>> {
    let found = tag.try_get_attribute(name).ok()?;
    found
        .map(|found| found.normalized_value(quick_xml::XmlVersion::default()).ok().map(Cow::into_owned))
        .map_or(Some(None), |value| value.map(Some))
}

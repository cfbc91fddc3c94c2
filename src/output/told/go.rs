//! `go test`: with `-v`, and with `-json`. Otherwise it only tells of packages.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::tally::{Runner, Tally};
use crate::check::TestCounts;

/// <https://pkg.go.dev/cmd/go#hdr-Test_packages>, <https://pkg.go.dev/cmd/test2json>. A test and each part of it count.
#[derive(Default)]
pub(super) struct Go {
    tally: Tally,
    /// The package that tells with `-v`; its name comes last.
    package: Package,
    /// Those that tell with `-json`, together.
    events: Package,
}

/// What is told of tests, before it is known that all is told.
#[derive(Default)]
struct Package {
    begun: u64,
    ended: u64,
    known: BTreeSet<String>,
    counts: TestCounts,
    failed: BTreeSet<String>,
    /// How many packages of `-json` have ended.
    packages: usize,
}

/// A line of `-json`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    action: String,
    package: Option<String>,
    test: Option<String>,
    output: Option<String>,
    failed_build: Option<String>,
}

impl Runner for Go {
    fn line(&mut self, line: &str) {
        if line.starts_with('{') && line.contains("\"Action\":") {
            if let Ok(event) = serde_json::from_str(line) {
                self.event(&event);
            }
        } else if let Some(name) = line.strip_prefix("=== RUN   ") {
            self.package.begun += 1;
            self.package.known.insert(name.to_owned());
        } else if let Some(rest) = line.trim_start().strip_prefix("--- ") {
            self.package.result(rest);
        } else if line.starts_with("ok  \t") || line.starts_with("FAIL\t") {
            self.package_line(line);
        } else if line.starts_with("panic: ") && self.package.begun > 0 {
            // The tests after it did not run.
            self.tally.unnamed = true;
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        // Its name is what ends a package.
        if self.package.begun > 0 {
            self.tally.spoil();
        }
        if self.events.packages > 0 || self.events.begun > 0 {
            let Package { begun, ended, counts, failed, packages, .. } = self.events;
            if begun != ended || packages == 0 {
                self.tally.spoil();
            }
            self.tally.close(counts, failed);
        }
        self.tally
    }
}

impl Go {
    fn package_line(&mut self, line: &str) {
        let package = std::mem::take(&mut self.package);
        let mut words = line.split('\t').skip(1);
        let name = words.next().unwrap_or_default();
        if line.contains("[build failed]") || line.contains("[setup failed]") {
            self.tally.unnamed = true;
        } else if package.begun == 0 && !line.contains("[no tests to run]") || package.begun != package.ended {
            self.tally.spoil();
        } else {
            let failed = package.failed.iter().map(|test| format!("{name} {test}")).collect();
            self.tally.close(package.counts, failed);
        }
    }

    fn event(&mut self, event: &Event) {
        let Event { action, package, test, output, failed_build } = event;
        if output.as_ref().is_some_and(|output| output.starts_with("panic: ")) {
            self.tally.unnamed = true;
        }
        let events = &mut self.events;
        match (action.as_str(), test) {
            ("run", Some(_)) => events.begun += 1,
            ("pass" | "fail" | "skip", Some(test)) => {
                events.ended += 1;
                let name = format!("{} {test}", package.as_deref().unwrap_or_default());
                events.count(action, name);
            }
            ("pass" | "fail" | "skip", None) => {
                events.packages += 1;
                let names = format!("{} ", package.as_deref().unwrap_or_default());
                let has_failed = events.failed.iter().any(|name| name.starts_with(&names));
                self.tally.unnamed |= failed_build.is_some() || (action == "fail" && !has_failed);
            }
            ("build-fail", _) => self.tally.unnamed = true,
            _ => {}
        }
    }
}

impl Package {
    /// `PASS: TestName (0.00s)`.
    fn result(&mut self, rest: &str) {
        let Some((how, rest)) = rest.split_once(": ") else { return };
        let Some((name, _)) = rest.rsplit_once(" (").filter(|(name, _)| self.known.contains(*name)) else { return };
        let name = name.to_owned();
        if matches!(how, "PASS" | "FAIL" | "SKIP") {
            self.ended += 1;
            self.count(&how.to_ascii_lowercase(), name);
        }
    }

    fn count(&mut self, how: &str, name: String) {
        match how {
            "pass" => self.counts.passed += 1,
            "skip" => self.counts.skipped += 1,
            _ => {
                self.counts.failed += 1;
                self.failed.insert(name);
            }
        }
    }
}

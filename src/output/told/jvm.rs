//! Maven Surefire and Failsafe, and Gradle.

use std::collections::BTreeSet;

use super::tally::{Runner, Tally, number_after, number_before};
use crate::check::TestCounts;

/// <https://maven.apache.org/surefire/maven-surefire-plugin/>
#[derive(Default)]
pub(super) struct Surefire {
    tally: Tally,
    failed: BTreeSet<String>,
}

impl Runner for Surefire {
    fn line(&mut self, line: &str) {
        let levels = ["[INFO] ", "[ERROR] ", "[WARNING] "];
        let (is_maven, text) =
            levels.iter().find_map(|level| line.strip_prefix(level)).map_or((false, line), |text| (true, text));
        if text.starts_with("Tests run: ") {
            // With a time it is about one class, whose tests are in the summary too.
            if let Some(counts) = surefire_counts(text).filter(|_| !text.contains("Time elapsed: ")) {
                let failed = std::mem::take(&mut self.failed);
                self.tally.close(counts, failed);
            }
        } else if text.ends_with("<<< FAILURE!") || text.ends_with("<<< ERROR!") {
            let name = text.split("Time elapsed: ").next().unwrap_or(text);
            self.failed.insert(name.trim_end().trim_end_matches(" --").trim_end().to_owned());
        } else if is_maven && text == "No tests to run." {
            self.tally.close(TestCounts::default(), BTreeSet::new());
        } else if is_maven && text.ends_with(" SKIPPED") && text.contains(" ..") {
            // Modules that it did not come to.
            self.tally.unnamed = true;
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        self.tally.unnamed |= !self.failed.is_empty();
        self.tally
    }
}

/// `Tests run: 4, Failures: 1, Errors: 1, Skipped: 1`.
fn surefire_counts(text: &str) -> Option<TestCounts> {
    let ran = number_after(text, "Tests run: ")?;
    let (failures, errors) = (number_after(text, ", Failures: ")?, number_after(text, ", Errors: ")?);
    let skipped = number_after(text, ", Skipped: ")?;
    let failed = failures.saturating_add(errors);
    Some(TestCounts { passed: ran.saturating_sub(failed).saturating_sub(skipped), failed, skipped, filtered: 0 })
}

/// <https://docs.gradle.org/current/userguide/java_testing.html>: it tells how many tests there were where some failed.
#[derive(Default)]
pub(super) struct Gradle {
    tally: Tally,
    /// How many tasks may have run tests.
    tasks: usize,
}

impl Runner for Gradle {
    fn line(&mut self, line: &str) {
        if let Some(task) = line.strip_prefix("> Task :") {
            self.tasks += usize::from(runs_tests(task));
        } else if line.contains(" completed, ") && line.starts_with(|c: char| c.is_ascii_digit()) {
            let of = |noun| number_before(line, noun);
            let Some(all) = of(" tests completed, ").or_else(|| of(" test completed, ")) else { return };
            let (failed, skipped) = (of(" failed").unwrap_or_default(), of(" skipped").unwrap_or_default());
            let passed = all.saturating_sub(failed).saturating_sub(skipped);
            self.tally.close(TestCounts { passed, failed, skipped, filtered: 0 }, BTreeSet::new());
        }
    }

    fn end(mut self: Box<Self>) -> Tally {
        // Of tasks whose tests all passed it tells nothing.
        self.tally.uncounted |= self.tally.summaries > 0 && self.tally.summaries != self.tasks;
        self.tally.unnamed |= self.tally.summaries > 0;
        self.tally
    }
}

/// Whether a task, as it is named where it is carried out, may run tests.
fn runs_tests(task: &str) -> bool {
    let (name, how) = task.split_once(' ').unwrap_or((task, ""));
    let name = name.rsplit(':').next().unwrap_or(name);
    let is_other = ["compile", "process", "generate", "pre"].iter().any(|other| name.starts_with(other));
    let is_done = ["UP-TO-DATE", "NO-SOURCE", "SKIPPED", "FROM-CACHE"].contains(&how);
    name.to_ascii_lowercase().contains("test") && !is_other && !is_done && name != "testClasses"
}

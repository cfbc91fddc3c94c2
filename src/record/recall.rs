//! Recall: which steps of a plan need not run, because a receipt covers them, and which must, because they are known
//! to fail.

use rusqlite::{CachedStatement, Connection};

use super::receipt::{RecallPolicy, Receipt, file_key, first};
use super::{Error, Ledger};
use crate::diagnostic::Diagnostic;
use crate::plan::{Decision, FileProof, Fingerprint, Input, Plan, Reason, Reuse, Step};

impl Ledger {
    /// Turns steps that receipts cover into reuse, and skipped ones that are known to fail into runs.
    ///
    /// A step whose command takes files keeps as pending only those without a receipt. `list` gives every file of such
    /// a step in the candidate; it is asked where nothing can be assumed of the base after all.
    ///
    /// A ledger that can't be read covers nothing, and is told of in the warnings.
    ///
    /// # Errors
    /// Those of `list`.
    pub fn recall<E>(
        &mut self,
        plan: &mut Plan,
        policy: &RecallPolicy,
        mut list: impl FnMut(&Step) -> Result<Vec<Input>, E>,
    ) -> Result<Vec<Diagnostic>, E> {
        let known = self.using(|store| Known::read(&store.connection, plan, policy));
        let (known, warnings) = match known {
            Ok(known) => (known.unwrap_or_default(), Vec::new()),
            Err(error) => (Vec::new(), vec![Diagnostic::from(&error)]),
        };
        let mut files = Vec::new();
        for (step, known) in plan.steps.iter_mut().zip(known) {
            if is_open(step) && decide(step, known, policy) == Next::ListFiles {
                let all = list(step)?;
                step.files.iter_mut().for_each(|files| files.take_all(all.clone()));
            }
            files.push(step.files.is_some() && is_open(step));
        }
        Ok(self.recall_files(plan, policy, &files, warnings))
    }

    /// Takes files that have a receipt from what is pending.
    fn recall_files(
        &mut self,
        plan: &mut Plan,
        policy: &RecallPolicy,
        which: &[bool],
        mut warnings: Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        if policy.fresh || !which.contains(&true) {
            return warnings;
        }
        let mut steps = plan.steps.iter_mut().zip(which).filter(|(_, wanted)| **wanted).map(|(step, _)| step);
        let done = self.using(|store| {
            let mut query = file_receipts(&store.connection)?;
            steps.try_for_each(|step| drop_proved(step, &mut query, policy))
        });
        warnings.extend(done.err().map(|error| Diagnostic::from(&error)));
        warnings
    }
}

/// What the ledger knows of a step.
#[derive(Default)]
struct Known {
    /// A receipt for the candidate's fingerprint.
    receipt: Option<Receipt>,
    /// A receipt for the base's, where the command takes files.
    base_receipt: Option<Receipt>,
    /// The run that last saw the base's fingerprint fail.
    base_failed: Option<String>,
}

impl Known {
    /// What is known of each step, as of one moment.
    fn read(connection: &Connection, plan: &Plan, policy: &RecallPolicy) -> Result<Vec<Self>, Error> {
        let moment = connection.unchecked_transaction()?;
        let mut receipts =
            moment.prepare_cached("SELECT run, finished, shared FROM receipts WHERE fingerprint = ?1")?;
        let mut failures = moment.prepare_cached("SELECT run FROM failures WHERE fingerprint = ?1")?;
        let mut of = |step: &Step| -> Result<Self, Error> {
            let base = step.base.as_ref().map(Fingerprint::digest);
            let receipt = Receipt::find(&mut receipts, &step.fingerprint.digest(), policy.allows_shared())?;
            let base_receipt = match base.filter(|_| step.files.is_some()) {
                Some(base) => Receipt::find(&mut receipts, &base, policy.allows_shared())?,
                None => None,
            };
            let base_failed = base.map(|base| first(&mut failures, &base)).transpose()?.flatten();
            Ok(Self { receipt, base_receipt, base_failed })
        };
        plan.steps.iter().map(|step| if is_open(step) { of(step) } else { Ok(Self::default()) }).collect()
    }
}

/// What is left to do about a step.
#[derive(PartialEq, Eq)]
enum Next {
    /// Nothing.
    Nothing,
    /// It must be given all of its files.
    ListFiles,
}

/// Whether receipts have a say: not about what was left out on purpose, or runs in the user's own tree.
fn is_open(step: &Step) -> bool {
    match step.decision {
        Decision::Run => !step.reasons.contains(&Reason::Here),
        Decision::Skip => step.reasons.contains(&Reason::Unchanged),
        Decision::Reuse => false,
    }
}

/// Decides about a step by what is known of it.
fn decide(step: &mut Step, known: Known, policy: &RecallPolicy) -> Next {
    let reuse = step.check.reuse;
    let refused = match known.receipt.map(|receipt| (receipt.counts(reuse, policy), receipt)) {
        Some((Ok(()), receipt)) => {
            if let Some(files) = &mut step.files {
                files.pending.clear();
                files.proved = Some(receipt.proof());
            }
            step.decision = Decision::Reuse;
            step.reasons = vec![Reason::Receipt { run: receipt.run, finished: receipt.finished }];
            return Next::Nothing;
        }
        Some((Err(reason), _)) => Some(reason),
        None => (reuse == Reuse::Never).then_some(Reason::NeverReused),
    };
    // A fingerprint that is known to fail at the base fails here too, or its unlisted files do.
    let counts_here = step.decision == Decision::Skip || step.files.as_ref().is_some_and(|files| files.assumed);
    let failed =
        known.base_failed.filter(|_| counts_here && policy.minds_broken_base()).map(|run| Reason::BaseFailed { run });
    let in_full = failed.is_some() || refused.as_ref().is_some_and(ends_assumption);
    if step.decision == Decision::Run || in_full {
        set_running(step, refused.into_iter().chain(failed));
    }
    let Some(files) = &mut step.files else { return Next::Nothing };
    if in_full {
        return if files.assumed { Next::ListFiles } else { Next::Nothing };
    }
    if let Some(receipt) = known.base_receipt.filter(|receipt| receipt.counts(reuse, policy).is_ok()) {
        files.assumed = false;
        files.proved = Some(together(files.proved, receipt.proof()));
    }
    Next::Nothing
}

/// Whether a step that equals the base's runs for this reason. A receipt that does not count at this stage is as good as
/// none, but a result that has aged, or never counts, says nothing of the base either.
fn ends_assumption(reason: &Reason) -> bool {
    matches!(reason, Reason::Fresh | Reason::NeverReused | Reason::Expired { .. })
}

fn set_running(step: &mut Step, reasons: impl Iterator<Item = Reason>) {
    if step.decision == Decision::Skip {
        step.decision = Decision::Run;
        step.reasons.clear();
    }
    for reason in reasons {
        if !step.reasons.contains(&reason) {
            step.reasons.push(reason);
        }
    }
}

fn file_receipts(connection: &Connection) -> Result<CachedStatement<'_>, Error> {
    Ok(connection.prepare_cached("SELECT run, finished, shared FROM file_receipts WHERE key = ?1")?)
}

/// Takes the files that have a receipt from what is pending, and decides again if none is left.
fn drop_proved(step: &mut Step, query: &mut CachedStatement<'_>, policy: &RecallPolicy) -> Result<(), Error> {
    let Some(files) = &mut step.files else { return Ok(()) };
    let (mut kept, mut proof, mut refused) = (Vec::new(), None, None);
    for input in &files.pending {
        let found = Receipt::find(query, &file_key(&files.common, input), policy.allows_shared())?;
        match found.map(|receipt| receipt.counts(step.check.reuse, policy).map(|()| receipt.proof())) {
            Some(Ok(found)) => proof = Some(together(proof, found)),
            Some(Err(reason)) => {
                refused.get_or_insert(reason);
                kept.push(input.clone());
            }
            None => kept.push(input.clone()),
        }
    }
    // Only now: a ledger that fails on the way must not leave a step with fewer files than it has.
    files.pending = kept;
    if let Some(proof) = proof {
        files.proved = Some(together(files.proved, proof));
    }
    settle(step, refused);
    Ok(())
}

/// Decides about a step whose files with receipts are no longer pending.
fn settle(step: &mut Step, refused: Option<Reason>) {
    let Some(files) = &step.files else { return };
    if !files.pending.is_empty() {
        if step.decision == Decision::Run {
            set_running(step, refused.into_iter());
        }
        return;
    }
    let (decision, reason) = match (files.assumed, files.proved) {
        (false, Some(FileProof { oldest, .. })) => {
            (Decision::Reuse, Reason::FileReceipts { files: files.total, oldest })
        }
        (true, _) => (Decision::Skip, Reason::Unchanged),
        // Nothing pending and nothing proved: there are no files at all, which is not for receipts to judge.
        (false, None) => return,
    };
    step.decision = decision;
    step.reasons = vec![reason];
}

fn together(known: Option<FileProof>, more: FileProof) -> FileProof {
    known.map_or(more, |known| known.and(more))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::check::Stage;
    use crate::check::{Builtin, Outcome};
    use crate::path::RepoPath;
    use crate::plan::{Check, Work};
    use crate::record::sample::{at, ended, entry, file, name, plan, reusing, step, verdict, with_files};
    use crate::record::{Earned, new_id};
    use crate::verdict::Kind;

    /// A ledger in a folder of its own.
    struct Case {
        ledger: Ledger,
        _folder: tempfile::TempDir,
    }

    impl Case {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let (ledger, warnings) = Ledger::open(&folder.path().join("gate/ledger.db"));
            assert_eq!(warnings, []);
            Self { ledger, _folder: folder }
        }

        /// Runs one step to an outcome and records it, with all that it can have earned.
        fn ran(&mut self, step: &Step, outcome: Outcome, shared: bool) -> String {
            let mut step = step.clone();
            step.decision = Decision::Run;
            let text = step.name.as_str().to_owned();
            let plan = plan(vec![step]);
            let id = new_id(at(0), 1);
            let entry = entry(&id, 0, &plan, &[ended(&text, outcome)], &verdict(Kind::Clear, Vec::new()));
            let pending = plan.steps[0].files.iter().flat_map(|files| &files.pending);
            let passed: Vec<RepoPath> = pending.map(|input| input.path.clone()).collect();
            let earned = Earned { steps: [name(&text)].into(), files: [(name(&text), passed)].into(), shared };
            self.ledger.append(&entry, &plan, &earned).unwrap();
            id
        }

        fn recall(&mut self, step: &Step, policy: &RecallPolicy) -> Step {
            let mut plan = plan(vec![step.clone()]);
            let all = |_: &Step| Ok::<_, Infallible>(vec![file("a", 1), file("b", 2), file("c", 3)]);
            assert_eq!(self.ledger.recall(&mut plan, policy, all).unwrap(), []);
            plan.steps.remove(0)
        }
    }

    fn policy() -> RecallPolicy {
        RecallPolicy { fresh: false, stage: Stage::Merge, now: at(60) }
    }

    fn paths(step: &Step) -> Vec<String> {
        step.files.as_ref().unwrap().pending.iter().map(|input| input.path.to_string()).collect()
    }

    #[test]
    fn a_pass_stands_in_for_the_same_fingerprint_only() {
        let mut case = Case::new();
        let passed = step("test", "old", "new");
        let run = case.ran(&passed, Outcome::Passed, false);
        let recalled = case.recall(&passed, &policy());
        assert_eq!(recalled.decision, Decision::Reuse);
        assert_eq!(recalled.reasons, [Reason::Receipt { run, finished: crate::record::receipt::seconds(at(1)) }]);
        let other = step("test", "old", "newer");
        let recalled = case.recall(&other, &policy());
        assert_eq!((recalled.decision, recalled.reasons), (Decision::Run, other.reasons));
    }

    #[test]
    fn only_a_pass_makes_a_receipt() {
        for outcome in Outcome::ALL {
            let mut case = Case::new();
            let subject = step("test", "old", "new");
            case.ran(&subject, outcome, false);
            let reused = case.recall(&subject, &policy()).decision == Decision::Reuse;
            assert_eq!(reused, outcome == Outcome::Passed, "{outcome}");
        }
    }

    #[test]
    fn a_check_of_gates_own_has_one_receipt_for_all_of_its_files() {
        let own = |step: Step, assumed: bool| {
            let mut step = with_files(step, &[file("a", 1)]);
            step.check = Arc::new(Check { work: Work::Builtin(Builtin::MergeConflict), ..(*step.check).clone() });
            step.files.iter_mut().for_each(|files| files.assumed = assumed);
            step
        };
        let (whole, next) = (own(step("fmt", "old", "new"), false), own(step("fmt", "old", "newer"), false));
        let mut case = Case::new();
        case.ran(&whole, Outcome::Passed, false);
        assert_eq!(case.recall(&whole, &policy()).decision, Decision::Reuse);
        assert_eq!(paths(&case.recall(&next, &policy())), ["a"], "looking is as quick as asking");
        // Of what was only looked at in part, nothing else would be known.
        case.ran(&own(step("fmt", "old", "part"), true), Outcome::Passed, false);
        assert_eq!(paths(&case.recall(&next, &policy())), <[&str; 0]>::default());
    }

    #[test]
    fn a_later_failure_takes_the_receipt_back() {
        for outcome in Outcome::ALL {
            let mut case = Case::new();
            let subject = step("test", "old", "new");
            case.ran(&subject, Outcome::Passed, false);
            case.ran(&subject, outcome, false);
            let reused = case.recall(&subject, &policy()).decision == Decision::Reuse;
            let says_nothing = matches!(outcome, Outcome::Passed | Outcome::Cancelled | Outcome::NotStarted);
            assert_eq!(reused, says_nothing, "{outcome}");
        }
    }

    #[test]
    fn what_equals_the_base_runs_if_it_fails_there() {
        for outcome in Outcome::ALL {
            let mut case = Case::new();
            let same = step("test", "old", "old");
            let run = case.ran(&same, outcome, false);
            let recalled = case.recall(&same, &policy());
            let expected = match outcome {
                Outcome::Passed => Decision::Reuse,
                Outcome::Flaky | Outcome::Cancelled | Outcome::NotStarted => Decision::Skip,
                _ => Decision::Run,
            };
            assert_eq!(recalled.decision, expected, "{outcome}");
            if expected == Decision::Run {
                assert_eq!(recalled.reasons, [Reason::BaseFailed { run }], "{outcome}");
            }
        }
    }

    #[test]
    fn a_pass_after_the_failure_proves_the_base_again() {
        let mut case = Case::new();
        let same = step("test", "old", "old");
        case.ran(&same, Outcome::Failed, false);
        case.ran(&same, Outcome::Passed, true);
        assert_eq!(
            case.recall(&same, &policy()).decision,
            Decision::Run,
            "a pass with the user's folders is none here"
        );
        case.ran(&same, Outcome::Passed, false);
        assert_eq!(case.recall(&same, &policy()).decision, Decision::Reuse);
    }

    #[test]
    fn receipts_with_shared_folders_count_at_early_stages_only() {
        let mut case = Case::new();
        let subject = step("test", "old", "new");
        let run = case.ran(&subject, Outcome::Passed, true);
        let early = RecallPolicy { stage: Stage::PreCommit, ..policy() };
        assert_eq!(case.recall(&subject, &early).decision, Decision::Reuse);
        let recalled = case.recall(&subject, &policy());
        assert_eq!(recalled.decision, Decision::Run);
        assert_eq!(recalled.reasons, [subject.reasons[0].clone(), Reason::SharedReceipt { run }]);
        case.ran(&subject, Outcome::Passed, false);
        assert_eq!(case.recall(&subject, &policy()).decision, Decision::Reuse);
    }

    #[test]
    fn results_age() {
        let day = Duration::from_hours(24);
        let aging = |reuse| reusing(step("test", "old", "new"), reuse);
        // The pass was one second after `at(0)`.
        for (reuse, now, expected) in [
            (Reuse::Always, 1 << 40, None),
            (Reuse::For(day), 24 * 3600, None),
            (Reuse::For(day), 24 * 3600 + 1, None),
            (Reuse::For(day), 24 * 3600 + 2, Some(24 * 3600 + 1)),
            (Reuse::For(day), 0, Some(0)),
        ] {
            let mut case = Case::new();
            let run = case.ran(&aging(reuse), Outcome::Passed, false);
            let recalled = case.recall(&aging(reuse), &RecallPolicy { now: at(now), ..policy() });
            let reason = recalled.reasons.last().cloned();
            let expired = expected.map(|age_s| Reason::Expired { run, age_s });
            assert_eq!(recalled.decision == Decision::Reuse, expired.is_none(), "{reuse:?} {now}");
            assert!(expired.is_none() || reason == expired, "{reason:?}");
        }
    }

    #[test]
    fn a_pass_that_has_aged_is_no_ground_to_skip() {
        let mut case = Case::new();
        let same = reusing(step("test", "old", "old"), Reuse::For(Duration::from_secs(5)));
        assert_eq!(case.recall(&same, &policy()).decision, Decision::Skip);
        let run = case.ran(&same, Outcome::Passed, false);
        let recalled = case.recall(&same, &policy());
        assert_eq!((recalled.decision, recalled.reasons), (Decision::Run, vec![Reason::Expired { run, age_s: 59 }]));
    }

    #[test]
    fn a_check_that_is_never_reused_runs_even_where_nothing_changed() {
        let mut case = Case::new();
        let never = reusing(step("test", "old", "old"), Reuse::Never);
        case.ran(&never, Outcome::Passed, false);
        let recalled = case.recall(&never, &policy());
        assert_eq!((recalled.decision, recalled.reasons), (Decision::Run, vec![Reason::NeverReused]));
        let always = step("test", "old", "old");
        assert_eq!(case.recall(&always, &policy()).decision, Decision::Skip, "it left no receipt for later either");
    }

    #[test]
    fn fresh_runs_what_receipts_cover() {
        let mut case = Case::new();
        let same = step("test", "old", "old");
        case.ran(&same, Outcome::Passed, false);
        let recalled = case.recall(&same, &RecallPolicy { fresh: true, ..policy() });
        assert_eq!((recalled.decision, recalled.reasons), (Decision::Run, vec![Reason::Fresh]));
    }

    #[test]
    fn what_was_left_out_on_purpose_stays_out() {
        for (decision, reason) in [
            (Decision::Skip, Reason::NotSelected),
            (Decision::Skip, Reason::Asked { why: "later".into() }),
            (Decision::Skip, Reason::SelectsNothing),
            (Decision::Run, Reason::Here),
        ] {
            let mut case = Case::new();
            let mut subject = step("test", "old", "old");
            case.ran(&subject, Outcome::Passed, false);
            (subject.decision, subject.reasons) = (decision, vec![reason]);
            let recalled = case.recall(&subject, &policy());
            assert_eq!((recalled.decision, &recalled.reasons), (decision, &subject.reasons));
        }
    }

    #[test]
    fn files_with_receipts_are_not_pending() {
        let mut case = Case::new();
        let subject = with_files(step("fmt", "old", "new"), &[file("a", 1)]);
        case.ran(&subject, Outcome::Passed, false);
        let next = with_files(step("fmt", "old", "newer"), &[file("a", 1), file("b", 2)]);
        let recalled = case.recall(&next, &policy());
        assert_eq!((recalled.decision, paths(&recalled)), (Decision::Run, vec!["b".to_owned()]));
        let edited = with_files(step("fmt", "old", "newest"), &[file("a", 9)]);
        assert_eq!(paths(&case.recall(&edited, &policy())), ["a"], "another content is another key");
        let only = with_files(step("fmt", "old", "again"), &[file("a", 1)]);
        let recalled = case.recall(&only, &policy());
        assert_eq!((recalled.decision, recalled.reasons), (Decision::Skip, vec![Reason::Unchanged]));
    }

    #[test]
    fn files_prove_the_step_only_if_nothing_is_assumed() {
        let mut case = Case::new();
        let assumed = with_files(step("fmt", "old", "new"), &[file("a", 1)]);
        case.ran(&assumed, Outcome::Passed, false);
        assert_eq!(case.recall(&assumed, &policy()).decision, Decision::Skip);
        let mut whole = assumed.clone();
        whole.files.as_mut().unwrap().assumed = false;
        let recalled = case.recall(&whole, &policy());
        let oldest = crate::record::receipt::seconds(at(1));
        assert_eq!(recalled.reasons, [Reason::FileReceipts { files: 10, oldest }]);
        case.ran(&whole, Outcome::Passed, false);
        let recalled = case.recall(&assumed, &policy());
        assert_eq!((recalled.decision, paths(&recalled).len()), (Decision::Reuse, 0));
    }

    #[test]
    fn a_proved_base_leaves_nothing_to_assume() {
        let mut case = Case::new();
        let mut base = with_files(step("fmt", "older", "old"), &[file("a", 1)]);
        base.files.as_mut().unwrap().assumed = false;
        case.ran(&base, Outcome::Passed, false);
        let next = with_files(step("fmt", "old", "new"), &[file("b", 2)]);
        let recalled = case.recall(&next, &policy());
        let files = recalled.files.as_ref().unwrap();
        assert!(!files.assumed && files.proved.is_some_and(|proved| !proved.shared), "{files:?}");
        case.ran(&recalled, Outcome::Passed, false);
        assert_eq!(case.recall(&next, &policy()).decision, Decision::Reuse);
    }

    #[test]
    fn a_receipt_that_rests_on_shared_ones_is_shared() {
        let mut case = Case::new();
        let mut subject = with_files(step("fmt", "old", "new"), &[file("a", 1), file("b", 2)]);
        subject.files.as_mut().unwrap().assumed = false;
        case.ran(&with_files(step("fmt", "old", "other"), &[file("a", 1)]), Outcome::Passed, true);
        let early = RecallPolicy { stage: Stage::PreCommit, ..policy() };
        let recalled = case.recall(&subject, &early);
        assert_eq!(paths(&recalled), ["b"]);
        case.ran(&recalled, Outcome::Passed, false);
        assert_eq!(case.recall(&subject, &early).decision, Decision::Reuse);
        let merge = case.recall(&subject, &policy());
        assert_eq!((merge.decision, paths(&merge)), (Decision::Run, vec!["a".to_owned()]));
    }

    #[test]
    fn a_broken_base_gives_every_file() {
        let mut case = Case::new();
        let mut base = with_files(step("fmt", "older", "old"), &[file("a", 1), file("b", 2)]);
        base.files.as_mut().unwrap().assumed = false;
        let run = {
            // One batch passed with `b`, another failed with `a`.
            let plan = plan(vec![base.clone()]);
            let id = new_id(at(0), 1);
            let entry = entry(&id, 0, &plan, &[ended("fmt", Outcome::Failed)], &verdict(Kind::Rejected, Vec::new()));
            let files = [(name("fmt"), vec![RepoPath::from("b")])].into();
            let earned = Earned { steps: [name("fmt")].into(), files, shared: false };
            case.ledger.append(&entry, &plan, &earned).unwrap();
            id
        };
        let mut same = with_files(step("fmt", "old", "old"), &[]);
        let recalled = case.recall(&same, &policy());
        assert_eq!((recalled.decision, &recalled.reasons), (Decision::Run, &vec![Reason::BaseFailed { run }]));
        assert_eq!(paths(&recalled), ["a", "c"]);
        assert!(!recalled.files.as_ref().unwrap().assumed);
        same.files.as_mut().unwrap().pending = vec![file("c", 3)];
        (same.decision, same.reasons) = (Decision::Run, vec![Reason::NewCheck]);
        assert_eq!(paths(&case.recall(&same, &policy())), ["a", "c"]);
    }

    #[test]
    fn a_failure_takes_back_what_its_files_had_earned() {
        let mut case = Case::new();
        let mut whole = with_files(step("fmt", "old", "new"), &[file("a", 1), file("b", 2)]);
        whole.files.as_mut().unwrap().assumed = false;
        case.ran(&whole, Outcome::Passed, false);
        case.ran(&whole, Outcome::Modified, false);
        assert_eq!(paths(&case.recall(&whole, &policy())), ["a", "b"]);
    }

    #[test]
    fn a_ledger_that_fails_on_the_way_leaves_every_file_pending() {
        let mut case = Case::new();
        let subject = with_files(step("fmt", "old", "new"), &[file("a", 1), file("b", 2)]);
        case.ledger.store.as_ref().unwrap().connection.execute_batch("DROP TABLE file_receipts").unwrap();
        let mut plan = plan(vec![subject]);
        let none = |_: &Step| Ok::<_, Infallible>(Vec::new());
        let warnings = case.ledger.recall(&mut plan, &policy(), none).unwrap();
        assert_eq!(warnings.len(), 1);
        assert_eq!((plan.steps[0].decision, paths(&plan.steps[0]).len()), (Decision::Run, 2));
    }
}

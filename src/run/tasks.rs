//! The steps of a plan as tasks of a schedule.

use std::collections::BTreeMap;

use super::schedule::Task;
use crate::check::History;
use crate::check::StepName;
use crate::plan::{Decision, Plan, Reason, Step};

/// A task for each of the steps that run, in their order.
pub(crate) fn tasks(plan: &Plan, running: &[&Step], history: &dyn Fn(&StepName) -> History) -> Vec<Task> {
    let places: BTreeMap<&StepName, usize> = running.iter().enumerate().map(|(at, step)| (&step.name, at)).collect();
    let others: BTreeMap<&StepName, &Step> = plan.steps.iter().map(|step| (&step.name, step)).collect();
    let task = |step: &&Step| {
        let (inside, outside): (Vec<_>, Vec<_>) = step.needs.iter().partition(|need| places.contains_key(need));
        let stands = |need: &&StepName| others.get(need).is_some_and(|step| stands_without_running(step));
        Task {
            needs: inside.iter().filter_map(|need| places.get(need).copied()).collect(),
            after: step.after.iter().filter_map(|before| places.get(before).copied()).collect(),
            hopeless: !outside.iter().all(stands),
            slots: step.check.slots.get(),
            locks: step.check.locks.clone(),
            parts: 1,
            history: history(&step.name),
        }
    };
    running.iter().map(task).collect()
}

/// Whether a step that does not run counts as passed for those that need it: it is proved, nothing about it differs from
/// the base, or there is nothing for it to do. One that was left out on request does not.
fn stands_without_running(step: &Step) -> bool {
    let harmless =
        |reason: &Reason| matches!(reason, Reason::Unchanged | Reason::SelectsNothing | Reason::OtherPlatform);
    match step.decision {
        Decision::Reuse => true,
        Decision::Skip => !step.reasons.is_empty() && step.reasons.iter().all(harmless),
        Decision::Run => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::testing::{check, plan, step};

    #[test]
    fn needs_that_do_not_run_stand_only_if_nothing_is_missing() {
        let hopeless = |decision: Decision, reasons: &[Reason]| {
            let need = Step { decision, reasons: reasons.to_vec(), ..step(check("need")) };
            let user = Step { needs: [need.name.clone()].into(), ..step(check("user")) };
            let plan = plan(vec![need, user]);
            let running: Vec<&Step> = plan.steps.iter().filter(|step| step.name.as_str() == "user").collect();
            tasks(&plan, &running, &|_| History::default())[0].hopeless
        };
        assert!(!hopeless(Decision::Reuse, &[]));
        assert!(!hopeless(Decision::Skip, &[Reason::Unchanged]));
        assert!(!hopeless(Decision::Skip, &[Reason::SelectsNothing]));
        assert!(hopeless(Decision::Skip, &[Reason::NotSelected]));
        assert!(hopeless(Decision::Skip, &[Reason::Asked { why: String::new() }]));
        assert!(hopeless(Decision::Skip, &[]));
    }

    #[test]
    fn a_need_that_is_not_in_the_plan_is_no_pass() {
        let absent = step(check("absent")).name;
        let plan = plan(vec![Step { needs: [absent.clone()].into(), after: [absent].into(), ..step(check("user")) }]);
        let running: Vec<&Step> = plan.running().collect();
        let task = &tasks(&plan, &running, &|_| History::default())[0];
        assert!(task.hopeless && task.after.is_empty());
    }
}

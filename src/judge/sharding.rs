//! A plan's steps spread over several runners, where that is asked for.

use super::request::{Over, Request};
use crate::change::Change;
use crate::config::Rules;
use crate::plan::{Plan, Shard, Shards, Spread};

/// Spreads the steps, and leaves those of other runners out of the plan; nothing where that is not asked for.
pub(super) fn spread(
    request: &Request,
    rules: &Rules,
    (change, plan): (&Change, &mut Plan),
) -> (Option<Shards>, Option<Shard>) {
    let Some(sharding) = &request.sharding else { return (None, None) };
    let unproved = rules.policy.unproved_base;
    let (of, own) = match sharding.over {
        Over::AtMost(most) => (Shards::useful(plan, unproved, most), None),
        Over::One(shard) => (shard.of(), Some(shard)),
    };
    let (base, candidate) = (change.base_tree(), change.candidate.tree);
    let shards = Shards::new(plan, &Spread { of, durations: &sharding.durations, unproved, base, candidate });
    if let Some(own) = own {
        shards.narrow(plan, own);
    }
    (Some(shards), own)
}

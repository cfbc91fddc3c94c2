//! Who is reached from whom.

use std::collections::{BTreeMap, VecDeque};

use super::Graph;
use crate::unit::Why;

impl Graph {
    /// A unit and every unit that it depends on, directly or not, sorted.
    #[must_use]
    pub fn closure(&self, unit: usize) -> Vec<usize> {
        let mut all = self.nearest(unit);
        all.sort_unstable();
        all
    }

    /// The same, the nearest first.
    #[must_use]
    pub fn nearest(&self, unit: usize) -> Vec<usize> {
        let mut seen = vec![false; self.units.len()];
        let mut order = vec![unit];
        seen[unit] = true;
        let mut next = 0;
        while let Some(at) = order.get(next).copied() {
            next += 1;
            order.extend(self.edges[at].keys().copied().filter(|to| !std::mem::replace(&mut seen[*to], true)));
        }
        order
    }

    /// What a unit depends on directly, with what says so.
    pub fn edges(&self, unit: usize) -> impl Iterator<Item = (usize, &Why)> {
        self.edges[unit].iter().map(|(to, why)| (*to, why))
    }

    /// A shortest way from a unit to one that it depends on: each step's unit, with what says so. `None` where there is
    /// none.
    #[must_use]
    pub fn way(&self, from: usize, to: usize) -> Option<Vec<(usize, &Why)>> {
        let mut came: BTreeMap<usize, usize> = BTreeMap::from([(from, from)]);
        let mut open = VecDeque::from([from]);
        while let Some(at) = open.pop_front() {
            if at == to {
                break;
            }
            let next = self.edges[at].keys().filter(|next| !came.contains_key(next)).copied().collect::<Vec<_>>();
            came.extend(next.iter().map(|next| (*next, at)));
            open.extend(next);
        }
        let mut way = Vec::new();
        let mut at = to;
        while at != from {
            let before = *came.get(&at)?;
            way.push((at, self.edges[before].get(&at)?));
            at = before;
        }
        way.reverse();
        Some(way)
    }
}

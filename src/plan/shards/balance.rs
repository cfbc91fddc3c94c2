//! Weights spread over bins so that the fullest holds as little as can be.
//!
//! Heaviest first, each to the emptiest bin: at most `1 + 1/k - 1/(k * bins)` times the best possible, where the fullest bin
//! holds `k` weights (Coffman and Sethi, A generalized bound on LPT sequencing, 1976); so within 10 % is proven where the
//! fullest holds ten. Then weights are moved and exchanged as long as that helps, and then all arrangements are gone
//! through in the order of Korf's complete greedy algorithm, up to a limit: where that ends before the limit, or the
//! fullest bin equals the lower bound, the result is the best possible. Between those, 10 % is measured and not proven.

/// How many arrangements are looked at: some thousandths of a second.
const NODES: usize = 20_000;

/// How many times weights are moved or exchanged.
const ROUNDS: usize = 10_000;

/// Weights spread over bins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The bin of each weight, from 0.
    pub bins: Vec<usize>,
    /// What each bin holds.
    pub loads: Vec<u64>,
}

/// What the fullest bin holds at least, however the weights are spread.
#[must_use]
pub fn lower_bound(weights: &[u64], bins: usize) -> u64 {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let even = total.div_ceil(bins.max(1) as u128);
    let longest = weights.iter().copied().max().unwrap_or(0);
    u64::try_from(even).unwrap_or(u64::MAX).max(longest).max(pair(weights, bins))
}

/// Of one more weight than there are bins, two share one.
fn pair(weights: &[u64], bins: usize) -> u64 {
    let mut sorted = weights.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    match (sorted.get(bins.max(1) - 1), sorted.get(bins.max(1))) {
        (Some(last), Some(next)) => last.saturating_add(*next),
        _ => 0,
    }
}

/// Spreads weights over bins that hold something already. The same weights in the same order are always spread alike.
#[must_use]
pub fn balance(weights: &[u64], held: &[u64]) -> Balance {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(weights[*index]), *index));
    let mut spread = Balance { bins: vec![0; weights.len()], loads: held.to_vec() };
    if held.is_empty() {
        return spread;
    }
    for index in &order {
        let to = emptiest(&spread.loads);
        spread.bins[*index] = to;
        spread.loads[to] = spread.loads[to].saturating_add(weights[*index]);
    }
    improve(&mut spread, weights);
    let least = least(weights, held);
    if fullest(&spread.loads) > least {
        let mut search = Search { weights, order: &order, held, least, nodes: NODES, best: spread };
        let start = Balance { bins: vec![0; weights.len()], loads: held.to_vec() };
        search.go(start);
        spread = search.best;
    }
    spread
}

/// What the fullest bin holds at least.
fn least(weights: &[u64], held: &[u64]) -> u64 {
    let total: u128 = weights.iter().chain(held).map(|weight| u128::from(*weight)).sum();
    let even = u64::try_from(total.div_ceil(held.len() as u128)).unwrap_or(u64::MAX);
    let bound = even.max(fullest(held));
    if held.iter().all(|load| *load == 0) { bound.max(lower_bound(weights, held.len())) } else { bound }
}

fn fullest(loads: &[u64]) -> u64 {
    loads.iter().copied().max().unwrap_or(0)
}

fn emptiest(loads: &[u64]) -> usize {
    (0..loads.len()).min_by_key(|bin| (loads[*bin], *bin)).unwrap_or(0)
}

/// Moves one weight out of the fullest bin, or exchanges it for a lighter one, as long as the fuller of the two bins
/// becomes less full than the fullest.
fn improve(spread: &mut Balance, weights: &[u64]) {
    for _ in 0..ROUNDS {
        let full = (0..spread.loads.len()).max_by_key(|bin| (spread.loads[*bin], std::cmp::Reverse(*bin))).unwrap_or(0);
        let Some(exchange) = best_exchange(spread, weights, full) else { return };
        let (given, taken, to) = exchange;
        let back = taken.map_or(0, |taken| weights[taken]);
        spread.loads[full] = spread.loads[full] - weights[given] + back;
        spread.loads[to] = spread.loads[to] - back + weights[given];
        spread.bins[given] = to;
        if let Some(taken) = taken {
            spread.bins[taken] = full;
        }
    }
}

/// What to give away from the fullest bin, what to take for it, and where.
fn best_exchange(spread: &Balance, weights: &[u64], full: usize) -> Option<(usize, Option<usize>, usize)> {
    let mut best = (spread.loads[full], None);
    for given in (0..weights.len()).filter(|index| spread.bins[*index] == full) {
        let mut offer = |taken: Option<usize>, to: usize| {
            let back = taken.map_or(0, |taken| weights[taken]);
            if back >= weights[given] {
                return;
            }
            let fuller = (spread.loads[full] - weights[given] + back).max(spread.loads[to] - back + weights[given]);
            if fuller < best.0 {
                best = (fuller, Some((given, taken, to)));
            }
        };
        (0..spread.loads.len()).filter(|to| *to != full).for_each(|to| offer(None, to));
        let others = (0..weights.len()).filter(|index| spread.bins[*index] != full);
        others.for_each(|taken| offer(Some(taken), spread.bins[taken]));
    }
    best.1
}

/// Goes through arrangements, heaviest weight first, emptiest bin first, leaving out what can't be better than the best.
struct Search<'a> {
    weights: &'a [u64],
    order: &'a [usize],
    held: &'a [u64],
    least: u64,
    nodes: usize,
    best: Balance,
}

/// A choice that is still open: the place in the order, and the bins that are left to try.
struct Open {
    at: usize,
    left: Vec<usize>,
    taken: Option<usize>,
}

impl Search<'_> {
    fn go(&mut self, mut now: Balance) {
        let mut open = vec![self.open(0, &now)];
        while let Some(mut choice) = open.pop() {
            let Some(index) = self.order.get(choice.at).copied() else { continue };
            if let Some(bin) = choice.taken.take() {
                now.loads[bin] -= self.weights[index];
            }
            let Some(bin) = choice.left.pop() else { continue };
            self.nodes = self.nodes.saturating_sub(1);
            if self.nodes == 0 || fullest(&self.best.loads) <= self.least {
                return;
            }
            now.bins[index] = bin;
            now.loads[bin] = now.loads[bin].saturating_add(self.weights[index]);
            choice.taken = Some(bin);
            let at = choice.at + 1;
            open.push(choice);
            if at < self.order.len() {
                open.push(self.open(at, &now));
            } else if fullest(&now.loads) < fullest(&self.best.loads) {
                self.best = now.clone();
            }
        }
    }

    /// The bins worth trying for the weight at a place, the emptiest last; of equally full ones only the first.
    fn open(&self, at: usize, now: &Balance) -> Open {
        let weight = self.order.get(at).map_or(0, |index| self.weights[*index]);
        let fits = |bin: &usize| now.loads[*bin].saturating_add(weight) < fullest(&self.best.loads);
        let mut left: Vec<usize> = (0..self.held.len()).filter(fits).collect();
        left.sort_by_key(|bin| (now.loads[*bin], *bin));
        left.dedup_by_key(|bin| now.loads[*bin]);
        left.reverse();
        Open { at, left, taken: None }
    }
}

//! Strongly connected components of a graph.

/// The strongly connected components of nodes numbered from 0, each after all that it leads to: Tarjan, "Depth-first search
/// and linear graph algorithms" (1972), without recursion, so that no graph is too deep.
pub(super) fn components(to: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut search = Search {
        order: vec![usize::MAX; to.len()],
        lowest: vec![0; to.len()],
        waits: vec![false; to.len()],
        open: Vec::new(),
        next: 0,
        components: Vec::new(),
    };
    for start in 0..to.len() {
        search.from(to, start);
    }
    search.components
}

struct Search {
    /// When each node was met; the largest number where it was not.
    order: Vec<usize>,
    lowest: Vec<usize>,
    /// Whether a node's component is not yet complete.
    waits: Vec<bool>,
    open: Vec<usize>,
    next: usize,
    components: Vec<Vec<usize>>,
}

impl Search {
    fn from(&mut self, to: &[Vec<usize>], start: usize) {
        if self.order[start] != usize::MAX {
            return;
        }
        let mut way = vec![(start, 0)];
        self.meet(start);
        while let Some((at, edge)) = way.pop() {
            match to[at].get(edge).copied() {
                Some(next) => {
                    way.push((at, edge + 1));
                    way.extend(self.look(at, next).then_some((next, 0)));
                }
                None => self.leave(at, way.last().map(|(before, _)| *before)),
            }
        }
    }

    /// Whether a node that one leads to has to be followed: it was not met before.
    fn look(&mut self, at: usize, next: usize) -> bool {
        let is_new = self.order[next] == usize::MAX;
        if is_new {
            self.meet(next);
        } else if self.waits[next] {
            self.lowest[at] = self.lowest[at].min(self.order[next]);
        }
        is_new
    }

    fn leave(&mut self, at: usize, before: Option<usize>) {
        if let Some(before) = before {
            self.lowest[before] = self.lowest[before].min(self.lowest[at]);
        }
        if self.lowest[at] == self.order[at] {
            self.complete(at);
        }
    }

    fn meet(&mut self, node: usize) {
        (self.order[node], self.lowest[node], self.waits[node]) = (self.next, self.next, true);
        self.next += 1;
        self.open.push(node);
    }

    fn complete(&mut self, first: usize) {
        let start = self.open.iter().rposition(|node| *node == first).unwrap_or_default();
        let component = self.open.split_off(start);
        for node in &component {
            self.waits[*node] = false;
        }
        self.components.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_after_what_they_lead_to() {
        let sorted = |to: &[Vec<usize>]| {
            let mut all = components(to);
            for component in &mut all {
                component.sort_unstable();
            }
            all
        };
        assert_eq!(sorted(&[vec![1], vec![2], vec![]]), [vec![2], vec![1], vec![0]]);
        assert_eq!(sorted(&[vec![1], vec![0, 2], vec![2]]), [vec![2], vec![0, 1]]);
        assert_eq!(sorted(&[vec![1, 3], vec![2], vec![0], vec![]]), [vec![3], vec![0, 1, 2]]);
        let chain: Vec<Vec<usize>> = (0..100_000).map(|at| vec![(at + 1) % 100_000]).collect();
        assert_eq!(components(&chain).len(), 1);
    }
}

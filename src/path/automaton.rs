//! Many patterns matched at once, component by component.
//!
//! A non-deterministic automaton whose states are positions in the patterns: a set of positions says all about how the
//! components so far can go on.

use bstr::BStr;

use super::Pattern;
use super::segment::Segment;

/// Patterns, one after the other, each alternative followed by its end.
#[derive(Debug)]
pub(super) struct Automaton {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Match(Segment),
    End,
}

/// The steps that can come next, sorted; ends are not among them.
pub(super) type Positions = Vec<u32>;

/// Where a path has come to after a component.
pub(super) struct Reached {
    /// Whether a pattern matches exactly up to here.
    pub(super) end: bool,
    /// How it can go on.
    pub(super) open: Positions,
}

impl Automaton {
    pub(super) fn new(patterns: &[Pattern]) -> Self {
        let mut steps = Vec::new();
        for segments in patterns.iter().flat_map(Pattern::alternatives) {
            steps.extend(segments.iter().cloned().map(Step::Match));
            steps.push(Step::End);
        }
        Self { steps }
    }

    /// The automaton of `**`.
    pub(super) fn everything() -> Self {
        Self { steps: vec![Step::Match(Segment::AnyDepth), Step::Match(Segment::Any), Step::End] }
    }

    /// The positions before the first component.
    pub(super) fn start(&self) -> Positions {
        let mut reached = Reached { end: false, open: Vec::new() };
        for at in 0..self.steps.len() {
            if at == 0 || matches!(self.steps[at - 1], Step::End) {
                self.arrive(at, &mut reached);
            }
        }
        reached.sorted().open
    }

    /// The positions after a component.
    pub(super) fn step(&self, from: &[u32], name: &BStr) -> Reached {
        let mut reached = Reached { end: false, open: Vec::new() };
        for &at in from {
            match &self.steps[at as usize] {
                Step::Match(Segment::AnyDepth) => self.arrive(at as usize, &mut reached),
                Step::Match(segment) if segment.matches(name) => self.arrive(at as usize + 1, &mut reached),
                _ => {}
            }
        }
        reached.sorted()
    }

    /// Whether a pattern matches exactly one component more, of this name.
    pub(super) fn ends_with(&self, from: &[u32], name: &BStr) -> bool {
        from.iter().any(
            |&at| matches!(&self.steps[at as usize..], [Step::Match(segment), Step::End, ..] if segment.matches(name)),
        )
    }

    /// Whether every continuation matches, however deep. False says nothing: patterns together may match all too.
    pub(super) fn takes_all(&self, from: &[u32]) -> bool {
        from.iter().any(|&at| {
            let rest = &self.steps[at as usize..];
            matches!(rest, [Step::Match(Segment::AnyDepth), Step::Match(Segment::Any), Step::End, ..])
        })
    }

    /// Adds a position, and where it leads without a component: `**` may stand for nothing.
    fn arrive(&self, at: usize, reached: &mut Reached) {
        match self.steps.get(at) {
            Some(Step::End) | None => reached.end = true,
            Some(Step::Match(segment)) => {
                // There are at most as many steps as patterns have characters.
                reached.open.extend(u32::try_from(at));
                if matches!(segment, Segment::AnyDepth) {
                    self.arrive(at + 1, reached);
                }
            }
        }
    }
}

impl Reached {
    fn sorted(mut self) -> Self {
        self.open.sort_unstable();
        self.open.dedup();
        self
    }
}

//! What each package of a lock file takes from elsewhere, at whatever distance.
//!
//! The walk stops at members of the workspace: what they take is told of them.

use super::lock::Lock;
use crate::digest::{Digest, Hasher};

/// How many words of memory may be spent on which members are reached through packages from elsewhere.
const MOST_WORDS: usize = 1 << 22;

/// What the packages of a lock file take, each by its place there.
pub(super) struct Closures {
    /// A digest of all that a package takes, itself included; `None` where the lock doesn't tell.
    digests: Vec<Option<Digest>>,
    states: Vec<State>,
    /// For packages that lie in folders and that others than members depend on: which bit stands for each.
    bits: Vec<(u32, usize)>,
    words: usize,
    reached: Vec<u64>,
}

/// How far the walk has come with a package.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    Open,
    Done,
}

impl Closures {
    /// Follows every package, given which are members; why it can't, for people.
    pub(super) fn of(lock: &Lock, is_member: &[bool]) -> Result<Self, &'static str> {
        let count = lock.packages.len();
        let mut is_bit = vec![false; count];
        for (package, _) in lock.packages.iter().zip(is_member).filter(|(_, is_member)| !**is_member) {
            for &to in package.dependencies.iter().filter(|&&to| lock.packages[to as usize].is_path) {
                is_bit[to as usize] = true;
            }
        }
        let bits: Vec<(u32, usize)> =
            (0..).zip(is_bit).filter(|(_, is)| *is).map(|(place, _)| place).zip(0..).collect();
        let words = bits.len().div_ceil(64);
        if words.saturating_mul(count) > MOST_WORDS {
            return Err("leads from too many packages to too many folders");
        }
        let (digests, states, reached) = (vec![None; count], vec![State::Fresh; count], vec![0; words * count]);
        let mut closures = Self { digests, states, bits, words, reached };
        for start in (0..count).filter(|&place| !is_member[place]) {
            closures.visit(start, lock, is_member)?;
        }
        Ok(closures)
    }

    /// A digest of all that a member takes from elsewhere; `None` where the lock doesn't tell.
    pub(super) fn of_member(&self, lock: &Lock, member: u32, is_member: &[bool]) -> Option<Digest> {
        let package = &lock.packages[member as usize];
        let mut parts = Vec::new();
        for &to in package.dependencies.iter().filter(|&&to| !is_member[to as usize]) {
            parts.push(self.digests[to as usize]?);
        }
        (!package.is_torn).then(|| combined("unit-cargo-lock", None, parts))
    }

    /// The packages in folders that a member depends on, itself or through packages that aren't members.
    pub(super) fn reached(&self, lock: &Lock, member: u32) -> Vec<u32> {
        let direct = &lock.packages[member as usize].dependencies;
        let mut all: Vec<u32> = direct.iter().copied().filter(|&to| lock.packages[to as usize].is_path).collect();
        let mut bits = vec![0; self.words];
        for &to in direct {
            bits.iter_mut().zip(self.row(to)).for_each(|(bits, more)| *bits |= more);
        }
        all.extend(self.bits.iter().filter(|(_, bit)| bits[bit / 64] >> (bit % 64) & 1 == 1).map(|(place, _)| *place));
        all.sort_unstable();
        all.dedup();
        all
    }

    fn row(&self, place: u32) -> &[u64] {
        &self.reached[place as usize * self.words..][..self.words]
    }

    /// Visits a package and what it depends on, dependencies first, but for members. Cargo resolves no circle but through
    /// a member's tests.
    fn visit(&mut self, start: usize, lock: &Lock, is_member: &[bool]) -> Result<(), &'static str> {
        let mut stack = if self.states[start] == State::Fresh { vec![(start, 0)] } else { Vec::new() };
        while let Some((place, next)) = stack.pop() {
            self.states[place] = State::Open;
            let Some(&to) = lock.packages[place].dependencies.get(next) else {
                self.states[place] = State::Done;
                self.close(lock, place, is_member);
                continue;
            };
            stack.push((place, next + 1));
            let to = to as usize;
            match self.states[to] {
                State::Open => return Err("has packages that depend on each other in a circle"),
                State::Fresh if !is_member[to] => stack.push((to, 0)),
                _ => {}
            }
        }
        Ok(())
    }

    fn close(&mut self, lock: &Lock, place: usize, is_member: &[bool]) {
        let package = &lock.packages[place];
        let (mut parts, mut is_told) = (Vec::new(), !package.is_torn);
        for &to in &package.dependencies {
            let to = to as usize;
            if let Ok(at) = self.bits.binary_search_by_key(&to, |(place, _)| *place as usize) {
                self.reached[place * self.words + at / 64] |= 1 << (at % 64);
            }
            if is_member[to] {
                continue;
            }
            for word in 0..self.words {
                self.reached[place * self.words + word] |= self.reached[to * self.words + word];
            }
            match self.digests[to] {
                Some(digest) => parts.push(digest),
                None => is_told = false,
            }
        }
        self.digests[place] = is_told.then(|| combined("unit-cargo-closure", Some(&package.identity), parts));
    }
}

fn combined(kind: &str, identity: Option<&Digest>, mut parts: Vec<Digest>) -> Digest {
    parts.sort_unstable();
    let mut hasher = Hasher::new(kind, 1);
    if let Some(identity) = identity {
        hasher.field("package", identity.as_bytes());
    }
    for part in parts {
        hasher.field("dependency", part.as_bytes());
    }
    hasher.finish()
}

//! A digest of a multiset that elements can be added to and taken from, whatever their order.
//!
//! `LtHash` with 1,024 lanes of 16 bits over BLAKE3's extendable output: "Securing Update Propagation with Homomorphic
//! Hashing" (Lewi, Kim, Maykov, Weis; 2019) shows at least 200 bits of security for these parameters. It lets the digest
//! of what a check reads follow a change at the cost of the change alone.

use super::Digest;

const LANES: usize = 1024;

/// The sum of the elements of a multiset; equal for equal multisets only.
#[derive(Clone, PartialEq, Eq)]
pub struct Multiset(Box<[u16; LANES]>);

impl Default for Multiset {
    fn default() -> Self {
        Self(Box::new([0; LANES]))
    }
}

impl std::fmt::Debug for Multiset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Multiset({})", self.digest())
    }
}

impl Multiset {
    /// How many bytes [`Multiset::to_bytes`] gives.
    pub const BYTES: usize = LANES * 2;

    /// Adds an element, given by its digest.
    pub fn add(&mut self, element: &Digest) {
        for (lane, term) in self.0.iter_mut().zip(expand(element).iter()) {
            *lane = lane.wrapping_add(*term);
        }
    }

    /// Takes an element away that was added before.
    pub fn remove(&mut self, element: &Digest) {
        for (lane, term) in self.0.iter_mut().zip(expand(element).iter()) {
            *lane = lane.wrapping_sub(*term);
        }
    }

    /// Adds every element of another multiset.
    pub fn merge(&mut self, other: &Self) {
        for (lane, term) in self.0.iter_mut().zip(other.0.iter()) {
            *lane = lane.wrapping_add(*term);
        }
    }

    /// Takes every element of another multiset away.
    pub fn subtract(&mut self, other: &Self) {
        for (lane, term) in self.0.iter_mut().zip(other.0.iter()) {
            *lane = lane.wrapping_sub(*term);
        }
    }

    /// A short digest of the sum.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }

    /// The sum, for a memo on disk: 16-bit lanes, little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|lane| lane.to_le_bytes()).collect()
    }

    /// Reads back what [`Multiset::to_bytes`] gave; `None` if the length is another.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != Self::BYTES {
            return None;
        }
        let mut lanes = Box::new([0; LANES]);
        for (lane, pair) in lanes.iter_mut().zip(bytes.chunks_exact(2)) {
            *lane = u16::from_le_bytes([pair[0], pair[1]]);
        }
        Some(Self(lanes))
    }
}

fn expand(element: &Digest) -> [u16; LANES] {
    let mut bytes = [0; LANES * 2];
    blake3::Hasher::new().update(element.as_bytes()).finalize_xof().fill(&mut bytes);
    let mut lanes = [0; LANES];
    for (lane, pair) in lanes.iter_mut().zip(bytes.chunks_exact(2)) {
        *lane = u16::from_le_bytes([pair[0], pair[1]]);
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(elements: &[&str]) -> Multiset {
        let mut set = Multiset::default();
        for element in elements {
            set.add(&Digest::of(element.as_bytes()));
        }
        set
    }

    #[test]
    fn order_is_irrelevant_and_number_is_not() {
        assert_eq!(sum(&["a", "b", "c"]), sum(&["c", "a", "b"]));
        assert_ne!(sum(&["a"]), sum(&["a", "a"]));
        assert_ne!(sum(&["a"]), sum(&["b"]));
    }

    #[test]
    fn removing_undoes_adding() {
        let mut set = sum(&["a", "b"]);
        set.remove(&Digest::of(b"a"));
        assert_eq!(set, sum(&["b"]));
        set.merge(&sum(&["c", "d"]));
        set.subtract(&sum(&["d", "c"]));
        assert_eq!(set, sum(&["b"]));
        assert_eq!(Multiset::from_bytes(&set.to_bytes()), Some(set));
    }
}

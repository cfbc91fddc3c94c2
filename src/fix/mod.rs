//! Mends what checks find: trees to trees, and then back into the user's files, each only if it is as it was.
//!
//! Fixers are the commands of `[check.NAME] fix` and those of gate's own checks that can mend. They work on the candidate,
//! never on the user's files: one after another, each on the last one's tree, in a private checkout. What comes of it is a
//! set of files that differ between two trees. Only then are the user's files written, in an order that is harmless
//! wherever it ends: objects first, then the working tree, file by file, and the index last, at one stroke. Whoever ends in
//! between has some fixes in the working tree and none in the index, and the same command does the rest.

mod outcome;
mod fixers;
mod rounds;
mod blobs;
mod bench;
mod collect;
mod writer;
mod write_back;
mod restage;
mod patch;
mod line;

pub use line::fix;
pub use outcome::{Fixed, Left, Target};

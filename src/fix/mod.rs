//! Mends what checks find: trees to trees, and then back into the user's files, each only if it is as it was.

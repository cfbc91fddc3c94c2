//! Graphs of small trees.

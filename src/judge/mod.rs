//! The straight line: from what is asked to a verdict and its entry in the ledger.

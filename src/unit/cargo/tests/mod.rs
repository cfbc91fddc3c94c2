//! Trees in table form.

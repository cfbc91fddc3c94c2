//! Trees in table form.

mod real;

//! The program `gate`.

fn main() {}

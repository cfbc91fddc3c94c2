//! Names of steps and locks as names of files.

use std::fmt::Write;

/// A name that any file system takes, different for different texts: what is not a letter, a digit or one of `._-@+` is
/// written as `%` and two digits, and so is a dot at the start.
pub(crate) fn file_name(text: &str) -> String {
    let mut name = String::new();
    for (at, byte) in text.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"_-@+".contains(&byte) || (byte == b'.' && at > 0);
        if plain {
            name.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _infallible = write!(name, "%{byte:02x}");
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_a_path_would_read() {
        assert_eq!(file_name("a.b_c-1"), "a.b_c-1");
        assert_eq!(file_name("../x y%"), "%2e.%2fx%20y%25");
    }
}

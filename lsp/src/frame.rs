//! Frames of the protocol: a header that says how long the message is, and the message. It looks at no message, and asks for no
//! memory that a header only promises.

use std::io::{self, BufRead, Read};

/// The longest message that is read, in bytes: RTR files are far below.
const LENGTH_MAX: u64 = 256 << 20;

/// The longest line of a header, in bytes.
const HEADER_MAX: u64 = 4096;

/// The next message as bytes; none where the input ended.
///
/// # Errors
/// A header that is none (`InvalidData`): where the next one starts cannot be known. The input cannot be read.
pub(crate) fn read(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        input.by_ref().take(HEADER_MAX).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let line = line.strip_suffix(b"\r\n").ok_or_else(|| wrong("a header with its line ends", &line))?;
        if line.is_empty() {
            break;
        }
        let text = String::from_utf8_lossy(line);
        let (name, value) = text.split_once(':').ok_or_else(|| wrong("`Name: value` in a header", line))?;
        if name.eq_ignore_ascii_case("Content-Length") {
            let value = value.trim().parse().ok().filter(|value| *value <= LENGTH_MAX);
            length = Some(value.ok_or_else(|| wrong("a length of at most 256 MiB", line))?);
        }
    }
    let length: u64 = length.ok_or_else(|| wrong("`Content-Length` in a header", b""))?;
    let mut message = Vec::new();
    // Memory grows with what comes, not with what was promised.
    let read = input.by_ref().take(length).read_to_end(&mut message)?;
    Ok((read as u64 == length).then_some(message))
}

fn wrong(expected: &str, found: &[u8]) -> io::Error {
    let found: String = String::from_utf8_lossy(found).chars().take(60).collect();
    io::Error::new(io::ErrorKind::InvalidData, format!("expected {expected}, found `{}`", found.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_frame_is_as_long_as_its_header_says() {
        let mut input = &b"content-length: 2\r\nContent-Type: x\r\n\r\n{}Content-Length:3\r\n\r\nabcrest"[..];
        assert_eq!(read(&mut input).expect("a frame").as_deref(), Some(&b"{}"[..]));
        assert_eq!(read(&mut input).expect("a frame").as_deref(), Some(&b"abc"[..]));
        assert_eq!(input, b"rest");
    }

    #[test]
    fn an_input_that_ends_is_no_fault() {
        for mut input in [&b""[..], b"Content-Length: 9\r\n\r\n{}", b"Content-Length: 9\r\n"] {
            assert_eq!(read(&mut input).expect("the end"), None);
        }
    }

    #[test]
    fn a_header_that_is_none_is_said() {
        let long = format!("X: {}\r\n\r\n", "x".repeat(5000));
        for (mut input, words) in [
            (&b"\r\n{}"[..], "expected `Content-Length` in a header, found ``"),
            (b"Content-Length: -5\r\n\r\n{}", "expected a length of at most 256 MiB, found `Content-Length: -5`"),
            (b"Content-Length: 99999999999999\r\n\r\n", "found `Content-Length: 99999999999999`"),
            (b"hello\r\n", "expected `Name: value` in a header, found `hello`"),
            (b"Content-Length: 5\n\n", "expected a header with its line ends, found `Content-Length: 5\\n`"),
            (long.as_bytes(), "expected a header with its line ends, found `X: xxx"),
        ] {
            let fault = read(&mut input).expect_err("no header").to_string();
            assert!(fault.contains(words), "{fault}");
        }
    }
}

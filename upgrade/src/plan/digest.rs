//! The hash of a plan's content. It is over the values in their order, each with its kind and length, so that two plans have
//! the same bytes only if they are the same; names of fields stand where they are not the same in every plan. Nothing is
//! written anywhere: a plan of a large fleet would not want to be in memory twice.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize};
use sha2::{Digest, Sha256};

/// How many bytes are hashed at once.
const PIECE: usize = 16 * 1024;

/// SHA-256 over a value, in hexadecimal; empty for a value that cannot be hashed, which no plan has.
pub(super) fn digest(value: &impl Serialize) -> String {
    let mut writer = Writer { piece: Vec::with_capacity(2 * PIECE), hash: Sha256::new() };
    match value.serialize(&mut writer) {
        Ok(()) => writer.finish().iter().map(|byte| format!("{byte:02x}")).collect(),
        Err(_) => String::new(),
    }
}

struct Writer {
    piece: Vec<u8>,
    hash: Sha256,
}

/// What stands before a value.
#[repr(u8)]
#[derive(Clone, Copy)]
enum Kind {
    Absent,
    Present,
    Unit,
    Bool,
    Signed,
    Unsigned,
    Float,
    Text,
    Bytes,
    Variant,
    Sequence,
    Map,
    Structure,
    Skipped,
    End,
}

/// What a value says that cannot be hashed.
#[derive(Debug)]
struct Refused(String);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl Writer {
    fn finish(mut self) -> [u8; 32] {
        self.hash.update(&self.piece);
        self.hash.finalize().into()
    }

    #[inline]
    fn kind(&mut self, kind: Kind) {
        if self.piece.len() >= PIECE {
            self.hash.update(&self.piece);
            self.piece.clear();
        }
        self.piece.push(kind as u8);
    }

    fn fixed<const N: usize>(&mut self, kind: Kind, bytes: [u8; N]) {
        self.kind(kind);
        self.piece.extend_from_slice(&bytes);
    }

    /// Text or bytes behind their length, which takes seven bits a byte, the lowest first, and 128 says that there are more.
    fn sized(&mut self, kind: Kind, bytes: &[u8]) {
        self.kind(kind);
        let mut length = bytes.len();
        while length >= 128 {
            self.piece.push((length & 127) as u8 | 128);
            length >>= 7;
        }
        self.piece.push(length as u8);
        self.piece.extend_from_slice(bytes);
    }
}

/// Numbers of all sizes, each as the largest of its kind.
macro_rules! numbers {
    ($($name:ident $from:ty => $kind:ident $to:ty),+) => {
        $(fn $name(self, value: $from) -> Result<(), Refused> {
            self.fixed(Kind::$kind, <$to>::from(value).to_le_bytes());
            Ok(())
        })+
    };
}

impl ser::Serializer for &mut Writer {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers! {
        serialize_i8 i8 => Signed i64, serialize_i16 i16 => Signed i64, serialize_i32 i32 => Signed i64,
        serialize_i64 i64 => Signed i64, serialize_u8 u8 => Unsigned u64, serialize_u16 u16 => Unsigned u64,
        serialize_u32 u32 => Unsigned u64, serialize_u64 u64 => Unsigned u64, serialize_f32 f32 => Float f64,
        serialize_f64 f64 => Float f64
    }

    fn serialize_bool(self, value: bool) -> Result<(), Refused> {
        self.fixed(Kind::Bool, [u8::from(value)]);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Refused> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Refused> {
        self.sized(Kind::Text, value.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Refused> {
        self.sized(Kind::Bytes, value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Refused> {
        self.kind(Kind::Absent);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        self.kind(Kind::Present);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Refused> {
        self.kind(Kind::Unit);
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Refused> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Refused> {
        self.sized(Kind::Variant, variant.as_bytes());
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        self.sized(Kind::Variant, variant.as_bytes());
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Refused> {
        self.kind(Kind::Sequence);
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Refused> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Refused> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self, Refused> {
        self.sized(Kind::Variant, variant.as_bytes());
        self.serialize_seq(None)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Refused> {
        self.kind(Kind::Map);
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Refused> {
        self.kind(Kind::Structure);
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        fields: usize,
    ) -> Result<Self, Refused> {
        self.sized(Kind::Variant, variant.as_bytes());
        self.serialize_struct(name, fields)
    }
}

/// Elements one behind the other, with an end.
macro_rules! elements {
    ($($of:ident $method:ident),+) => {
        $(impl ser::$of for &mut Writer {
            type Ok = ();
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Refused> {
                self.kind(Kind::End);
                Ok(())
            }
        })+
    };
}

elements!(
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
);

impl ser::SerializeMap for &mut Writer {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Refused> {
        self.kind(Kind::End);
        Ok(())
    }
}

/// Fields without their names: which they are, and in which order, is the same in every plan. One that is left out is said.
macro_rules! fields {
    ($($of:ident),+) => {
        $(impl ser::$of for &mut Writer {
            type Ok = ();
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), Refused> {
                value.serialize(&mut **self)
            }

            fn skip_field(&mut self, _: &'static str) -> Result<(), Refused> {
                self.kind(Kind::Skipped);
                Ok(())
            }

            fn end(self) -> Result<(), Refused> {
                self.kind(Kind::End);
                Ok(())
            }
        })+
    };
}

fields!(SerializeStruct, SerializeStructVariant);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::Serialize;
    use serde_json::{Value, json};
    use sha2::{Digest, Sha256};

    use super::{PIECE, digest};

    #[derive(Serialize)]
    struct Sometimes {
        #[serde(skip_serializing_if = "Option::is_none")]
        one: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        other: Option<u8>,
    }

    #[derive(Serialize)]
    enum Either {
        One { of: u8 },
        Other { of: u8 },
    }

    #[test]
    fn the_bytes_are_kind_length_and_content() {
        let expected: Vec<u8> = [&[10, 7, 2, b'a', b'b'][..], &[5, 1, 2, 0, 0, 0, 0, 0, 0], &[0, 14]].concat();
        assert_eq!(digest(&("ab", 513_u64, None::<u8>)), hex(&expected));
    }

    #[test]
    fn lengths_take_seven_bits_a_byte() {
        for (length, bytes) in [(127, vec![127]), (128, vec![128, 1]), (16_384, vec![128, 128, 1])] {
            let text = "x".repeat(length);
            let expected = [&[7][..], &bytes, text.as_bytes()].concat();
            assert_eq!(digest(&text), hex(&expected), "{length}");
        }
    }

    fn hex(bytes: &[u8]) -> String {
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn what_differs_has_another_hash() {
        let values: [Value; 16] = [
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(-1),
            json!(0.5),
            json!(""),
            json!("0"),
            json!([]),
            json!({}),
            json!(["ab", "c"]),
            json!(["a", "bc"]),
            json!([["a"], "b"]),
            json!([["a", "b"]]),
            json!({"a": "b"}),
        ];
        let mut hashes: BTreeSet<String> = values.iter().map(digest).collect();
        hashes.insert(digest(&Sometimes { one: Some(1), other: None }));
        hashes.insert(digest(&Sometimes { one: None, other: Some(1) }));
        hashes.insert(digest(&Either::One { of: 1 }));
        hashes.insert(digest(&Either::Other { of: 1 }));
        assert_eq!(hashes.len(), values.len() + 4);
    }

    #[test]
    fn what_is_larger_than_a_piece_is_hashed_whole() {
        let text = "x".repeat(5 * PIECE);
        let texts: Vec<&str> = (0..100).map(|at| &text[at..]).collect();
        let mut changed = texts.clone();
        changed[50] = &text[49..];
        assert_eq!(digest(&texts), digest(&texts.clone()));
        assert_ne!(digest(&texts), digest(&changed));
    }
}

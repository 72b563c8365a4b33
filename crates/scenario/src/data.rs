//! Values as expressions see them: JSON, shared and read-only, so that handing one on costs no copy.
//!
//! Whole numbers are 64-bit; one that does not fit, or is written with a fraction or an exponent, is a double. `null` is
//! `()`. Keys of maps are kept in alphabetical order.

use crate::expression::value::{list, map};
use rhai::{Array, Dynamic, Map};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::fmt;

#[cfg(test)]
mod tests;

/// Marks every list and map of a value as shared and read-only: clones cost nothing, and no script can change what
/// another step or run sees.
pub fn share(value: Dynamic) -> Dynamic {
    if value.is_shared() {
        return value;
    }
    if value.is_map() {
        return map(value.cast::<Map>().into_iter().map(|(key, item)| (key, share(item))).collect());
    }
    if value.is_array() {
        return list(value.cast::<Array>().into_iter().map(share).collect());
    }
    value
}

/// The value of a JSON text, shared and read-only.
pub fn parse(text: &[u8]) -> Result<Dynamic, serde_json::Error> {
    serde_json::from_slice::<Shared>(text).map(|value| value.0)
}

/// The value of a JSON value, shared and read-only.
pub fn of(json: &serde_json::Value) -> Dynamic {
    Shared::deserialize(json).map_or(Dynamic::UNIT, |value| value.0)
}

/// The JSON text of a value. What JSON cannot say (a function, infinity) is written as null.
pub fn to_text(value: &Dynamic) -> Vec<u8> {
    serde_json::to_vec(&Json(value)).unwrap_or_else(|_| b"null".to_vec())
}

/// The JSON value of a value.
pub fn to_json(value: &Dynamic) -> serde_json::Value {
    serde_json::to_value(Json(value)).unwrap_or_default()
}

/// A value as serde writes it.
pub(crate) struct Json<'a>(pub(crate) &'a Dynamic);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = self.0;
        if let Ok(text) = value.as_immutable_string_ref() {
            serializer.serialize_str(&text)
        } else if let Ok(whole) = value.as_int() {
            serializer.serialize_i64(whole)
        } else if let Ok(map) = value.as_map_ref() {
            serializer.collect_map(map.iter().map(|(key, item)| (key.as_str(), Json(item))))
        } else if let Ok(items) = value.as_array_ref() {
            serializer.collect_seq(items.iter().map(Json))
        } else if let Ok(holds) = value.as_bool() {
            serializer.serialize_bool(holds)
        } else if let Ok(number) = value.as_float() {
            serializer.serialize_f64(number)
        } else if let Ok(character) = value.as_char() {
            serializer.serialize_char(character)
        } else {
            serializer.serialize_unit()
        }
    }
}

/// Builds shared lists and maps while reading, so that no second walk over the value is needed.
struct Shared(Dynamic);

impl<'de> Deserialize<'de> for Shared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Builder)
    }
}

struct Builder;

impl<'de> Visitor<'de> for Builder {
    type Value = Shared;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Shared, E> {
        Ok(Shared(Dynamic::UNIT))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Shared, E> {
        Ok(Shared(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Shared, E> {
        Ok(Shared(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Shared, E> {
        Ok(Shared(i64::try_from(value).map_or_else(|_| Dynamic::from_float(value as f64), Dynamic::from_int)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Shared, E> {
        Ok(Shared(Dynamic::from_float(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Shared, E> {
        Ok(Shared(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shared, A::Error> {
        let mut built = Array::new();
        while let Some(Shared(item)) = items.next_element()? {
            built.push(item);
        }
        Ok(Shared(list(built)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Shared, A::Error> {
        let mut built = Map::new();
        while let Some(Key(key)) = entries.next_key()? {
            let Shared(value) = entries.next_value()?;
            built.insert(key, value);
        }
        Ok(Shared(map(built)))
    }
}

/// A map's key, which short as it mostly is needs no allocation.
struct Key(rhai::Identifier);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Key, E> {
                Ok(Key(value.into()))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

//! Values as expressions see them: JSON, shared and read-only, so that handing one on costs no copy.

use rhai::{Dynamic, Map};

/// Marks every list and map of a value as shared and read-only: clones cost nothing, and no script can change what
/// another step or run sees.
pub fn share(value: Dynamic) -> Dynamic {
    if value.is_shared() {
        return value;
    }
    if value.is_map() {
        let map: Map = value.cast::<Map>().into_iter().map(|(key, item)| (key, share(item))).collect();
        return Dynamic::from_map(map).into_read_only().into_shared();
    }
    if value.is_array() {
        let list: rhai::Array = value.cast::<rhai::Array>().into_iter().map(share).collect();
        return Dynamic::from_array(list).into_read_only().into_shared();
    }
    value
}

/// The value of a JSON text, shared and read-only.
pub fn parse(text: &[u8]) -> Result<Dynamic, serde_json::Error> {
    serde_json::from_slice::<Dynamic>(text).map(share)
}

/// The value of a JSON value, shared and read-only.
pub fn of(json: &serde_json::Value) -> Dynamic {
    rhai::serde::to_dynamic(json).map_or(Dynamic::UNIT, share)
}

/// The JSON text of a value. What JSON cannot say (a function, infinity) is written as null.
pub fn to_text(value: &Dynamic) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_else(|_| b"null".to_vec())
}

/// The JSON value of a value.
pub fn to_json(value: &Dynamic) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

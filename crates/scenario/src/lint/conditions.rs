//! What is known of a condition without running it.

use crate::text::{Node, Value};

/// The value of a condition that is written as one.
pub(super) fn constant(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Bool(holds) => Some(*holds),
        Value::Text(text) => {
            let text = text.trim();
            let bare = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}")).unwrap_or(text);
            match bare.trim() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            }
        }
        _ => None,
    }
}

//! Any text as a scenario: checked, linted and formatted. What is formatted says the same as before, and formatting it
//! again changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scenario::catalog::{Catalog, Effect, ModuleSpec};
use std::sync::LazyLock;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    Catalog::new([ModuleSpec {
        name: "http.request".to_owned(),
        summary: String::new(),
        description: String::new(),
        parameters: serde_json::json!({
            "type": "object",
            "properties": {
                "url": { "type": "string" },
                "method": { "enum": ["GET", "POST"] },
                "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                "json": true,
                "timeout": { "type": ["integer", "null"], "minimum": 1 },
            },
            "required": ["url"],
            "additionalProperties": false,
        }),
        example: serde_json::json!({}),
        sample: serde_json::json!({}),
        connections: Vec::new(),
        needs_connection: false,
        effect: Effect::Outside,
        url_parameter: Some("url".to_owned()),
        retry_pauses: Vec::new(),
    }])
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (plan, findings) = scenario::check(text, &CATALOG);
    assert_eq!(plan.is_none(), findings.iter().any(|finding| finding.is_error()));
    for finding in &findings {
        assert!(finding.place.line >= 1 && finding.place.column >= 1, "{finding:?}");
    }
    let Ok(formatted) = scenario::format::format(text) else { return };
    let again = scenario::format::format(&formatted);
    assert_eq!(again.as_deref().ok(), Some(formatted.as_str()), "formatting is not stable: {text:?}");
    let (kept, _) = scenario::check(&formatted, &CATALOG);
    assert_eq!(plan.is_some(), kept.is_some(), "formatting changes the scenario: {text:?}\n{formatted:?}");
});

//! CloudEvents 1.0: what an event is, by whom it was sent and as what, and the question that senders ask before they send
//! (HTTP Protocol Binding; HTTP 1.1 Web Hooks for Event Delivery, §4).

use super::headers;
use super::verify::facts;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::borrow::Cow;

/// What is longer is known by its digest, in bytes: it is kept with the run and with the request, and is looked for.
const LONGEST: usize = 1_024;

/// What an event says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `type`: what happened.
    pub kind: String,
    /// `source` and `id`, which together are the same for repeats of an event alone, with a space between them.
    pub id: String,
}

impl Event {
    /// The event of a request: in binary mode by its `ce-` headers, in structured mode by its body. None: it is no event, or
    /// one that lacks what every event has.
    pub fn of(fields: &[(&str, &[u8])], body: &Value) -> Option<Self> {
        Self::binary(fields).or_else(|| Self::structured(body))
    }

    /// An event as JSON: the body of a request, or an item of a batch.
    pub fn structured(event: &Value) -> Option<Self> {
        let attribute = |name: &str| event.get(name)?.as_str().filter(|text| !text.is_empty());
        attribute("specversion")?;
        Some(Self::new(attribute("type")?, attribute("source")?, attribute("id")?))
    }

    fn binary(fields: &[(&str, &[u8])]) -> Option<Self> {
        let attribute = |name: &str| header(fields, name).map(|value| decoded(&value)).filter(|text| !text.is_empty());
        attribute("ce-specversion")?;
        Some(Self::new(&attribute("ce-type")?, &attribute("ce-source")?, &attribute("ce-id")?))
    }

    fn new(kind: &str, source: &str, id: &str) -> Self {
        Self { kind: facts::bounded(kind.to_owned(), LONGEST), id: facts::bounded(format!("{source} {id}"), LONGEST) }
    }
}

/// A sender asks whether it may send here (`OPTIONS`): the headers that say yes, at any rate. None: nobody asks.
pub fn permission(fields: &[(&str, &[u8])]) -> Option<Vec<(&'static str, Cow<'static, str>)>> {
    let origin = header(fields, "webhook-request-origin")?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-:/_[]".contains(&byte);
    let allowed =
        if !origin.is_empty() && origin.bytes().all(is_name) { Cow::Owned(origin.into_owned()) } else { "*".into() };
    let mut told = vec![("webhook-allowed-origin", allowed)];
    if header(fields, "webhook-request-rate").is_some() {
        told.push(("webhook-allowed-rate", "*".into()));
    }
    Some(told)
}

/// Attributes are percent-encoded in headers (HTTP Protocol Binding, §3.1.3.2).
fn decoded(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

fn header<'r>(fields: &[(&str, &'r [u8])], name: &str) -> Option<Cow<'r, str>> {
    let found = fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name));
    found.map(|(_, value)| headers::text(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(kind: &str, id: &str) -> Option<Event> {
        Some(Event { kind: kind.to_owned(), id: id.to_owned() })
    }

    #[test]
    fn events_in_binary_mode() {
        let fields: [(&str, &[u8]); 4] = [
            ("CE-SpecVersion", b"1.0"),
            ("ce-type", b"com.example.order.paid"),
            ("ce-source", b"/shop/%E4%B8%AD"),
            ("ce-id", b"A 1"),
        ];
        assert_eq!(Event::of(&fields, &json!({"x": 1})), event("com.example.order.paid", "/shop/中 A 1"));
        for missing in 0..4 {
            let rest: Vec<_> =
                fields.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, field)| *field).collect();
            assert_eq!(Event::of(&rest, &Value::Null), None, "{missing}");
        }
    }

    #[test]
    fn events_in_structured_mode() {
        let body = json!({"specversion": "1.0", "type": "t", "source": "/s", "id": "7", "data": {"a": 1}});
        assert_eq!(Event::of(&[("content-type", b"application/cloudevents+json")], &body), event("t", "/s 7"));
        for name in ["specversion", "type", "source", "id"] {
            for wrong in [None, Some(json!(7)), Some(json!(""))] {
                let mut body = body.clone();
                match wrong {
                    Some(wrong) => body[name] = wrong,
                    None => drop(body.as_object_mut().unwrap().remove(name)),
                }
                assert_eq!(Event::structured(&body), None, "{body}");
            }
        }
        assert_eq!(Event::structured(&json!([body])), None, "a batch is no event, its items are");
    }

    #[test]
    fn what_is_very_long_is_known_by_its_digest() {
        let long = |letter: &str| letter.repeat(1 << 20);
        let told = |kind: &str, id: &str| {
            Event::structured(&json!({"specversion": "1.0", "type": kind, "source": "/s", "id": id})).unwrap()
        };
        let (first, second) = (told(&long("t"), &long("a")), told("t", &long("b")));
        assert_eq!((first.kind.len(), first.id.len()), (64, 64));
        assert_eq!((second.kind.as_str(), second.id.len()), ("t", 64));
        assert_ne!(first.id, second.id);
        assert_eq!(first, told(&long("t"), &long("a")));
    }

    #[test]
    fn senders_that_ask_may_send() {
        let ask = |fields: &[(&str, &[u8])]| {
            permission(fields)
                .map(|told| told.iter().map(|(name, value)| format!("{name}: {value}\n")).collect::<String>())
        };
        assert_eq!(ask(&[]), None);
        let origin: (&str, &[u8]) = ("WebHook-Request-Origin", b"eventgrid.example.net");
        assert_eq!(ask(&[origin]).unwrap(), "webhook-allowed-origin: eventgrid.example.net\n");
        let told = ask(&[origin, ("webhook-request-rate", b"120")]).unwrap();
        assert_eq!(told, "webhook-allowed-origin: eventgrid.example.net\nwebhook-allowed-rate: *\n");
        assert_eq!(ask(&[("webhook-request-origin", b"<script> x")]).unwrap(), "webhook-allowed-origin: *\n");
    }
}

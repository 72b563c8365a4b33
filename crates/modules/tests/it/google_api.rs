//! A stand-in of the Sheets API that keeps rows, and all the trouble that the real one makes: tokens that end, quotas,
//! failures of its own, and answers that are cut off after the rows were written.

use crate::google_sheets::{PRIVATE, claims, connect};
use crate::server::{Reply, Seen, Server, raw, reply};
use run::call::Module;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// How often what goes wrong.
#[derive(Clone, Copy, Default)]
pub(crate) struct Trouble {
    /// A token is good for so many requests; 0: for all.
    pub(crate) token_lasts: u64,
    /// Of so many requests, one is over the quota.
    pub(crate) quota: u64,
    /// Of so many requests, one fails with 503 before anything is done.
    pub(crate) failures: u64,
    /// Of so many appends, one is performed and its answer cut off.
    pub(crate) cuts: u64,
    /// A call with this text is refused, as one with a cell that is too long is.
    pub(crate) refuses: Option<&'static str>,
}

/// One spreadsheet with one sheet, `Log`.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(crate) rows: Vec<Vec<Value>>,
    pub(crate) appends: u64,
    requests: u64,
    granted: u64,
    /// Requests that the newest token was good for so far.
    used: u64,
    /// Whether the key of the account was taken back.
    pub(crate) revoked: bool,
}

/// The API, running.
pub(crate) struct Api {
    pub(crate) sheet: Arc<Mutex<Sheet>>,
    pub(crate) server: Server,
    pub(crate) modules: Vec<Arc<dyn Module>>,
}

impl Api {
    pub(crate) async fn start(first_row: Value, trouble: Trouble) -> Self {
        let first_row: Vec<Value> = serde_json::from_value(first_row).unwrap();
        let rows = if first_row.is_empty() { Vec::new() } else { vec![first_row] };
        let sheet = Arc::new(Mutex::new(Sheet { rows, ..Sheet::default() }));
        let answering = Arc::clone(&sheet);
        let server = Server::start(move |seen| answering.lock().unwrap().answer(seen, trouble)).await;
        let modules = connect(&server, PRIVATE);
        Self { sheet, server, modules }
    }

    pub(crate) fn rows(&self) -> Vec<Vec<Value>> {
        self.sheet.lock().unwrap().rows.clone()
    }
}

fn refuse(status: u16, message: &str) -> Reply {
    let body = json!({ "error": { "code": status, "message": message } });
    reply(status, &[("retry-after", "1")], body.to_string())
}

fn answer(body: &Value) -> Reply {
    reply(200, &[("content-type", "application/json")], body.to_string())
}

impl Sheet {
    fn answer(&mut self, seen: &Seen, trouble: Trouble) -> Reply {
        if seen.target == "/token" {
            return self.grant(seen);
        }
        self.requests += 1;
        let is_late = trouble.token_lasts > 0 && self.used >= trouble.token_lasts;
        if is_late || seen.header("authorization") != format!("Bearer token-{}", self.granted) {
            return refuse(401, "Request had invalid authentication credentials.");
        }
        self.used += 1;
        let is_one_of = |often: u64| often > 0 && self.requests.is_multiple_of(often);
        if is_one_of(trouble.quota) {
            return refuse(429, "Quota exceeded for quota metric 'Write requests'");
        }
        if is_one_of(trouble.failures) {
            return refuse(503, "The service is currently unavailable.");
        }
        let (path, _) = seen.target.split_once('?').unwrap();
        let range = path.strip_prefix("/v4/spreadsheets/id-1/values/'Log'!").unwrap_or_else(|| panic!("{path}"));
        match seen.method.as_str() {
            "GET" => self.get(range),
            "PUT" => self.put(range, &seen.json()),
            _ => self.append(range, seen, trouble),
        }
    }

    fn grant(&mut self, seen: &Seen) -> Reply {
        if self.revoked || claims(seen).is_err() {
            return reply(400, &[], r#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#);
        }
        self.granted += 1;
        self.used = 0;
        let token = format!("token-{}", self.granted);
        answer(&json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" }))
    }

    /// `1:1` or one column.
    fn get(&self, range: &str) -> Reply {
        let rows: Vec<Vec<Value>> = match range.split_once(':') {
            Some(("1", "1")) => self.rows.iter().take(1).cloned().collect(),
            Some((first, last)) if first == last && first.len() == 1 => {
                let place = usize::from(first.as_bytes()[0] - b'A');
                self.rows.iter().map(|cells| cells.get(place).cloned().into_iter().collect()).collect()
            }
            _ => return refuse(400, "Unable to parse range"),
        };
        let (first, last) = range.split_once(':').unwrap();
        let range = if first == "1" { "Log!A1:Z1".to_owned() } else { format!("Log!{first}1:{last}{}", rows.len()) };
        answer(&json!({ "range": range, "majorDimension": "ROWS", "values": rows }))
    }

    /// Cells of the first row, from one on.
    fn put(&mut self, range: &str, body: &Value) -> Reply {
        let place = usize::from(range.as_bytes()[0] - b'A');
        assert_eq!((&range[1..], &body["majorDimension"]), ("1", &json!("ROWS")));
        let new: Vec<Value> = serde_json::from_value(body["values"][0].clone()).unwrap();
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        self.rows[0].resize(place, json!(""));
        self.rows[0].extend(new);
        answer(&json!({ "updatedRange": format!("Log!{range}"), "updatedRows": 1, "updatedCells": 1 }))
    }

    fn append(&mut self, range: &str, seen: &Seen, trouble: Trouble) -> Reply {
        assert_eq!((seen.method.as_str(), range), ("POST", "A1:append"));
        let new: Vec<Vec<Value>> = serde_json::from_value(seen.json()["values"].clone()).unwrap();
        if trouble.refuses.is_some_and(|text| seen.text().contains(text)) {
            return refuse(400, "Your input contains more than the maximum of 50000 characters in a single cell.");
        }
        self.appends += 1;
        let width = u8::try_from(new.iter().map(Vec::len).max().unwrap()).unwrap();
        let (first, last) = (self.rows.len() + 1, self.rows.len() + new.len());
        let range = format!("Log!A{first}:{}{last}", char::from(b'A' + width - 1));
        let updates = json!({ "spreadsheetId": "id-1", "updatedRange": range, "updatedRows": new.len() });
        self.rows.extend(new);
        let body = json!({ "spreadsheetId": "id-1", "tableRange": "Log!A1:C1", "updates": updates });
        if trouble.cuts > 0 && self.appends.is_multiple_of(trouble.cuts) {
            return raw(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{\"spreadsheetId\":",
            );
        }
        answer(&body)
    }
}

//! Google Sheets, as far as a test needs it: gives tokens, and keeps the rows that are appended, each in cells of its own.

use super::stand_in::{Asked, StandIn, Told};
use crate::binary::root;
use serde_json::{Value, json};
use std::fs;
use std::sync::{Arc, Condvar, Mutex};

#[derive(Default)]
struct State {
    rows: Vec<Value>,
    /// Rows that begin with this text have to wait.
    held: Option<&'static str>,
}

/// A service with sheets, and what a connection needs to get there.
pub(super) struct Sheets {
    service: StandIn,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Sheets {
    pub(super) fn start() -> Self {
        let state: Arc<(Mutex<State>, Condvar)> = Arc::default();
        let kept = Arc::clone(&state);
        Self { service: StandIn::start(move |asked| answer(asked, &kept)), state }
    }

    /// The connection, and the file that it names.
    pub(super) fn connection(&self) -> (String, String) {
        let key = root().join("crates/modules/testdata/test-only-service-account-key.pem");
        let account = json!({
            "type": "service_account",
            "client_email": "robot@project.iam.gserviceaccount.com",
            "private_key_id": "key-1",
            "private_key": fs::read_to_string(key).unwrap(),
            "token_uri": self.service.url("/token"),
        });
        let connection = format!(
            "{{ type: google, endpoint: \"{}\", service_account: {{ file: key.json }} }}",
            self.service.url("")
        );
        (connection, account.to_string())
    }

    pub(super) fn rows(&self) -> Vec<Value> {
        self.state.0.lock().unwrap().rows.clone()
    }

    /// Has rows wait that begin with this text; nothing: lets all come.
    pub(super) fn hold(&self, first: Option<&'static str>) {
        self.state.0.lock().unwrap().held = first;
        self.state.1.notify_all();
    }
}

fn answer(asked: &Asked, (state, changed): &(Mutex<State>, Condvar)) -> Told {
    if asked.target == "/token" {
        return (200, json!({ "access_token": "t1", "expires_in": 3599, "token_type": "Bearer" }).to_string());
    }
    assert_eq!((asked.method.as_str(), asked.header("authorization")), ("POST", "Bearer t1"), "{asked:?}");
    let new = asked.json()["values"][0].clone();
    let mut state =
        changed.wait_while(state.lock().unwrap(), |state| state.held.is_some_and(|held| new[0] == held)).unwrap();
    state.rows.push(new);
    let range = format!("Sheet!A{0}:Z{0}", state.rows.len());
    let updates = json!({ "spreadsheetId": "s", "updatedRange": range, "updatedRows": 1, "updatedCells": 1 });
    (200, json!({ "spreadsheetId": "s", "updates": updates }).to_string())
}

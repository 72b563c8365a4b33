//! The log: one event is one line, and nothing that stands in it moves a terminal's cursor, whoever it came from (CWE-117).
//! The library escapes its messages alone, and not the fields beside them.

use std::fmt::{self, Write as _};
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::debug_fn;
use tracing_subscriber::fmt::{MakeWriter, format::Writer};

/// Whether levels have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    /// They have: a terminal shows them.
    Shown,
    /// They have none.
    None,
}

/// What writes events to this writer, one a line.
pub(crate) fn to<W>(writer: W, filter: EnvFilter, colours: Colours) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let fields = debug_fn(|writer, field, value| match field.name() {
        "message" => write!(Plain(writer), "{value:?}"),
        // Those of the `log` crate's events stand in the line already.
        name if name.starts_with("log.") => Ok(()),
        name => write!(Plain(writer), "{name}={value:?}"),
    });
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours == Colours::Shown);
    // Said on the standard error, which may be what cannot be written: that ends the thread that had something to say.
    let log = log.log_internal_errors(false);
    log.fmt_fields(fields.delimited(" ")).with_writer(writer).finish()
}

/// Writes control characters, and those that change lines or directions, as escapes.
struct Plain<'a, 'w>(&'a mut Writer<'w>);

impl fmt::Write for Plain<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            match character {
                '\n' | '\r' | '\t' => write!(self.0, "{}", character.escape_default())?,
                _ if character.is_control() || is_invisible(character) => {
                    write!(self.0, "{}", character.escape_unicode())?;
                }
                _ => self.0.write_char(character)?,
            }
        }
        Ok(())
    }
}

/// Separators of lines and paragraphs, and marks that turn the direction of a text (Unicode TR 9).
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};

    /// What was written so far.
    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What these events write.
    fn written(colours: Colours, events: impl FnOnce()) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        let log = to(move || writer.clone(), EnvFilter::new("info"), colours);
        tracing::subscriber::with_default(log, events);
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn i5_one_event_is_one_line_of_plain_characters() {
        let hostile = "a\r\n2026-01-01T00:00:00Z ERROR forged\u{1b}[2J\u{9b}31m\u{7}\u{8}\u{7f}\0\u{2028}\u{202e}b\tc";
        let error = io::Error::other(hostile);
        for colours in [Colours::None, Colours::Shown] {
            let log = written(colours, || {
                tracing::error!("{hostile}");
                tracing::warn!(text = hostile, %error, ?error, debug = ?hostile, display = %hostile, "with fields");
                tracing::info!(message = hostile);
            });
            let lines: Vec<&str> = log.strip_suffix('\n').unwrap().split('\n').collect();
            assert_eq!(lines.len(), 3, "{log:?}");
            for line in lines {
                let own = ["\u{1b}[0m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[33m", "\u{1b}[32m"];
                let rest = own.iter().fold(line.to_owned(), |line, colour| line.replace(colour, ""));
                assert!(!rest.chars().any(|c| c.is_control() || is_invisible(c)), "{colours:?} {rest:?}");
                assert!(rest.contains("forged"), "{rest}");
            }
        }
    }

    #[test]
    fn what_is_plain_is_written_as_it_is() {
        let log = written(Colours::None, || tracing::info!(scenario = "ship-order", count = 3, "größer: 中"));
        assert!(log.ends_with(" INFO hookmill::log::tests: größer: 中 scenario=\"ship-order\" count=3\n"), "{log:?}");
    }
}

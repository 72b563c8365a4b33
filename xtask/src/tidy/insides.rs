//! Directions inside crates, which no manifest can say: what parts of a crate never name.

use super::sources::Source;

/// Files that never name something.
struct Rule {
    /// Beginnings of their paths.
    within: &'static [&'static str],
    /// Files that may.
    except: &'static [&'static str],
    /// What is never named.
    never: &'static [&'static str],
    /// Why not.
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        within: &["crates/scenario/src/text"],
        except: &[],
        never: &["crate::shape", "crate::check", "crate::plan"],
        why: "a text is read before anyone knows what it says",
    },
    Rule {
        within: &["crates/run/src/state", "crates/run/src/entry"],
        except: &[],
        never: &["crate::decide"],
        why: "a run changes by `apply` alone; deciding stands above",
    },
    Rule {
        within: &["crates/store/src/lib.rs"],
        except: &[],
        never: &["pub mod archive", "pub mod disk", "pub mod memory"],
        why: "`open` is the only door to a store",
    },
    Rule {
        within: &["crates/engine/src", "crates/triggers/src", "crates/modules/src", "crates/store/src"],
        except: &[],
        never: &["actix"],
        why: "actix ends at the server",
    },
    Rule {
        within: &["crates/engine/src"],
        except: &[],
        never: &["std::fs", "std::env", "reqwest"],
        why: "the engine has a store and modules; it does not know which",
    },
    Rule {
        within: &["crates/engine/src", "crates/triggers/src", "crates/modules/src", "crates/server/src"],
        except: &["crates/engine/src/clock.rs"],
        never: &["SystemTime", "Timestamp::now", "Zoned::now"],
        why: "the time is that of the engine's clock, which tests move",
    },
    Rule {
        within: &["crates/server/src"],
        except: &["crates/server/src/tls.rs"],
        never: &["std::fs", "tokio::fs", "std::env"],
        why: "the server knows no files but the certificate's; the page is embedded, scenarios come from a library",
    },
    Rule {
        within: &["crates/server/src/gateway", "crates/server/src/inspector", "crates/server/src/auth"],
        except: &[],
        never: &["crate::api"],
        why: "the API shows them; they do not know it",
    },
    Rule {
        within: &["crates/server/src/inspector"],
        except: &[],
        never: &["actix"],
        why: "what is kept of requests has nothing to do with how they are read",
    },
];

/// Complaints about lines that name what they may not.
pub(crate) fn check(files: &[Source]) -> Vec<String> {
    RULES.iter().flat_map(|rule| rule.check(files)).collect()
}

impl Rule {
    fn check(&self, files: &[Source]) -> Vec<String> {
        let is_held =
            |path: &str| self.within.iter().any(|within| path.starts_with(within)) && !self.except.contains(&path);
        let mut complaints = Vec::new();
        for file in files.iter().filter(|file| is_held(&file.name())) {
            for (number, line) in file.code() {
                if let Some(never) = self.never.iter().find(|never| line.contains(**never)) {
                    complaints.push(format!("{}:{number} names {never}: {}", file.name(), self.why));
                }
            }
        }
        complaints
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_can_be_broken_and_is_kept_by_tests_and_exceptions() {
        for rule in RULES {
            for (within, never) in rule.within.iter().flat_map(|within| rule.never.iter().map(move |it| (within, it))) {
                let path = if within.ends_with(".rs") { (*within).to_owned() } else { format!("{within}/x.rs") };
                let check = |path: &str, text: String| rule.check(&[Source { path: path.into(), text }]).len();
                assert_eq!(check(&path, format!("//! Why.\nuse {never};\n")), 1, "{path} {never}");
                assert_eq!(check(&path, format!("//! Why.\n// {never}\n")), 0, "{path} {never}");
                assert_eq!(check("crates/hookmill/src/x.rs", format!("//! Why.\nuse {never};\n")), 0, "{never}");
                for except in rule.except {
                    assert_eq!(check(except, format!("//! Why.\nuse {never};\n")), 0, "{except} {never}");
                }
            }
        }
    }

    #[test]
    fn every_rule_is_about_something() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for path in RULES.iter().flat_map(|rule| rule.within.iter().chain(rule.except)) {
            let file = root.join(path);
            assert!(file.exists() || file.with_extension("rs").exists(), "{path} is gone");
        }
    }
}

//! Has the crate rebuilt when the editor's files change, in builds that carry them.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A development build reads the files when it runs, and watching a folder that may be absent costs a rebuild each time.
    if std::env::var("PROFILE").is_ok_and(|profile| profile != "debug") {
        println!("cargo::rerun-if-changed=../../web/dist");
    }
}

//! The modules against servers: each test has its own, on a free port.

mod http;
mod redirects;
mod server;
mod step;

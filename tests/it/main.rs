//! The product as its users meet it: one binary with all integration tests.

mod apiserver;
mod cli;
mod config;
mod determinism;
mod diff;
mod fix;
mod fixtures;
mod flags;
mod forecast;
mod hostile;
mod jinja;
mod known;
mod origin;
mod pod_security;
mod project;
mod project_render;
mod report;
mod reports;
mod repositories;
mod rules;
mod schema_store;
mod secrets;
mod support;
mod suppressions;
mod tidy;
mod values;

//! Sprig 3's and Helm's template functions for `plimsoll-gotpl`, one file an area.
//!
//! Each area is a file of plain functions and, at its end, `add`, which registers them by name; `table` puts the areas
//! together for a profile. What functions cannot know from their arguments (time, randomness, the network) comes from
//! the `Env` that the caller gives to the execution as its host: nothing here asks the machine otherwise.
//!
//! Invariant: for the same arguments and the same `Env`, a function gives what Sprig v3.3.0 and the Helm of the profile
//! give, errors included (`KNOWN_DIFFERENCES.md` lists the exceptions).
//!
//! ```
//! use plimsoll_sprig::{functions, Profile};
//! assert!(functions(Profile::Helm4).get("durationRoundTo").is_some());
//! assert!(functions(Profile::Helm3).get("durationRoundTo").is_none());
//! ```

mod crypto;
mod dates;
mod defaults;
mod dicts;
mod encoding;
mod env;
mod helm;
mod json;
mod lists;
mod math;
mod net;
mod panics;
mod paths;
mod random;
mod regex;
mod semver;
mod strings;
mod table;
mod toml;
mod types;
mod urls;

pub use env::{Clock, Env, FixedClock, Random, Seeded, SystemClock, SystemRandom};
pub use helm::to_yaml;
pub use table::{Profile, UNREPEATABLE, functions};

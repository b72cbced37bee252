//! `Env`: time, randomness and the network, as functions may ask for them.
//!
//! The host of an execution must be an `Env` (`Context::host`). What the embedding program's own functions need rides
//! along in `Env::host`.

use std::any::Any;
use std::cell::RefCell;

use plimsoll_gotpl::{Context, FuncError};

/// Tells the time.
pub trait Clock {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    fn unix_nanos(&self) -> i128;

    /// Name of the time zone that Go calls `Local`: a name of the tz database, or `UTC`.
    fn local_zone(&self) -> String;
}

/// Gives random bytes.
pub trait Random {
    /// Fills all of `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The machine's clock; the local zone is `TZ`, or else the system's.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn unix_nanos(&self) -> i128 {
        match std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => i128::try_from(since.as_nanos()).unwrap_or(i128::MAX),
            Err(before) => i128::try_from(before.duration().as_nanos()).map_or(0, |n| -n),
        }
    }

    fn local_zone(&self) -> String {
        plimsoll_gostd::time::system_zone_name()
    }
}

/// A clock that stands still, for renders that must be the same twice.
#[derive(Debug, Clone)]
pub struct FixedClock {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub unix_nanos: i128,
    /// Name of the local zone.
    pub zone: String,
}

impl Clock for FixedClock {
    fn unix_nanos(&self) -> i128 {
        self.unix_nanos
    }

    fn local_zone(&self) -> String {
        self.zone.clone()
    }
}

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// When the system has no randomness to give, what is left of `bytes` stays as it was: the caller's zeros.
    fn fill(&mut self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            debug_assert!(false, "no randomness: {error}");
        }
    }
}

/// A repeatable source: the same seed gives the same bytes. Not secret, so only for deterministic renders.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Random for Seeded {
    // SplitMix64
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// What functions may know beside their arguments.
pub struct Env {
    pub clock: Box<dyn Clock>,
    pub random: RefCell<Box<dyn Random>>,
    /// Whether `getHostByName` may ask the resolver (Helm's `--enable-dns`).
    pub dns: bool,
    /// What the embedding program's own functions need.
    pub host: Box<dyn Any>,
}

impl Env {
    /// The machine's time and randomness, no network.
    pub fn system() -> Self {
        Self {
            clock: Box::new(SystemClock),
            random: RefCell::new(Box::new(SystemRandom)),
            dns: false,
            host: Box::new(()),
        }
    }

    /// Time and randomness that are the same in every run: the zone is UTC.
    pub fn deterministic(unix_nanos: i128, seed: u64) -> Self {
        Self {
            clock: Box::new(FixedClock {
                unix_nanos,
                zone: "UTC".to_owned(),
            }),
            random: RefCell::new(Box::new(Seeded::new(seed))),
            dns: false,
            host: Box::new(()),
        }
    }

    /// The environment of the running execution.
    ///
    /// # Errors
    /// The caller of the execution gave another host.
    pub fn of<'a>(cx: &'a Context<'_>) -> Result<&'a Self, FuncError> {
        cx.host::<Self>()
            .ok_or_else(|| FuncError::new("this execution has no environment"))
    }

    /// Fills `bytes` from the random source.
    pub fn fill_random(&self, bytes: &mut [u8]) {
        self.random.borrow_mut().fill(bytes);
    }
}

//! What one template may cost. Every bound that a hostile template could exceed is here.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use minijinja::{Error, ErrorKind};

/// Instructions of the template engine that one template may run, all it includes counted. Real templates need some
/// thousands.
pub(super) const FUEL: u64 = 5_000_000;

/// Bytes that one template may print.
pub(super) const MAX_OUTPUT: usize = 32 << 20;

/// How deep includes, macros and loops may nest together; an include counts 10, a macro 4. Bounded by the stack of a
/// thread, two megabytes.
pub(super) const MAX_RECURSION: usize = 160;

/// How deep `include()` and `tpl` may call themselves.
const MAX_NESTED: u32 = 8;

/// Longest text that `nindent`, `quote` and their like may make.
pub(super) const MAX_TEXT: usize = 32 << 20;

/// What is left of the fuel for templates that run inside another, by `include()` or `tpl`.
#[derive(Debug)]
pub(super) struct Budget {
    fuel: AtomicU64,
    depth: AtomicU32,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self {
            fuel: AtomicU64::new(FUEL),
            depth: AtomicU32::new(0),
        }
    }

    /// Starts afresh, for the next template.
    pub(super) fn reset(&self) {
        self.fuel.store(FUEL, Ordering::Relaxed);
        self.depth.store(0, Ordering::Relaxed);
    }

    /// Runs `inside`, which says how much fuel it took.
    pub(super) fn nested<T>(&self, inside: impl FnOnce() -> Result<(T, u64), Error>) -> Result<T, Error> {
        if self.depth.fetch_add(1, Ordering::Relaxed) >= MAX_NESTED {
            return Err(Error::new(
                ErrorKind::InvalidOperation,
                format!("`include()` and `tpl` nest deeper than {MAX_NESTED} levels"),
            ));
        }
        let result = inside();
        self.depth.fetch_sub(1, Ordering::Relaxed);
        let (value, used) = result?;
        let left = self.fuel.load(Ordering::Relaxed);
        self.fuel.store(left.saturating_sub(used), Ordering::Relaxed);
        if left <= used {
            Err(Error::from(ErrorKind::OutOfFuel))
        } else {
            Ok(value)
        }
    }
}

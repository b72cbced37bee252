//! How long one pod takes to start and to stop.

use super::words::{list, seconds};
use super::{Amount, Figure, Name};
use crate::manifest::lifetime::{self, Start, Tries, Wait};
use crate::manifest::view::Workload;

/// Both times of a workload's pods, in seconds.
pub(super) struct Timing<'m> {
    pub(super) start: Start<'m>,
    pub(super) grace: i64,
    /// The longest that a container's `preStop` hook sleeps.
    sleep: i64,
    grace_is_written: bool,
}

impl<'m> Timing<'m> {
    pub(super) fn of(workload: &Workload<'m>) -> Self {
        let sleeps = workload.running().filter_map(lifetime::pre_stop_sleep);
        Self {
            start: Start::of(workload),
            grace: lifetime::grace_period(workload).max(0),
            sleep: sleeps.map(|(_, seconds)| seconds).max().unwrap_or(0),
            grace_is_written: workload.get("terminationGracePeriodSeconds").is_some(),
        }
    }

    /// Seconds until a new pod is available.
    pub(super) fn available(&self) -> i64 {
        self.start.available()
    }

    pub(super) fn figures(&self) -> [Figure; 2] {
        let default = if self.grace_is_written {
            ""
        } else {
            " (the default)"
        };
        let mut stop = format!("`terminationGracePeriodSeconds`{default}");
        if self.sleep > 0 {
            stop += &format!(", of which `preStop` sleeps {} s", self.sleep);
        }
        [
            Figure {
                name: Name::ToAvailable,
                amount: Amount::Seconds(self.available()),
                because: self.because(),
            },
            Figure {
                name: Name::ToStop,
                amount: Amount::Seconds(self.grace),
                because: stop,
            },
        ]
    }

    fn because(&self) -> String {
        let waits: Vec<String> = self.start.waits.iter().map(wait).collect();
        if waits.is_empty() {
            return "no probe to wait for: it counts as soon as its containers run".to_owned();
        }
        waits.join(" + ")
    }

    /// What these times take for granted.
    pub(super) fn assumptions(&self) -> Vec<String> {
        let mut assumptions = vec![
            "the time to find a node, pull images and run init containers is not counted: nothing says how long that takes"
                .to_owned(),
        ];
        let names: Vec<String> = quoted(&self.start.unbounded);
        if !names.is_empty() {
            assumptions.push(format!(
                "{} {} ready when the first readiness probe comes: without a startup probe nothing says how long the program may take",
                list(&names),
                if names.len() == 1 { "is" } else { "are" },
            ));
        }
        assumptions
    }
}

pub(super) fn quoted(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("`{name}`")).collect()
}

fn wait(wait: &Wait<'_>) -> String {
    match wait {
        Wait::Startup(tries) => {
            let delay = match tries.delay {
                0 => String::new(),
                delay => format!("{delay} s + "),
            };
            format!("startup probe of `{}`: {delay}{}", tries.container, times(tries))
        }
        Wait::Delay {
            container,
            seconds: left,
        } => format!("`initialDelaySeconds` of `{container}`: {}", seconds(*left)),
        Wait::Readiness(tries) => format!("readiness probe: {}", times(tries)),
        Wait::MinReady(left) => format!("`minReadySeconds`: {}", seconds(*left)),
    }
}

fn times(tries: &Tries<'_>) -> String {
    let tries_in_words = match tries.count {
        1 => "1 try".to_owned(),
        number => format!("{number} tries"),
    };
    format!("{tries_in_words} × {} s", tries.period)
}

//! What the controller of StatefulSets does, one state after the other: the figures are held against it.

use proptest::prelude::*;

use super::Update;

/// A pod of a StatefulSet, as its controller sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pod {
    Old,
    Stopping,
    Missing,
    Starting,
    New,
}

/// An update of a StatefulSet: what its controller does, one state after the other. All old pods are available when it
/// begins.
#[derive(Debug, Clone)]
pub(in crate::forecast) struct Ordered {
    pods: Vec<Pod>,
    partition: usize,
    unavailable: usize,
    is_parallel: bool,
}

impl Ordered {
    /// The moment before the controller's first move. Pods before `partition` keep the old version; at most
    /// `unavailable` are missing at once; `is_parallel` starts pods without waiting for those before them.
    pub(in crate::forecast) fn begin(
        wanted: usize,
        partition: usize,
        unavailable: usize,
        is_parallel: bool,
    ) -> Self {
        Self {
            pods: vec![Pod::Old; wanted],
            partition: partition.min(wanted),
            unavailable: unavailable.max(1),
            is_parallel,
        }
    }

    /// All that the controller does before it has to wait. Says how many pods it told to stop.
    pub(in crate::forecast) fn act(&mut self) -> usize {
        for pod in &mut self.pods {
            match pod {
                Pod::Missing => *pod = Pod::Starting,
                Pod::Stopping | Pod::Starting => {}
                Pod::Old | Pod::New => continue,
            }
            // Without `Parallel`, nothing happens before this one is available.
            if !self.is_parallel {
                return 0;
            }
        }
        let missing = self.pods.len() - self.available();
        let mut room = self.unavailable.saturating_sub(missing);
        let mut stopped = 0;
        for pod in self.pods[self.partition..].iter_mut().rev() {
            if room > 0 && *pod == Pod::Old {
                *pod = Pod::Stopping;
                stopped += 1;
                room -= 1;
            }
        }
        stopped
    }

    /// The first pod that is stopping is gone, or else the first that is starting becomes available; false if there is
    /// neither.
    pub(in crate::forecast) fn wait(&mut self) -> bool {
        let position = |wanted| self.pods.iter().position(|pod| *pod == wanted);
        if let Some(stopping) = position(Pod::Stopping) {
            self.pods[stopping] = Pod::Missing;
            true
        } else if let Some(starting) = position(Pod::Starting) {
            self.pods[starting] = Pod::New;
            true
        } else {
            false
        }
    }

    /// How many pods serve.
    pub(in crate::forecast) fn available(&self) -> usize {
        let serves = |pod: &&Pod| matches!(pod, Pod::Old | Pod::New);
        self.pods.iter().filter(serves).count()
    }

    /// Whether all pods from the partition on have the new version.
    pub(in crate::forecast) fn is_done(&self) -> bool {
        self.pods[self.partition..].iter().all(|pod| *pod == Pod::New)
    }

    /// How many pods get the new version.
    pub(in crate::forecast) fn updated(&self) -> usize {
        self.pods.len() - self.partition
    }
}

/// Lets all pods of a wave stop and start.
fn settle(update: &mut Ordered) {
    while update.pods.contains(&Pod::Stopping) {
        update.wait();
    }
    assert_eq!(update.act(), 0, "more may be missing than are: {update:?}");
    while update.pods.contains(&Pod::Starting) {
        update.wait();
    }
}

proptest! {
    /// Whatever the order in which the controller is woken.
    #[test]
    fn never_below_the_least_and_always_to_the_end(
        wanted in 1..60_usize,
        partition in 0..70_usize,
        unavailable in 1..70_usize,
        is_parallel: bool,
    ) {
        let mut update = Ordered::begin(wanted, partition, unavailable, is_parallel);
        let (mut stops, mut moves) = (0, 0);
        while !update.is_done() {
            stops += update.act();
            prop_assert!(update.available() + unavailable >= wanted, "{update:?}");
            moves += 1;
            prop_assert!(moves <= 4 * wanted, "it does not end: {update:?}");
            update.wait();
        }
        prop_assert_eq!(stops, update.updated());
    }

    #[test]
    fn waves_are_as_said(
        wanted in 1..60_i64,
        partition in 0..70_i64,
        unavailable in 1..70_i64,
        is_parallel: bool,
    ) {
        let said = Update {
            wanted,
            partition: partition.min(wanted),
            unavailable: unavailable.min(wanted),
            is_parallel,
            first: 0,
        };
        let count = |number: i64| usize::try_from(number).expect("not negative");
        let mut update = Ordered::begin(count(wanted), count(partition), count(unavailable), is_parallel);
        let mut waves = 0;
        while !update.is_done() {
            prop_assert!(update.act() > 0, "it stands still: {update:?}");
            waves += 1;
            while update.available() < count(wanted) {
                settle(&mut update);
            }
        }
        prop_assert_eq!(waves, said.waves());
        prop_assert_eq!(update.updated(), count(said.updated()));
    }
}

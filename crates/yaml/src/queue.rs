//! The scanner's queue of tokens: nearly always one to three long, so a vector with a head beats a ring.

/// First in, first out, with insertion near the end.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    items: Vec<T>,
    /// Items before this index are taken.
    head: usize,
}

/// Taken items are dropped from the vector when there are this many.
const SLACK: usize = 256;

impl<T: Copy> Queue<T> {
    pub(crate) fn new() -> Self {
        Self {
            items: Vec::with_capacity(16),
            head: 0,
        }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.items.len() - self.head
    }

    #[inline]
    pub(crate) fn front(&self) -> Option<&T> {
        self.items.get(self.head)
    }

    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// Takes the first item; says whether there was one.
    #[inline]
    pub(crate) fn pop(&mut self) -> bool {
        if self.head == self.items.len() {
            return false;
        }
        self.head += 1;
        if self.head == self.items.len() {
            self.items.clear();
            self.head = 0;
        } else if self.head == SLACK {
            self.items.drain(..SLACK);
            self.head = 0;
        }
        true
    }

    /// Puts `item` before the one at `place`, counted from the front; at the end if there is none.
    pub(crate) fn insert(&mut self, place: usize, item: T) {
        let at = (self.head + place).min(self.items.len());
        self.items.insert(at, item);
    }
}

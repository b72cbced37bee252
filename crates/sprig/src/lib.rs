//! plimsoll-sprig

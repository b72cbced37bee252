//! plimsoll-gostd

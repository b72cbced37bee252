//! plimsoll-gotpl

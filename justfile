# Thin names over cargo and xtask; anything with logic lives in xtask.

# What CI checks, in its order
ready: fmt lint test

fmt:
    cargo fmt --all --check

lint:
    cargo clippy --workspace --all-targets -- -D warnings

test:
    cargo test --workspace

# The differential fuzzers against the real go-yaml, text/template and Sprig (needs Go)
fuzz cases="100000" seed="1":
    cargo xtask yaml fuzz --cases {{cases}} --seed {{seed}}
    cargo xtask template fuzz --cases {{cases}} --seed {{seed}}
    cargo xtask functions fuzz --cases {{cases}} --seed {{seed}}

# Goldens from the real tools (needs Go)
goldens:
    cargo xtask yaml goldens
    cargo xtask template goldens
    cargo xtask functions goldens

bench:
    cargo bench

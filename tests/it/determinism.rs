//! Same input, same bytes, on any number of threads.

use crate::support::plimsoll;

#[test]
fn reports_do_not_depend_on_threads() {
    let check = |threads: &str| {
        let output = plimsoll(&[
            "check",
            "--format",
            "json",
            "charts",
            "fixtures/broken",
            "fixtures/schema",
            "fixtures/manifests",
        ])
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .expect("the binary starts");
        assert!(!output.stdout.is_empty());
        output.stdout
    };
    let alone = check("1");
    for threads in ["2", "3", "8"] {
        assert!(
            alone == check(threads),
            "{threads} threads print something else than one"
        );
    }
}

#[test]
fn renders_do_not_depend_on_when() {
    let render = || {
        plimsoll(&["render", "charts"])
            .output()
            .expect("the binary starts")
            .stdout
    };
    let first = render();
    assert!(!first.is_empty());
    assert!(first == render(), "two renders differ");
}

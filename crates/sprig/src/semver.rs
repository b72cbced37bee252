//! Versions: `semver` gives a `*semver.Version` with its methods, `semverCompare` checks one against a constraint.

use std::sync::LazyLock;

use plimsoll_gostd::semver::{Constraints, Version};
use plimsoll_gotpl::func::{FromArg, IntoValue, wrong_type};
use plimsoll_gotpl::{FuncError, Functions, GoObject, Named, Object, Str, Type, Value};

use crate::Profile;

static METHODS: LazyLock<Functions> = LazyLock::new(methods);

static NAMED: Named = Named {
    name: "semver.Version",
    underlying: Type::Struct(&[]),
    methods: Some(|| &METHODS),
};
static VERSION: Type = Type::Named(&NAMED);
static POINTER: Type = Type::Ptr(&VERSION);

/// A `*semver.Version`.
struct Semver(Version);

impl GoObject for Semver {
    fn ty(&self) -> &'static Type {
        &VERSION
    }

    fn go_string(&self) -> Option<Str> {
        Some(self.0.to_string().into())
    }

    fn equal(&self, other: &dyn GoObject) -> bool {
        let other: &dyn std::any::Any = other;
        other
            .downcast_ref::<Self>()
            .is_some_and(|other| self.0 == other.0)
    }
}

impl FromArg for Semver {
    const TYPE: &'static Type = &POINTER;

    fn from_arg(value: Value) -> Result<Self, FuncError> {
        match value.downcast::<Self>() {
            Some(version) => Ok(Self(version.0.clone())),
            None => Err(wrong_type(Self::TYPE, &value)),
        }
    }
}

impl IntoValue for Semver {
    const GO_TYPE: &'static Type = &POINTER;

    fn into_value(self) -> Value {
        Value::Object(Object::pointer(&POINTER, self))
    }
}

/// What `deepCopy` makes of a version: one without its unexported fields, which are all. None of any other object.
pub(crate) fn blank_copy(object: &Object) -> Option<Value> {
    object.downcast::<Semver>()?;
    Some(Semver(Version::default()).into_value())
}

fn methods() -> Functions {
    let mut methods = Functions::new();
    methods.add("Major", |v: Semver| v.0.major);
    methods.add("Minor", |v: Semver| v.0.minor);
    methods.add("Patch", |v: Semver| v.0.patch);
    methods.add("Prerelease", |v: Semver| v.0.prerelease);
    methods.add("Metadata", |v: Semver| v.0.metadata);
    methods.add("Original", |v: Semver| v.0.original);
    methods.add("String", |v: Semver| v.0.to_string());
    methods.add("Compare", |v: Semver, other: Semver| {
        v.0.compare(&other.0) as isize
    });
    methods.add("Equal", |v: Semver, other: Semver| v.0.compare(&other.0).is_eq());
    methods.add("LessThan", |v: Semver, other: Semver| {
        v.0.compare(&other.0).is_lt()
    });
    methods.add("LessThanEqual", |v: Semver, other: Semver| {
        v.0.compare(&other.0).is_le()
    });
    methods.add("GreaterThan", |v: Semver, other: Semver| {
        v.0.compare(&other.0).is_gt()
    });
    methods.add("GreaterThanEqual", |v: Semver, other: Semver| {
        v.0.compare(&other.0).is_ge()
    });
    methods.add("IncMajor", |v: Semver| {
        incremented(&v.0, v.0.major.checked_add(1), Some(0), Some(0))
    });
    methods.add("IncMinor", |v: Semver| {
        incremented(&v.0, Some(v.0.major), v.0.minor.checked_add(1), Some(0))
    });
    methods.add("IncPatch", |v: Semver| {
        // A prerelease becomes the release that it comes before.
        let patch = if v.0.prerelease.is_empty() {
            v.0.patch.checked_add(1)
        } else {
            Some(v.0.patch)
        };
        incremented(&v.0, Some(v.0.major), Some(v.0.minor), patch)
    });
    for name in ["IncMajor", "IncMinor", "IncPatch"] {
        methods.result_type(name, &VERSION);
    }
    methods
}

/// A release with those numbers; one that is too large stops at the largest.
fn incremented(from: &Version, major: Option<u64>, minor: Option<u64>, patch: Option<u64>) -> Value {
    let [major, minor, patch] = [major, minor, patch].map(|number| number.unwrap_or(u64::MAX));
    let mut version = Version {
        major,
        minor,
        patch,
        prerelease: String::new(),
        metadata: String::new(),
        original: String::new(),
    };
    let prefix = if from.original.starts_with('v') { "v" } else { "" };
    version.original = format!("{prefix}{version}");
    Value::Object(Object::new(Semver(version)))
}

fn parse(text: &Str) -> Result<Version, FuncError> {
    Version::new(text).map_err(|error| FuncError::new(error.to_string()))
}

/// `semver "1.2.3-alpha.1"`: its `.Major`, `.Minor`, `.Patch`, `.Prerelease`, `.Metadata`, `.Original`.
fn semver(version: Str) -> Result<Semver, FuncError> {
    parse(&version).map(Semver)
}

/// `semverCompare "^1.2.0" "1.2.3"` is true.
fn semver_compare(constraint: Str, version: Str) -> Result<bool, FuncError> {
    let constraints = Constraints::new(&constraint).map_err(|error| FuncError::new(error.to_string()))?;
    Ok(constraints.check(&parse(&version)?))
}

pub(crate) fn add(functions: &mut Functions, _: Profile) {
    functions.add("semver", semver);
    functions.add("semverCompare", semver_compare);
}

//! Quantities and versions: `quantity.go` and `semverlib.go` below `pkg/cel/library` of k8s.io/apiserver.

use std::cmp::Ordering;

use cel::common::types::{CelBool, CelDouble, CelInt, CelString, Type};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};
use plimsoll_gostd::semver::Version;

use super::{Library, Named, failed};
use crate::admission::quantity::Quantity;

static QUANTITY: Type = Type::new_unspecified_type("kubernetes.Quantity");
static SEMVER: Type = Type::new_unspecified_type("kubernetes.Semver");

impl Library for Quantity {
    const TYPE: &'static Type = &QUANTITY;
}

/// Versions of equal precedence are equal.
#[derive(Debug, Clone)]
struct Semver(Version);

impl PartialEq for Semver {
    fn eq(&self, other: &Self) -> bool {
        self.0.compare(&other.0) == Ordering::Equal
    }
}

impl Library for Semver {
    const TYPE: &'static Type = &SEMVER;
}

type Amount = Named<Quantity>;
type Release = Named<Semver>;

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    add_overload!(env, fn quantity: (CelString) -> Result<Amount>)?;
    add_overload!(env, fn is_quantity: (CelString) -> CelBool)?;
    add_overload!(env, fn sign: (Amount) -> CelInt)?;
    add_member_overload!(env, fn sign: (Amount) -> CelInt)?;
    add_member_overload!(env, fn amount_greater: (Amount, Amount) -> CelBool, name = "isGreaterThan")?;
    add_member_overload!(env, fn amount_less: (Amount, Amount) -> CelBool, name = "isLessThan")?;
    add_member_overload!(env, fn amount_order: (Amount, Amount) -> CelInt, name = "compareTo")?;
    add_member_overload!(env, fn as_approximate_float: (Amount) -> CelDouble)?;
    add_member_overload!(env, fn as_integer: (Amount) -> Result<CelInt>)?;
    add_member_overload!(env, fn is_integer: (Amount) -> CelBool)?;
    add_member_overload!(env, fn add: (Amount, Amount) -> Amount)?;
    add_member_overload!(env, fn add_int: (Amount, CelInt) -> Amount, name = "add")?;
    add_member_overload!(env, fn sub: (Amount, Amount) -> Amount)?;
    add_member_overload!(env, fn sub_int: (Amount, CelInt) -> Amount, name = "sub")?;
    add_overload!(env, fn semver: (CelString) -> Result<Release>)?;
    add_overload!(env, fn semver_normalized: (CelString, CelBool) -> Result<Release>, name = "semver")?;
    add_overload!(env, fn is_semver: (CelString) -> CelBool)?;
    add_overload!(env, fn is_semver_normalized: (CelString, CelBool) -> CelBool, name = "isSemver")?;
    add_member_overload!(env, fn release_greater: (Release, Release) -> CelBool, name = "isGreaterThan")?;
    add_member_overload!(env, fn release_less: (Release, Release) -> CelBool, name = "isLessThan")?;
    add_member_overload!(env, fn release_order: (Release, Release) -> CelInt, name = "compareTo")?;
    add_member_overload!(env, fn major: (Release) -> CelInt)?;
    add_member_overload!(env, fn minor: (Release) -> CelInt)?;
    add_member_overload!(env, fn patch: (Release) -> CelInt)
}

fn order(ordering: Ordering) -> CelInt {
    CelInt::from(match ordering {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    })
}

fn quantity(text: &CelString<'_>) -> Result<Amount, ExecutionError> {
    Quantity::parse(text.inner()).map(Named).ok_or_else(|| {
        failed("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    })
}

fn is_quantity(text: &CelString<'_>) -> CelBool {
    CelBool::from(Quantity::parse(text.inner()).is_some())
}

fn sign(amount: &Amount) -> CelInt {
    order(amount.0.cmp(&Quantity::ZERO))
}

fn amount_greater(amount: &Amount, other: &Amount) -> CelBool {
    CelBool::from(amount.0 > other.0)
}

fn amount_less(amount: &Amount, other: &Amount) -> CelBool {
    CelBool::from(amount.0 < other.0)
}

fn amount_order(amount: &Amount, other: &Amount) -> CelInt {
    order(amount.0.cmp(&other.0))
}

fn as_approximate_float(amount: &Amount) -> CelDouble {
    CelDouble::from(amount.0.approximate())
}

fn as_integer(amount: &Amount) -> Result<CelInt, ExecutionError> {
    whole(amount)
        .map(CelInt::from)
        .ok_or_else(|| failed("cannot convert value to integer"))
}

fn is_integer(amount: &Amount) -> CelBool {
    CelBool::from(whole(amount).is_some())
}

fn whole(amount: &Amount) -> Option<i64> {
    let whole = amount.0.is_whole().then(|| amount.0.value())?;
    i64::try_from(whole).ok()
}

fn add(amount: &Amount, other: &Amount) -> Amount {
    Named(amount.0.plus(other.0))
}

fn add_int(amount: &Amount, other: &CelInt) -> Amount {
    Named(amount.0.plus(Quantity::whole(*other.inner())))
}

fn sub(amount: &Amount, other: &Amount) -> Amount {
    Named(amount.0.minus(other.0))
}

fn sub_int(amount: &Amount, other: &CelInt) -> Amount {
    Named(amount.0.minus(Quantity::whole(*other.inner())))
}

fn parse(text: &str, normalize: bool) -> Result<Release, ExecutionError> {
    let normalized = normalize.then(|| normal(text)).flatten();
    if normalize && normalized.is_none() {
        return Err(failed("short version cannot contain PreRelease/Build meta data"));
    }
    let version = Version::strict(normalized.as_deref().unwrap_or(text)).map_err(failed)?;
    Ok(Named(Semver(version)))
}

/// `normalizeAndParse`: `v1` and `01.2` as `1.0.0` and `1.2.0`.
fn normal(text: &str) -> Option<String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut parts: Vec<String> = text
        .splitn(3, '.')
        .map(|part| {
            let rest = part.trim_start_matches('0');
            if part.len() > 1 && !rest.starts_with(|char: char| char.is_ascii_digit()) {
                format!("0{rest}")
            } else if part.len() > 1 {
                rest.to_owned()
            } else {
                part.to_owned()
            }
        })
        .collect();
    if parts.len() < 3 && parts.last()?.contains(['+', '-']) {
        return None;
    }
    parts.resize(3, "0".to_owned());
    Some(parts.join("."))
}

fn semver(text: &CelString<'_>) -> Result<Release, ExecutionError> {
    parse(text.inner(), false)
}

fn semver_normalized(text: &CelString<'_>, normalize: &CelBool) -> Result<Release, ExecutionError> {
    parse(text.inner(), *normalize.inner())
}

fn is_semver(text: &CelString<'_>) -> CelBool {
    CelBool::from(parse(text.inner(), false).is_ok())
}

fn is_semver_normalized(text: &CelString<'_>, normalize: &CelBool) -> CelBool {
    CelBool::from(parse(text.inner(), *normalize.inner()).is_ok())
}

fn release_greater(release: &Release, other: &Release) -> CelBool {
    CelBool::from(release.0.0.compare(&other.0.0) == Ordering::Greater)
}

fn release_less(release: &Release, other: &Release) -> CelBool {
    CelBool::from(release.0.0.compare(&other.0.0) == Ordering::Less)
}

fn release_order(release: &Release, other: &Release) -> CelInt {
    order(release.0.0.compare(&other.0.0))
}

fn part(number: u64) -> CelInt {
    CelInt::from(i64::try_from(number).unwrap_or(i64::MAX))
}

fn major(release: &Release) -> CelInt {
    part(release.0.0.major)
}

fn minor(release: &Release) -> CelInt {
    part(release.0.0.minor)
}

fn patch(release: &Release) -> CelInt {
    part(release.0.0.patch)
}

//! Lists and sets: `pkg/cel/library/lists.go` of k8s.io/apiserver, and `ext/sets.go` of cel-go.

use std::cmp::Ordering;

use cel::common::traits::Iterable;
use cel::common::types::{CelBool, CelDouble, CelDuration, CelInt, CelUInt, DYN_TYPE, LIST_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError};

use super::failed;

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let on_list = |env: &mut Env, name: &str, arguments, function| {
        env.add_member_overload(name, &format!("list_{name}"), LIST_TYPE, arguments, function)
    };
    on_list(env, "isSorted", vec![], is_sorted)?;
    on_list(env, "sum", vec![], sum)?;
    on_list(env, "max", vec![], max)?;
    on_list(env, "min", vec![], min)?;
    on_list(env, "indexOf", vec![DYN_TYPE], index_of)?;
    on_list(env, "lastIndexOf", vec![DYN_TYPE], last_index_of)?;
    env.add_member_overload(
        "includes",
        "list_includes_dyn_dyn",
        DYN_TYPE,
        vec![DYN_TYPE],
        includes,
    )?;
    let pair = || vec![LIST_TYPE, LIST_TYPE];
    env.add_overload("sets.contains", "list_sets_contains_list", pair(), contains)?;
    env.add_overload("sets.intersects", "list_sets_intersects_list", pair(), intersects)?;
    env.add_overload("sets.equivalent", "list_sets_equivalent_list", pair(), equivalent)
}

type Arguments<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Answer<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

fn bool<'b, 'v>(bool: bool) -> CowVal<'b, 'v> {
    CowVal::owned(CelBool::from(bool))
}

fn list<'b, 'v>(
    arguments: &'b [CowVal<'_, 'v>],
    at: usize,
) -> Result<&'b (dyn Iterable + 'v), ExecutionError> {
    arguments
        .get(at)
        .and_then(|value| value.as_ref().as_iterable())
        .ok_or_else(|| failed("no such overload"))
}

fn items<'b, 'v>(list: &'b (dyn Iterable + 'v)) -> Vec<&'b (dyn Val + 'v)> {
    let mut iterator = list.iter();
    let mut items = Vec::new();
    while let Some(item) = iterator.next() {
        items.push(item);
    }
    items
}

fn compare(left: &dyn Val, right: &dyn Val) -> Result<Ordering, ExecutionError> {
    let comparer = left.as_comparer().ok_or_else(|| failed("no such overload"))?;
    comparer.compare(right)
}

fn is_sorted<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let items = items(list(&arguments, 0)?);
    for pair in items.windows(2) {
        if let [left, right] = pair
            && compare(*left, *right)? == Ordering::Greater
        {
            return Ok(bool(false));
        }
    }
    Ok(bool(true))
}

fn sum<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let items = items(list(&arguments, 0)?);
    let overflow = || failed("integer overflow");
    let Some(first) = items.first() else {
        return Ok(CowVal::owned(CelInt::from(0)));
    };
    macro_rules! sum_of {
        ($type:ty, $zero:expr, $add:expr) => {
            if first.downcast_ref::<$type>().is_some() {
                let mut sum = $zero;
                for item in &items {
                    let item = item
                        .downcast_ref::<$type>()
                        .ok_or_else(|| failed("no such overload"))?;
                    sum = $add(sum, item.inner())?;
                }
                return Ok(CowVal::owned(<$type>::from(sum)));
            }
        };
    }
    sum_of!(CelInt, 0_i64, |sum: i64, item: &i64| sum
        .checked_add(*item)
        .ok_or_else(overflow));
    sum_of!(CelUInt, 0_u64, |sum: u64, item: &u64| sum
        .checked_add(*item)
        .ok_or_else(overflow));
    sum_of!(CelDouble, 0_f64, |sum: f64, item: &f64| Ok::<_, ExecutionError>(
        sum + item
    ));
    sum_of!(
        CelDuration,
        chrono::Duration::zero(),
        |sum: chrono::Duration, item: &chrono::Duration| sum.checked_add(item).ok_or_else(overflow)
    );
    Err(failed("no such overload"))
}

fn extreme<'b, 'v>(arguments: &Arguments<'b, 'v>, name: &str, wanted: Ordering) -> Answer<'b, 'v> {
    let mut found: Option<&(dyn Val + 'v)> = None;
    for item in items(list(arguments, 0)?) {
        match found {
            Some(best) if compare(best, item)? != wanted => {}
            _ => found = Some(item),
        }
    }
    match found {
        Some(found) => Ok(CowVal::Owned(found.clone_as_boxed())),
        None => Err(failed(format!("{name} called on empty list"))),
    }
}

fn max<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    extreme(&arguments, "max", Ordering::Less)
}

fn min<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    extreme(&arguments, "min", Ordering::Greater)
}

fn position<'b, 'v>(found: Option<usize>) -> CowVal<'b, 'v> {
    let index = found.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1);
    CowVal::owned(CelInt::from(index))
}

fn second<'b, 'v>(arguments: &'b [CowVal<'_, 'v>]) -> Result<&'b (dyn Val + 'v), ExecutionError> {
    let second = arguments.get(1).ok_or_else(|| failed("no such overload"))?;
    Ok(second.as_ref())
}

fn index_of<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let wanted = second(&arguments)?;
    let items = items(list(&arguments, 0)?);
    Ok(position(items.iter().position(|item| item.equals(wanted))))
}

fn last_index_of<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let wanted = second(&arguments)?;
    let items = items(list(&arguments, 0)?);
    Ok(position(items.iter().rposition(|item| item.equals(wanted))))
}

/// Whether a list has an item, or anything else is it.
fn includes<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let wanted = second(&arguments)?;
    let whole = arguments.first().ok_or_else(|| failed("no such overload"))?;
    let is_list = whole.get_type() == &LIST_TYPE;
    Ok(bool(match list(&arguments, 0) {
        Ok(list) if is_list => items(list).iter().any(|item| item.equals(wanted)),
        _ => whole.equals(wanted),
    }))
}

fn has_all(list: &[&dyn Val], wanted: &[&dyn Val]) -> bool {
    wanted
        .iter()
        .all(|wanted| list.iter().any(|item| item.equals(*wanted)))
}

fn both<'b, 'v>(arguments: &'b Arguments<'_, 'v>) -> Result<[Vec<&'b dyn Val>; 2], ExecutionError>
where
    'v: 'b,
{
    let of = |at| -> Result<Vec<&'b dyn Val>, ExecutionError> {
        Ok(items(list(arguments, at)?)
            .into_iter()
            .map(|item| -> &'b dyn Val { item })
            .collect())
    };
    Ok([of(0)?, of(1)?])
}

fn contains<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [list, wanted] = both(&arguments)?;
    Ok(bool(has_all(&list, &wanted)))
}

fn intersects<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [list, others] = both(&arguments)?;
    Ok(bool(
        list.iter()
            .any(|item| others.iter().any(|other| item.equals(*other))),
    ))
}

fn equivalent<'b, 'v>(arguments: Arguments<'b, 'v>) -> Answer<'b, 'v> {
    let [list, others] = both(&arguments)?;
    Ok(bool(has_all(&list, &others) && has_all(&others, &list)))
}

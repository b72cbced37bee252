//! Sets of indexes, as `0,2-4`: `validateIndexesFormat` of pkg/apis/batch/validation.

/// How many indexes a text names that are below `completions`; else what is wrong with it, in the server's words.
pub(super) fn count(text: &str, completions: i64) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let mut last: Option<i64> = None;
    let mut total = 0;
    for interval in text.split(',') {
        let (first, end) = bounds(interval, completions)?;
        if let Some(last) = last
            && last >= first
        {
            return Err(format!(
                "non-increasing order, previous: {last}, current: {first}"
            ));
        }
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}

/// `parseIndexInterval`: the first and the last index of `2-4` or `7`.
fn bounds(interval: &str, completions: i64) -> Result<(i64, i64), String> {
    let limits: Vec<&str> = interval.split('-').collect();
    let number = |text: &str| {
        // As `strconv.Atoi`: a sign is fine, which only `+` can be here.
        let number: i64 = text
            .parse()
            .map_err(|_| format!("cannot convert string to integer for index: {text:?}"))?;
        if number >= completions {
            return Err(format!("too large index: {text:?}"));
        }
        Ok(number)
    };
    match limits.as_slice() {
        [single] => {
            let index = number(single)?;
            Ok((index, index))
        }
        [first, last] => {
            let (first, last) = (number(first)?, number(last)?);
            if first >= last {
                return Err(format!(
                    "non-increasing order, previous: {first}, current: {last}"
                ));
            }
            Ok((first, last))
        }
        _ => Err(format!(
            "the fragment {interval:?} violates the requirement that an index interval can have at most two parts separated by '-'"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn indexes_are_counted_once_and_in_order() {
        assert_eq!(count("", 5), Ok(0));
        assert_eq!(count("0,2-4", 5), Ok(4));
        assert_eq!(count("4", 5), Ok(1));
        for wrong in ["5", "0-5", "1,1", "3-2", "2,0-1", "1-2-3", "a", "", "-1", "1,,2"] {
            let found = count(wrong, 5);
            assert_eq!(found.is_ok(), wrong.is_empty(), "{wrong:?} {found:?}");
        }
    }
}

//! Floats as Go's `strconv.FormatFloat` prints them. Digits come from Rust's shortest representation, which is the same;
//! only the layout is Go's.

/// `strconv.FormatFloat(value, 'g', -1, 64)`, with go-yaml's `.inf`, `-.inf` and `.nan`.
#[must_use]
pub fn format_float(value: f64) -> String {
    special(value).unwrap_or_else(|| general(&format!("{value:e}")))
}

/// `strconv.FormatFloat(value, 'g', -1, 32)`: the value rounded to single precision first, as `sigs.k8s.io/yaml` prints float
/// keys.
#[must_use]
pub fn format_float32(value: f64) -> String {
    special(value)
        .or_else(|| special(f64::from(value as f32)))
        .unwrap_or_else(|| general(&format!("{:e}", value as f32)))
}

/// A float as `encoding/json` prints it: `'f'` layout, or `'e'` below 1e-6 and from 1e21 on. Infinite values and NaN give
/// the error sentence of `encoding/json`.
pub(crate) fn format_json_float(value: f64) -> Result<String, String> {
    if value.is_nan() {
        return Err("json: unsupported value: NaN".to_owned());
    }
    if value.is_infinite() {
        let sign = if value > 0.0 { '+' } else { '-' };
        return Err(format!("json: unsupported value: {sign}Inf"));
    }
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let sign = if exponent.starts_with('-') { "" } else { "+" };
        return Ok(format!("{mantissa}e{sign}{exponent}"));
    }
    Ok(format!("{value}"))
}

fn special(value: f64) -> Option<String> {
    if value.is_nan() {
        Some(".nan".to_owned())
    } else if value.is_infinite() {
        Some(if value > 0.0 { ".inf" } else { "-.inf" }.to_owned())
    } else {
        None
    }
}

/// Go's `%g` with shortest digits: exponents below -4 or from 6 on give `d.ddde+XX`.
fn general(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    if exponent < -4 || exponent >= 6 {
        let mark = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{mark}{:02}", exponent.unsigned_abs());
    }
    let digits: String = mantissa.chars().filter(|&c| c != '.').collect();
    let mut out = String::from(sign);
    if exponent < 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize - 1));
        out.push_str(&digits);
        return out;
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        out.push_str(&digits);
        out.extend(std::iter::repeat_n('0', whole - digits.len()));
    } else {
        out.push_str(&digits[..whole]);
        out.push('.');
        out.push_str(&digits[whole..]);
    }
    out
}

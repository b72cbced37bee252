//! Floats as Go's `strconv.FormatFloat` prints them. Digits come from Rust's shortest representation, which is the same;
//! only the layout is Go's.

/// `strconv.FormatFloat(value, 'g', -1, 64)`, with go-yaml's `.inf`, `-.inf` and `.nan`.
#[must_use]
pub fn format_float(value: f64) -> String {
    special(value).unwrap_or_else(|| general(&scientific(value)))
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
        let text = scientific(value);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let sign = if exponent.starts_with('-') { "" } else { "+" };
        return Ok(format!("{mantissa}e{sign}{exponent}"));
    }
    let text = format!("{value}");
    // The few values of which Go and Rust print different digits have as many as a float can have.
    if text.len() < DIGITS {
        Ok(text)
    } else {
        Ok(positional(&scientific(value)))
    }
}

/// From this many digits on two decimals may be equally near to a float.
const DIGITS: usize = 15;

/// `d.ddde-X` with the fewest digits that give the value back. Of two such decimals that are equally near Go takes the
/// even one, Rust the larger; rounding to the same number of digits decides as Go does.
fn scientific(value: f64) -> String {
    let text = format!("{value:e}");
    let mantissa = text
        .split_once('e')
        .map_or(text.as_str(), |(mantissa, _)| mantissa);
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    if digits < DIGITS {
        text
    } else {
        format!("{value:.*e}", digits - 1)
    }
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
    if (-4..6).contains(&exponent) {
        return positional(scientific);
    }
    let mark = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{mark}{:02}", exponent.unsigned_abs())
}

/// The same digits without an exponent.
fn positional(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
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

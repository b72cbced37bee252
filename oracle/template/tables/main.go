// Command tables prints the Unicode range tables of crates/gostd/src/strconv/unicode.rs from the unicode package of
// the Go that runs it, so that what prints, what is a letter and what is a digit agree with it exactly.
package main

import (
	"fmt"
	"unicode"
)

func table(name, doc string, in func(rune) bool) {
	fmt.Printf("\n/// %s\n#[rustfmt::skip]\nstatic %s: &[(u32, u32)] = &[\n", doc, name)
	start, column := rune(-1), 0
	for r := rune(0x80); r <= unicode.MaxRune+1; r++ {
		if r <= unicode.MaxRune && in(r) {
			if start < 0 {
				start = r
			}
			continue
		}
		if start >= 0 {
			fmt.Printf("(0x%x, 0x%x),", start, r-1)
			if column++; column%6 == 0 {
				fmt.Println()
			} else {
				fmt.Print(" ")
			}
			start = -1
		}
	}
	fmt.Println("];")
}

func main() {
	fmt.Printf("//! Unicode categories as Go's `unicode` package (Unicode %s) has them; what Rust's `char` knows is newer or\n", unicode.Version)
	fmt.Println("//! wider. The tables are printed by `go run ./tables` in `oracle/template`.")
	fmt.Print(`
fn within(table: &[(u32, u32)], c: u32) -> bool {
    table
        .binary_search_by(|&(low, high)| {
            if high < c {
                std::cmp::Ordering::Less
            } else if low > c {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// Go's ` + "`unicode.IsPrint`" + `: letters, marks, numbers, punctuation, symbols and the ASCII space.
pub fn is_print(c: char) -> bool {
    if c.is_ascii() { (' '..='~').contains(&c) } else { within(PRINT, c.into()) }
}

/// Go's ` + "`unicode.IsLetter`" + `: category L.
pub fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { within(LETTER, c.into()) }
}

/// Go's ` + "`unicode.IsDigit`" + `: category Nd.
pub fn is_digit(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_digit() } else { within(DIGIT, c.into()) }
}

/// Go's ` + "`unicode.IsGraphic`" + `: what prints, and every space of category Zs.
pub fn is_graphic(c: char) -> bool {
    is_print(c) || (!c.is_ascii() && within(SPACE_SEPARATOR, c.into()))
}

/// Go's ` + "`unicode.IsUpper`" + `: category Lu.
pub fn is_upper(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_uppercase() } else { within(UPPER, c.into()) }
}
`)
	table("PRINT", "Beyond ASCII, `unicode.IsPrint`.", unicode.IsPrint)
	table("LETTER", "Beyond ASCII, `unicode.IsLetter`.", unicode.IsLetter)
	table("DIGIT", "Beyond ASCII, `unicode.IsDigit`.", unicode.IsDigit)
	table("UPPER", "Beyond ASCII, `unicode.IsUpper`.", unicode.IsUpper)
	table("SPACE_SEPARATOR", "Beyond ASCII, category Zs.", func(r rune) bool { return unicode.Is(unicode.Zs, r) })
}

package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/gobwas/glob"
)

var (
	globPieces = []string{
		"*", "*", "**", "?", "a", "b", "c", "/", "/", ".", "ab", "é", "[ab]", "[a-c]", "[!a]", "[!a-b]", "{a,b}", "{a*,b/**}",
		"{,c}", "{", "}", ",", "[", "]", "-", "!", "\\", "\\*", "\\{", ".yaml", "[", "\xff",
	}
	textPieces = []string{"a", "b", "c", "/", ".", "ab", "é", "*", "{", "-", "]", ".yaml", "!", "\\", ","}
)

func pieces(random *rand.Rand, pool []string, most int) string {
	var text strings.Builder
	for range random.IntN(most + 1) {
		text.WriteString(pool[random.IntN(len(pool))])
	}
	return text.String()
}

// globs prints patterns of random pieces, texts, and what gobwas/glob says of them with `/` as the separator, tab-separated:
// whether the pattern chooses the text, `error` where it does not compile, or `panic`.
func globs(out *bufio.Writer, seed uint64, count int) {
	random := rand.New(rand.NewPCG(seed, 0))
	for range count {
		pattern, text := pieces(random, globPieces, 6), pieces(random, textPieces, 6)
		fmt.Fprintf(out, "%q\t%q\t%s\n", pattern, text, globbed(pattern, text))
	}
}

func globbed(pattern, text string) (answer string) {
	defer func() {
		if recover() != nil {
			answer = "panic"
		}
	}()
	compiled, err := glob.Compile(pattern, '/')
	if err != nil {
		return "error"
	}
	return fmt.Sprint(compiled.Match(text))
}

// Command template answers, for each case read as a JSON line, what Go's text/template, fmt or strconv gives.
//
// Strings of cases and answers hold one byte per character (Latin-1), so that bytes which are not UTF-8 survive JSON.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/template"
)

type namedText struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

type testCase struct {
	// Of templates.
	Templates  []namedText     `json:"templates"`
	Data       json.RawMessage `json:"data"`
	MissingKey string          `json:"missingkey"`
	Exec       string          `json:"exec"`
	// Of fmt: Sprintf, Sprint, Sprintln; of strconv: the function.
	Call   string            `json:"call"`
	Format string            `json:"format"`
	Args   []json.RawMessage `json:"args"`
}

type answer struct {
	Out *string `json:"out,omitempty"`
	Err *string `json:"err,omitempty"`
}

// bytesOf turns one character per byte into bytes.
func bytesOf(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// charsOf turns bytes into one character per byte.
func charsOf(s string) string {
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

func ok(s string) answer {
	s = charsOf(s)
	return answer{Out: &s}
}

func fail(err error) answer {
	s := charsOf(err.Error())
	return answer{Err: &s}
}

func run(c testCase) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = fail(fmt.Errorf("panic: %v", r))
		}
	}()
	if c.Call != "" {
		return call(c)
	}
	root := template.New("gotpl")
	if c.MissingKey != "" {
		root.Option("missingkey=" + c.MissingKey)
	}
	root.Funcs(funcs()).Funcs(template.FuncMap{
		"include": include(root),
		"tpl":     tpl(root, c.MissingKey),
	})
	for _, t := range c.Templates {
		if _, err := root.New(bytesOf(t.Name)).Parse(bytesOf(t.Text)); err != nil {
			return fail(err)
		}
	}
	var out strings.Builder
	if err := root.ExecuteTemplate(&out, bytesOf(c.Exec), decode(c.Data)); err != nil {
		return fail(err)
	}
	return ok(out.String())
}

func call(c testCase) answer {
	args := make([]any, len(c.Args))
	for i, arg := range c.Args {
		args[i] = decode(arg)
	}
	text := func(i int) string { return args[i].(string) }
	result := func(v any, err error) answer {
		if err != nil {
			return fail(err)
		}
		return ok(fmt.Sprint(v))
	}
	switch c.Call {
	case "Sprintf":
		return ok(fmt.Sprintf(bytesOf(c.Format), args...))
	case "Sprint":
		return ok(fmt.Sprint(args...))
	case "Sprintln":
		return ok(fmt.Sprintln(args...))
	case "FormatFloat":
		return ok(strconv.FormatFloat(args[0].(float64), text(1)[0], args[2].(int), args[3].(int)))
	case "ParseFloat":
		v, err := strconv.ParseFloat(text(0), args[1].(int))
		if err != nil {
			return fail(err)
		}
		return ok(strconv.FormatFloat(v, 'b', -1, 64))
	case "ParseInt":
		return result(strconv.ParseInt(text(0), args[1].(int), args[2].(int)))
	case "ParseUint":
		return result(strconv.ParseUint(text(0), args[1].(int), args[2].(int)))
	case "Atoi":
		return result(strconv.Atoi(text(0)))
	case "ParseBool":
		return result(strconv.ParseBool(text(0)))
	case "Quote":
		return ok(strconv.Quote(text(0)))
	case "QuoteToASCII":
		return ok(strconv.QuoteToASCII(text(0)))
	case "Unquote":
		return result(strconv.Unquote(text(0)))
	}
	return fail(fmt.Errorf("unknown call %s", c.Call))
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var c testCase
			if err := json.Unmarshal(line, &c); err != nil {
				encoder.Encode(fail(fmt.Errorf("bad case: %w", err)))
			} else {
				encoder.Encode(run(c))
			}
			if in.Buffered() == 0 {
				out.Flush()
			}
		}
		if err != nil {
			return
		}
	}
}

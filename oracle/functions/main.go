// Executes templates with the functions that Helm 3 and Helm 4 give them. Driven by `cargo xtask functions`.
//
// With the argument `names`, prints {"3": [names], "4": [names]}. Otherwise each line of standard input is a JSON
// object {"text": template, "profile": 3|4}; each gives one line of JSON on standard output: {"output": text},
// {"bytes": base64} when the output is not UTF-8, or {"error": text}. Where it matters to `slice` that Go's slices have
// room behind their last element, "clipped" is the answer as if they had none.
//
// With the arguments `globs SEED COUNT`, prints patterns of file names; see globs.
//
// Templates see the value `data`. Time stands still nowhere here: the driver leaves out what depends on it.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"text/template"
	"time"
	"unicode/utf8"
	_ "unsafe" // go:linkname: both function tables are private to Helm

	_ "helm.sh/helm/v3/pkg/engine"
	_ "helm.sh/helm/v4/pkg/engine"
)

//go:linkname funcMap3 helm.sh/helm/v3/pkg/engine.funcMap
func funcMap3() template.FuncMap

//go:linkname funcMap4 helm.sh/helm/v4/pkg/engine.funcMap
func funcMap4() template.FuncMap

const data = `{
	"s": "Hello, wide world", "u": "Žluťoučký kůň 日本語 \ud83d\ude00", "e": "", "n": null, "t": true, "f": false,
	"i": 42, "neg": -7, "x": 3.75, "big": 1e21, "z": 0,
	"l": ["b", "a", "c"], "mixed": [1, "two", null, true, 4.5, [1, 2], {"k": "v"}], "el": [],
	"m": {"a": 1, "b": {"c": "deep", "d": [1, 2, 3]}, "e": null}, "em": {}
}`

type request struct {
	Text    string `json:"text"`
	Profile int    `json:"profile"`
}

type response struct {
	Output *string `json:"output,omitempty"`
	Bytes  []byte  `json:"bytes,omitempty"`
	Error  *string `json:"error,omitempty"`

	Clipped *response `json:"clipped,omitempty"`
}

// withoutRoom wraps Sprig's slice and mustSlice: the list they get ends where its elements end.
func withoutRoom(functions template.FuncMap) template.FuncMap {
	slice := functions["mustSlice"].(func(any, ...any) (any, error))
	clipped := func(list any, indices ...any) (any, error) {
		v := reflect.ValueOf(list)
		if v.Kind() == reflect.Slice {
			list = v.Slice3(0, v.Len(), v.Len()).Interface()
		}
		return slice(list, indices...)
	}
	all := maps.Clone(functions)
	all["mustSlice"] = clipped
	all["slice"] = func(list any, indices ...any) any {
		value, err := clipped(list, indices...)
		if err != nil {
			panic(err)
		}
		return value
	}
	return all
}

func answer(text string, functions, roomless template.FuncMap) response {
	real := execute(text, functions)
	if strings.Contains(text, "lice ") {
		if clipped := execute(text, roomless); !reflect.DeepEqual(real, clipped) {
			real.Clipped = &clipped
		}
	}
	return real
}

func execute(text string, functions template.FuncMap) (answer response) {
	fail := func(message string) response { return response{Error: &message} }
	defer func() {
		if caught := recover(); caught != nil {
			answer = fail(fmt.Sprintf("panic: %v", caught))
		}
	}()
	// As Helm's engine does.
	t, err := template.New("t").Option("missingkey=zero").Funcs(functions).Parse(text)
	if err != nil {
		return fail(err.Error())
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(data), &values); err != nil {
		return fail(err.Error())
	}
	var out bytes.Buffer
	if err := t.Execute(&out, values); err != nil {
		return fail(err.Error())
	}
	if utf8.Valid(out.Bytes()) {
		output := out.String()
		return response{Output: &output}
	}
	return response{Bytes: out.Bytes()}
}

func names(functions template.FuncMap) []string {
	var all []string
	for name := range functions {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

func main() {
	time.Local = time.UTC
	three, four := funcMap3(), funcMap4()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if len(os.Args) > 1 && os.Args[1] == "names" {
		_ = encoder.Encode(map[string][]string{"3": names(three), "4": names(four)})
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "data" {
		fmt.Fprint(out, data)
		return
	}
	roomless3, roomless4 := withoutRoom(three), withoutRoom(four)
	if len(os.Args) > 3 && os.Args[1] == "globs" {
		seed, _ := strconv.ParseUint(os.Args[2], 10, 64)
		count, _ := strconv.Atoi(os.Args[3])
		globs(out, seed, count)
		return
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	decoder := json.NewDecoder(in)
	for decoder.More() {
		var ask request
		if err := decoder.Decode(&ask); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		functions, roomless := four, roomless4
		if ask.Profile == 3 {
			functions, roomless = three, roomless3
		}
		_ = encoder.Encode(answer(ask.Text, functions, roomless))
		// The driver asks a batch and waits for the answers.
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

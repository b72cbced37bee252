package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template"
)

// exactly has no room behind its bytes, which `slice` would show: how much a conversion allocates is not specified.
func exactly(s string) []byte { return slices.Clip([]byte(s)) }

// funcs are defined in the same way by the tests of crates/gotpl: one of each sort of signature.
func funcs() template.FuncMap {
	return template.FuncMap{
		"upper":  strings.ToUpper,
		"add":    func(a, b int) int { return a + b },
		"add64":  func(a, b int64) int64 { return a + b },
		"half":   func(f float64) float64 { return f / 2 },
		"u8":     func(n uint8) uint8 { return n },
		"i8":     func(n int32) int32 { return n },
		"negate": func(b bool) bool { return !b },
		"list":   func(items ...any) []any { return items },
		"dict": func(pairs ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i < len(pairs); i += 2 {
				key := fmt.Sprint(pairs[i])
				if i+1 < len(pairs) {
					m[key] = pairs[i+1]
				} else {
					m[key] = ""
				}
			}
			return m
		},
		// Only plain values: Go overflows its stack when it prints a map that holds itself.
		"set": func(m map[string]any, key string, value any) (map[string]any, error) {
			switch reflect.ValueOf(value).Kind() {
			case reflect.Map, reflect.Slice, reflect.Pointer, reflect.Struct, reflect.Func:
				return nil, errors.New("not a plain value")
			}
			m[key] = value
			return m, nil
		},
		"get": func(m map[string]any, key string) any {
			if v, ok := m[key]; ok {
				return v
			}
			return ""
		},
		"same":    func(v any) any { return v },
		"nothing": func() any { return nil },
		"fail":    func(message string) (string, error) { return "", errors.New(message) },
		"boom":    func() string { panic("boom!") },
		"typeOf":  func(v any) string { return fmt.Sprintf("%T", v) },
		"kindOf":  func(v any) string { return reflect.ValueOf(v).Kind().String() },
		"words":   func(words ...string) []string { return words },
		"join":    func(sep string, list []string) string { return strings.Join(list, sep) },
		"total": func(first int, more ...int) int {
			for _, n := range more {
				first += n
			}
			return first
		},
		"lookup": func(m map[string]string, key string) string { return m[key] },
		"bytes":  exactly,
		"text":   func(b []byte) string { return string(b) },
		"name":   func(p *Person) string { return p.Name },
		"age":    func(p Person) int { return p.Age },
	}
}

func include(t *template.Template) func(string, any) (string, error) {
	return func(name string, data any) (string, error) {
		var out strings.Builder
		err := t.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
}

func tpl(parent *template.Template, missingKey string) func(string, any) (string, error) {
	return func(text string, data any) (string, error) {
		t, err := parent.Clone()
		if err != nil {
			return "", fmt.Errorf("cannot clone template: %w", err)
		}
		if missingKey != "" {
			t.Option("missingkey=" + missingKey)
		}
		t.Funcs(template.FuncMap{"include": include(t), "tpl": tpl(t, missingKey)})
		t, err = t.New(parent.Name()).Parse(text)
		if err != nil {
			return "", fmt.Errorf("cannot parse template %q: %w", text, err)
		}
		var out strings.Builder
		if err := t.Execute(&out, data); err != nil {
			return "", fmt.Errorf("error during tpl function execution for %q: %w", text, err)
		}
		return out.String(), nil
	}
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
)

// Values is a defined map type with methods, as Helm's are.
type Values map[string]any

// Has says whether the key is there.
func (v Values) Has(key string) bool { _, ok := v[key]; return ok }

// Words is a defined slice type with a method.
type Words []string

// Count counts.
func (w Words) Count() int { return len(w) }

// Base is embedded in Person.
type Base struct{ ID int64 }

// Person has every sort of field and method.
type Person struct {
	Base
	Name   string
	Age    int
	Tags   []string
	Any    any
	Friend *Person
	secret string
}

// Greet takes a fixed argument.
func (p *Person) Greet(greeting string) string { return greeting + " " + p.Name }

// Sum is variadic.
func (p *Person) Sum(start int, more ...int) int {
	for _, n := range more {
		start += n
	}
	return start
}

// Oops fails.
func (p *Person) Oops() (string, error) { return "", errors.New("oops: " + p.Name) }

// Nothing returns a nil interface.
func (p *Person) Nothing() any { return nil }

// Temp prints itself.
type Temp struct{ Degrees int }

func (t Temp) String() string { return fmt.Sprintf("%d°", t.Degrees) }

func (p *Person) fill(fields map[string]json.RawMessage) {
	for name, raw := range fields {
		switch name {
		case "ID":
			p.ID = int64(decode(raw).(int))
		case "Name":
			p.Name = decode(raw).(string)
		case "Age":
			p.Age = decode(raw).(int)
		case "Tags":
			p.Tags = strs(raw)
		case "Any":
			p.Any = decode(raw)
		case "Friend":
			if friend, ok := decode(raw).(*Person); ok {
				p.Friend = friend
			}
		}
	}
	p.secret = "hidden"
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func strs(raw json.RawMessage) []string {
	var list []string
	must(json.Unmarshal(raw, &list))
	for i, s := range list {
		list[i] = bytesOf(s)
	}
	return slices.Clip(list)
}

// decode reads a value: JSON's own types as they are, and {"$": TYPE, "v": VALUE} for the others.
func decode(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	switch raw[0] {
	case 'n':
		return nil
	case 't', 'f':
		return raw[0] == 't'
	case '"':
		var s string
		must(json.Unmarshal(raw, &s))
		return bytesOf(s)
	case '[':
		var items []json.RawMessage
		must(json.Unmarshal(raw, &items))
		list := make([]any, len(items))
		for i, item := range items {
			list[i] = decode(item)
		}
		return list
	case '{':
		var fields map[string]json.RawMessage
		must(json.Unmarshal(raw, &fields))
		if kind, ok := fields["$"]; ok {
			var name string
			must(json.Unmarshal(kind, &name))
			return typed(name, fields["v"])
		}
		return object(fields)
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	must(err)
	return f
}

func object(fields map[string]json.RawMessage) map[string]any {
	m := make(map[string]any, len(fields))
	for key, value := range fields {
		m[bytesOf(key)] = decode(value)
	}
	return m
}

func typed(name string, raw json.RawMessage) any {
	number := func(bits int) int64 {
		var s string
		must(json.Unmarshal(raw, &s))
		n, err := strconv.ParseInt(s, 10, bits)
		must(err)
		return n
	}
	unsigned := func(bits int) uint64 {
		var s string
		must(json.Unmarshal(raw, &s))
		n, err := strconv.ParseUint(s, 10, bits)
		must(err)
		return n
	}
	var fields map[string]json.RawMessage
	if len(raw) > 0 && raw[0] == '{' {
		must(json.Unmarshal(raw, &fields))
	}
	switch name {
	case "int":
		return int(number(64))
	case "int8":
		return int8(number(8))
	case "int16":
		return int16(number(16))
	case "int32":
		return int32(number(32))
	case "int64":
		return number(64)
	case "uint":
		return uint(unsigned(64))
	case "uint8":
		return uint8(unsigned(8))
	case "uint16":
		return uint16(unsigned(16))
	case "uint32":
		return uint32(unsigned(32))
	case "uint64":
		return unsigned(64)
	case "float64", "float32":
		var s string
		must(json.Unmarshal(raw, &s))
		bits := 64
		if name == "float32" {
			bits = 32
		}
		f, err := strconv.ParseFloat(s, bits)
		must(err)
		if name == "float32" {
			return float32(f)
		}
		return f
	case "[]string":
		return strs(raw)
	case "Words":
		return Words(strs(raw))
	case "[]int":
		var list []int
		must(json.Unmarshal(raw, &list))
		return slices.Clip(list)
	case "[]uint8":
		var s string
		must(json.Unmarshal(raw, &s))
		return exactly(bytesOf(s))
	case "map[string]string":
		m := map[string]string{}
		for key, value := range fields {
			m[bytesOf(key)] = decode(value).(string)
		}
		return m
	case "map[string]int":
		m := map[string]int{}
		for key, value := range fields {
			m[bytesOf(key)] = decode(value).(int)
		}
		return m
	case "Values":
		return Values(object(fields))
	case "Person":
		var p Person
		p.fill(fields)
		return p
	case "*Person":
		var p Person
		p.fill(fields)
		return &p
	case "Temp":
		return Temp{Degrees: decode(raw).(int)}
	case "nil *Person":
		return (*Person)(nil)
	case "nil []interface {}":
		return []any(nil)
	case "nil []string":
		return []string(nil)
	case "nil map[string]interface {}":
		return map[string]any(nil)
	case "func":
		return func(a int, more ...string) (string, error) {
			if a < 0 {
				return "", errors.New("negative")
			}
			return fmt.Sprint(a, more), nil
		}
	case "seq":
		list := decode(raw).([]any)
		return iter.Seq[any](func(yield func(any) bool) {
			for _, item := range list {
				if !yield(item) {
					return
				}
			}
		})
	case "seq2":
		list := decode(raw).([]any)
		return iter.Seq2[int, any](func(yield func(int, any) bool) {
			for i, item := range list {
				if !yield(i, item) {
					return
				}
			}
		})
	}
	panic("unknown type " + name)
}

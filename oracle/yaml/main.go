// Prints what go-yaml v2, go-yaml v3 and sigs.k8s.io/yaml make of an input. Driven by `cargo xtask yaml`.
//
// Each line of standard input is a JSON object {"op": …, "input": …}; each gives one line of JSON on standard output.
//
//	parse  the input as YAML: v2 values, v2 error, v3 node tree, JSON of sigs.k8s.io/yaml
//	emit   the input as a value (see value): v2 Marshal, sigs Marshal, v3 with indent 2
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strconv"
	"strings"

	yaml2 "go.yaml.in/yaml/v2"
	yaml3 "go.yaml.in/yaml/v3"
	sigs "sigs.k8s.io/yaml"
)

type request struct {
	Op    string          `json:"op"`
	Input json.RawMessage `json:"input"`
}

type response struct {
	// Values of the documents before the first error, as dump writes them.
	Values []string `json:"values,omitempty"`
	Error  string   `json:"error,omitempty"`
	// Node trees of the documents before v3's first error, as dumpNode writes them.
	Nodes  []string `json:"nodes,omitempty"`
	Error3 string   `json:"error3,omitempty"`
	// The first document as JSON.
	JSON      string `json:"json,omitempty"`
	JSONError string `json:"json_error,omitempty"`

	V2        string `json:"v2,omitempty"`
	V2Error   string `json:"v2_error,omitempty"`
	Sigs      string `json:"sigs,omitempty"`
	SigsError string `json:"sigs_error,omitempty"`
	V3        string `json:"v3,omitempty"`
	V3Error   string `json:"v3_error,omitempty"`
}

// quote writes bytes so that no two inputs look the same and every language can do it.
func quote(out *strings.Builder, s string) {
	out.WriteByte('"')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			fmt.Fprintf(out, "\\x%02x", c)
		} else {
			out.WriteByte(c)
		}
	}
	out.WriteByte('"')
}

func dump(out *strings.Builder, v interface{}) {
	switch v := v.(type) {
	case nil:
		out.WriteString("~")
	case bool:
		fmt.Fprintf(out, "b%v", v)
	case int:
		fmt.Fprintf(out, "i%d", v)
	case int64:
		fmt.Fprintf(out, "i%d", v)
	case uint64:
		fmt.Fprintf(out, "u%d", v)
	case float64:
		if math.IsNaN(v) {
			out.WriteString("fnan")
		} else {
			fmt.Fprintf(out, "f%016x", math.Float64bits(v))
		}
	case string:
		quote(out, v)
	case []interface{}:
		out.WriteByte('[')
		for _, item := range v {
			dump(out, item)
			out.WriteByte(',')
		}
		out.WriteByte(']')
	case map[interface{}]interface{}:
		entries := make([]string, 0, len(v))
		for key, value := range v {
			var entry strings.Builder
			dump(&entry, key)
			entry.WriteByte(':')
			dump(&entry, value)
			entries = append(entries, entry.String())
		}
		sort.Strings(entries)
		out.WriteByte('{')
		for _, entry := range entries {
			out.WriteString(entry)
			out.WriteByte(',')
		}
		out.WriteByte('}')
	default:
		fmt.Fprintf(out, "?%T", v)
	}
}

func dumpNode(out *strings.Builder, n *yaml3.Node) {
	if n.Anchor != "" && n.Kind != yaml3.AliasNode {
		out.WriteString("&" + n.Anchor + " ")
	}
	place := fmt.Sprintf("@%d:%d", n.Line, n.Column)
	flow := n.Style&yaml3.FlowStyle != 0
	switch n.Kind {
	case yaml3.AliasNode:
		out.WriteString("*" + n.Value + place)
	case yaml3.ScalarNode:
		style := "p"
		switch {
		case n.Style&yaml3.DoubleQuotedStyle != 0:
			style = "d"
		case n.Style&yaml3.SingleQuotedStyle != 0:
			style = "s"
		case n.Style&yaml3.LiteralStyle != 0:
			style = "l"
		case n.Style&yaml3.FoldedStyle != 0:
			style = "f"
		}
		out.WriteString(style)
		quote(out, n.Value)
		out.WriteString(place)
	case yaml3.SequenceNode, yaml3.MappingNode:
		brackets := "[]"
		if n.Kind == yaml3.MappingNode {
			brackets = "{}"
		}
		if flow {
			out.WriteByte('F')
		}
		out.WriteByte(brackets[0])
		out.WriteString(place)
		out.WriteByte(' ')
		for _, child := range n.Content {
			dumpNode(out, child)
			out.WriteByte(',')
		}
		out.WriteByte(brackets[1])
	}
}

// caught turns a panic of the library into an error, for go-yaml has some on hostile input.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("panic: %v", r)
	}
}

func decode2(decoder *yaml2.Decoder, out *interface{}) (err error) {
	defer caught(&err)
	return decoder.Decode(out)
}

func decode3(decoder *yaml3.Decoder, out *yaml3.Node) (err error) {
	defer caught(&err)
	return decoder.Decode(out)
}

func toJSON(text []byte) (out []byte, err error) {
	defer caught(&err)
	return sigs.YAMLToJSON(text)
}

func parse(text string, r *response) {
	decoder := yaml2.NewDecoder(strings.NewReader(text))
	for {
		var v interface{}
		err := decode2(decoder, &v)
		if err == io.EOF {
			break
		}
		if err != nil {
			r.Error = err.Error()
			break
		}
		var out strings.Builder
		dump(&out, v)
		r.Values = append(r.Values, out.String())
	}
	decoder3 := yaml3.NewDecoder(strings.NewReader(text))
	for {
		var n yaml3.Node
		err := decode3(decoder3, &n)
		if err == io.EOF {
			break
		}
		if err != nil {
			r.Error3 = err.Error()
			break
		}
		var out strings.Builder
		for _, child := range n.Content {
			dumpNode(&out, child)
		}
		r.Nodes = append(r.Nodes, out.String())
	}
	j, err := toJSON([]byte(text))
	if err != nil {
		r.JSONError = err.Error()
	} else {
		r.JSON = string(j)
	}
}

// value reads the notation of the driver: JSON in which {"$f": "bits in hex"} is a float64, {"$b": "base64"} a string of
// bytes, {"$n": "text"} a json.Number, and a whole number an int64 or uint64.
func value(v interface{}) interface{} {
	switch v := v.(type) {
	case json.Number:
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return i
		}
		u, err := strconv.ParseUint(v.String(), 10, 64)
		if err != nil {
			panic(err)
		}
		return u
	case []interface{}:
		for i := range v {
			v[i] = value(v[i])
		}
		return v
	case map[string]interface{}:
		if len(v) == 1 {
			if f, ok := v["$f"].(string); ok {
				bits, err := strconv.ParseUint(f, 16, 64)
				if err != nil {
					panic(err)
				}
				return math.Float64frombits(bits)
			}
			if b, ok := v["$b"].(string); ok {
				data, err := base64.StdEncoding.DecodeString(b)
				if err != nil {
					panic(err)
				}
				return string(data)
			}
			if n, ok := v["$n"].(string); ok {
				return json.Number(n)
			}
		}
		for k := range v {
			v[k] = value(v[k])
		}
		return v
	}
	return v
}

func marshal2(v interface{}) (out []byte, err error) {
	defer caught(&err)
	return yaml2.Marshal(v)
}

func marshalSigs(v interface{}) (out []byte, err error) {
	defer caught(&err)
	return sigs.Marshal(v)
}

func marshal3(v interface{}) (out []byte, err error) {
	defer caught(&err)
	var buffer bytes.Buffer
	encoder := yaml3.NewEncoder(&buffer)
	encoder.SetIndent(2)
	err = encoder.Encode(v)
	return buffer.Bytes(), err
}

func emit(input []byte, r *response) {
	decoder := json.NewDecoder(bytes.NewReader(input))
	decoder.UseNumber()
	var raw interface{}
	if err := decoder.Decode(&raw); err != nil {
		panic(err)
	}
	v := value(raw)
	set := func(out []byte, err error, text, message *string) {
		if err != nil {
			*message = err.Error()
		} else {
			*text = string(out)
		}
	}
	out, err := marshal2(v)
	set(out, err, &r.V2, &r.V2Error)
	out, err = marshalSigs(v)
	set(out, err, &r.Sigs, &r.SigsError)
	out, err = marshal3(v)
	set(out, err, &r.V3, &r.V3Error)
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var req request
			if err := json.Unmarshal(line, &req); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			var r response
			switch req.Op {
			case "parse":
				var text string
				if err := json.Unmarshal(req.Input, &text); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				parse(text, &r)
			case "emit":
				emit(req.Input, &r)
			}
			if err := encoder.Encode(&r); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			// The driver waits for an answer to what it has sent.
			if in.Buffered() == 0 {
				out.Flush()
			}
		}
		if err != nil {
			out.Flush()
			return
		}
	}
}

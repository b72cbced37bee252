// The API server's verdict on manifests, without a server: its own decoders, defaulting, registries and
// validation, over a storage that holds nothing. JSON lines in, JSON lines out, in the same order; README.md says more.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"sort"
	"sync"

	goruntime "runtime"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/capabilities"
)

type server struct {
	kinds     map[schema.GroupVersionKind]*kind
	customs   map[schema.GroupVersionKind]*customKind
	resources *customResources
	// real is asked in place of the code here, if there is one.
	real *realServer
}

func main() {
	list := flag.Bool("kinds", false, "print the kinds known, and end")
	workers := flag.Int("workers", goruntime.GOMAXPROCS(0), "requests judged at once")
	profile := flag.String("cpuprofile", "", "write a CPU profile here")
	real := flag.String("server", "", "ask this API server (https://127.0.0.1:PORT) in place of judging here")
	token := flag.String("token-file", "", "the token for -server, or the server's --token-auth-file")
	flag.Parse()
	silent()
	// --allow-privileged, as every cluster has it.
	capabilities.Setup(true, 0)
	kinds, err := builtinKinds()
	if err != nil {
		fatal(err)
	}
	resources, err := newCustomResources()
	if err != nil {
		fatal(err)
	}
	s := &server{kinds: kinds, customs: map[schema.GroupVersionKind]*customKind{}, resources: resources}
	if *real != "" {
		if s.real, err = newRealServer(*real, *token); err != nil {
			fatal(err)
		}
	}
	if *list {
		var lines []string
		for gvk, k := range kinds {
			lines = append(lines, fmt.Sprintf("%s\t%s\t%s\tnamespaced=%v", gvk.GroupVersion(), gvk.Kind, k.resource.Resource, k.namespaced))
		}
		sort.Strings(lines)
		for _, line := range lines {
			fmt.Println(line)
		}
		return
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			fatal(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	if err := s.serve(os.Stdin, os.Stdout, *workers); err != nil {
		fatal(err)
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "apiserver-oracle:", err)
	os.Exit(1)
}

// silent keeps the server's log out of the way: what matters is in the verdicts.
func silent() {
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{"logtostderr": "false", "alsologtostderr": "false", "stderrthreshold": "FATAL"} {
		_ = flags.Set(name, value)
	}
	klog.SetOutput(io.Discard)
}

type job struct {
	line   []byte
	answer chan []byte
}

// serve answers lines in their order, several at once; a "crd" waits for all before it.
func (s *server) serve(in io.Reader, out io.Writer, workers int) error {
	work := make(chan job, 4*workers)
	order := make(chan chan []byte, 256)
	var busy sync.WaitGroup
	for range workers {
		go func() {
			for j := range work {
				j.answer <- s.line(j.line)
				busy.Done()
			}
		}()
	}
	written := make(chan error, 1)
	go func() {
		w := bufio.NewWriterSize(out, 1<<20)
		for answer := range order {
			_, err := w.Write(<-answer)
			if err == nil && len(order) == 0 {
				err = w.Flush()
			}
			if err != nil {
				written <- err
				return
			}
		}
		written <- w.Flush()
	}()
	lines := bufio.NewReaderSize(in, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 {
			var head struct {
				Op string `json:"op"`
			}
			_ = json.Unmarshal(line, &head)
			if head.Op == "crd" || head.Op == "reset" {
				busy.Wait()
			}
			answer := make(chan []byte, 1)
			select {
			case order <- answer:
			case err := <-written:
				return err
			}
			if head.Op == "crd" || head.Op == "reset" {
				answer <- s.line(line)
			} else {
				busy.Add(1)
				work <- job{line, answer}
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	busy.Wait()
	close(order)
	return <-written
}

func (s *server) line(line []byte) []byte {
	var req Request
	var v Verdict
	if err := json.Unmarshal(line, &req); err != nil {
		v = refused("request", err.Error())
	} else {
		switch req.Op {
		case "crd":
			if s.real != nil {
				v = s.real.register(s, req)
			} else {
				v = s.register(req)
			}
		case "reset":
			for _, crd := range s.resources.indexer.List() {
				_ = s.resources.indexer.Delete(crd)
			}
			s.customs = map[schema.GroupVersionKind]*customKind{}
			v = Verdict{ID: req.ID, Accepted: true}
		case "", "create", "update":
			if s.real != nil {
				v = s.real.ask(s, req)
			} else {
				v = s.judge(req)
			}
		default:
			v = refused("request", fmt.Sprintf("op %q is none of create, update, crd, reset", req.Op))
			v.ID = req.ID
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		text.Reset()
		_ = encoder.Encode(refused("request", err.Error()))
	}
	return text.Bytes()
}

package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// realServer asks a running API server by dry runs, in the same protocol.
type realServer struct {
	base   string
	token  string
	client *http.Client
}

func newRealServer(base, tokenFile string) (*realServer, error) {
	token, err := os.ReadFile(tokenFile)
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(token), ",")
	return &realServer{
		base: strings.TrimSuffix(base, "/"), token: strings.TrimSpace(first),
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{
			// The server is ours, on loopback, with a certificate it made for itself.
			TLSClientConfig:     &tls.Config{InsecureSkipVerify: true},
			MaxIdleConnsPerHost: 64,
		}},
	}, nil
}

func (r *realServer) do(method, path string, query url.Values, content string, body []byte) (int, []byte, error) {
	target := &url.URL{Path: path, RawQuery: query.Encode()}
	request, err := http.NewRequest(method, r.base+target.String(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	request.Header.Set("Accept", runtime.ContentTypeJSON)
	if content != "" {
		request.Header.Set("Content-Type", content)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, text, err
}

// place is the collection that a document belongs to, and its own name.
func (s *server) place(d document) (collection, name string, ok bool) {
	var head struct {
		Metadata struct {
			Name      any `json:"name"`
			Namespace any `json:"namespace"`
		} `json:"metadata"`
	}
	_ = json.Unmarshal(d.json, &head)
	name, _ = head.Metadata.Name.(string)
	namespace, _ := head.Metadata.Namespace.(string)
	var resource string
	var namespaced bool
	if k := s.kinds[d.gvk]; k != nil {
		resource, namespaced = k.resource.Resource, k.namespaced
	} else if c := s.customs[d.gvk]; c != nil {
		resource, namespaced = c.plural, c.namespaced
	} else {
		return "", "", false
	}
	collection = "/apis/" + d.gvk.Group + "/" + d.gvk.Version
	if d.gvk.Group == "" {
		collection = "/api/" + d.gvk.Version
	}
	if namespaced {
		if namespace == "" {
			namespace = metav1.NamespaceDefault
		}
		collection += "/namespaces/" + namespace
	}
	return collection + "/" + resource, name, true
}

var dryRun = url.Values{"dryRun": {"All"}, "fieldValidation": {"Strict"}}

// ask sends one request to the real server.
func (r *realServer) ask(s *server, req Request) Verdict {
	v := r.answer(s, req)
	v.ID = req.ID
	return v
}

func (r *realServer) answer(s *server, req Request) Verdict {
	d, failure := read(req.Object)
	if failure != nil && failure.Stage != "decode" {
		return *failure
	}
	collection, name, ok := s.place(d)
	if !ok {
		// No such path: kubectl would say so before it asks.
		return s.judge(req)
	}
	if req.Op != "update" {
		status, body, err := r.do("POST", collection, dryRun, runtime.ContentTypeYAML, []byte(req.Object))
		return fromAnswer(d, status, body, err)
	}
	return r.update(s, d, req, collection, name)
}

// update creates the old object for real (it stays, for the next change of the same object) and makes the change as a dry run.
func (r *realServer) update(s *server, d document, req Request, collection, name string) Verdict {
	old, failure := read(req.Old)
	if failure != nil {
		return *failure
	}
	from, oldName, _ := s.place(old)
	if from != collection || name != oldName || d.gvk != old.gvk {
		return s.judge(req)
	}
	status, body, err := r.do("GET", from+"/"+oldName, nil, "", nil)
	if err == nil && status == http.StatusNotFound {
		status, body, err = r.do("POST", from, url.Values{"fieldValidation": {"Strict"}}, runtime.ContentTypeYAML, []byte(req.Old))
	}
	if err == nil && status >= 300 {
		// Another request may just have made it.
		if again, text, _ := r.do("GET", from+"/"+oldName, nil, "", nil); again == http.StatusOK {
			status, body = again, text
		}
	}
	if err != nil || status >= 300 {
		v := fromAnswer(old, status, body, err)
		v.Stage = "old"
		return v
	}
	modified, current := d.json, body
	var versioned runtime.Object
	if k := s.kinds[d.gvk]; k != nil {
		versioned = k.versioned
	}
	if d.duplicates != nil && versioned == nil {
		return refused("strict", d.duplicates.Error(), strictProblems([]error{d.duplicates})...)
	}
	// Strictness is judged on the new manifest itself: by the decoder that judges without a server.
	if k := s.kinds[d.gvk]; k != nil {
		if _, failure := k.decode(d); failure != nil {
			return *failure
		}
	}
	merged, err := threeWay(versioned, old.json, modified, current)
	if err != nil {
		return refused("patch", err.Error())
	}
	status, body, err = r.do("PUT", collection+"/"+name, dryRun, runtime.ContentTypeJSON, merged)
	return fromAnswer(d, status, body, err)
}

// register creates a CRD for real and waits until its kinds are served.
func (r *realServer) register(s *server, req Request) Verdict {
	v := s.register(req)
	if !v.Accepted {
		return v
	}
	d, _ := read(req.Object)
	collection, _, _ := s.place(d)
	status, body, err := r.do("POST", collection, nil, runtime.ContentTypeYAML, []byte(req.Object))
	if err == nil && status != http.StatusConflict && status >= 300 {
		return fromAnswer(d, status, body, err)
	}
	var crd struct {
		Spec struct {
			Group string `json:"group"`
			Names struct {
				Plural string `json:"plural"`
			} `json:"names"`
			Versions []struct {
				Name   string `json:"name"`
				Served bool   `json:"served"`
			} `json:"versions"`
		} `json:"spec"`
	}
	_ = yaml.Unmarshal([]byte(req.Object), &crd)
	for _, version := range crd.Spec.Versions {
		for range 100 {
			status, _, err := r.do("GET", "/apis/"+crd.Spec.Group+"/"+version.Name+"/"+crd.Spec.Names.Plural, url.Values{"limit": {"1"}}, "", nil)
			if !version.Served || err == nil && status < 300 {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return v
}

func fromAnswer(d document, code int, body []byte, err error) Verdict {
	if err != nil {
		return refused("http", err.Error())
	}
	if code < 300 {
		return Verdict{Accepted: true, Kind: d.gvk.Kind}
	}
	var status metav1.Status
	if err := json.Unmarshal(body, &status); err != nil || status.Kind != "Status" {
		return refused("http", fmt.Sprintf("%d: %.300s", code, body))
	}
	if status.Reason == metav1.StatusReasonAlreadyExists {
		// What exists was valid; the name is the cluster's own.
		return Verdict{Accepted: true, Kind: d.gvk.Kind, Text: status.Message}
	}
	v := fromError(&apierrors.StatusError{ErrStatus: status})
	v.Kind = d.gvk.Kind
	v.locate(status.Message)
	return v
}

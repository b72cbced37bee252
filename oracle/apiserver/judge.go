package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/authentication/user"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/warning"
	"sigs.k8s.io/yaml"
)

// Problem is one of the server's errors.
type Problem struct {
	Type   string `json:"type"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// Verdict is what the server says of one request.
type Verdict struct {
	ID       json.RawMessage `json:"id,omitempty"`
	Accepted bool            `json:"accepted"`
	// Stage at which the object was refused: yaml, kind, decode, strict, validate; old when the object to be updated is itself refused.
	Stage    string    `json:"stage,omitempty"`
	Kind     string    `json:"kind,omitempty"`
	Errors   []Problem `json:"errors,omitempty"`
	Text     string    `json:"text,omitempty"`
	Warnings []string  `json:"warnings,omitempty"`
	// Object as the server would store it, if asked for.
	Object json.RawMessage `json:"object,omitempty"`
}

// Request is one line of input.
type Request struct {
	ID     json.RawMessage `json:"id"`
	Op     string          `json:"op"`
	Object string          `json:"object"`
	Old    string          `json:"old"`
	// How an update is made: "apply" (kubectl's three-way patch, the default) or "put".
	How string `json:"how"`
	// Echo asks for the object as stored.
	Echo bool `json:"echo"`
}

func refused(stage, text string, problems ...Problem) Verdict {
	return Verdict{Stage: stage, Text: text, Errors: problems}
}

type recorder struct{ texts []string }

func (r *recorder) AddWarning(_, text string) { r.texts = append(r.texts, text) }

// judge answers one create or update.
func (s *server) judge(req Request) (v Verdict) {
	defer func() {
		if p := recover(); p != nil {
			v = refused("panic", fmt.Sprint(p))
		}
		v.ID = req.ID
	}()
	doc, failure := read(req.Object)
	if failure != nil {
		return *failure
	}
	if doc.gvk.Version == "" {
		return refused("kind", "no apiVersion", Problem{Type: "Required value", Field: "apiVersion", Detail: "Required value"})
	}
	if doc.gvk.Kind == "" {
		return refused("kind", fmt.Sprintf("Object 'Kind' is missing in '%.200s'", doc.json), Problem{Type: "Required value", Field: "kind", Detail: "Required value"})
	}
	defer func() { v.Kind = doc.gvk.Kind }()
	if k := s.kinds[doc.gvk]; k != nil {
		return s.builtin(k, doc, req)
	}
	if crd := s.customs[doc.gvk]; crd != nil {
		return s.custom(crd, doc, req)
	}
	return refused("kind", fmt.Sprintf("no matches for kind %q in version %q", doc.gvk.Kind, doc.gvk.GroupVersion()),
		Problem{Type: "Unsupported value", Field: "kind", Detail: "no such kind in this version"})
}

// document is a manifest read as the server's YAML serializer reads it.
type document struct {
	text string
	json []byte
	// duplicates is the error of the strict YAML reader: it joins the unknown fields of the strict decoder.
	duplicates error
	gvk        schema.GroupVersionKind
}

func read(text string) (document, *Verdict) {
	d := document{text: text}
	var err error
	if d.json, err = yaml.YAMLToJSONStrict([]byte(text)); err != nil {
		strict := err
		if d.json, err = yaml.YAMLToJSON([]byte(text)); err != nil {
			v := refused("yaml", err.Error())
			return d, &v
		}
		d.duplicates = strict
	}
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err = json.Unmarshal(d.json, &head); err != nil {
		v := refused("decode", "couldn't get version/kind; json parse error: "+err.Error(), decodeProblem(err))
		return d, &v
	}
	gv, err := schema.ParseGroupVersion(head.APIVersion)
	if err != nil {
		v := refused("kind", err.Error(), Problem{Type: "Invalid value", Field: "apiVersion", Detail: err.Error()})
		return d, &v
	}
	d.gvk = gv.WithKind(head.Kind)
	return d, nil
}

// The texts of the decoders that say where: encoding/json, the strict decoder, go-yaml.
var (
	intoField    = regexp.MustCompile(`Go struct field ([^ ]+) of type`)
	strictField  = regexp.MustCompile(`(unknown|duplicate) field "([^"]+)"`)
	duplicateKey = regexp.MustCompile(`key "([^"]*)" already set in map`)
)

func decodeProblem(err error) Problem {
	p := Problem{Type: "Decode", Detail: err.Error()}
	if m := intoField.FindStringSubmatch(err.Error()); m != nil {
		if _, path, ok := strings.Cut(m[1], "."); ok {
			p.Field = path
		}
	}
	return p
}

func strictProblems(errs []error) []Problem {
	var out []Problem
	for _, err := range errs {
		text := err.Error()
		before := len(out)
		for _, m := range duplicateKey.FindAllStringSubmatch(text, -1) {
			out = append(out, Problem{Type: "Duplicate field", Field: m[1], Detail: m[0]})
		}
		for _, m := range strictField.FindAllStringSubmatch(text, -1) {
			out = append(out, Problem{Type: strings.ToUpper(m[1][:1]) + m[1][1:] + " field", Field: m[2], Detail: m[0]})
		}
		if len(out) == before {
			out = append(out, Problem{Type: "Strict", Detail: text})
		}
	}
	return out
}

// decode reads the JSON of a document strictly into the internal type, defaulted and converted.
func (k *kind) decode(d document) (runtime.Object, *Verdict) {
	into := k.storage.New()
	decoder := k.codecs.DecoderToVersion(k.strict, schema.GroupVersion{Group: k.gvk.Group, Version: runtime.APIVersionInternal})
	gvk := d.gvk
	obj, _, err := decoder.Decode(d.json, &gvk, into)
	var strict []error
	if d.duplicates != nil {
		strict = append(strict, d.duplicates)
	}
	if err != nil {
		if s, ok := runtime.AsStrictDecodingError(err); ok {
			strict = append(strict, s.Errors()...)
		} else {
			text := fmt.Sprintf("%s in version %q cannot be handled as a %s: %v", d.gvk.Kind, d.gvk.Version, d.gvk.Kind, err)
			v := refused("decode", text, decodeProblem(err))
			return nil, &v
		}
	}
	if len(strict) > 0 {
		text := fmt.Sprintf("%s in version %q cannot be handled as a %s: %v", d.gvk.Kind, d.gvk.Version, d.gvk.Kind, runtime.NewStrictDecodingError(strict))
		v := refused("strict", text, strictProblems(strict)...)
		return nil, &v
	}
	return obj, nil
}

func (k *kind) context(obj runtime.Object, verb string, warnings *recorder) (context.Context, string) {
	namespace, name := "", ""
	if m, err := meta.Accessor(obj); err == nil {
		name = m.GetName()
		if k.namespaced {
			if namespace = m.GetNamespace(); namespace == "" {
				namespace = metav1.NamespaceDefault
			}
		} else if k.resource.Resource == "namespaces" {
			namespace = name
		}
	}
	ctx := genericapirequest.WithNamespace(context.Background(), namespace)
	ctx = genericapirequest.WithUser(ctx, &user.DefaultInfo{Name: "admin", Groups: []string{"system:masters", "system:authenticated"}})
	ctx = genericapirequest.WithRequestInfo(ctx, &genericapirequest.RequestInfo{
		IsResourceRequest: true, Verb: verb, Namespace: namespace, Name: name,
		APIGroup: k.resource.Group, APIVersion: k.resource.Version, Resource: k.resource.Resource,
	})
	return warning.WithWarningRecorder(ctx, warnings), namespace
}

// tidy does to the metadata what the server's handler does before the registry sees it.
func (k *kind) tidy(ctx context.Context, obj runtime.Object, namespace string) error {
	m, err := meta.Accessor(obj)
	if err != nil {
		return nil
	}
	rest.WipeObjectMetaSystemFields(m)
	m.SetManagedFields(nil)
	m.SetOwnerReferences(withoutTwins(ctx, m.GetOwnerReferences()))
	return rest.EnsureObjectNamespaceMatchesRequestNamespace(rest.ExpectedNamespaceForResource(namespace, k.resource), m)
}

func withoutTwins(ctx context.Context, refs []metav1.OwnerReference) []metav1.OwnerReference {
	var out []metav1.OwnerReference
next:
	for _, ref := range refs {
		for _, seen := range out {
			if seen.UID == ref.UID && seen.Name == ref.Name && seen.Kind == ref.Kind && seen.APIVersion == ref.APIVersion &&
				same(seen.Controller, ref.Controller) && same(seen.BlockOwnerDeletion, ref.BlockOwnerDeletion) {
				warning.AddWarning(ctx, "", fmt.Sprintf(".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: %v", ref.UID))
				continue next
			}
		}
		out = append(out, ref)
	}
	return out
}

func same(a, b *bool) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func (k *kind) create(d document, warnings *recorder) (runtime.Object, *Verdict) {
	obj, failure := k.decode(d)
	if failure != nil {
		return nil, failure
	}
	ctx, namespace := k.context(obj, "create", warnings)
	if err := k.tidy(ctx, obj, namespace); err != nil {
		v := fromError(err)
		return nil, &v
	}
	out, err := k.storage.(rest.Creater).Create(ctx, obj, rest.ValidateAllObjectFunc, &metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		v := fromError(err)
		return nil, &v
	}
	return out, nil
}

func (s *server) builtin(k *kind, d document, req Request) Verdict {
	warnings := &recorder{}
	var out runtime.Object
	var failure *Verdict
	if req.Op == "update" {
		out, failure = k.update(d, req, warnings)
	} else {
		out, failure = k.create(d, warnings)
	}
	v := Verdict{Accepted: true}
	if failure != nil {
		v = *failure
		sayRange(&v)
	}
	v.Warnings = warnings.texts
	if req.Echo && out != nil {
		if text, err := runtime.Encode(k.codecs.LegacyCodec(d.gvk.GroupVersion()), out); err == nil {
			v.Object = text
		}
	}
	return v
}

func (k *kind) update(d document, req Request, warnings *recorder) (runtime.Object, *Verdict) {
	old, failure := read(req.Old)
	if failure == nil && old.gvk != d.gvk {
		v := refused("old", "the old object is of another kind")
		failure = &v
	}
	var live runtime.Object
	if failure == nil {
		live, failure = k.create(old, &recorder{})
	}
	if failure != nil {
		failure.Stage = "old"
		return nil, failure
	}
	liveMeta, err := meta.Accessor(live)
	if err != nil {
		v := refused("old", err.Error())
		return nil, &v
	}
	liveMeta.SetResourceVersion("1")

	// Unknown fields and duplicates are errors of the new manifest, whatever the patch makes of them.
	obj, failure := k.decode(d)
	if failure != nil {
		return nil, failure
	}
	updater, ok := k.storage.(rest.Updater)
	if !ok {
		v := refused("validate", "the server does not allow this method on the requested resource")
		return nil, &v
	}
	if req.How != "put" {
		merged, err := k.threeWay(old, d, live)
		if err != nil {
			v := refused("patch", err.Error())
			return nil, &v
		}
		if obj, failure = k.decode(document{json: merged, gvk: d.gvk}); failure != nil {
			return nil, failure
		}
	}
	ctx, namespace := k.context(obj, "update", warnings)
	m, err := meta.Accessor(obj)
	if err != nil {
		v := refused("decode", err.Error())
		return nil, &v
	}
	name := m.GetName()
	if name != liveMeta.GetName() || k.namespaced && namespace != liveMeta.GetNamespace() {
		v := refused("validate", "another object: metadata.name or metadata.namespace differs", Problem{Type: "Invalid value", Field: "metadata.name", Detail: "another object"})
		return nil, &v
	}
	if err := rest.EnsureObjectNamespaceMatchesRequestNamespace(rest.ExpectedNamespaceForResource(namespace, k.resource), m); err != nil {
		v := fromError(err)
		return nil, &v
	}
	m.SetManagedFields(nil)
	m.SetOwnerReferences(withoutTwins(ctx, m.GetOwnerReferences()))
	if m.GetResourceVersion() == "" {
		m.SetResourceVersion("1")
	}
	ctx = context.WithValue(ctx, liveKey{}, live)
	out, _, err := updater.Update(ctx, name, rest.DefaultUpdatedObjectInfo(obj), rest.ValidateAllObjectFunc, rest.ValidateAllObjectUpdateFunc, false, &metav1.UpdateOptions{DryRun: []string{metav1.DryRunAll}})
	if err != nil {
		v := fromError(err)
		return nil, &v
	}
	return out, nil
}

// threeWay is what `kubectl apply` makes of the last applied manifest, the new one and the live object.
func (k *kind) threeWay(old, new document, live runtime.Object) ([]byte, error) {
	gv := k.gvk.GroupVersion()
	current, err := runtime.Encode(k.codecs.LegacyCodec(gv), live)
	if err != nil {
		return nil, err
	}
	return threeWay(k.versioned, old.json, new.json, current)
}

// threeWay merges; without a Go type (custom resources) by JSON merge patch.
func threeWay(versioned runtime.Object, original, modified, current []byte) ([]byte, error) {
	if versioned == nil {
		patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(original, modified, current)
		if err != nil {
			return nil, err
		}
		return applyMerge(current, patch)
	}
	schema, err := strategicpatch.NewPatchMetaFromStruct(versioned)
	if err != nil {
		return nil, err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(original, modified, current, schema, true)
	if err != nil {
		return nil, err
	}
	return strategicpatch.StrategicMergePatchUsingLookupPatchMeta(current, patch, schema)
}

// fromError takes the server's error apart.
func fromError(err error) Verdict {
	v := Verdict{Stage: "validate", Text: err.Error()}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return v
	}
	return fromStatus(status.Status())
}

func fromStatus(s metav1.Status) Verdict {
	v := Verdict{Stage: "validate", Text: s.Message}
	if s.Code == http.StatusBadRequest {
		v.Stage = "decode"
		if strings.Contains(s.Message, "strict decoding error") {
			v.Stage = "strict"
		}
	}
	if s.Details == nil {
		return v
	}
	for _, c := range s.Details.Causes {
		v.Errors = append(v.Errors, Problem{Type: typeName(c.Type), Field: c.Field, Detail: c.Message})
	}
	return v
}

// locate takes the fields of a decoder's error from its text.
func (v *Verdict) locate(text string) {
	if len(v.Errors) > 0 {
		return
	}
	switch v.Stage {
	case "strict":
		v.Errors = strictProblems([]error{errors.New(text)})
	case "decode":
		v.Errors = []Problem{decodeProblem(errors.New(text))}
	}
}

func typeName(t metav1.CauseType) (name string) {
	defer func() {
		if recover() != nil {
			name = string(t)
		}
	}()
	return field.ErrorType(t).String()
}

// strictJSON finds the strict JSON serializer of a scheme's codecs.
func strictJSON(codecs serializer.CodecFactory) (runtime.Serializer, error) {
	for _, info := range codecs.SupportedMediaTypes() {
		if info.MediaType == runtime.ContentTypeJSON {
			return info.StrictSerializer, nil
		}
	}
	return nil, fmt.Errorf("no JSON serializer")
}

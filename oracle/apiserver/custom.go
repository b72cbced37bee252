package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	apiextensionsinformers "k8s.io/apiextensions-apiserver/pkg/client/informers/externalversions"
	crdregistry "k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/apiserver/pkg/warning"
	restclient "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kube-aggregator/pkg/apis/apiregistration"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	apiservicestore "k8s.io/kube-aggregator/pkg/registry/apiservice/etcd"
)

// customKind is one kind of one registered CRD in one served version.
type customKind struct {
	gvk        schema.GroupVersionKind
	plural     string
	namespaced bool
}

// customResources is the server's own handler of custom resources over the CRDs registered so far.
type customResources struct {
	handler http.Handler
	indexer cache.Indexer
}

func newCustomResources() (*customResources, error) {
	client, err := clientset.NewForConfig(&restclient.Config{Host: "http://127.0.0.1:1"})
	if err != nil {
		return nil, err
	}
	informer := apiextensionsinformers.NewSharedInformerFactory(client, time.Hour).Apiextensions().V1().CustomResourceDefinitions()
	handler, err := apiextensionsserver.NewCustomResourceDefinitionHandler(
		nil, nil, informer, http.NotFoundHandler(),
		optionsFor{codec: func(runtime.Object) runtime.Codec { return unstructured.UnstructuredJSONScheme }},
		admission.NewChainHandler(), nil,
		webhook.NewDefaultServiceResolver(), webhook.NewDefaultAuthenticationInfoResolverWrapper(nil, nil, nil, nil),
		1, authorizerfactory.NewAlwaysAllowAuthorizer(), time.Minute, time.Minute, nil, 3<<20)
	if err != nil {
		return nil, err
	}
	return &customResources{handler: handler, indexer: informer.Informer().GetIndexer()}, nil
}

// extensionKinds are the kinds that the aggregated servers inside kube-apiserver serve.
func extensionKinds() ([]*kind, error) {
	crds := optionsFor{codec: func(runtime.Object) runtime.Codec {
		return apiextensionsserver.Codecs.LegacyCodec(apiextensionsv1.SchemeGroupVersion)
	}}
	definitions, err := crdregistry.NewREST(apiextensionsserver.Scheme, crds)
	if err != nil {
		return nil, err
	}
	definition := apiextensionsv1.SchemeGroupVersion.WithKind("CustomResourceDefinition")
	services := apiservicestore.NewREST(aggregatorscheme.Scheme, optionsFor{codec: func(runtime.Object) runtime.Codec {
		return aggregatorscheme.Codecs.LegacyCodec(schema.GroupVersion{Group: apiregistration.GroupName, Version: "v1"})
	}})
	service := schema.GroupVersionKind{Group: apiregistration.GroupName, Version: "v1", Kind: "APIService"}
	return []*kind{
		{gvk: definition, resource: definition.GroupVersion().WithResource("customresourcedefinitions"), storage: definitions, scheme: apiextensionsserver.Scheme, codecs: apiextensionsserver.Codecs},
		{gvk: service, resource: service.GroupVersion().WithResource("apiservices"), storage: services, scheme: aggregatorscheme.Scheme, codecs: aggregatorscheme.Codecs},
	}, nil
}

// register takes a CRD as created and makes its kinds known.
func (s *server) register(req Request) Verdict {
	d, failure := read(req.Object)
	if failure != nil {
		failure.ID = req.ID
		return *failure
	}
	k := s.kinds[d.gvk]
	if k == nil || d.gvk.Kind != "CustomResourceDefinition" {
		v := refused("kind", "not a CustomResourceDefinition of a served version")
		v.ID = req.ID
		return v
	}
	out, failure := k.create(d, &recorder{})
	if failure != nil {
		failure.ID = req.ID
		return *failure
	}
	internal := out.(*apiextensions.CustomResourceDefinition)
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := apiextensionsserver.Scheme.Convert(internal, crd, nil); err != nil {
		v := refused("convert", err.Error())
		v.ID = req.ID
		return v
	}
	crd.UID = types.UID(uuid.NewUUID())
	crd.Status.AcceptedNames = crd.Spec.Names
	now := metav1.Now()
	for _, condition := range []apiextensionsv1.CustomResourceDefinitionConditionType{apiextensionsv1.NamesAccepted, apiextensionsv1.Established} {
		crd.Status.Conditions = append(crd.Status.Conditions, apiextensionsv1.CustomResourceDefinitionCondition{Type: condition, Status: apiextensionsv1.ConditionTrue, LastTransitionTime: now})
	}
	for _, v := range crd.Spec.Versions {
		if v.Storage {
			crd.Status.StoredVersions = []string{v.Name}
		}
	}
	if err := s.resources.indexer.Add(crd); err != nil {
		v := refused("convert", err.Error())
		v.ID = req.ID
		return v
	}
	for _, v := range crd.Spec.Versions {
		if v.Served {
			gvk := schema.GroupVersionKind{Group: crd.Spec.Group, Version: v.Name, Kind: crd.Spec.Names.Kind}
			s.customs[gvk] = &customKind{gvk: gvk, plural: crd.Spec.Names.Plural, namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped}
		}
	}
	return Verdict{ID: req.ID, Accepted: true, Kind: d.gvk.Kind}
}

// custom sends a custom resource through the server's handler.
func (s *server) custom(k *customKind, d document, req Request) Verdict {
	warnings := &recorder{}
	if req.Op != "update" {
		v := s.resources.send(k, "POST", d.json, d.text, nil, warnings)
		v.Warnings = warnings.texts
		return v.clean(req.Echo)
	}
	old, failure := read(req.Old)
	if failure != nil {
		failure.Stage = "old"
		return *failure
	}
	created := s.resources.send(k, "POST", old.json, old.text, nil, &recorder{})
	if !created.Accepted {
		created.Stage = "old"
		return created
	}
	live := &unstructured.Unstructured{}
	if err := live.UnmarshalJSON(created.Object); err != nil {
		return refused("old", err.Error())
	}
	live.SetResourceVersion("1")
	// Strictness is judged on the new manifest itself.
	if d.duplicates != nil {
		return refused("strict", d.duplicates.Error(), strictProblems([]error{d.duplicates})...)
	}
	body := d.json
	if req.How != "put" {
		current, err := live.MarshalJSON()
		if err == nil {
			body, err = threeWay(nil, old.json, d.json, current)
		}
		if err != nil {
			return refused("patch", err.Error())
		}
	}
	next := &unstructured.Unstructured{}
	if err := next.UnmarshalJSON(body); err == nil && next.GetResourceVersion() == "" {
		next.SetResourceVersion("1")
		if with, err := next.MarshalJSON(); err == nil {
			body = with
		}
	}
	v := s.resources.send(k, "PUT", body, "", live, warnings)
	v.Warnings = warnings.texts
	return v.clean(req.Echo)
}

func (v Verdict) clean(echo bool) Verdict {
	if !echo {
		v.Object = nil
	}
	return v
}

// send makes one dry run request to the handler; text, where given, is the YAML to send in place of the JSON.
func (c *customResources) send(k *customKind, method string, body []byte, text string, live runtime.Object, warnings *recorder) Verdict {
	var head struct {
		Metadata struct {
			Name      json.RawMessage `json:"name"`
			Namespace json.RawMessage `json:"namespace"`
		} `json:"metadata"`
	}
	// A head of another shape is refused by the handler itself.
	_ = json.Unmarshal(body, &head)
	var name, namespace string
	_ = json.Unmarshal(head.Metadata.Name, &name)
	_ = json.Unmarshal(head.Metadata.Namespace, &namespace)
	verb := "create"
	if method == "PUT" {
		verb = "update"
	} else {
		name = ""
	}
	if !k.namespaced {
		namespace = ""
	} else if namespace == "" {
		namespace = metav1.NamespaceDefault
	}
	path := "/apis/" + k.gvk.Group + "/" + k.gvk.Version
	if namespace != "" {
		path += "/namespaces/" + namespace
	}
	path += "/" + k.plural
	if name != "" {
		path += "/" + name
	}
	content := runtime.ContentTypeJSON
	if text != "" {
		body, content = []byte(text), runtime.ContentTypeYAML
	}
	request := &http.Request{
		Method: method,
		URL:    &url.URL{Path: path, RawQuery: "dryRun=All&fieldValidation=Strict"},
		Header: http.Header{"Content-Type": {content}, "Accept": {runtime.ContentTypeJSON}},
		Body:   readCloser{bytes.NewReader(body)},
		Host:   "oracle", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body)),
	}
	ctx := genericapirequest.WithRequestInfo(context.Background(), &genericapirequest.RequestInfo{
		IsResourceRequest: true, Path: path, Verb: verb, APIPrefix: "apis", APIGroup: k.gvk.Group, APIVersion: k.gvk.Version,
		Namespace: namespace, Resource: k.plural, Name: name, Parts: []string{k.plural},
	})
	ctx = genericapirequest.WithNamespace(ctx, namespace)
	ctx = genericapirequest.WithUser(ctx, &user.DefaultInfo{Name: "admin", Groups: []string{"system:masters"}})
	ctx = warning.WithWarningRecorder(ctx, warnings)
	if live != nil {
		ctx = context.WithValue(ctx, liveKey{}, live)
	}
	answer := httptest.NewRecorder()
	c.handler.ServeHTTP(answer, request.WithContext(ctx))
	if answer.Code < 300 {
		return Verdict{Accepted: true, Object: answer.Body.Bytes()}
	}
	var status metav1.Status
	if err := json.Unmarshal(answer.Body.Bytes(), &status); err != nil || status.Kind != "Status" {
		return refused("http", answer.Body.String())
	}
	v := fromStatus(status)
	v.locate(status.Message)
	return v
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

func applyMerge(current, patch []byte) ([]byte, error) { return jsonpatch.MergePatch(current, patch) }

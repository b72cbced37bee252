package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/registry/rest"
	genericapiserver "k8s.io/apiserver/pkg/server"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	restclient "k8s.io/client-go/rest"
	netutils "k8s.io/utils/net"

	"k8s.io/kubernetes/pkg/api/legacyscheme"
	api "k8s.io/kubernetes/pkg/apis/core"
	kubeletclient "k8s.io/kubernetes/pkg/kubelet/client"

	// The scheme of the server: every group is installed by its import.
	_ "k8s.io/kubernetes/pkg/controlplane"

	admissionregistrationrest "k8s.io/kubernetes/pkg/registry/admissionregistration/rest"
	appsrest "k8s.io/kubernetes/pkg/registry/apps/rest"
	authenticationrest "k8s.io/kubernetes/pkg/registry/authentication/rest"
	authorizationrest "k8s.io/kubernetes/pkg/registry/authorization/rest"
	autoscalingrest "k8s.io/kubernetes/pkg/registry/autoscaling/rest"
	batchrest "k8s.io/kubernetes/pkg/registry/batch/rest"
	certificatesrest "k8s.io/kubernetes/pkg/registry/certificates/rest"
	coordinationrest "k8s.io/kubernetes/pkg/registry/coordination/rest"
	endpointsstore "k8s.io/kubernetes/pkg/registry/core/endpoint/storage"
	limitrangestore "k8s.io/kubernetes/pkg/registry/core/limitrange/storage"
	nodestore "k8s.io/kubernetes/pkg/registry/core/node/storage"
	pvstore "k8s.io/kubernetes/pkg/registry/core/persistentvolume/storage"
	pvcstore "k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim/storage"
	podstore "k8s.io/kubernetes/pkg/registry/core/pod/storage"
	podtemplatestore "k8s.io/kubernetes/pkg/registry/core/podtemplate/storage"
	controllerstore "k8s.io/kubernetes/pkg/registry/core/replicationcontroller/storage"
	corerest "k8s.io/kubernetes/pkg/registry/core/rest"
	"k8s.io/kubernetes/pkg/registry/core/service/ipallocator"
	servicestore "k8s.io/kubernetes/pkg/registry/core/service/storage"
	discoveryrest "k8s.io/kubernetes/pkg/registry/discovery/rest"
	eventsrest "k8s.io/kubernetes/pkg/registry/events/rest"
	flowcontrolrest "k8s.io/kubernetes/pkg/registry/flowcontrol/rest"
	networkingrest "k8s.io/kubernetes/pkg/registry/networking/rest"
	noderest "k8s.io/kubernetes/pkg/registry/node/rest"
	policyrest "k8s.io/kubernetes/pkg/registry/policy/rest"
	rbacrest "k8s.io/kubernetes/pkg/registry/rbac/rest"
	resourcerest "k8s.io/kubernetes/pkg/registry/resource/rest"
	schedulingrest "k8s.io/kubernetes/pkg/registry/scheduling/rest"
	storagerest "k8s.io/kubernetes/pkg/registry/storage/rest"
	svmrest "k8s.io/kubernetes/pkg/registry/storagemigration/rest"
)

// kind is one kind in one served version, with the server's registry for it.
type kind struct {
	gvk        schema.GroupVersionKind
	resource   schema.GroupVersionResource
	storage    rest.Storage
	namespaced bool
	scheme     *runtime.Scheme
	codecs     serializer.CodecFactory
	// strict is the serializer that the handler uses with fieldValidation=Strict.
	strict runtime.Serializer
	// versioned is an empty object of the version's Go type, for strategic merges.
	versioned runtime.Object
}

// stableAndBeta enables every version that is not alpha.
type stableAndBeta struct{}

func (stableAndBeta) ResourceEnabled(r schema.GroupVersionResource) bool {
	return !strings.Contains(r.Version, "alpha")
}
func (s stableAndBeta) ResourceExplicitlyEnabled(r schema.GroupVersionResource) bool {
	return s.ResourceEnabled(r)
}
func (stableAndBeta) VersionExplicitlyEnabled(v schema.GroupVersion) bool {
	return !strings.Contains(v.Version, "alpha")
}
func (stableAndBeta) AnyResourceForGroupEnabled(string) bool { return true }

type anyone struct{}

func (anyone) AuthenticateRequest(*http.Request) (*authenticator.Response, bool, error) {
	return nil, false, nil
}

// The ranges kubeadm gives a dual-stack cluster.
const (
	serviceRangeV4 = "10.96.0.0/12"
	serviceRangeV6 = "fd00:10:96::/108"
)

// builtinKinds builds the registries of all built-in kinds, as pkg/controlplane/instance.go does.
func builtinKinds() (map[schema.GroupVersionKind]*kind, error) {
	loopback := &restclient.Config{Host: "http://127.0.0.1:1"}
	client, err := kubernetes.NewForConfig(loopback)
	if err != nil {
		return nil, err
	}
	shared := informers.NewSharedInformerFactory(client, time.Hour)
	getter := optionsFor{codec: storageCodec}
	allow := authorizerfactory.NewAlwaysAllowAuthorizer()
	var source serverstorage.APIResourceConfigSource = stableAndBeta{}

	type provider interface {
		NewRESTStorage(serverstorage.APIResourceConfigSource, generic.RESTOptionsGetter) (genericapiserver.APIGroupInfo, error)
	}
	providers := []provider{
		coreProvider{loopback: loopback, informers: shared, authorizer: allow},
		admissionregistrationrest.RESTStorageProvider{Authorizer: allow, DiscoveryClient: client.Discovery()},
		appsrest.StorageProvider{},
		authenticationrest.RESTStorageProvider{Authenticator: anyone{}},
		authorizationrest.RESTStorageProvider{Authorizer: allow},
		autoscalingrest.RESTStorageProvider{},
		batchrest.RESTStorageProvider{},
		certificatesrest.RESTStorageProvider{Authorizer: allow},
		coordinationrest.RESTStorageProvider{},
		discoveryrest.StorageProvider{},
		eventsrest.RESTStorageProvider{TTL: time.Hour},
		flowcontrolrest.RESTStorageProvider{InformerFactory: shared},
		networkingrest.RESTStorageProvider{},
		noderest.RESTStorageProvider{},
		policyrest.RESTStorageProvider{},
		rbacrest.RESTStorageProvider{Authorizer: allow},
		resourcerest.RESTStorageProvider{NamespaceClient: client.CoreV1().Namespaces(), Authorizer: allow},
		schedulingrest.RESTStorageProvider{},
		storagerest.RESTStorageProvider{},
		svmrest.RESTStorageProvider{},
	}
	kinds := map[schema.GroupVersionKind]*kind{}
	for _, p := range providers {
		info, err := p.NewRESTStorage(source, getter)
		if err != nil {
			return nil, fmt.Errorf("%T: %w", p, err)
		}
		group := info.PrioritizedVersions[0].Group
		for version, resources := range info.VersionedResourcesStorageMap {
			for resource, storage := range resources {
				if _, ok := storage.(rest.Creater); !ok || strings.Contains(resource, "/") {
					continue
				}
				gvr := schema.GroupVersionResource{Group: group, Version: version, Resource: resource}
				gvk, err := kindOf(storage, gvr.GroupVersion())
				if err != nil {
					return nil, fmt.Errorf("%s: %w", gvr, err)
				}
				scoper, ok := storage.(rest.Scoper)
				kinds[gvk] = &kind{gvk: gvk, resource: gvr, storage: storage, namespaced: ok && scoper.NamespaceScoped(), scheme: legacyscheme.Scheme, codecs: legacyscheme.Codecs}
			}
		}
	}
	extensions, err := extensionKinds()
	if err != nil {
		return nil, err
	}
	for _, k := range extensions {
		kinds[k.gvk] = k
	}
	for gvk, k := range kinds {
		if k.strict, err = strictJSON(k.codecs); err != nil {
			return nil, err
		}
		if k.versioned, err = k.scheme.New(gvk); err != nil {
			return nil, err
		}
	}
	return kinds, nil
}

// storageCodec writes a kind in the first version of its group that has it.
func storageCodec(example runtime.Object) runtime.Codec {
	var versions []schema.GroupVersion
	kinds, _, err := legacyscheme.Scheme.ObjectKinds(example)
	if err == nil {
		for _, gv := range legacyscheme.Scheme.PrioritizedVersionsForGroup(kinds[0].Group) {
			if legacyscheme.Scheme.Recognizes(gv.WithKind(kinds[0].Kind)) {
				versions = append(versions, gv)
			}
		}
	}
	return legacyscheme.Codecs.LegacyCodec(versions...)
}

// kindOf is the kind that a registry serves in a version (endpoints.GetResourceKind of the server).
func kindOf(storage rest.Storage, gv schema.GroupVersion) (schema.GroupVersionKind, error) {
	if p, ok := storage.(rest.GroupVersionKindProvider); ok {
		return p.GroupVersionKind(gv), nil
	}
	kinds, _, err := legacyscheme.Scheme.ObjectKinds(storage.New())
	if err != nil {
		return schema.GroupVersionKind{}, err
	}
	for _, k := range kinds {
		if k.Group == gv.Group {
			return gv.WithKind(k.Kind), nil
		}
	}
	return schema.GroupVersionKind{}, fmt.Errorf("no kind of group %q among %v", gv.Group, kinds)
}

// coreProvider builds the core group. The server's own provider wants etcd for the Service allocators;
// this one gives the same registries allocators in memory.
type coreProvider struct {
	loopback   *restclient.Config
	informers  informers.SharedInformerFactory
	authorizer authorizer.UnconditionalAuthorizer
}

func (p coreProvider) NewRESTStorage(source serverstorage.APIResourceConfigSource, getter generic.RESTOptionsGetter) (genericapiserver.APIGroupInfo, error) {
	generic := corerest.GenericConfig{EventTTL: time.Hour, LoopbackClientConfig: p.loopback, Informers: p.informers}
	info, err := generic.NewRESTStorage(source, getter)
	if err != nil {
		return info, err
	}
	storage := info.VersionedResourcesStorageMap["v1"]
	if storage["podtemplates"], err = podtemplatestore.NewREST(getter); err != nil {
		return info, err
	}
	if storage["limitranges"], err = limitrangestore.NewREST(getter); err != nil {
		return info, err
	}
	if storage["persistentvolumes"], _, err = pvstore.NewREST(getter); err != nil {
		return info, err
	}
	if storage["persistentvolumeclaims"], _, err = pvcstore.NewREST(getter); err != nil {
		return info, err
	}
	if storage["endpoints"], err = endpointsstore.NewREST(getter); err != nil {
		return info, err
	}
	controllers, err := controllerstore.NewStorage(getter)
	if err != nil {
		return info, err
	}
	storage["replicationcontrollers"] = controllers.Controller
	nodes, err := nodestore.NewStorage(getter, kubeletclient.KubeletClientConfig{PreferredAddressTypes: []string{string(corev1.NodeInternalIP)}}, http.DefaultTransport)
	if err != nil {
		return info, err
	}
	storage["nodes"] = nodes.Node
	pods, err := podstore.NewStorage(getter, nodes.KubeletConnectionInfo, http.DefaultTransport, nil, p.authorizer)
	if err != nil {
		return info, err
	}
	storage["pods"] = pods.Pod
	storage["services"], err = services(getter, pods.Pod)
	return info, err
}

func services(getter generic.RESTOptionsGetter, pods servicestore.PodStorage) (rest.Storage, error) {
	allocators := map[api.IPFamily]ipallocator.Interface{}
	for family, text := range map[api.IPFamily]string{api.IPv4Protocol: serviceRangeV4, api.IPv6Protocol: serviceRangeV6} {
		_, cidr, err := netutils.ParseCIDRSloppy(text)
		if err != nil {
			return nil, err
		}
		if allocators[family], err = ipallocator.NewInMemory((*net.IPNet)(cidr)); err != nil {
			return nil, err
		}
	}
	ports, err := newPorts()
	if err != nil {
		return nil, err
	}
	storage, _, _, err := servicestore.NewREST(getter, api.IPv4Protocol, allocators, ports, nil, pods, http.DefaultTransport)
	return storage, err
}

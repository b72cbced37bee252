package main

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storage/storagebackend/factory"
	"k8s.io/client-go/tools/cache"
)

// liveKey is the context key under which the one stored object of an update is found.
type liveKey struct{}

// emptyStorage stands where etcd does. All requests are dry runs, so nothing is ever written; it holds
// the one object of the request's context (for updates), and otherwise nothing.
type emptyStorage struct{}

var _ storage.Interface = emptyStorage{}

func (emptyStorage) Versioner() storage.Versioner { return storage.APIObjectVersioner{} }

func (emptyStorage) Get(ctx context.Context, key string, opts storage.GetOptions, out runtime.Object) error {
	live, _ := ctx.Value(liveKey{}).(runtime.Object)
	if live == nil || reflect.TypeOf(live) != reflect.TypeOf(out) {
		if opts.IgnoreNotFound {
			return nil
		}
		return storage.NewKeyNotFoundError(key, 0)
	}
	reflect.ValueOf(out).Elem().Set(reflect.ValueOf(live.DeepCopyObject()).Elem())
	return nil
}

func (emptyStorage) GetList(context.Context, string, storage.ListOptions, runtime.Object) error {
	return nil
}

func (emptyStorage) Create(context.Context, string, runtime.Object, runtime.Object, uint64) error {
	return fmt.Errorf("the oracle only makes dry runs")
}

func (emptyStorage) Delete(context.Context, string, runtime.Object, *storage.Preconditions, storage.ValidateObjectFunc, runtime.Object, storage.DeleteOptions) error {
	return fmt.Errorf("the oracle only makes dry runs")
}

func (emptyStorage) GuaranteedUpdate(context.Context, string, runtime.Object, bool, *storage.Preconditions, storage.UpdateFunc, runtime.Object) error {
	return fmt.Errorf("the oracle only makes dry runs")
}

func (emptyStorage) Watch(context.Context, string, storage.ListOptions) (watch.Interface, error) {
	return watch.NewEmptyWatch(), nil
}

func (emptyStorage) Stats(context.Context) (storage.Stats, error)              { return storage.Stats{}, nil }
func (emptyStorage) ReadinessCheck() error                                     { return nil }
func (emptyStorage) RequestWatchProgress(context.Context) error                { return nil }
func (emptyStorage) GetCurrentResourceVersion(context.Context) (uint64, error) { return 1, nil }
func (emptyStorage) EnableResourceSizeEstimation(storage.KeysFunc) error       { return nil }
func (emptyStorage) CompactRevision() int64                                    { return 0 }

// optionsFor gives the registries the empty storage, with the codec of each group.
type optionsFor struct {
	codec func(example runtime.Object) runtime.Codec
}

func (o optionsFor) GetRESTOptions(resource schema.GroupResource, example runtime.Object) (generic.RESTOptions, error) {
	config := storagebackend.Config{Codec: o.codec(example)}
	return generic.RESTOptions{
		StorageConfig: config.ForResource(resource),
		Decorator: func(*storagebackend.ConfigForResource, string, func(runtime.Object) (string, error), func() runtime.Object, func() runtime.Object, storage.AttrFunc, storage.IndexerFuncs, *cache.Indexers) (storage.Interface, factory.DestroyFunc, error) {
			return emptyStorage{}, func() {}, nil
		},
		ResourcePrefix:        resource.Group + "/" + resource.Resource,
		CountMetricPollPeriod: time.Duration(0),
	}, nil
}

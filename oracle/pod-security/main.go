// Command pod-security answers, for each pod read as a JSON line {"object": TEXT}, what the Pod Security Standards forbid of it,
// by the admission plugin's own policy code: {"baseline": [[from, to, forbidden], …], "restricted": […]}, where `forbidden` lists, for
// the standards of minors `from` to `to`, what `ForbiddenDetail` puts together, check by check.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

const (
	first = 0
	last  = 37
)

type request struct {
	Object string `json:"object"`
}

type answer struct {
	Baseline   [][3]any `json:"baseline"`
	Restricted [][3]any `json:"restricted"`
	Error      string   `json:"error,omitempty"`
}

// read gives the pod of an object, a Pod or a Deployment's template, with the server's defaults for what checks look at.
func read(text string) (*metav1.ObjectMeta, *corev1.PodSpec, error) {
	var kind metav1.TypeMeta
	if err := yaml.Unmarshal([]byte(text), &kind); err != nil {
		return nil, nil, err
	}
	var pod corev1.Pod
	switch kind.Kind {
	case "Pod":
		if err := yaml.Unmarshal([]byte(text), &pod); err != nil {
			return nil, nil, err
		}
		// SetDefaults_Pod of k8s.io/kubernetes pkg/apis/core/v1: the port of the node is that of the container.
		if pod.Spec.HostNetwork {
			for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
				for i := range containers {
					for j := range containers[i].Ports {
						if port := &containers[i].Ports[j]; port.HostPort == 0 {
							port.HostPort = port.ContainerPort
						}
					}
				}
			}
		}
	case "Deployment":
		var deployment appsv1.Deployment
		if err := yaml.Unmarshal([]byte(text), &deployment); err != nil {
			return nil, nil, err
		}
		pod.ObjectMeta = deployment.Spec.Template.ObjectMeta
		pod.Spec = deployment.Spec.Template.Spec
	default:
		return nil, nil, fmt.Errorf("unknown kind %q", kind.Kind)
	}
	// SetDefaults_Volume: what has no source is an empty folder.
	for i := range pod.Spec.Volumes {
		if source := &pod.Spec.Volumes[i].VolumeSource; *source == (corev1.VolumeSource{}) {
			source.EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	return &pod.ObjectMeta, &pod.Spec, nil
}

func judge(evaluator policy.Evaluator, text string) (a answer) {
	meta, spec, err := read(text)
	if err != nil {
		return answer{Error: err.Error()}
	}
	for level, runs := range map[api.Level]*[][3]any{api.LevelBaseline: &a.Baseline, api.LevelRestricted: &a.Restricted} {
		var before []string
		for minor := first; minor <= last; minor++ {
			standard := api.LevelVersion{Level: level, Version: api.MajorMinorVersion(1, minor)}
			forbidden := []string{}
			for _, result := range evaluator.EvaluatePod(standard, meta, spec) {
				if !result.Allowed {
					one := policy.AggregateCheckResults([]policy.CheckResult{result})
					forbidden = append(forbidden, one.ForbiddenDetail())
				}
			}
			if before != nil && slices.Equal(before, forbidden) {
				(*runs)[len(*runs)-1][1] = minor
			} else {
				*runs = append(*runs, [3]any{minor, minor, forbidden})
			}
			before = forbidden
		}
	}
	return a
}

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var r request
			if problem := json.Unmarshal(line, &r); problem != nil {
				panic(problem)
			}
			if problem := encoder.Encode(judge(evaluator, r.Object)); problem != nil {
				panic(problem)
			}
			if in.Buffered() == 0 {
				if problem := out.Flush(); problem != nil {
					panic(problem)
				}
			}
		}
		if err != nil {
			return
		}
	}
}

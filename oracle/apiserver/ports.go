package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/kubernetes/pkg/registry/core/service/portallocator"
)

// The server's default for --service-node-port-range.
const (
	nodePortBase = 30000
	nodePortSize = 2768
)

// rangedPorts refuses node ports outside the range in dry runs too. The server's dry run forgets them
// (PortAllocationOperation.Allocate asks only whether the port is taken); a real request is refused.
type rangedPorts struct{ portallocator.Interface }

func (r rangedPorts) Has(port int) bool {
	return port < nodePortBase || port >= nodePortBase+nodePortSize || r.Interface.Has(port)
}

func newPorts() (portallocator.Interface, error) {
	inMemory, err := portallocator.NewInMemory(utilnet.PortRange{Base: nodePortBase, Size: nodePortSize})
	return rangedPorts{inMemory}, err
}

var takenPort = regexp.MustCompile(`Invalid value: (-?\d+): provided port is already allocated`)

// sayRange gives ports that rangedPorts refused the text of a real request.
func sayRange(v *Verdict) {
	for i, p := range v.Errors {
		m := takenPort.FindStringSubmatch(p.Detail)
		if m == nil {
			continue
		}
		port, err := strconv.Atoi(m[1])
		if err == nil && (port < nodePortBase || port >= nodePortBase+nodePortSize) {
			text := fmt.Sprintf("Invalid value: %d: provided port is not in the valid range. The range of valid ports is %d-%d", port, nodePortBase, nodePortBase+nodePortSize-1)
			v.Errors[i].Detail = text
			v.Text = strings.ReplaceAll(v.Text, m[0], text)
		}
	}
}

//go:build tools

// The main packages that this module exists to build.
package components

import (
	_ "sigs.k8s.io/cri-tools/cmd/crictl"
)

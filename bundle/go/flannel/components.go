//go:build tools

// The main packages that this module exists to build.
package components

import (
	_ "github.com/flannel-io/flannel"
)

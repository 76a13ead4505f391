// Command xetmemo-lint writes and checks the %%xetmemo headers of Jupyter notebooks.
package main

import (
	"os"
	"runtime/debug"
)

// A run is short: fewer collections cost some memory and save a quarter of the time.
const gcPercent = 400

func main() {
	debug.SetGCPercent(gcPercent)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

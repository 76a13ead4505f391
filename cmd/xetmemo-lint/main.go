// Command xetmemo-lint writes and checks the %%xetmemo headers of Jupyter notebooks.
package main

import (
	"os"
	"runtime/debug"
)

func main() {
	// A run is short: fewer collections cost some memory and save a quarter of the time.
	debug.SetGCPercent(400)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

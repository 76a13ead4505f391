// Command xetmemo-lint writes and checks the %%xetmemo headers of Jupyter notebooks.
package main

import "os"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

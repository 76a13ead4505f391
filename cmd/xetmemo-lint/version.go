package main

// The command version.

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  number(cobra.NoArgs),
		Run: func(*cobra.Command, []string) {
			fmt.Fprint(a.stdout, versionLine())
		},
	}
}

func versionLine() string {
	return fmt.Sprintf("xetmemo-lint %s (%s)\n", version(), runtime.Version())
}

// release is the version that a build outside of the module proxy is given by -ldflags.
var release string

// version is that of the release or of the module the program was built from, "devel" in a checkout.
func version() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

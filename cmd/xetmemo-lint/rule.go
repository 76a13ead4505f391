package main

// The command rule: a rule's documentation.

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/xetmemo/xetmemo-lint/internal/rules"
	"github.com/xetmemo/xetmemo-lint/internal/spell"
)

func (a *app) ruleCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rule [CODE]",
		Short:   "List the rules, or explain one",
		Example: "  xetmemo-lint rule\n  xetmemo-lint rule XM101",
		Args:    number(cobra.MaximumNArgs(1)),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var codes []string
			for _, r := range rules.All {
				codes = append(codes, r.Code+"\t"+r.Name)
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, r := range rules.All {
					state := "on "
					if r.Off {
						state = "off"
					}
					fmt.Fprintf(a.stdout, "%s  %-7s  %s  %-24s  %s\n", r.Code, r.Severity, state, r.Name, r.Summary())
				}
				return nil
			}
			r := rules.Lookup(args[0])
			if r == nil {
				var words []string
				for _, r := range rules.All {
					words = append(words, r.Code, r.Name)
				}
				hint := "xetmemo-lint rule lists them"
				if near := spell.Nearest(strings.ToUpper(args[0]), words); near != "" {
					hint = "is it " + near + "?"
				} else if near := spell.Nearest(strings.ToLower(args[0]), words); near != "" {
					hint = "is it " + near + "?"
				}
				return fmt.Errorf("there is no rule %q: %s", args[0], hint)
			}
			fmt.Fprint(a.stdout, r.Page())
			return nil
		},
	}
}

// Trivy's own scanner of Terraform with the checks that are built into it, and nothing else of trivy: no images, no
// clusters, no downloads. Each folder named on the command line is one stack; what failed is printed as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/aquasecurity/trivy/pkg/iac/rego"
	"github.com/aquasecurity/trivy/pkg/iac/scan"
	"github.com/aquasecurity/trivy/pkg/iac/scanners/terraform"
	"github.com/aquasecurity/trivy/pkg/log"
)

type finding struct {
	Check    string `json:"check"`
	Severity string `json:"severity"`
	Resource string `json:"resource"`
	Says     string `json:"says"`
}

type report struct {
	Passed   int       `json:"passed"`
	Findings []finding `json:"findings"`
}

func scanFolder(folder string) (report, error) {
	scanner := terraform.New(rego.WithEmbeddedPolicies(true), rego.WithEmbeddedLibraries(true))
	results, err := scanner.ScanFS(context.Background(), os.DirFS(folder), ".")
	if err != nil {
		return report{}, fmt.Errorf("%s: %w", folder, err)
	}
	found := report{Findings: []finding{}}
	for _, result := range results {
		switch result.Status() {
		case scan.StatusPassed:
			found.Passed++
		case scan.StatusFailed:
			flat := result.Flatten()
			found.Findings = append(found.Findings, finding{
				Check:    flat.LongID,
				Severity: string(flat.Severity),
				Resource: flat.Resource,
				Says:     flat.Description,
			})
		}
	}
	return found, nil
}

func main() {
	log.InitLogger(false, true)
	reports := map[string]report{}
	for _, folder := range os.Args[1:] {
		found, err := scanFolder(folder)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		reports[folder] = found
	}
	if err := json.NewEncoder(os.Stdout).Encode(reports); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

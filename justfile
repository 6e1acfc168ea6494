# The verbs of the project. Each is one line on top of the tool.

# Where build-image and push-image put the image.
layout := "artifacts/image"

# What deploy deploys, and the machines that it deploys to, as ssh knows them.
image := env_var_or_default("DRIFT_IMAGE", "ghcr.io/drift-images/drift")
hosts := env_var_or_default("DRIFT_HOSTS", "")

# Build the project's own site for every platform and run it
up *ARGS:
    ./drift up {{ARGS}}

# Build the tool
build:
    ./drift --version

# Pass every test
test *ARGS:
    ./test {{ARGS}}

# Measure against the tools that people use today
bench:
    bench/run

# Build the site's image into a layout
build-image:
    ./drift build --output oci:{{layout}}:latest

# Push the image to a registry: just push-image ghcr.io/me/drift:v0.1.0
push-image REFERENCE: build-image
    ./drift push oci:{{layout}}:latest {{REFERENCE}}

# Deploy a version to the machines of DRIFT_HOSTS, or to those named: just deploy v0.1.0 vm.example.com
deploy VERSION *HOSTS=hosts:
    ./drift deploy vm {{HOSTS}} --image {{image}}:{{trim_start_match(VERSION, "VERSION=")}}

# Deploy the project's site to the cluster that kubectl knows: just deploy-kubernetes ghcr.io/me/site
deploy-kubernetes REPOSITORY OVERLAY="production":
    ./drift deploy kubernetes -k k8s/overlays/{{OVERLAY}} --repository {{REPOSITORY}}

# Release a version: just release 0.1.0, or with --dry-run
release VERSION *ARGS:
    ./drift release {{VERSION}} {{ARGS}}

# Build the tool's own image: just tool-image ghcr.io/me/drift-cli:v0.1.0
tool-image DEST *ARGS:
    eng/tool-image {{DEST}} {{ARGS}}

# Build the machine image at Oracle, with the variables OCI_…: just image-oracle --patience 2h
image-oracle *ARGS:
    ./drift machine build oracle {{ARGS}}

# Build the machine image at AWS, with the variables AWS_…
image-aws *ARGS:
    ./drift machine build aws {{ARGS}}

# Copy a machine image to production: just image-copy oracle OCID --name drift-base
image-copy *ARGS:
    ./drift machine copy {{ARGS}}

# Check the templates of machine images
check-images:
    for file in packer/*.pkr.hcl; do packer fmt -check -diff "$file" || exit 1; done
    terraform fmt -check -diff terraform
    ./test --project tests/Drift.Machines.Tests

# Open the debugger on the server: just debug, or just debug aarch64
debug *ARGS:
    eng/debug {{ARGS}}

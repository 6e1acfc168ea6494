# SPDX-License-Identifier: Apache-2.0
# From a custom image to a machine that "drift deploy vm" deploys to: docs/machines.md tells how.
terraform {
  # Validations that look at several variables.
  required_version = ">= 1.9"
  required_providers {
    oci = {
      source  = "oracle/oci"
      version = ">= 8.0.0, < 9.0.0"
    }
  }

  # The state is the file terraform.tfstate, which git ignores: enough for one person. For more, from Terraform 1.12 on, a bucket keeps it, and locks it:
  #
  # backend "oci" {
  #   bucket    = "terraform-state"
  #   namespace = "the tenancy's"
  #   key       = "drift/terraform.tfstate"
  # }
}

# With ~/.oci/config, as Oracle's own tools.
provider "oci" {
  config_file_profile = var.profile
  region              = var.region
}

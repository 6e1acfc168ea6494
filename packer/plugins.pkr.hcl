# SPDX-License-Identifier: Apache-2.0
# What "packer init" installs. It stands alone: Debian's Packer 1.6.6, which formats and checks the other files, does not know these blocks.
packer {
  required_version = ">= 1.11"
  required_plugins {
    oracle = {
      source  = "github.com/hashicorp/oracle"
      version = ">= 1.1.2, < 2.0.0"
    }
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.8.0, < 2.0.0"
    }
  }
}

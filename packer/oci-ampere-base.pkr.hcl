# SPDX-License-Identifier: Apache-2.0
# The base machine as a custom image at Oracle, built on an Arm machine of the free tier that is gone afterwards:
#
#   packer init packer/plugins.pkr.hcl
#   packer build packer/oci-ampere-base.pkr.hcl
#
# The plugin reads no variable of the environment but those that are called PKR_VAR_ and a variable's name here.

variable "tenancy_ocid" {
  type = string
}

variable "user_ocid" {
  type = string
}

variable "fingerprint" {
  type        = string
  description = "Of the API key, as the console shows it."
}

variable "api_private_key" {
  type        = string
  sensitive   = true
  description = "The API key, in PEM."
}

variable "compartment_ocid" {
  type        = string
  description = "Where the builder runs and the image is kept."
}

variable "region" {
  type        = string
  description = "For example uk-london-1. Without one the plugin would silently take us-phoenix-1."
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+-[0-9]+$", var.region))
    error_message = "The region must look like uk-london-1."
  }
}

variable "availability_domain" {
  type        = string
  description = "For example kIdk:UK-LONDON-1-AD-1."
}

variable "subnet_ocid" {
  type        = string
  description = "A subnet that reaches the internet."
}

variable "base_image_ocid" {
  type        = string
  description = "Debian 12 for arm64, imported: what comes from the Marketplace can never be exported again."
}

variable "ssh_username" {
  type    = string
  default = "debian"
}

variable "ssh_private_key_file" {
  type        = string
  default     = ""
  description = "The key to log in to the builder with. Without one Packer makes one that nobody else ever has."
}

variable "image_name_prefix" {
  type    = string
  default = "drift-base"
}

variable "assign_public_ip" {
  type        = bool
  default     = true
  description = "No, in a subnet behind a NAT gateway that this machine reaches."
}

variable "skip_create_image" {
  type        = bool
  default     = false
  description = "Build and check, and make no image."
}

variable "git_sha" {
  type        = string
  default     = "unknown"
  description = "The commit that the image is made of; a tag of it."
  validation {
    condition     = length(var.git_sha) > 0
    error_message = "A tag cannot be empty."
  }
}

variable "builder_id" {
  type        = string
  default     = "manual"
  description = "The value of the tag drift-builder, by which a builder is found that nobody has terminated."
  validation {
    condition     = length(var.builder_id) > 0
    error_message = "A tag cannot be empty."
  }
}

variable "with_tailscale" {
  type        = bool
  default     = false
  description = "Whether Tailscale is installed. It is not brought up: every copy of the image would be the same node."
}

variable "manifest" {
  type        = string
  default     = "manifest.json"
  description = "The file that is told the image's id."
}

locals {
  stamp = formatdate("YYYYMMDDhhmmss", timestamp())
}

source "oracle-oci" "base" {
  tenancy_ocid = var.tenancy_ocid
  user_ocid    = var.user_ocid
  fingerprint  = var.fingerprint
  key          = var.api_private_key
  region       = var.region

  availability_domain = var.availability_domain
  compartment_ocid    = var.compartment_ocid
  base_image_ocid     = var.base_image_ocid
  shape               = "VM.Standard.A1.Flex"
  # Half of what is free, and the smallest disk: the other half may be in use.
  shape_config {
    ocpus         = 1
    memory_in_gbs = 6
  }
  disk_size = 50

  subnet_ocid = var.subnet_ocid
  create_vnic_details {
    assign_public_ip = var.assign_public_ip
  }
  use_private_ip                                      = var.assign_public_ip == false
  instance_options_are_legacy_imds_endpoints_disabled = true

  instance_name = "packer-${local.stamp}"
  instance_tags = {
    drift-role    = "builder"
    drift-builder = var.builder_id
  }

  image_name        = "${var.image_name_prefix}-${local.stamp}"
  skip_create_image = var.skip_create_image
  tags = {
    drift-role = "base"
    drift-git  = var.git_sha
  }

  ssh_username              = var.ssh_username
  ssh_private_key_file      = var.ssh_private_key_file
  ssh_timeout               = "15m"
  ssh_clear_authorized_keys = true
}

build {
  sources = ["source.oracle-oci.base"]

  provisioner "shell" {
    script           = "${path.root}/scripts/harden.sh"
    environment_vars = ["DRIFT_TAILSCALE=${var.with_tailscale ? "yes" : "no"}"]
    execute_command  = "sudo env {{ .Vars }} sh {{ .Path }}"
  }

  # What is imaged has started once with the kernel, the drivers and the firewall that it is imaged with.
  provisioner "shell" {
    inline            = ["sudo systemctl reboot"]
    expect_disconnect = true
    skip_clean        = true
    pause_after       = "30s"
  }

  # Scripts wait until they can log in again; uploads do not.
  provisioner "shell" {
    inline              = ["systemctl is-system-running --wait || true"]
    start_retry_timeout = "10m"
  }

  provisioner "file" {
    sources = [
      "${path.root}/goss/base.goss.yaml",
      "${path.root}/goss/tailscale.goss.yaml",
      "${path.root}/scripts/goss.sha256",
    ]
    destination = "/tmp/"
  }

  # When a check fails, the build fails, and no image is made.
  provisioner "shell" {
    script           = "${path.root}/scripts/run-goss.sh"
    environment_vars = ["GOSS_FILE=/tmp/${var.with_tailscale ? "tailscale" : "base"}.goss.yaml", "GOSS_SUMS=/tmp/goss.sha256"]
    execute_command  = "sudo env {{ .Vars }} sh {{ .Path }}"
  }

  provisioner "shell" {
    inline = ["rm -f /tmp/base.goss.yaml /tmp/tailscale.goss.yaml /tmp/goss.sha256"]
  }

  # Last of all: afterwards nobody can log in again.
  provisioner "shell" {
    script          = "${path.root}/scripts/seal.sh"
    execute_command = "sudo env {{ .Vars }} sh {{ .Path }}"
  }

  post-processor "manifest" {
    output     = var.manifest
    strip_path = true
  }
}

# SPDX-License-Identifier: Apache-2.0
# The base machine as an AMI, built on a Graviton machine that is gone afterwards, for when Oracle has no capacity:
#
#   packer init packer/plugins.pkr.hcl
#   packer build packer/aws-arm-base.pkr.hcl
#
# The plugin takes its credentials from the environment, as AWS's own tools do.

variable "region" {
  type        = string
  description = "For example eu-west-1."
  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "The region must look like eu-west-1."
  }
}

variable "source_ami" {
  type        = string
  default     = ""
  description = "Debian 12 for arm64, of Debian's account or of this one. Empty: Debian's newest."
}

variable "instance_type" {
  type    = string
  default = "t4g.micro"
}

variable "ssh_username" {
  type    = string
  default = "admin"
}

variable "ssh_keypair_name" {
  type        = string
  default     = ""
  description = "A key pair at EC2, whose private half is ssh_private_key_file. Without both Packer makes one that nobody else ever has."
}

variable "ssh_private_key_file" {
  type    = string
  default = ""
}

variable "subnet_id" {
  type        = string
  default     = ""
  description = "A subnet that reaches the internet. Empty: one of the default VPC."
}

variable "associate_public_ip" {
  type    = bool
  default = true
}

variable "ami_name_prefix" {
  type    = string
  default = "drift-base"
}

variable "skip_create_ami" {
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
  stamp   = formatdate("YYYYMMDDhhmmss", timestamp())
  newest  = var.source_ami == ""
  builder = { drift-role = "builder", drift-builder = var.builder_id }
  image   = { drift-role = "base", drift-git = var.git_sha }
}

source "amazon-ebs" "base" {
  region        = var.region
  instance_type = var.instance_type

  # Nobody else's images: those of the Marketplace may not be taken away again.
  source_ami_filter {
    filters = {
      (local.newest ? "name" : "image-id") = local.newest ? "debian-12-arm64-*" : var.source_ami
      architecture                         = "arm64"
      root-device-type                     = "ebs"
      virtualization-type                  = "hvm"
    }
    owners      = local.newest ? ["136693071363"] : ["136693071363", "self"]
    most_recent = true
  }

  # Debian's root device. By any other name it would be a second disk.
  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_size           = 10
    volume_type           = "gp3"
    delete_on_termination = true
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  subnet_id                                 = var.subnet_id
  associate_public_ip_address               = var.associate_public_ip
  temporary_security_group_source_public_ip = true

  run_tags        = merge(local.builder, { Name = "packer-${local.stamp}" })
  run_volume_tags = local.builder

  ami_name        = "${var.ami_name_prefix}-${local.stamp}"
  ami_description = "Debian 12 for arm64, hardened, with Docker"
  imds_support    = "v2.0"
  skip_create_ami = var.skip_create_ami
  tags            = local.image
  snapshot_tags   = local.image

  # An hour.
  aws_polling {
    delay_seconds = 15
    max_attempts  = 240
  }

  ssh_username              = var.ssh_username
  ssh_keypair_name          = var.ssh_private_key_file == "" ? "" : var.ssh_keypair_name
  ssh_private_key_file      = var.ssh_private_key_file
  temporary_key_pair_type   = "ed25519"
  ssh_timeout               = "10m"
  ssh_clear_authorized_keys = true
}

build {
  sources = ["source.amazon-ebs.base"]

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

# SPDX-License-Identifier: Apache-2.0

variable "profile" {
  type        = string
  default     = "DEFAULT"
  description = "The profile of ~/.oci/config."
}

variable "region" {
  type        = string
  description = "The tenancy's home region, for example uk-london-1: nothing is free in another one."
  validation {
    condition     = can(regex("^[a-z]+-[a-z]+-[0-9]+$", var.region))
    error_message = "The region must look like uk-london-1."
  }
}

variable "tenancy_id" {
  type        = string
  description = "The tenancy's OCID."
  validation {
    condition     = startswith(var.tenancy_id, "ocid1.tenancy.")
    error_message = "The OCID of a tenancy begins with ocid1.tenancy."
  }
}

variable "compartment_id" {
  type        = string
  description = "The OCID of the compartment for all of this; the tenancy's for its root."
  validation {
    condition     = startswith(var.compartment_id, "ocid1.compartment.") || startswith(var.compartment_id, "ocid1.tenancy.")
    error_message = "The OCID of a compartment begins with ocid1.compartment. or, for the root, ocid1.tenancy."
  }
}

variable "availability_domain" {
  type        = number
  default     = 1
  description = "The availability domain's number, from 1."
  validation {
    condition     = contains([1, 2, 3], var.availability_domain)
    error_message = "A region has availability domains 1, or 1 to 3."
  }
}

variable "image_id" {
  type        = string
  description = "The OCID of the custom image, which drift machine build or copy has printed."
  validation {
    condition     = startswith(var.image_id, "ocid1.image.")
    error_message = "The OCID of an image begins with ocid1.image."
  }
}

variable "name" {
  type        = string
  default     = "drift"
  description = "What everything here is called; DNS names, too."
  validation {
    condition     = can(regex("^[a-z][a-z0-9]{0,14}$", var.name))
    error_message = "The name must be up to 15 small letters and digits, a letter first."
  }
}

variable "ocpus" {
  type    = number
  default = 1
  validation {
    condition     = var.ocpus >= 1 && var.ocpus + var.other_ocpus <= 2
    error_message = "2 OCPUs of A1 are free in all: ocpus and other_ocpus must not be more."
  }
}

variable "memory_gb" {
  type    = number
  default = 6
  validation {
    condition     = var.memory_gb >= 1 && var.memory_gb + var.other_memory_gb <= 12
    error_message = "12 GB of A1 are free in all: memory_gb and other_memory_gb must not be more."
  }
}

variable "boot_gb" {
  type    = number
  default = 50
  validation {
    condition     = var.boot_gb >= 50 && var.boot_gb + var.other_volumes_gb <= 200
    error_message = "A boot volume has 50 GB at least, and 200 GB of volumes are free in all: boot_gb and other_volumes_gb must not be more."
  }
}

variable "other_ocpus" {
  type        = number
  default     = 0
  description = "OCPUs of A1 that the tenancy uses otherwise, by a builder of images for example."
}

variable "other_memory_gb" {
  type        = number
  default     = 0
  description = "Memory of A1 that the tenancy uses otherwise."
}

variable "other_volumes_gb" {
  type        = number
  default     = 0
  description = "Boot and block volumes that the tenancy has otherwise; those that were preserved count, too."
}

variable "ssh_sources" {
  type        = list(string)
  description = "Where SSH may come from, as CIDR blocks: [\"203.0.113.7/32\"]. There is no default on purpose."
  validation {
    condition     = length(var.ssh_sources) > 0 && alltrue([for source in var.ssh_sources : can(cidrhost(source, 0))])
    error_message = "Give at least one CIDR block, such as 203.0.113.7/32."
  }
}

variable "ssh_public_keys" {
  type        = list(string)
  description = "Who may log in, as the lines of id_ed25519.pub. Read when the machine is made, and not again."
  validation {
    condition     = length(var.ssh_public_keys) > 0 && alltrue([for key in var.ssh_public_keys : can(regex("^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa|sk-ssh-ed25519@openssh\\.com) [A-Za-z0-9+/=]+", key))])
    error_message = "Give at least one public key, in one line each, and never a private one."
  }
}

variable "ssh_username" {
  type        = string
  default     = "debian"
  description = "The user that the image's cloud-init makes: debian, and admin in an image that was built at AWS."
}

variable "tailscale_auth_key" {
  type        = string
  default     = ""
  sensitive   = true
  description = "For an image with Tailscale: the machine joins with this key when it starts first. Take one that works once and expires soon, for it stays in the state and in the machine's metadata."
}

variable "quota" {
  type        = bool
  default     = true
  description = "Whether what would cost money is made impossible in the tenancy. Only an administrator may, and only in the home region."
}

variable "quota_scope" {
  type        = string
  default     = "tenancy"
  description = "Where the quota holds: tenancy, or compartment and its name."
  validation {
    condition     = can(regex("^(tenancy|compartment [A-Za-z0-9_.:-]+)$", var.quota_scope))
    error_message = "The scope must be \"tenancy\", or \"compartment\" and a name."
  }
}

variable "budget_amount" {
  type        = number
  default     = 0
  description = "The monthly budget in the tenancy's currency, at half of which mail is sent; 0 for none. It stops nothing, and is a day late."
  validation {
    condition     = var.budget_amount >= 0 && floor(var.budget_amount) == var.budget_amount && (var.budget_amount == 0 || var.budget_recipients != "")
    error_message = "A budget is a whole number, and needs budget_recipients."
  }
}

variable "budget_recipients" {
  type        = string
  default     = ""
  description = "Addresses of mail, separated by commas."
}

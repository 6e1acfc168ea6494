# SPDX-License-Identifier: Apache-2.0

data "oci_identity_availability_domains" "all" {
  compartment_id = var.tenancy_id
}

resource "oci_core_instance" "vm" {
  compartment_id      = var.compartment_id
  availability_domain = data.oci_identity_availability_domains.all.availability_domains[var.availability_domain - 1].name
  display_name        = var.name
  shape               = "VM.Standard.A1.Flex"
  shape_config {
    ocpus         = var.ocpus
    memory_in_gbs = var.memory_gb
  }

  source_details {
    source_type                     = "image"
    source_id                       = var.image_id
    boot_volume_size_in_gbs         = var.boot_gb
    is_preserve_boot_volume_enabled = true
  }
  preserve_boot_volume = true

  # The reserved address below is the only one: a machine has either kind.
  create_vnic_details {
    subnet_id        = oci_core_subnet.main.id
    assign_public_ip = "false"
    hostname_label   = var.name
  }

  metadata = {
    ssh_authorized_keys = join("\n", var.ssh_public_keys)
    user_data = base64encode(templatefile("${path.module}/cloud-init.yaml.tftpl", {
      ssh_username       = var.ssh_username
      tailscale_auth_key = var.tailscale_auth_key
    }))
  }

  instance_options {
    are_legacy_imds_endpoints_disabled = true
  }
  availability_config {
    recovery_action = "RESTORE_INSTANCE"
  }

  # Whoever gives a machine of the free tier back may get none for weeks. A changed key or user data would replace it, a changed image its disk, and neither is asked for
  # by an edit of a variable.
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [metadata["ssh_authorized_keys"], metadata["user_data"], source_details[0].source_id]
  }

  timeouts {
    create = "45m"
    update = "45m"
    delete = "75m"
  }
}

data "oci_core_private_ips" "vm" {
  ip_address = oci_core_instance.vm.private_ip
  subnet_id  = oci_core_subnet.main.id
}

# It stays the same when the machine is another one: DNS and known_hosts depend on it.
resource "oci_core_public_ip" "vm" {
  compartment_id = var.compartment_id
  display_name   = var.name
  lifetime       = "RESERVED"
  private_ip_id  = data.oci_core_private_ips.vm.private_ips[0].id

  lifecycle {
    prevent_destroy = true
  }
}

# SPDX-License-Identifier: Apache-2.0

output "address" {
  value       = oci_core_public_ip.vm.ip_address
  description = "The reserved address, for DNS."
}

output "ssh_target" {
  value       = "${var.ssh_username}@${oci_core_public_ip.vm.ip_address}"
  description = "HOST of drift deploy vm."
}

output "known_hosts" {
  value       = "ssh-keyscan -t ed25519 ${oci_core_public_ip.vm.ip_address} | tee /dev/stderr | ssh-keygen -lf -"
  description = "What prints the line for ~/.ssh/known_hosts and its fingerprint. Compare it with the one that cloud-init has printed on the machine's console, before the line is kept."
}

output "deploy_command" {
  value       = "drift deploy vm ${var.ssh_username}@${oci_core_public_ip.vm.ip_address} --image ghcr.io/me/site:1"
  description = "The next step, with an image of your own."
}

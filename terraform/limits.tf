# SPDX-License-Identifier: Apache-2.0

# A wall, and not an alarm: what is more than free is refused. The last two lines are needed: to zero a family zeroes what holds for the region, too, and nothing would start.
resource "oci_limits_quota" "free" {
  count          = var.quota ? 1 : 0
  compartment_id = var.tenancy_id
  name           = "${var.name}-free-tier"
  description    = "No more of compute than is always free"
  statements = [
    "zero compute-core quotas in ${var.quota_scope}",
    "zero compute-memory quotas in ${var.quota_scope}",
    "set compute-core quota standard-a1-core-count to 2 in ${var.quota_scope}",
    "set compute-memory quota standard-a1-memory-count to 12 in ${var.quota_scope}",
    "set compute-core quota standard-a1-core-regional-count to 2 in ${var.quota_scope}",
    "set compute-memory quota standard-a1-memory-regional-count to 12 in ${var.quota_scope}",
  ]
}

resource "oci_budget_budget" "month" {
  count          = var.budget_amount > 0 ? 1 : 0
  compartment_id = var.tenancy_id
  display_name   = var.name
  amount         = var.budget_amount
  reset_period   = "MONTHLY"
  target_type    = "COMPARTMENT"
  targets        = [var.tenancy_id]
}

resource "oci_budget_alert_rule" "half" {
  count          = var.budget_amount > 0 ? 1 : 0
  budget_id      = oci_budget_budget.month[0].id
  display_name   = "half"
  type           = "ACTUAL"
  threshold      = 50
  threshold_type = "PERCENTAGE"
  recipients     = var.budget_recipients
  message        = "Half of the budget is spent, a day ago or so."
}

// SPDX-License-Identifier: Apache-2.0

namespace Drift.Deployment;

/// <summary>Who holds the lock, what for and since when.</summary>
internal sealed record VmVisitor(string Who, string Wants, DateTimeOffset Since);

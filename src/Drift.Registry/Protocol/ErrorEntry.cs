// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>One entry of an error answer; the detail is left out when there is none.</summary>
internal sealed record ErrorEntry(string Code, string Message, string? Detail);

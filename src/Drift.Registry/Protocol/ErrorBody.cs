// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>The body of an error answer.</summary>
internal sealed record ErrorBody(IReadOnlyList<ErrorEntry> Errors);

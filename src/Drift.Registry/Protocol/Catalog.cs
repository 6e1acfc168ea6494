// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>The body of a listing of repositories.</summary>
internal sealed record Catalog(IReadOnlyList<string> Repositories);

// SPDX-License-Identifier: Apache-2.0

namespace Drift.Registry;

/// <summary>The body of a tag listing (distribution-spec, "Listing Tags").</summary>
internal sealed record TagList(string Name, IReadOnlyList<string> Tags);

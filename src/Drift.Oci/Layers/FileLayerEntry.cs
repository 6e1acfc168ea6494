// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>One entry of a planned layer; the path has no leading slash.</summary>
internal sealed record FileLayerEntry(string Path, TarEntryType Type, int Mode, long UserId, long GroupId, ContentSource? Content, string LinkTarget);

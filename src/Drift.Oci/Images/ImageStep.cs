// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// One step of an image's history: a layer, or null for a step that changed the config only. The entry is a base image's own; a new step
/// has only the text of what made it.
/// </summary>
internal sealed record ImageStep(Layer? Layer, HistoryEntry? Entry, string CreatedBy = "drift")
{
    public HistoryEntry History(string created) => Entry ?? new HistoryEntry { Created = created, CreatedBy = CreatedBy };
}

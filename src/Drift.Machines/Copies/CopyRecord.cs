// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>How far a copy has come.</summary>
/// <param name="Place">Where the image is between the two: noted before anything is written there.</param>
/// <param name="Token">Names this attempt of the export, and no other one: Oracle does what has the same token once.</param>
/// <param name="Begun">When the attempt began; Oracle forgets a token after a day.</param>
/// <param name="Work">The export's work request.</param>
/// <param name="Upload">The upload in parts.</param>
/// <param name="IsStored">Whether the object is whole.</param>
/// <param name="Import">The import's work request, which says why an import failed.</param>
internal sealed record CopyRecord(ObjectPlace? Place = null, string? Token = null, DateTimeOffset? Begun = null, string? Work = null, string? Upload = null, bool IsStored = false, string? Import = null);

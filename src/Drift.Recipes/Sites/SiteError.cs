// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>An answer in the header of a segment.</summary>
/// <param name="Offset">Where its record is.</param>
/// <param name="Heads">Its heads.</param>
/// <param name="Body">The offset of its body, when that is no file.</param>
/// <param name="BodyLength">Bytes of its body.</param>
/// <param name="File">The file that is its body, or null.</param>
internal sealed record SiteError(int Offset, SiteAnswerHeads Heads, uint Body, uint BodyLength, SiteFile? File);

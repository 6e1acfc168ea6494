// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Oci;

/// <summary>One thing that a validation found.</summary>
/// <param name="Id">What it is.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Location">Where, from the root downwards, for example <c>manifests[0].layers[2]</c>.</param>
/// <param name="Message">What was found, as one sentence. It may hold names from the image.</param>
public sealed record Finding(FindingId Id, FindingSeverity Severity, string Location, string Message)
{
    /// <summary>The id as it is printed, for example <c>DRIFT-V0103</c>.</summary>
    public string Code => string.Create(CultureInfo.InvariantCulture, $"DRIFT-V{(int)Id:0000}");
}

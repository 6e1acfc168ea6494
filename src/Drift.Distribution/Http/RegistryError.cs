// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Distribution;

/// <summary>One error of a registry's answer, for example <c>MANIFEST_UNKNOWN</c>.</summary>
public sealed record RegistryError(string? Code, string? Message)
{
    /// <summary>Reads an answer's body; one that is no list of errors gives none.</summary>
    internal static IReadOnlyList<RegistryError> Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, RegistryJsonContext.Default.RegistryErrorList)?.Errors ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

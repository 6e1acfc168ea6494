// SPDX-License-Identifier: Apache-2.0

using System.Net;

namespace Drift.Machines;

/// <summary>A cloud's answer, read whole.</summary>
internal sealed record CloudAnswer(HttpStatusCode Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>A header field's value; null when there is none.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

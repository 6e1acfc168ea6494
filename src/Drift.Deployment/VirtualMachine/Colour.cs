// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Deployment;

/// <summary>One of the two places of an application on a machine.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Colour>))]
public enum Colour
{
    /// <summary>The first one.</summary>
    [JsonStringEnumMemberName("blue")]
    Blue,

    /// <summary>The second one.</summary>
    [JsonStringEnumMemberName("green")]
    Green,
}

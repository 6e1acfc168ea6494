// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Deployment;

/// <summary>How a new version takes the place of the one before it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VmMode>))]
public enum VmMode
{
    /// <summary>Both run; nft sends new connections to the new one when it is healthy. Nothing is dropped.</summary>
    [JsonStringEnumMemberName("switch")]
    Switch,

    /// <summary>The old one is stopped, then the new one is started at the same port. In between nothing answers.</summary>
    [JsonStringEnumMemberName("replace")]
    Replace,
}

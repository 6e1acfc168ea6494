// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Registry;

/// <summary>What a token service answers. Either name is in use, and without a time the token is good for a minute.</summary>
internal sealed record UpstreamToken(
    [property: JsonPropertyName("token")] string? Token,
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("expires_in")] int? ExpiresIn);

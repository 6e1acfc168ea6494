// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Registry;

/// <summary>The body of a token server's answer; clients look for the token under either name.</summary>
internal sealed record TokenAnswer(string Token, [property: JsonPropertyName("access_token")] string AccessToken, [property: JsonPropertyName("expires_in")] int ExpiresIn);

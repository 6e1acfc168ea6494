// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;

namespace Drift.Machines.Tests;

/// <summary>An answer.</summary>
internal sealed record CloudReply(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public static CloudReply Json(int status, JsonNode? body, params (string Name, string Value)[] headers) =>
        new(status, body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString()), [("opc-request-id", "REQUEST-7"), .. headers]);

    public static CloudReply Refuse(int status, string code, string message) => Json(status, new JsonObject { ["code"] = code, ["message"] = message });
}

// SPDX-License-Identifier: Apache-2.0

using System.Text;
using System.Text.Json.Nodes;

namespace Drift.Machines;

/// <summary>A request to one of Oracle's services.</summary>
/// <param name="Method">The method.</param>
/// <param name="Service"><c>iaas</c>, <c>identity</c>, <c>objectstorage</c> or <c>limits</c>.</param>
/// <param name="Target">The path and the query, escaped as they are sent.</param>
internal sealed record OracleRequest(HttpMethod Method, string Service, string Target)
{
    /// <summary>The version of the compute, network and identity APIs.</summary>
    public const string Version = "/20160918";

    /// <summary>The body of a POST or PUT; an empty one when it is null.</summary>
    public JsonNode? Body { get; init; }

    /// <summary>The bytes of an object's part, which are not signed.</summary>
    public ReadOnlyMemory<byte>? Part { get; init; }

    /// <summary>Names what is to be done once (24 hours long), at most 64 characters; null for what can be repeated as it is, or not at all.</summary>
    public string? RetryToken { get; init; }

    /// <summary>Whether doing it twice does no more than doing it once.</summary>
    public bool IsRepeatable => RetryToken is not null || Method != HttpMethod.Post || Target.Contains("/computeCapacityReports", StringComparison.Ordinal);

    public static OracleRequest Get(string service, string target) => new(HttpMethod.Get, service, target);

    /// <summary>A value for a path or a query.</summary>
    public static string Escape(string value) => Uri.EscapeDataString(value);

    /// <summary>The body as it is sent and signed; null for methods without one.</summary>
    public ReadOnlyMemory<byte>? Bytes
    {
        get
        {
            if (Method != HttpMethod.Post && Method != HttpMethod.Put) return null;
            return Part ?? Encoding.UTF8.GetBytes(Body?.ToJsonString() ?? "");
        }
    }
}

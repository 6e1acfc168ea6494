// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace Drift.Cli.Tests;

/// <summary>What a server answered, as a client sees it.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The fields by name, without regard to case; several lines of one name are joined.</param>
/// <param name="Body">The body as it came.</param>
internal sealed record WebAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Asks once; redirects are not followed and nothing is decompressed unless the client does.</summary>
    internal static async Task<WebAnswer> AskAsync(HttpClient client, HttpMethod method, string path, CancellationToken cancellationToken, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in fields) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        using var response = await client.SendAsync(request, cancellationToken);
        var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return new WebAnswer((int)response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>The status and the fields, sorted, one a line.</summary>
    public override string ToString() =>
        string.Join('\n', Headers.Select(field => $"{field.Key}: {field.Value}").Order(StringComparer.OrdinalIgnoreCase).Prepend(Status.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The same without some fields.</summary>
    internal WebAnswer Without(params ReadOnlySpan<string> names)
    {
        var rest = new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase);
        foreach (var name in names) rest.Remove(name);
        return this with { Headers = rest };
    }

    /// <summary>The same with another value of a field that it has.</summary>
    internal WebAnswer Replacing(string name, Func<string, string> value)
    {
        if (!Headers.TryGetValue(name, out var before)) return this;
        return this with { Headers = new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase) { [name] = value(before) } };
    }
}

// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace Drift.Recipes;

/// <summary>What <c>*.runtimeconfig.json</c> says of an app: the frameworks, and whether they are included.</summary>
internal sealed record RuntimeConfig(IReadOnlyList<DotNetFramework> Frameworks, bool IsSelfContained)
{
    public const string Suffix = ".runtimeconfig.json";
    private const int MaximumFrameworks = 100;

    public static RuntimeConfig Parse(ReadOnlyMemory<byte> json, string name) => DotNetJson.Parse(json, name, root =>
    {
        var options = root.Object("runtimeOptions") ?? throw DotNetJson.Invalid(name, "has no runtimeOptions");
        if (FrameworksOf(options, "includedFrameworks", name) is { Count: > 0 } included) return new RuntimeConfig(included, IsSelfContained: true);
        var needed = options.Object("framework") is { } only ? [FrameworkOf(only, name)] : FrameworksOf(options, "frameworks", name);
        return needed.Count > 0 ? new RuntimeConfig(needed, IsSelfContained: false) : throw DotNetJson.Invalid(name, "names no framework");
    });

    private static List<DotNetFramework> FrameworksOf(JsonElement options, string member, string name)
    {
        if (!options.TryGetProperty(member, out var list) || list.ValueKind != JsonValueKind.Array) return [];
        if (list.GetArrayLength() > MaximumFrameworks) throw DotNetJson.Invalid(name, $"names more than {MaximumFrameworks} frameworks");
        return [.. list.EnumerateArray().Select(framework => FrameworkOf(framework, name))];
    }

    private static DotNetFramework FrameworkOf(JsonElement framework, string name)
    {
        var version = framework.Text("version") ?? "";
        // The first two numbers become the tag of an image.
        var isVersion = version.Split('.') is [{ Length: > 0 and < 5 } major, { Length: > 0 and < 5 } minor, _, ..] && major.All(char.IsAsciiDigit) && minor.All(char.IsAsciiDigit);
        return framework.Text("name") is { Length: > 0 } known && isVersion ? new DotNetFramework(known, version) : throw DotNetJson.Invalid(name, "has a framework without name and version");
    }
}

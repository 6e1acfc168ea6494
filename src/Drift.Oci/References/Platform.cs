// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Drift.Oci;

/// <summary>An operating system and a processor architecture, in Go's names as the image specification uses them.</summary>
public sealed record Platform
{
    /// <summary>The processor architecture, for example <c>amd64</c> or <c>arm64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>The operating system, for example <c>linux</c>.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The architecture's variant, for example <c>v7</c> of <c>arm</c>.</summary>
    public string? Variant { get; init; }

    /// <summary>Members that this version does not know, for example <c>os.version</c>; they survive a round trip.</summary>
    public IDictionary<string, JsonElement>? OtherMembers { get; internal set; }

    /// <summary>Linux on x86-64.</summary>
    public static Platform LinuxAmd64 { get; } = new() { OperatingSystem = "linux", Architecture = "amd64" };

    /// <summary>Linux on AArch64.</summary>
    public static Platform LinuxArm64 { get; } = new() { OperatingSystem = "linux", Architecture = "arm64" };

    /// <summary>Linux on this machine's processor.</summary>
    public static Platform ThisMachine { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => LinuxArm64,
        System.Runtime.InteropServices.Architecture.X64 => LinuxAmd64,
        var other => new() { OperatingSystem = "linux", Architecture = other.ToString().ToLowerInvariant() },
    };

    /// <summary>Parses <c>os/architecture[/variant]</c>.</summary>
    /// <exception cref="ReferenceException">The text is no platform.</exception>
    public static Platform Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var platform)
            ? platform
            : throw new ReferenceException(text, 0, "This is not a platform.", "Write it as linux/amd64 or linux/arm64.");
    }

    /// <summary>Parses <c>os/architecture[/variant]</c>; false when the text is no platform.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Platform? platform)
    {
        platform = null;
        var parts = text?.Split('/') ?? [];
        if (parts.Length is not (2 or 3) || Array.Exists(parts, part => part.Length == 0 || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')))
        {
            return false;
        }
        platform = new Platform { OperatingSystem = parts[0], Architecture = parts[1], Variant = parts.Length == 3 ? parts[2] : null };
        return true;
    }

    /// <summary>
    /// Whether an image for this platform runs where <paramref name="wanted"/> is asked for. <c>arm64</c> and <c>arm64/v8</c> are the same.
    /// </summary>
    public bool Serves(Platform wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return OperatingSystem == wanted.OperatingSystem && Architecture == wanted.Architecture
            && (wanted.Variant is null || NormalVariant(this) == NormalVariant(wanted));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{OperatingSystem}/{Architecture}{(Variant is null ? "" : $"/{Variant}")}";

    private static string? NormalVariant(Platform platform) =>
        platform is { Architecture: "arm64", Variant: "v8" } ? null : platform.Variant;

    internal static Platform Read(JsonMembers members) => new()
    {
        Architecture = members.RequiredText("architecture"),
        OperatingSystem = members.RequiredText("os"),
        Variant = members.Text("variant"),
        OtherMembers = members.Others(),
    };

    internal void Write(Utf8JsonWriter writer)
    {
        writer.Text("architecture", Architecture);
        writer.Text("os", OperatingSystem);
        writer.Text("variant", Variant);
        writer.Others(OtherMembers);
    }
}

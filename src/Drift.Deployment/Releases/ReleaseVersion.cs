// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Drift.Oci;

namespace Drift.Deployment;

/// <summary>A version as Semantic Versioning 2.0.0 writes it, without build metadata, which no tag can hold.</summary>
public sealed class ReleaseVersion
{
    private readonly int[] _numbers;

    private ReleaseVersion(int[] numbers, string[] preRelease)
    {
        _numbers = numbers;
        PreRelease = preRelease;
    }

    /// <summary>The identifiers of a pre-release, for example <c>rc</c> and <c>1</c>; none for a release.</summary>
    public IReadOnlyList<string> PreRelease { get; }

    /// <summary>The tag of images and in the repository: <c>v1.2.3</c>.</summary>
    public string Tag => "v" + this;

    /// <summary>The tag that moves with every release of the same minor version: <c>1.2</c>.</summary>
    public string MinorTag => string.Create(CultureInfo.InvariantCulture, $"{_numbers[0]}.{_numbers[1]}");

    /// <summary>Parses <c>1.2.3</c> or <c>v1.2.3</c>, with <c>-rc.1</c> after it for a pre-release.</summary>
    /// <exception cref="DriftException">It is no such version.</exception>
    public static ReleaseVersion Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var version) ? version : throw new DriftException(ErrorCode.InvalidSetting, $"'{text}' is not a version.",
            text.Contains('+', StringComparison.Ordinal) ? "Leave out what follows the +: no tag of an image can hold it." : "Give three numbers, for example 1.2.3, or 1.2.3-rc.1 for a pre-release.");
    }

    /// <summary>Parses a version; false when it is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ReleaseVersion? version)
    {
        version = null;
        if (text is not { Length: > 0 and <= 128 }) return false;
        var (core, preRelease) = text.TrimStart('v').Split('-', 2) is [var before, var after] ? (before, after.Split('.')) : (text.TrimStart('v'), []);
        if (text.Length - text.TrimStart('v').Length > 1 || core.Split('.') is not { Length: 3 } parts) return false;
        var numbers = new int[3];
        for (var i = 0; i < 3; i++)
        {
            if (!IsNumber(parts[i]) || !int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
        }
        if (!Array.TrueForAll(preRelease, IsIdentifier)) return false;
        version = new ReleaseVersion(numbers, preRelease);
        return true;
    }

    /// <summary>Whether it comes after another one: numbers by value, and a pre-release before its release.</summary>
    public bool IsAfter(ReleaseVersion other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return TagOrder.Instance.Compare(Tag, other.Tag) > 0;
    }

    /// <summary>The version without a <c>v</c> before it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_numbers[0]}.{_numbers[1]}.{_numbers[2]}{(PreRelease.Count > 0 ? "-" : "")}{string.Join('.', PreRelease)}");

    private static bool IsDigits(string text) => text.All(char.IsAsciiDigit);

    private static bool IsNumber(string text) => text.Length > 0 && IsDigits(text) && (text.Length == 1 || text[0] != '0');

    private static bool IsIdentifier(string text) => text.Length > 0 && (IsDigits(text) ? IsNumber(text) : text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
}

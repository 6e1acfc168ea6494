// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// Collects findings: a validator goes on after a defect. What a hostile image can make of it is bounded: of one id, at most
/// <see cref="MaximumOfOne"/> are kept at one location, and <see cref="Maximum"/> in all.
/// </summary>
public sealed class FindingBag
{
    /// <summary>How many findings are kept.</summary>
    public const int Maximum = 10_000;

    /// <summary>How many findings of one id are kept at one location.</summary>
    public const int MaximumOfOne = 20;

    private readonly List<Finding> _findings = [];
    private readonly Dictionary<(FindingId, string), int> _counts = [];

    /// <summary>How many findings were left out.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Whether an error was found.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>The findings, the errors first, then by location and number.</summary>
    public IReadOnlyList<Finding> Sorted() =>
        [.. _findings.OrderBy(finding => finding.Severity).ThenBy(finding => Sortable(finding.Location), StringComparer.Ordinal).ThenBy(finding => finding.Id)];

    /// <summary>Adds an error.</summary>
    public void Error(FindingId id, string location, string message) => Add(new Finding(id, FindingSeverity.Error, location, message));

    /// <summary>Adds a warning.</summary>
    public void Warning(FindingId id, string location, string message) => Add(new Finding(id, FindingSeverity.Warning, location, message));

    /// <summary>Adds a note.</summary>
    public void Note(FindingId id, string location, string message) => Add(new Finding(id, FindingSeverity.Note, location, message));

    /// <summary>Adds a finding, or counts it as left out.</summary>
    public void Add(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        HasErrors |= finding.Severity == FindingSeverity.Error;
        var count = _counts.GetValueOrDefault((finding.Id, finding.Location));
        if (count >= MaximumOfOne || _findings.Count >= Maximum)
        {
            LeftOut++;
            return;
        }
        _counts[(finding.Id, finding.Location)] = count + 1;
        _findings.Add(finding);
    }

    internal void AddAll(FindingBag others)
    {
        foreach (var finding in others._findings) Add(finding);
        LeftOut += others.LeftOut;
        HasErrors |= others.HasErrors;
    }

    /// <summary>A location with its numbers at equal width: layers[10] comes after layers[9].</summary>
    private static string Sortable(string location) => string.Join('[', location.Split('[').Select(part => part.IndexOf(']', StringComparison.Ordinal) is > 0 and var end ? part[..end].PadLeft(10, '0') + part[end..] : part));
}

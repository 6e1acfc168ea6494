// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace Drift.Machines.Tests;

/// <summary>Compares a template, which may be several files, with the schema, and its references with what it declares.</summary>
internal sealed partial class TemplateCheck
{
    private readonly List<string> _findings = [];

    /// <summary>What is wrong; empty when nothing is.</summary>
    /// <param name="files">The texts of files that are read as one.</param>
    public static IReadOnlyList<string> Of(params IEnumerable<string> files)
    {
        var check = new TemplateCheck();
        var blocks = files.SelectMany(file => HclReader.Read(file).Blocks).ToArray();
        foreach (var block in blocks) check.Visit(block, PlaceOf(block, ""));
        check.CheckReferences(blocks);
        return check._findings;
    }

    private static string PlaceOf(HclBlock block, string outer) =>
        block.Labels.Count > 0 && block.Type is not ("variable" or "output") ? $"{block.Type}.{block.Labels[0]}" : outer.Length > 0 ? $"{outer}/{block.Type}" : block.Type;

    private void Visit(HclBlock block, string place)
    {
        if (TemplateSchema.All.Find(place) is not { } names)
        {
            _findings.Add($"line {block.Line}: {place} is not known");
            return;
        }
        foreach (var attribute in block.Attributes)
        {
            if (Entry(attribute.Name) is not { } entry) _findings.Add($"line {attribute.Line}: {place} has no {attribute.Name}");
            else if (entry.Type == "Block") _findings.Add($"line {attribute.Line}: {attribute.Name} of {place} is a block");
            else if (SchemaEntry.TypeOf(attribute.Expression) is { } type && type != entry.Type && entry.Type != "Any") _findings.Add($"line {attribute.Line}: {attribute.Name} of {place} is a {entry.Type} and not a {type}");
        }
        foreach (var inner in block.Blocks)
        {
            var isDynamic = inner.Type == "dynamic";
            var name = isDynamic ? inner.Labels[0] : inner.Type;
            if (Entry(name) is not { } entry) _findings.Add($"line {inner.Line}: {place} has no {name}");
            else if (entry.Type != "Block") _findings.Add($"line {inner.Line}: {name} of {place} is an attribute");
            else if (!isDynamic) Visit(inner, PlaceOf(inner, place));
            else if (inner.Blocks is [{ Type: "content" } content] && inner.Attributes is [{ Name: "for_each" }]) Visit(content, $"{place}/{name}");
            else _findings.Add($"line {inner.Line}: a dynamic block has for_each and content");
        }
        foreach (var (name, entry) in names)
        {
            if (entry.IsRequired && !block.Attributes.Exists(attribute => attribute.Name == name) && !block.Blocks.Exists(inner => inner.Type == name || inner.Labels is [var label] && label == name)) _findings.Add($"line {block.Line}: {place} lacks {name}");
        }

        SchemaEntry? Entry(string name) => names.TryGetValue(name, out var entry) || names.TryGetValue("*", out entry) ? entry : null;
    }

    private void CheckReferences(HclBlock[] blocks)
    {
        var declared = blocks.SelectMany(block => block.Type switch
        {
            "variable" => [$"var.{block.Labels[0]}"],
            "locals" => block.Attributes.Select(attribute => $"local.{attribute.Name}"),
            "resource" => [string.Join('.', block.Labels)],
            "data" or "source" => [$"{block.Type}.{string.Join('.', block.Labels)}"],
            _ => (IEnumerable<string>)[],
        }).ToHashSet(StringComparer.Ordinal);
        // A condition about itself is no use.
        var used = blocks.SelectMany(block => block.All().SelectMany(inner => inner.Attributes).SelectMany(attribute => References().Matches(attribute.Expression).Select(match => match.Value))
            .Where(name => block.Type != "variable" || name != $"var.{block.Labels[0]}")).ToHashSet(StringComparer.Ordinal);
        _findings.AddRange(used.Except(declared).Select(name => $"{name} is not declared"));
        _findings.AddRange(declared.Except(used).Where(name => !name.StartsWith("oci_", StringComparison.Ordinal)).Select(name => $"{name} is not used"));
    }

    [GeneratedRegex(@"(?<![\w.""])(var\.\w+|local\.\w+|(data\.)?oci_\w+\.\w+)|\bsource\.[a-z-]+\.\w+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex References();
}

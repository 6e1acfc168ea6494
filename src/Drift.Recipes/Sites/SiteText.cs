// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>Names from a folder in messages: they may hold anything, and an error is one line of printable text.</summary>
internal static class SiteText
{
    internal static string Shown(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
}

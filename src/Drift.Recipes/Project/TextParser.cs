// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace Drift.Recipes;

/// <summary>Parses a text; false when it is none of its kind.</summary>
internal delegate bool TextParser<T>(string text, [MaybeNullWhen(false)] out T value);

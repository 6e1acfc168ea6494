// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>What a client sends and what it must get: a line of <c>tests/corpus/expected.txt</c>, which describes itself.</summary>
/// <param name="Bytes">What is sent.</param>
/// <param name="Answers">The status of each answer, and whether it goes without a body because the request is HEAD.</param>
/// <param name="Fate">keep, close or end.</param>
/// <param name="Field">A field line that the first answer has; with an empty value, one that it has not; or null.</param>
internal sealed record RequestCase(byte[] Bytes, IReadOnlyList<(int Status, bool IsHead)> Answers, string Fate, string? Field);

// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>What a client sends and what it must get.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Bytes">What is sent, a character for each byte.</param>
/// <param name="Statuses">The status of each answer.</param>
/// <param name="Closes">Whether the server closes the connection after the last.</param>
internal sealed record RequestCase(string Name, string Bytes, IReadOnlyList<int> Statuses, bool Closes);

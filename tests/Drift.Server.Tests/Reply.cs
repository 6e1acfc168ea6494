// SPDX-License-Identifier: Apache-2.0

namespace Drift.Server.Tests;

/// <summary>What a server must do with the start of its input.</summary>
/// <param name="Status">The status of its answer, where 200 also stands for what conditions and ranges make of it; 0 for none.</param>
/// <param name="IsHead">Whether the answer goes without its body.</param>
/// <param name="Closes">Whether the connection ends.</param>
/// <param name="End">Where the next request begins.</param>
internal readonly record struct Reply(int Status, bool IsHead, bool Closes, int End);

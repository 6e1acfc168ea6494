// SPDX-License-Identifier: Apache-2.0

namespace Drift.Machines;

/// <summary>A check that this machine cannot answer, for example what runs in a folder: it is skipped, and says why.</summary>
internal sealed class NotCheckableException(string message) : Exception(message);

// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>What a registry says besides its answers: a warning (distribution-spec, "Warnings"), or that a limit of requests is near.</summary>
/// <param name="Host">The registry's host.</param>
/// <param name="Message">One line.</param>
public sealed record RegistryNotice(string Host, string Message);

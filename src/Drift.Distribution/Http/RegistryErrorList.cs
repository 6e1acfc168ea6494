// SPDX-License-Identifier: Apache-2.0

namespace Drift.Distribution;

/// <summary>The body of a registry's answer that is an error.</summary>
internal sealed record RegistryErrorList(IReadOnlyList<RegistryError>? Errors);

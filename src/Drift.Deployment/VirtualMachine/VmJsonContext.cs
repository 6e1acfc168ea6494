// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace Drift.Deployment;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VmAudit))]
[JsonSerializable(typeof(VmState))]
[JsonSerializable(typeof(VmVisitor))]
internal sealed partial class VmJsonContext : JsonSerializerContext;
